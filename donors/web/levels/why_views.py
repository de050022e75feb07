"""Why a figure is what it is: what it means, as of when, the rows behind it, and the way to the next level."""

from datetime import date
from typing import Any

from flask import g, render_template, request

from donors.constituents.queries import constituent
from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.levels.ladders import Ladder, ladders
from donors.levels.queries import standings_of
from donors.reports.ahead import fall, leaves_on, rise
from donors.reports.behind import gifts_behind, is_waiting
from donors.rollups.definition import Source
from donors.rollups.queries import definition, explain, figures_of, values_as_of
from donors.web.session import viewer


def why(constituent_id: int, key: str) -> str:
    """The rows behind a figure, today or as of a day."""
    session, seen = current_session(), viewer()
    row = constituent(session, constituent_id, sees=seen.sees)
    one = definition(session, key)
    shifts = one.source is Source.SHIFTS
    if not seen.may("volunteering.read" if shifts else "giving.read"):
        raise NotFound("figure", key)
    on, as_of = _day(request.args.get("as_of", ""))
    value = _value(session, row.id, key, on=on, as_of=as_of)
    _, reasons = explain(session, key, row.id, on=on, as_of=as_of)
    return render_template(
        "levels/why.html",
        who=row,
        one=one,
        value=value,
        on=on,
        as_of=as_of,
        reasons=reasons,
        shifts=shifts,
        leaves={each.row_id: leaves_on(one, each) for each in reasons},
        gifts={} if shifts else gifts_behind(session, [each.row_id for each in reasons], sees=seen.sees),
        ways=[_way(each, one, value, reasons) for each in ladders(session) if each.measure == key],
        standing=[] if as_of else [each for each in standings_of(session, row.id) if each.ladder.measure == key],
        waiting=is_waiting(session, row.id),
    )


def _way(ladder: Ladder, one: Any, value: Any, reasons: Any) -> dict[str, Any]:
    return {"ladder": ladder, "rise": rise(value, ladder.bands), "fall": fall(one, reasons, ladder.bands)}


def _value(session: Session, constituent_id: int, key: str, *, on: date, as_of: bool) -> Any:
    if not as_of:
        return figures_of(session, constituent_id)[key].value
    return values_as_of(session, [constituent_id], on=on).get(constituent_id, {}).get(key)


def _day(typed: str) -> tuple[date, bool]:
    """The day that is asked for, and whether it is another than today."""
    try:
        on = min(date.fromisoformat(typed), g.today) if typed else g.today
    except ValueError:
        on = g.today
    return on, on != g.today
