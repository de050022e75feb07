"""What follows when an objection or a restriction begins or ends: the register says why, and all that pursued somebody
ends or rests.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents import check
from donors.constituents.models import Constituent, PersonRequest
from donors.constituents.requests import FOLLOWED, Asked, answer, in_force, take, waiting_for
from donors.constituents.restraint import OBJECTION, RESTRICTION, hold_back, let_go
from donors.core.changes import ChangeSet, amend
from donors.core.errors import Invalid
from donors.plans.models import RUNNING, RunningPlan
from donors.plans.running.pause import pause_many
from donors.workflows.facts import facts_changed
from donors.workflows.leave_alone import Ended, leave_alone


def follow_objection(
    session: Session, row: Constituent, asked: Asked, *, on: date, within: ChangeSet
) -> tuple[PersonRequest, Ended]:
    """Nobody raises money from a person from now on; what is under way ends. `on` is today.

    The request of the register that waits is answered by it, or one is entered. Raises Invalid, Blocked.
    """
    request = _followed(session, row, asked, on=on, within=within)
    hold_back(session, row, OBJECTION, on=on, within=within)
    ended = leave_alone(session, [row.id], reason="objected to fundraising", on=on, within=within)
    facts_changed(session, [row.id], within=within)
    return request, ended


def restrict(
    session: Session, row: Constituent, asked: Asked, *, on: date, within: ChangeSet
) -> tuple[PersonRequest, int]:
    """Freezes the record of a person: their plans rest, and how many these are is returned. Raises as above."""
    request = _followed(session, row, asked, on=on, within=within)
    hold_back(session, row, RESTRICTION, on=on, within=within)
    running = select(RunningPlan.id).where(RunningPlan.constituent_id == row.id, RunningPlan.state == RUNNING)
    resting = session.scalars(running).all()
    refused = pause_many(session, resting, on=on, within=within)
    facts_changed(session, [row.id], within=within)
    return request, len(resting) - len(refused)


def end_restraint(session: Session, row: Constituent, what: str, *, why: str, on: date, within: ChangeSet) -> None:
    """Ends an objection or a restriction, with the reason. Plans that rest are resumed by hand.

    Raises Invalid, Blocked.
    """
    if not why.strip():
        raise Invalid("why", why, "is empty", "Say what ended it: the person said so, the matter was settled.")
    let_go(session, row, what, within=within)
    held = in_force(session, row.id, what)
    if held is not None:
        note = check.note("why", "\n".join(part for part in (held.note, why.strip()) if part))
        amend(session, held, within=within, lifted_on=on, note=note)
    facts_changed(session, [row.id], within=within)


def _followed(session: Session, row: Constituent, asked: Asked, *, on: date, within: ChangeSet) -> PersonRequest:
    waiting = waiting_for(session, row.id, asked.kind)
    request = waiting or take(session, row, asked, on=on, within=within)
    return answer(session, request, FOLLOWED, on=on, within=within, note=asked.note if waiting else "")
