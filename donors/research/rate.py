"""Writing ratings. What was judged before stays: a new judgement is a new row."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.restraint import refuse_left_alone
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
    constituent = session.get(Constituent, constituent_id)
    if constituent is None or constituent.deleted_at is not None:
        raise NotFound("constituent", constituent_id)
    if constituent.is_unknown_giver:
        raise Blocked("Not rated", ("The unknown giver stands for many people and cannot be rated.",))
    refuse_left_alone(constituent, "Not rated")
    _check(judged)
    if judged.rated_on > local_date(within.at, organization(session).zone):
        raise Invalid("rated_on", judged.rated_on, "lies in the future", "Enter the day of the judgement.")
    row = Rating(
        constituent_id=constituent_id,
        kind=judged.kind,
        score=judged.score,
        amount=judged.amount,
        rated_on=judged.rated_on,
        source=judged.source.strip(),
        note=judged.note.strip(),
        rated_by=within.by_id,
        recorded_at=within.at,
    )
    return insert(session, row, within=within)


def _check(judged: Judged) -> None:
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
