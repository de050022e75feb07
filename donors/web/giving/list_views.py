"""The list of gifts, what they come to, and the same as a file."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from donors.core.db import Session, current_session
from donors.core.errors import NotAllowed
from donors.core.fields import Field
from donors.giving.fields import METHODS
from donors.giving.queries.gifts import has_gifts
from donors.giving.queries.listing import (
    GiftSieve,
    GiftTotals,
    Offered,
    between,
    gift_page,
    gift_rows,
    gift_totals,
    offered,
)
from donors.web.giving.asked import asked
from donors.web.listing import Asked, as_file, chips, named, years
from donors.web.session import looking, viewer

COLUMNS = (
    "id",
    "received_on",
    "giver",
    "giver_id",
    "amount",
    "net_amount",
    "currency",
    "fund",
    "campaign",
    "appeal",
    "method",
    "refunded",
    "hides_name",
    "external_id",
    "recorded_on",
    "note",
)


def list_page() -> str:
    """The gifts."""
    session = current_session()
    wanted = asked(session)
    choices = offered(session)
    return render_template(
        "giving/list.html",
        asked=wanted,
        page=gift_page(session, wanted.sieve, wanted.paging, looking=looking()),
        totals=gift_totals(session, wanted.sieve, looking=looking()),
        years=years(partial(_given, session)),
        any=has_gifts(session),
        offered=choices,
        methods=METHODS,
        chips=_chips(session, wanted, choices),
    )


def export() -> Response:
    """The list as CSV. Leaves an audit row."""
    if not viewer().may("giving.read"):
        raise NotAllowed("giving.read")
    return as_file("gifts", COLUMNS, asked, _rows)


def _rows(session: Session, wanted: Asked[GiftSieve], columns: Sequence[Field]) -> Iterable[Sequence[Any]]:
    return gift_rows(session, wanted.sieve, wanted.paging.sort, columns, looking=looking())


def _given(session: Session, first: date, last: date) -> GiftTotals:
    return gift_totals(session, GiftSieve(criteria=between(first, last)), looking=looking())


def _chips(session: Session, wanted: Asked[GiftSieve], choices: Offered) -> list[tuple[str, str, str]]:
    labels = {"from": "From", "to": "To", "min": "At least", "max": "At most", "method": "Method", "fund": "Fund"}
    labels |= {"campaign": "Campaign", "appeal": "Appeal", "giver": "Giver", "recorded": "Recorded since"}
    names = {word: {str(id_): name for id_, name, _ in rows} for word, rows in choices.items()}
    names |= {"method": METHODS, "giver": named(session, wanted.keep.get("giver", ""))}
    return chips(wanted.keep, labels, names)
