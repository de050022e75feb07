"""Writing prospects: what they are to be asked for. Stages change, and prospects leave, through workflows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend
from donors.core.errors import Invalid, NotFound
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


@dataclass(frozen=True)
class Details:
    """What a prospect is to be asked for: minor units of the organization's currency, and the purpose."""

    ask_amount: int | None = None
    purpose: str = ""


def describe(
    session: Session, prospect_id: int, details: Details, *, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Sets the amount and purpose of the ask. Raises NotFound, Conflict, Invalid."""
    if details.ask_amount is not None and details.ask_amount <= 0:
        raise Invalid(
            "ask_amount", details.ask_amount, "must be more than zero", "Leave it empty when it is not known."
        )
    prospect = prospect_by_id(session, prospect_id)
    purpose = details.purpose.strip()
    amend(session, prospect, within=within, expect=expect, ask_amount=details.ask_amount, purpose=purpose)
    return prospect


def prospect_by_id(session: Session, prospect_id: int, *, lock: bool = False) -> Prospect:
    """A prospect. Raises NotFound."""
    found = session.get(Prospect, prospect_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("prospect", prospect_id)
    return found
