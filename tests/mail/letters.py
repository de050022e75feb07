"""Letters, and servers that do as they are told."""

from datetime import UTC, datetime
from email.message import EmailMessage

from sqlalchemy import update

from donors.core.changes import Act, open_change
from donors.core.clock import Clock
from donors.core.db import transaction
from donors.mail.models import Outbox
from donors.mail.outbox import Letter, post, posted


def letter(key: str = "task/1/reminder", **changes: object) -> Letter:
    """A letter to Ada."""
    given = {"key": key, "to": "ada@example.org", "subject": "Call Mrs. Hale", "text": "It is due today.", **changes}
    return Letter(**given)  # type: ignore[arg-type]


def put(*letters: Letter, clock: Clock) -> list[bool]:
    """Posts letters and commits."""
    with transaction() as session:
        change = open_change(session, "test.post", act=Act(by=None, at=clock(), through="job"))
        return [post(session, each, within=change) for each in letters]


def mail(key: str = "task/1/reminder") -> Outbox:
    """A mail as it stands, detached."""
    with transaction() as session:
        found = posted(session, key)
        assert found
        session.expunge(found)
        return found


def pass_holds() -> None:
    """As if the time had passed for which claims hold."""
    with transaction() as session:
        claimed = update(Outbox).where(Outbox.locked_until.is_not(None))
        session.execute(claimed.values(locked_until=datetime(2000, 1, 1, tzinfo=UTC)))


class Wire:
    """A way of sending that does what the next of `orders` says: raises it, or (none) takes the mail."""

    def __init__(self, *orders: BaseException | None) -> None:
        self.orders = list(orders)
        self.taken: list[EmailMessage] = []

    def __call__(self, message: EmailMessage) -> None:
        order = self.orders.pop(0) if self.orders else None
        if order is not None:
            raise order
        self.taken.append(message)
