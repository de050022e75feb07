"""Draws and writes what is judged of the prospects, and the proposals that ask two of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from random import Random

from donors.accounts.visible import EVERYTHING
from donors.cli.practice.cast import QUALIFICATION
from donors.cli.practice.ids import Ids
from donors.cli.practice.story import Charity, DrawnProspect, DrawnRating
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.pipeline.asks.documents import document
from donors.pipeline.asks.models import OPEN
from donors.pipeline.asks.propose import Sending, Verdict, decide, send, upload
from donors.pipeline.asks.queries import asks_of_constituent
from donors.research.rate import Judged
from donors.workflows.ratings import rate

Change = Callable[[str], AbstractContextManager[tuple[Session, ChangeSet]]]

SCREENING, REVIEW, VISIT = "Wealth screening", "Portfolio review", "Visit"
SCREENED = 400
"""So many days ago all prospects were screened; what was judged since stands above it."""
NOTES = ("", "", "House on the bay, no mortgage.", "Sits on two foundation boards.", "Retired early.", "")
PROPOSALS = ("Harold Nakamura", "Bettina Kroll")
"""Whose proposal was sent and waits for an answer; whose waits for approval."""
PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""An empty sheet of paper."""


def ratings_of(chance: Random, charity: Charity) -> list[DrawnRating]:
    """Capacity by a screening for most prospects, the three fits for those past identification."""
    return [rating for prospect in charity.prospects for rating in _ratings(chance, charity.on, prospect)]


def _ratings(chance: Random, on: date, prospect: DrawnProspect) -> Iterator[DrawnRating]:
    person, (stage, since, _) = prospect.person, prospect.entered[-1]
    screened = on - timedelta(days=SCREENED)
    if chance.random() < 0.85:
        cents = chance.choice((25_000_00, 50_000_00, 100_000_00, 250_000_00, 500_000_00, 1_000_000_00))
        yield DrawnRating(person, "capacity", screened, SCREENING, cents=cents, note=chance.choice(NOTES))
    if stage < QUALIFICATION:
        return
    for kind, source in (("linkage", REVIEW), ("ability", SCREENING), ("interest", VISIT)):
        score = chance.choices(range(6), weights=(4, 6, 14, 30, 30, 16))[0]
        yield DrawnRating(person, kind, min(since, on), source, score=score)


def load_judged(charity: Charity, ids: Ids, change: Change) -> None:
    """Writes the ratings, and the proposals on the asks of two of the cast."""
    with change("practice.ratings") as (session, within):
        for drawn in charity.ratings:
            judged = Judged(drawn.kind, drawn.on, drawn.source, drawn.score, drawn.cents, drawn.note)
            rate(session, ids.people[drawn.person], judged, within=within)
    with change("practice.proposals") as (session, within):
        names = [f"{one.given_name} {one.family_name}" for one in charity.people]
        asked, waiting = (ids.people[names.index(name)] for name in PROPOSALS)
        _propose(session, asked, charity.on, within=within, is_sent=True)
        _propose(session, waiting, charity.on, within=within, is_sent=False)


def _propose(session: Session, constituent_id: int, on: date, *, within: ChangeSet, is_sent: bool) -> None:
    own = asks_of_constituent(session, constituent_id, sees=EVERYTHING)
    row = next((one.opportunity for one in own if one.opportunity.status in OPEN), None)
    if row is None:
        return
    given = document(f"{row.purpose}.pdf", PAGE)
    version = upload(session, row.id, given, within=within, note="One page, with the plan of payments.")
    if is_sent:
        left = on - timedelta(days=35)
        decide(session, version.id, Verdict(approved=True), on=left, within=within)
        send(session, version.id, Sending(left, left + timedelta(days=30)), within=within)
