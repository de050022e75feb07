"""Going away: the absence is noted, and what falls due in that time goes to the stand-in."""

from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.accounts.models import Absence
from donors.core.changes import ChangeSet
from donors.plans.queries.mine import left_between
from donors.plans.running.task import Handover, hand_over_many


def go_away(
    session: Session, draft: AbsenceDraft, *, hands_over: bool, within: ChangeSet
) -> tuple[Absence, int]:  # fmt: skip
    """Notes an absence; with `hands_over` the tasks that fall due in it go to the stand-in. Returns how many went.

    Tasks that are made later find the stand-in by themselves. Raises Invalid, NotFound.
    """
    absence = add_absence(session, draft, within=within)
    if not hands_over or draft.stand_in_id is None:
        return absence, 0
    tasks = left_between(session, draft.user_id, draft.from_on, draft.to_on)
    refused = hand_over_many(session, tasks, Handover(draft.stand_in_id), within=within)
    return absence, len(tasks) - len(refused)
