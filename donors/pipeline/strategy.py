"""Writing the strategy for a prospect: what is meant to happen this year, and the day on which it was thought over."""

from datetime import date

from sqlalchemy.orm import Session

from donors.constituents.restraint import refuse_frozen_id
from donors.core.changes import ChangeSet, amend
from donors.core.errors import Invalid
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import prospect_by_id

LONGEST = 4000
"""Letters that a strategy may have: a page of paper."""


def set_strategy(
    session: Session, prospect_id: int, text: str, *, on: date, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Keeps a strategy with its day, also when it is confirmed as it is; an empty one has none.

    Raises NotFound, Conflict, Invalid (longer than a page), Blocked (the record is restricted).
    """
    told = text.strip()
    if len(told) > LONGEST:
        raise Invalid("strategy", f"{len(told)} letters", f"is longer than {LONGEST}", "Keep it to a page.")
    prospect = prospect_by_id(session, prospect_id, lock=True)
    refuse_frozen_id(session, prospect.constituent_id)
    amend(session, prospect, within=within, expect=expect, strategy=told, strategy_on=on if told else None)
    return prospect
