"""A prospect, and what is said when one enters a stage or leaves. Both are written through workflows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.errors import NotFound
from donors.pipeline.decide import NOTHING, Vouched
from donors.pipeline.models import RELEASED, Prospect


@dataclass(frozen=True)
class Entry:
    """Into which stage, on which day, and why. No stage: the first one of the pipeline.

    `vouched` is what a person adds to what the records prove.
    """

    on: date
    stage_id: int | None = None
    why: str = ""
    vouched: Vouched = NOTHING


@dataclass(frozen=True)
class Leaving:
    """Out of the pipeline: released, disqualified, lost or done; why; the day to look at the prospect again, if any."""

    on: date
    reason: str
    how: str = RELEASED
    returns_on: date | None = None


def prospect_by_id(session: Session, prospect_id: int, *, lock: bool = False) -> Prospect:
    """A prospect. Raises NotFound."""
    found = session.get(Prospect, prospect_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("prospect", prospect_id)
    return found
