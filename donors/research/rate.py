"""Writing ratings. What was judged before stays: a new judgement is a new row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.restraint import refuse_left_alone
from donors.core.bulk import among, load
from donors.core.changes import ChangeSet, insert
from donors.core.clock import local_date
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.settings import organization
from donors.research.fields import KINDS
from donors.research.models import Rating

CAPACITY = "capacity"
HIGHEST = 5


@dataclass(frozen=True)
class Judged:
    """A judgement: `kind` of KINDS, on a day, by a source. Capacity has an `amount` in minor units, others a score."""

    kind: str
    rated_on: date
    source: str
    score: int | None = None
    amount: int | None = None
    note: str = ""


def rate(session: Session, constituent_id: int, judged: Judged, *, within: ChangeSet) -> Rating:
    """Keeps a judgement about a constituent. Raises NotFound, Blocked (the unknown giver, left alone), Invalid."""
    _check_people(session, [constituent_id])
    check(judged)
    _check_day(judged, local_date(within.at, organization(session).zone))
    values = dict(zip(COLUMNS, _values(constituent_id, judged, within), strict=True))
    return insert(session, Rating(**values), within=within)


def rate_many(session: Session, judged: Iterable[tuple[int, Judged]], *, within: ChangeSet) -> int:
    """Keeps judgements about constituents, by their ids, and returns how many; the rules are those of `rate`.

    All or none. Raises NotFound, Blocked, Invalid.
    """
    wanted = list(judged)
    today = local_date(within.at, organization(session).zone)
    _check_people(session, {constituent_id for constituent_id, _ in wanted})
    for _, one in wanted:
        check(one)
        _check_day(one, today)
    rows = ((*_values(constituent_id, one, within), within.id) for constituent_id, one in wanted)
    load(session, Rating, (*COLUMNS, "created_in"), rows)
    return len(wanted)


COLUMNS = (
    *("constituent_id", "kind", "score", "amount", "rated_on"),
    *("source", "note", "rated_by", "recorded_at"),
)


def _values(constituent_id: int, judged: Judged, within: ChangeSet) -> tuple[Any, ...]:
    figures = (judged.kind, judged.score, judged.amount, judged.rated_on)
    return constituent_id, *figures, judged.source.strip(), judged.note.strip(), within.by_id, within.at


def _check_people(session: Session, ids: Collection[int]) -> None:
    wanted = select(Constituent).where(among(session, Constituent.id, ids), Constituent.deleted_at.is_(None))
    found = {row.id: row for row in session.scalars(wanted)}
    missing = sorted(set(ids) - set(found))
    if missing:
        raise NotFound("constituent", missing[0])
    for row in found.values():
        if row.is_unknown_giver:
            raise Blocked("Not rated", ("The unknown giver stands for many people and cannot be rated.",))
        refuse_left_alone(row, "Not rated")


def _check_day(judged: Judged, today: date) -> None:
    if judged.rated_on > today:
        raise Invalid("rated_on", judged.rated_on, "lies in the future", "Enter the day of the judgement.")


def check(judged: Judged) -> None:
    """Looks whether a judgement can stand, apart from its day. Raises Invalid."""
    if judged.kind not in KINDS:
        raise Invalid("kind", judged.kind, "is not a kind of rating", "Choose one of the list.")
    if judged.score is not None and not 0 <= judged.score <= HIGHEST:
        raise Invalid("score", judged.score, f"must lie between 0 and {HIGHEST}", "Zero says that there is none.")
    if judged.kind != CAPACITY and judged.amount is not None:
        raise Invalid("amount", judged.amount, "belongs to a capacity", "Leave it empty, or rate the capacity.")
    if judged.kind != CAPACITY and judged.score is None:
        raise Invalid("score", None, "is missing", f"Choose 0 (none) to {HIGHEST}.")
    if judged.kind == CAPACITY and (judged.amount is None or judged.amount <= 0):
        raise Invalid("amount", judged.amount, "must be more than zero", "Enter what they could give in five years.")
    if not judged.source.strip():
        raise Invalid("source", judged.source, "is empty", "Say where the judgement comes from.")
