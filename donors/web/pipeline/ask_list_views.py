"""The list of asks, what does not fit in them, and the same as a file."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from donors.core.criteria.tree import Criteria, Operator
from donors.core.db import Session, current_session
from donors.core.errors import NotAllowed
from donors.core.fields import Field
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.asks.lint import LINTS
from donors.pipeline.asks.listing import ANY, AskSieve, ask_fields, ask_page, ask_rows, ask_totals
from donors.pipeline.queries.prospects import officers
from donors.web.forms import number
from donors.web.listing import Asked, as_file, read_list
from donors.web.session import looking, viewer

COLUMNS = (
    "id",
    "name",
    "constituent_id",
    "pipeline",
    "stage",
    "status",
    "status_since",
    "amount",
    "odds",
    "purpose",
    "fund",
    "campaign",
    "ask_on",
    "expected_on",
    "officer",
    "opened_on",
    "reason",
    "returns_on",
)
CONDITIONS = {
    "min": ("amount", Operator.AT_LEAST),
    "max": ("amount", Operator.AT_MOST),
    "from": ("expected_on", Operator.AT_LEAST),
    "to": ("expected_on", Operator.AT_MOST),
}
"""Word in the address → the field that it asks by, and how."""
MINE, NOBODY = "mine", "nobody"
SHOWN = {"open": "Open"} | STATUSES


def asks_page() -> str:
    """The asks: the open ones unless others are asked for."""
    session = current_session()
    wanted = _asked(session)
    everything = AskSieve(officer_id=wanted.sieve.officer_id)
    return render_template(
        "pipeline/asks.html",
        asked=wanted,
        page=ask_page(session, wanted.sieve, wanted.paging, looking=looking()),
        totals=ask_totals(session, wanted.sieve, looking=looking()),
        misfits=ask_totals(session, everything, looking=looking()).lint,
        lints=LINTS | {ANY: "Anything does not fit"},
        statuses=SHOWN,
        officers=officers(session),
    )


def asks_export() -> Response:
    """The list as CSV. Leaves an audit row."""
    if not viewer().may("pipeline.read"):
        raise NotAllowed("pipeline.read")
    return as_file("asks", COLUMNS, _asked, _rows)


def _rows(session: Session, wanted: Asked[AskSieve], columns: Sequence[Field]) -> Iterable[Sequence[Any]]:
    return ask_rows(session, wanted.sieve, wanted.paging.sort, columns, looking=looking())


def _asked(session: Session) -> Asked[AskSieve]:
    return read_list(ask_fields(session), CONDITIONS, _sieve, also=("status", "officer", "lint"))


def _sieve(keep: Mapping[str, str], criteria: Criteria) -> AskSieve:
    status, code, officer = keep.get("status", ""), keep.get("lint", ""), keep.get("officer", "")
    whose = {MINE: viewer().id, NOBODY: 0}.get(officer, number(officer))
    shown = status if status in SHOWN else "" if status == "all" or code else "open"
    return AskSieve(keep.get("q", ""), shown, whose, code if code in LINTS or code == ANY else "", criteria)
