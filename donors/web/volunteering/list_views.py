"""The list of shifts, what they come to, and the same as a file."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from donors.core.criteria.tree import All, Compare, Operator
from donors.core.db import Session, current_session
from donors.core.errors import NotAllowed
from donors.core.fields import Field
from donors.volunteering.queries import (
    ShiftSieve,
    ShiftTotals,
    activities,
    has_shifts,
    shift_page,
    shift_rows,
    shift_totals,
)
from donors.web.listing import Asked, as_file, chips, named, years
from donors.web.session import looking, viewer
from donors.web.volunteering.asked import asked

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
        years=years(partial(_worked, session)),
        any=has_shifts(session),
        activities=offered,
        chips=_chips(session, wanted, offered),
    )


def export() -> Response:
    """The list as CSV. Leaves an audit row."""
    if not viewer().may("volunteering.read"):
        raise NotAllowed("volunteering.read")
    return as_file("shifts", COLUMNS, asked, _rows)


def _rows(session: Session, wanted: Asked[ShiftSieve], columns: Sequence[Field]) -> Iterable[Sequence[Any]]:
    return shift_rows(session, wanted.sieve, wanted.paging.sort, columns, looking=looking())


def _worked(session: Session, first: date, last: date) -> ShiftTotals:
    within = Compare("worked_on", Operator.AT_LEAST, first), Compare("worked_on", Operator.AT_MOST, last)
    return shift_totals(session, ShiftSieve(criteria=All(within)), looking=looking())


def _chips(
    session: Session, wanted: Asked[ShiftSieve], offered: list[tuple[int, str, bool]]
) -> list[tuple[str, str, str]]:
    labels = {"from": "From", "to": "To", "activity": "Activity", "volunteer": "Volunteer"}
    names = {"activity": {str(id_): name for id_, name, _ in offered}}
    return chips(wanted.keep, labels, names | {"volunteer": named(session, wanted.keep.get("volunteer", ""))})
