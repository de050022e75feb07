"""Recording gifts: the gift, who it counts for, their figures, their levels, what these start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.giving import record
from donors.giving.credits import touched_by
from donors.giving.gift_input import GiftInput
from donors.giving.models import Gift
from donors.levels.assign import Because
from donors.levels.decide import Change
from donors.levels.rules import rules
from donors.rollups.definition import GIFT_SOURCES
from donors.workflows.refresh import refresh_because


@dataclass(frozen=True)
class Recorded:
    """A recorded gift and the changes of level that it brought."""

    gift: Gift
    changes: tuple[Change, ...]


def record_gift(session: Session, wanted: GiftInput, *, act: Act, on: date) -> Recorded:
    """Records a gift and all that follows from it, as one change set.

    Raises Invalid, NotFound, and AlreadyDone when the act's request key was used before.
    """
    change = open_change(session, "gift.record", act=act)
    recorded = add_gift(session, wanted, within=change, on=on)
    if act.request_key is not None:
        change.outcome = {"gift_id": recorded.gift.id}
        session.flush()
    return recorded


def add_gift(session: Session, wanted: GiftInput, *, within: ChangeSet, on: date) -> Recorded:
    """Records a gift within a change set that somebody else has opened."""
    by = rules(session)
    gift = record.record_gift(session, wanted, within=within, organization=by.organization)
    touched = {gift.constituent_id, *(credit.constituent_id for credit in wanted.credits)}
    because = Because("gift", on, gift.id)
    refreshed = refresh_because(session, touched, because=because, within=within, by=by, of=GIFT_SOURCES)
    return Recorded(gift, refreshed.changes)


def record_gifts(
    session: Session, wanted: Sequence[GiftInput], *, within: ChangeSet, on: date, cause: str = "import"
) -> list[int]:
    """Records many gifts and returns their ids in the order given; figures follow at once, or by the queue when many.

    All or none: raises as `record_gift` does.
    """
    by = rules(session)
    ids = record.record_gifts(session, wanted, within=within, organization=by.organization)
    touched = touched_by(wanted)
    refresh_because(session, touched, because=Because(cause, on), within=within, by=by, of=GIFT_SOURCES)
    return ids
