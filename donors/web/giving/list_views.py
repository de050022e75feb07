"""The list of gifts, what they come to, and the same as a file."""

from dataclasses import dataclass
from datetime import date

from flask import g, render_template
from werkzeug.wrappers import Response

from donors.constituents.queries import constituent
from donors.core.db import Session, current_session, separate_reading
from donors.core.errors import NotAllowed
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
from donors.web.giving.asked import Asked, asked, looking
from donors.web.session import note_export, viewer
from donors.web.sheet import sheet

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


@dataclass(frozen=True)
class Year:
    """What came in during a fiscal year, up to a day."""

    label: int
    first: date
    last: date
    totals: GiftTotals


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
        years=_years(session),
        any=has_gifts(session),
        offered=choices,
        methods=METHODS,
        chips=_chips(session, wanted, choices),
    )


def export() -> Response:
    """The list as CSV. Leaves an audit row."""
    if not viewer().may("giving.read"):
        raise NotAllowed("giving.read")
    with separate_reading() as session:
        wanted = asked(session)
        columns = [wanted.known.named(name) for name in COLUMNS]
        rows = gift_rows(session, wanted.sieve, wanted.paging.sort, columns, looking=looking())
        answer, count = sheet("gifts", columns, rows)
    note_export("gifts", rows=count, columns=list(COLUMNS))
    return answer


def _years(session: Session) -> tuple[Year, Year, Year]:
    """This fiscal year so far, the last one up to the same day, and all of the last one."""
    fiscal, today = g.organization.fiscal, g.today
    label = fiscal.year_of(today)
    begun = fiscal.first_day(label)
    before = fiscal.first_day(label - 1)
    same_day = min(before + (today - begun), fiscal.last_day(label - 1))
    spans = ((label, begun, today), (label - 1, before, same_day), (label - 1, before, fiscal.last_day(label - 1)))
    return tuple(  # type: ignore[return-value]  # three spans make three years
        Year(year, first, last, gift_totals(session, GiftSieve(criteria=between(first, last)), looking=looking()))
        for year, first, last in spans
    )


def _chips(session: Session, wanted: Asked, choices: Offered) -> list[tuple[str, str, str]]:
    """The conditions in words: the word of the address, what it asks about, and the value."""
    labels = {"from": "From", "to": "To", "min": "At least", "max": "At most", "method": "Method", "fund": "Fund"}
    labels |= {"campaign": "Campaign", "appeal": "Appeal", "giver": "Giver", "recorded": "Recorded since"}
    names = {word: {str(id_): name for id_, name, _ in rows} for word, rows in choices.items()}
    names["method"] = METHODS
    giver = wanted.keep.get("giver", "")
    if giver.isascii() and giver.isdigit() and len(giver) < 18:
        names["giver"] = {giver: constituent(session, int(giver), sees=viewer().sees).name}
    return [
        (word, label, names.get(word, {}).get(wanted.keep[word], wanted.keep[word]))
        for word, label in labels.items()
        if word in wanted.keep
    ]
