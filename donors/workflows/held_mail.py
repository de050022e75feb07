"""What people decide about mails to constituents that wait, one by one or many at once.

A mail that a step of a plan wants ends that step: approved, it is done; given up, it is skipped, and the plan goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.clock import local_date
from donors.core.errors import Conflict, NotFound
from donors.core.settings import organization
from donors.mail import steer
from donors.mail.models import HELD, Outbox
from donors.plans.models import CLOSED, Task
from donors.plans.running import close
from donors.plans.running.close import Completion
from donors.plans.terms import SENT


@dataclass(frozen=True)
class Decided:
    """What came of mails that were decided about: how many go on, how many the gate keeps back, how many were gone."""

    done: int = 0
    kept: int = 0
    gone: int = 0

    @property
    def sentence(self) -> str:
        """The counts in words; empty when nothing was chosen."""
        parts = ((self.done, "done"), (self.kept, "kept back by the contact gate"), (self.gone, "decided already"))
        return ", ".join(f"{count} {words}" for count, words in parts if count)


def approve_mails(session: Session, mail_ids: Iterable[int], *, within: ChangeSet) -> Decided:
    """Lets held mails leave, as `steer.approve` does for each, and completes the steps that want them.

    Passed over are those that are held no more; those whose step has ended in the meantime are given up.
    """
    done = kept = gone = 0
    for mail_id in sorted(set(mail_ids)):
        state = _approved(session, mail_id, within=within)
        done, kept, gone = done + (state == "done"), kept + (state == HELD), gone + (state == "gone")
    return Decided(done, kept, gone)


def _approved(session: Session, mail_id: int, *, within: ChangeSet) -> str:
    task = _task_of(session, mail_id)
    try:
        if task is not None and task.state in CLOSED:
            steer.give_up(session, mail_id, reason=f"The step of its plan is {task.state}.", within=within)
            return "gone"
        mail = steer.approve(session, mail_id, within=within)
    except (Conflict, NotFound):
        return "gone"
    if mail.state == HELD:
        return HELD
    if task is not None:
        how = Completion(_today(session, within), outcome="The mail was approved.", result=SENT)
        close.complete(session, task.id, how, within=within)
    return "done"


def give_up_mails(session: Session, mail_ids: Iterable[int], *, reason: str, within: ChangeSet) -> Decided:
    """Gives mails up for the same reason, and skips the steps that still wait for them; what rests goes on resting.

    Passed over are those that have left. Raises Invalid without a reason.
    """
    done = gone = 0
    for mail_id in sorted(set(mail_ids)):
        try:
            steer.give_up(session, mail_id, reason=reason, within=within)
        except (Conflict, NotFound):
            gone += 1
            continue
        done += 1
        task = _task_of(session, mail_id)
        if task is not None and task.state not in CLOSED and not close.resting(session, [task]):
            close.skip(session, task.id, Completion(_today(session, within), outcome=reason), within=within)
    return Decided(done, gone=gone)


def _task_of(session: Session, mail_id: int) -> Task | None:
    mail = session.get(Outbox, mail_id)
    return session.get(Task, mail.task_id) if mail is not None and mail.task_id is not None else None


def _today(session: Session, within: ChangeSet) -> date:
    return local_date(within.at, organization(session).zone)
