"""Writing prospects: what they are to be asked for, and out of the pipeline. Stages change through workflows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.models import Prospect


@dataclass(frozen=True)
class Entry:
    """Into which stage, on which day, and why. No stage: the first one of the pipeline."""

    on: date
    stage_id: int | None = None
    why: str = ""


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


def close(
    session: Session, prospect_id: int, *, reason: str, on: date, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Takes a prospect out of the pipeline. Its planned moves stay to be dropped or made.

    Raises NotFound, Conflict, Invalid (no reason), Blocked (closed already).
    """
    prospect = prospect_by_id(session, prospect_id, lock=True)
    if not reason.strip():
        raise Invalid("reason", reason, "is empty", "Say why the prospect leaves the pipeline.")
    if not prospect.is_active:
        raise Blocked("Not closed", ("The prospect is closed already.",))
    closed = {"is_active": False, "closed_on": on, "closed_reason": reason.strip()}
    amend(session, prospect, within=within, expect=expect, **closed)
    return prospect


def prospect_by_id(session: Session, prospect_id: int, *, lock: bool = False) -> Prospect:
    """A prospect. Raises NotFound."""
    found = session.get(Prospect, prospect_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("prospect", prospect_id)
    return found
