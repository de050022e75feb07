"""Odds for the style guide: of one imagined charity, the same on every visit."""

from donors.web.charts.fan import Drawn, Rib, fan_chart
from donors.web.charts.lanes import Dot, Lanes, lanes
from donors.web.charts.reliable import Diagram, Mark, reliable

ODDS = {"share": 0.62, "low": 0.48, "high": 0.74}
CLAIMS = {"hopeful": {"verdict": "hopeful"}, "fair": {"verdict": "fair"}, "few": {"verdict": ""}}
RIBS = (
    Rib("Jul", 40),
    Rib("Aug", 95),
    Rib("Sep", 120, 120, 120, 120),
    Rib("Oct", None, 140, 171, 210),
    Rib("Nov", None, 165, 224, 296),
    Rib("Dec", None, 190, 268, 371),
)
MARKS = (
    Mark(0.1, 0.08, 0.03, 0.2, 31),
    Mark(0.3, 0.22, 0.12, 0.36, 44),
    Mark(0.5, 0.41, 0.28, 0.55, 52),
    Mark(0.7, 0.52, 0.37, 0.66, 40),
    Mark(0.9, 0.71, 0.53, 0.84, 28),
)
DOTS = (
    Dot("Ana Ruiz, day 12", 0, 12, 2_000, over=False, href="#charts"),
    Dot("Owen Babb, day 40", 0, 40, 9_000, over=True, href="#charts"),
    Dot("Carla Griffin, day 95", 1, 95, 25_000, over=False, href="#charts"),
    Dot("Elise Silva, day 210", 1, 210, 106_000, over=True, href="#charts"),
)


def pictures() -> dict[str, Drawn | Diagram | Lanes]:
    """One of each kind, by name."""
    return {
        "fan": fan_chart(RIBS, goal=300, write=lambda value: f"${value:.0f}k"),
        "reliable": reliable(MARKS),
        "lanes": lanes(("Qualification", "Cultivation"), (21, 180), DOTS),
    }
