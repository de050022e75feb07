"""The standard figures of a constituent, each computed in plain Python from a list of facts."""

from datetime import date, timedelta

from donors.rollups.definition import Source, ValueKind
from donors.rollups.standard import standard
from tests.rollups.oracle import Facts
from tests.rollups.plain import EPOCH, Row, figure


def figures(facts: Facts, owner: int, *, on: date, as_of: bool = False) -> dict[str, object]:
    """All standard figures of a constituent by key; those that are empty are left out."""
    day = on if as_of else None
    rows = {
        Source.HARD: facts.rows(owner, "hard", day),
        Source.SOFT: facts.rows(owner, "soft", day),
        Source.SHIFTS: facts.worked(owner, day),
        Source.MOVES: facts.met(owner, day),
    }
    made = {source: [Row(when, id_, amount, {}) for when, id_, amount in some] for source, some in rows.items()}
    found: dict[str, object] = {}
    for one in standard():
        value = figure(one, made[one.source], meets=lambda _row: True, on=on, fiscal=facts.fiscal)
        if value is not None:
            found[one.key] = EPOCH + timedelta(value) if one.value_kind is ValueKind.DATE else value
    return found
