"""The list of shifts, what they come to, and the same as a file."""

from dataclasses import dataclass
from datetime import date

from flask import g, render_template
from werkzeug.wrappers import Response

from donors.constituents.queries import constituent
from donors.core.criteria.tree import All, Compare, Operator
from donors.core.db import Session, current_session, separate_reading
from donors.core.errors import NotAllowed
from donors.volunteering.queries import (
    ShiftSieve,
    ShiftTotals,
    activities,
    has_shifts,
    shift_page,
    shift_rows,
    shift_totals,
)
from donors.web.session import note_export, viewer
from donors.web.sheet import sheet
from donors.web.volunteering.asked import Asked, asked, looking

COLUMNS = (
    "id",
    "worked_on",
    "volunteer",
    "volunteer_id",
    "hours",
    "activity",
    "external_id",
    "recorded_on",
    "note",
)


@dataclass(frozen=True)
class Year:
    """What was worked during a fiscal year, up to a day."""

    label: int
    first: date
    last: date
    totals: ShiftTotals


def list_page() -> str:
    """The shifts."""
    session = current_session()
    wanted = asked(session)
    offered = activities(session)
    return render_template(
        "volunteering/list.html",
        asked=wanted,
        page=shift_page(session, wanted.sieve, wanted.paging, looking=looking()),
        totals=shift_totals(session, wanted.sieve, looking=looking()),
        years=_years(session),
        any=has_shifts(session),
        activities=offered,
        chips=_chips(session, wanted, offered),
    )


def export() -> Response:
    """The list as CSV. Leaves an audit row."""
    if not viewer().may("volunteering.read"):
        raise NotAllowed("volunteering.read")
    with separate_reading() as session:
        wanted = asked(session)
        columns = [wanted.known.named(name) for name in COLUMNS]
        rows = shift_rows(session, wanted.sieve, wanted.paging.sort, columns, looking=looking())
        answer, count = sheet("shifts", columns, rows)
    note_export("shifts", rows=count, columns=list(COLUMNS))
    return answer


def _years(session: Session) -> tuple[Year, ...]:
    """This fiscal year so far, the last one up to the same day, and all of the last one."""
    fiscal, today = g.organization.fiscal, g.today
    label = fiscal.year_of(today)
    begun, before = fiscal.first_day(label), fiscal.first_day(label - 1)
    same_day = min(before + (today - begun), fiscal.last_day(label - 1))
    spans = ((label, begun, today), (label - 1, before, same_day), (label - 1, before, fiscal.last_day(label - 1)))
    return tuple(Year(year, first, last, _worked(session, first, last)) for year, first, last in spans)


def _worked(session: Session, first: date, last: date) -> ShiftTotals:
    within = Compare("worked_on", Operator.AT_LEAST, first), Compare("worked_on", Operator.AT_MOST, last)
    return shift_totals(session, ShiftSieve(criteria=All(within)), looking=looking())


def _chips(session: Session, wanted: Asked, offered: list[tuple[int, str, bool]]) -> list[tuple[str, str, str]]:
    """The conditions in words: the word of the address, what it asks about, and the value."""
    labels = {"from": "From", "to": "To", "activity": "Activity", "volunteer": "Volunteer"}
    names = {"activity": {str(id_): name for id_, name, _ in offered}}
    who = wanted.keep.get("volunteer", "")
    if who.isascii() and who.isdigit() and len(who) < 18:
        names["volunteer"] = {who: constituent(session, int(who), sees=viewer().sees).name}
    return [
        (word, label, names.get(word, {}).get(wanted.keep[word], wanted.keep[word]))
        for word, label in labels.items()
        if word in wanted.keep
    ]
