"""Level movement as files carry it: a row for each flow."""

from donors.core.settings import Organization
from donors.reports.levels import CAUSES
from donors.reports.movement import Flow, Movement
from donors.reports.plain.values import Row, figure, guarded


def movement_rows(found: Movement, settings: Organization) -> list[Row]:
    """A row for each flow, with how many each cause moved."""
    return [_row(found, flow, settings) for flow in found.flows]


def _row(found: Movement, flow: Flow, settings: Organization) -> Row:
    return {
        "from": guarded(flow.then.name) if flow.then else "",
        "to": guarded(flow.now.name) if flow.now else "",
        "way": flow.way,
        "people": flow.moved.people,
        "money_then": figure(flow.moved.then, found.ladder, settings),
        "money_now": figure(flow.moved.now, found.ladder, settings),
        **{f"by_{name}": flow.moved.causes[name] for name in CAUSES},
    }


def movement_document(found: Movement, settings: Organization) -> Row:
    """The whole report; `levels` says how many stood on each level on both days."""
    asked = found.asked
    return {
        "report": "movement",
        "track": asked.ladder.name,
        "measure": asked.ladder.measure,
        "definition": found.definition,
        "unit": found.units,
        "as_of": asked.on.isoformat(),
        **({"known_at": asked.known.isoformat()} if asked.known is not None else {}),
        "since": asked.since.isoformat(),
        "flows": movement_rows(found, settings),
        "levels": [
            {"level": band.name, "then": found.stood(band, then=True), "now": found.stood(band, then=False)}
            for band in reversed(asked.ladder.bands)
        ],
        "causes": [{"cause": name, **ways} for name, ways in found.by_cause().items()],
    }
