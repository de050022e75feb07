"""Figures for the charts of the style guide: one imagined charity, the same figures on every visit."""

from donors.web.charts.bars import Bars, Item, bars
from donors.web.charts.flow import Flow, Stand, flow
from donors.web.charts.lines import Lines, Series, Spark, lines, spark
from donors.web.charts.matrix import Matrix, matrix
from donors.web.charts.stack import Layer, Stack, stack
from donors.web.charts.triangle import Share, Triangle, triangle
from donors.web.charts.waterfall import Step, Waterfall, waterfall

STANDS = (
    Stand("circle", "Circle", 5),
    Stand("benefactor", "Benefactor", 4),
    Stand("patron", "Patron", 3),
    Stand("supporter", "Supporter", 2),
    Stand("friend", "Friend", 1),
    Stand("none", "No level", 0, left_name="New or back", right_name="Left"),
)
MOVES = {
    ("circle", "circle"): 14,
    ("circle", "benefactor"): 2,
    ("benefactor", "circle"): 4,
    ("benefactor", "benefactor"): 44,
    ("benefactor", "patron"): 8,
    ("benefactor", "supporter"): 1,
    ("benefactor", "none"): 2,
    ("patron", "circle"): 1,
    ("patron", "benefactor"): 17,
    ("patron", "patron"): 149,
    ("patron", "supporter"): 28,
    ("patron", "friend"): 6,
    ("patron", "none"): 9,
    ("supporter", "benefactor"): 3,
    ("supporter", "patron"): 42,
    ("supporter", "supporter"): 318,
    ("supporter", "friend"): 57,
    ("supporter", "none"): 41,
    ("friend", "patron"): 11,
    ("friend", "supporter"): 88,
    ("friend", "friend"): 702,
    ("friend", "none"): 268,
    ("none", "benefactor"): 1,
    ("none", "patron"): 9,
    ("none", "supporter"): 46,
    ("none", "friend"): 214,
}
HREFS = {pair: f"?from={pair[0]}&to={pair[1]}#charts" for pair in MOVES}
MONTHS = ("Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep")
STOCKS = (
    ("Friend", (1069, 1055, 1040, 1110, 1102, 1088, 1070, 1052, 1040, 1025, 1008, 995, 979)),
    ("Supporter", (461, 463, 466, 498, 492, 489, 487, 485, 486, 484, 482, 480, 481)),
    ("Patron", (210, 211, 214, 221, 220, 219, 218, 217, 218, 219, 217, 218, 219)),
    ("Benefactor", (59, 59, 60, 64, 65, 65, 65, 66, 66, 66, 67, 67, 67)),
    ("Circle", (16, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19)),
)

COHORTS = (
    ("2023", 216, (38, 36, 33)),
    ("2024", 156, (43, 34)),
    ("2025", 110, (45,)),
)
"""First year, how many gave first in it, and percent of them who gave each year after."""
THEN, NOW = Step(("2025",), 932, "$932k"), Step(("2026",), 1_009, "$1.01 M")
STEPS = (
    Step(("New",), 96, "+$96k", "#charts"),
    Step(("Back",), 58, "+$58k", "#charts"),
    Step(("Gave", "more"), 141, "+$141k", "#charts"),
    Step(("Gave", "less"), -97, "−$97k", "#charts"),
    Step(("Lost",), -121, "−$121k", "#charts"),
)


def charts() -> dict[str, Bars | Stack | Lines | Spark | Flow | Matrix | Triangle | Waterfall]:
    """One of each kind, by name."""
    return {
        "bars": bars(
            [
                Item("Boathouse", 230, "$230k", "?fund=1#charts", "accent"),
                Item("Year end", 141, "$141k", "?fund=2#charts"),
                Item("Spring appeal", 88, "$88k", "?fund=3#charts"),
                Item("Harvest Supper", 64, "$64k", "?fund=4#charts"),
            ]
        ),
        "funnel": bars(
            [
                Item("Identified", 212, "212"),
                Item("Qualified", 96, "96", note="45%"),
                Item("Cultivated", 58, "58", note="60%"),
                Item("Asked", 31, "31", note="53%"),
                Item("Gave", 14, "14", tone="accent", note="45%"),
            ],
            row=28,
        ),
        "bullets": bars(
            [
                Item("Holt", 0.71, "71%", tone="ink", goal=0.85),
                Item("Okafor", 0.88, "88%", tone="accent", goal=0.85),
                Item("Lindqvist", 0.54, "54%", tone="ink", goal=0.85),
            ],
            row=40,
            top=1,
        ),
        "stack": stack(MONTHS, [_layer(rank, name, values) for rank, (name, values) in enumerate(STOCKS, 1)]),
        "lines": lines(
            ("2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026"),
            (
                Series("repeat", (38, 40, 39, 42, 44, 43, 46, 47), "accent"),
                Series("new", (22, 21, 19, 20, 18, 19, 17, 16), "soft"),
            ),
            width=420,
            height=200,
            write=lambda value: f"{value:.0f}%",
        ),
        "spark": spark((16, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19)),
        "flow": flow(STANDS, MOVES, heads=("Sep 30, 2025", "Sep 30, 2026"), hrefs=HREFS),
        "matrix": matrix(STANDS, MOVES, hrefs=HREFS),
        "triangle": triangle([(name, str(size), "#charts", _shares(left)) for name, size, left in COHORTS]),
        "waterfall": waterfall(THEN, STEPS, NOW),
    }


def _shares(left: tuple[int, ...]) -> list[Share]:
    return [Share(each / 100, f"{each}%", f"{each}% after {n} years", "#charts") for n, each in enumerate(left, 1)]


def _layer(rank: int, name: str, values: tuple[int, ...]) -> Layer:
    return Layer(name, f"level-{rank}", values, tuple(f"?level={rank}&month={n}#charts" for n in range(len(values))))
