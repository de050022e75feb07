"""Why a figure is what it is: what it means, as of when, the rows behind it, and the way to the next level."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import g, render_template, request

from donors.constituents.queries import constituent
from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.levels.ladders import Ladder, ladders
from donors.levels.queries import standings_of
from donors.reports.ahead import fall, leaves_on, rise
from donors.reports.behind import (
    before,
    gifts_behind,
    gifts_of,
    is_waiting,
    moves_behind,
    parts_of_formula,
    years_behind,
)
from donors.rollups.definition import Definition, Source
from donors.rollups.families import family_of
from donors.rollups.formulas import with_parts
from donors.rollups.queries import Reason, Value, definition, definitions, reasons, values_as_of, values_of
from donors.rollups.returned import tells
from donors.rollups.words import sentences
from donors.web.session import viewer


def why(constituent_id: int, key: str) -> str:
    """The rows behind a figure, today or as of a day."""
    session, seen = current_session(), viewer()
    row = constituent(session, constituent_id, sees=seen.sees)
    one = definition(session, key)
    if not seen.may("giving.read" if one.source is Source.FORMULA else family_of(one.source).permission):
        raise NotFound("figure", key)
    on, as_of = _day(request.args.get("as_of", ""))
    values = _values_then(session, row.id, one, on=on) if as_of else values_of(session, row.id)
    found = reasons(session, one, row.id, on=on, as_of=as_of)
    return render_template(
        "levels/why.html",
        who=row,
        one=one,
        value=tells(session, one, values.get(key)),
        on=on,
        as_of=as_of,
        reasons=found,
        leaves={each.row_id: leaves_on(one, each) for each in found},
        ways=[_way(each, one, values.get(key), found) for each in ladders(session) if each.measure == key],
        standing=[]
        if as_of
        else [each for each in standings_of(session, row.id, on=g.today) if each.ladder.measure == key],
        waiting=is_waiting(session, row.id),
        parts=[(each, values.get(each.key)) for each in parts_of_formula(session, one)],
        earlier=_earlier(session, row.id, one, on=on),
        years=years_behind(one, found, fiscal=g.organization.fiscal, on=on),
        before=before(session, one, row.id, on=on, fiscal=g.organization.fiscal, as_of=as_of),
        **_behind(session, one, found),
    )


def _behind(session: Session, one: Definition, found: Sequence[Reason]) -> dict[str, Any]:
    """What stands beside the rows: the gifts or moves that they are, the sentence of the definition."""
    gifts = gifts_of(session, one, found)
    lines = gifts_behind(session, list(gifts.values()), sees=viewer().sees)
    return {
        "gifts": {row: lines[gift] for row, gift in gifts.items() if gift in lines},
        "moves": moves_behind(session, one, found, sees=viewer().sees),
        "sentence": sentences(session, [one])[one.key],
    }


def _earlier(session: Session, constituent_id: int, one: Definition, *, on: date) -> tuple[date, Value]:
    """The same figure a year before, by the facts as they counted then."""
    day = on - timedelta(days=365)
    return day, tells(session, one, _values_then(session, constituent_id, one, on=day).get(one.key))


def _values_then(session: Session, constituent_id: int, one: Definition, *, on: date) -> Mapping[str, Value]:
    """The figure, and those that it is reckoned from, as they counted on a day."""
    known = with_parts([one], definitions(session))
    return values_as_of(session, [constituent_id], on=on, known=known).get(constituent_id, {})


def _way(ladder: Ladder, one: Any, value: Any, reasons: Any) -> dict[str, Any]:
    return {"ladder": ladder, "rise": rise(value, ladder.bands), "fall": fall(one, reasons, ladder.bands)}


def _day(typed: str) -> tuple[date, bool]:
    """The day that is asked for, and whether it is another than today."""
    try:
        on = min(date.fromisoformat(typed), g.today) if typed else g.today
    except ValueError:
        on = g.today
    return on, on != g.today
