"""The register of what persons asked for by right: when it came, by when it has to be answered, how it was.

A month is counted as the law counts it: to the same day of the next month, or to its last day where there is none.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents import check
from donors.constituents.models import PERSON, Constituent, PersonRequest
from donors.constituents.queries import is_visible
from donors.constituents.search import matching_ids
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.paging import Page, page_of

KINDS: Mapping[str, str] = {
    "access": "To see what is kept",
    "copy": "To have a copy to take along",
    "correction": "To have something corrected",
    "erasure": "To be erased",
    "restriction": "To have the record restricted",
    "objection": "No fundraising any more",
}
"""What somebody may ask for → words for pages."""
FOLLOWED, REFUSED, WITHDRAWN = "followed", "refused", "withdrawn"
ANSWERS: Mapping[str, str] = {FOLLOWED: "Followed", REFUSED: "Refused", WITHDRAWN: "Taken back by the person"}
SOON = 7
"""Days before the last day from which on a request stands on Today."""


@dataclass(frozen=True)
class Asked:
    """What somebody asked for, a key of KINDS, the day on which that reached us, and their words or ours on it."""

    kind: str
    received_on: date
    note: str = ""


@dataclass(frozen=True)
class Listed:
    """A request with the name of whose it is."""

    request: PersonRequest
    name: str

    def late_by(self, on: date) -> int:
        """Days since the last day for an answer; 0 where it is answered or there is time."""
        return 0 if self.request.answered_on else max(0, (on - self.request.due_on).days)


def answer_due(received_on: date) -> date:
    """The last day for an answer: a month after the request came."""
    year, month = received_on.year + received_on.month // 12, received_on.month % 12 + 1
    return date(year, month, min(received_on.day, calendar.monthrange(year, month)[1]))


def take(session: Session, row: Constituent, asked: Asked, *, on: date, within: ChangeSet) -> PersonRequest:
    """Enters a request. `on` is today. Raises Invalid (kind, received_on, not a person)."""
    check.one_of("kind", asked.kind, tuple(KINDS))
    if row.kind != PERSON:
        raise Invalid("person", row.name, f"is a {row.kind}", "Only a person has these rights.")
    if asked.received_on > on:
        raise Invalid("received_on", asked.received_on.isoformat(), "lies in the future", "Enter the day it came.")
    made = PersonRequest(
        constituent_id=row.id,
        kind=asked.kind,
        received_on=asked.received_on,
        due_on=answer_due(asked.received_on),
        note=check.note("note", asked.note),
        recorded_at=within.at,
    )
    return insert(session, made, within=within)


def answer(
    session: Session, row: PersonRequest, how: str, *, on: date, within: ChangeSet, note: str = ""
) -> PersonRequest:
    """Says how a request was answered, a key of ANSWERS, on a day. Raises Invalid, Blocked (answered already)."""
    check.one_of("answer", how, tuple(ANSWERS))
    if row.answered_on is not None:
        raise Blocked("Not changed", (f"This was answered on {row.answered_on.isoformat()}.",))
    if how == REFUSED and not note.strip():
        raise Invalid("note", "", "is empty", "Say why it is refused: the person has to be told.")
    words = check.note("note", "\n".join(part for part in (row.note, note.strip()) if part))
    amend(session, row, within=within, answer=how, answered_on=on, note=words)
    return row


def request_of(session: Session, request_id: int, *, sees: Sight) -> PersonRequest:
    """A request about somebody whom the viewer may see. Raises NotFound."""
    found = session.scalar(
        select(PersonRequest).join(Constituent).where(PersonRequest.id == request_id, is_visible(sees))
    )
    if found is None:
        raise NotFound("request", request_id)
    return found


def requests_of(session: Session, constituent_id: int) -> Sequence[PersonRequest]:
    """All requests of a person, the newest first."""
    mine = select(PersonRequest).where(PersonRequest.constituent_id == constituent_id)
    return session.scalars(mine.order_by(PersonRequest.id.desc())).all()


def waiting_for(session: Session, constituent_id: int, kind: str) -> PersonRequest | None:
    """The oldest request of a kind of this person that has no answer yet."""
    mine = select(PersonRequest).where(PersonRequest.constituent_id == constituent_id, PersonRequest.kind == kind)
    return session.scalar(mine.where(PersonRequest.answered_on.is_(None)).order_by(PersonRequest.id).limit(1))


def in_force(session: Session, constituent_id: int, kind: str) -> PersonRequest | None:
    """The request of a kind that was followed and holds: whose reason an objection or a restriction goes by."""
    mine = select(PersonRequest).where(PersonRequest.constituent_id == constituent_id, PersonRequest.kind == kind)
    held = mine.where(PersonRequest.answer == FOLLOWED, PersonRequest.lifted_on.is_(None))
    return session.scalar(held.order_by(PersonRequest.id.desc()).limit(1))


def register_page(
    session: Session, *, sees: Sight, is_open: bool, q: str = "", number: int = 1, size: int = 50
) -> Page[Listed]:
    """The register: what waits, by its last day, or what was answered, the newest first; of whom `q` finds."""
    wanted = _listed(sees)
    if q.strip():
        named = matching_ids(session, q)
        wanted = wanted.where(Constituent.id.in_(named) if named is not None else false())
    if is_open:
        wanted = wanted.where(PersonRequest.answered_on.is_(None)).order_by(PersonRequest.due_on, PersonRequest.id)
    else:
        wanted = wanted.where(PersonRequest.answered_on.is_not(None)).order_by(PersonRequest.id.desc())
    page = page_of(session, wanted, number, size=size)
    return replace(page, rows=tuple(Listed(*row) for row in page.rows))


def due_soon(session: Session, *, sees: Sight, on: date, limit: int) -> list[Listed]:
    """Requests whose last day is near or over, and that have no answer."""
    near = _listed(sees).where(PersonRequest.answered_on.is_(None), PersonRequest.due_on <= on + timedelta(days=SOON))
    found = session.execute(near.order_by(PersonRequest.due_on, PersonRequest.id).limit(limit))
    return [Listed(*row) for row in found]


def erased_since(session: Session) -> list[tuple[int, date]]:
    """Who was erased, and on which day, in order of days."""
    found = select(Constituent.id, Constituent.erased_on).where(Constituent.erased_on.is_not(None))
    rows = session.execute(found.order_by(Constituent.erased_on, Constituent.id))
    return [(one, on) for one, on in rows if on is not None]


def _listed(sees: Sight) -> Select[PersonRequest, str]:
    return select(PersonRequest, Constituent.name).join(Constituent).where(is_visible(sees))
