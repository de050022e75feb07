"""What people decide about mails to constituents that wait, one by one or many at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Conflict, NotFound
from donors.mail import steer
from donors.mail.models import HELD


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
    """Lets held mails leave, as `approve` does for each. Those that are held no more are passed over."""
    done = kept = gone = 0
    for mail_id in sorted(set(mail_ids)):
        try:
            state = steer.approve(session, mail_id, within=within).state
        except (Conflict, NotFound):
            gone += 1
        else:
            kept, done = kept + (state == HELD), done + (state != HELD)
    return Decided(done, kept, gone)


def give_up_mails(session: Session, mail_ids: Iterable[int], *, reason: str, within: ChangeSet) -> Decided:
    """Gives mails up for the same reason. Those that have left are passed over. Raises Invalid without a reason."""
    done = gone = 0
    for mail_id in sorted(set(mail_ids)):
        try:
            steer.give_up(session, mail_id, reason=reason, within=within)
        except (Conflict, NotFound):
            gone += 1
        else:
            done += 1
    return Decided(done, gone=gone)
