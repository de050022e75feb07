"""Mail that comes back: reports of mail servers (RFC 3464) are read, and addresses that are no good go out of use.

An address is given up only where a report says that it will never do (no such mailbox, no such domain), and only when
we have written to it: a mailbox that is full, a spam filter or a passing fault says nothing about the address.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.check import folded_email
from donors.constituents.contact import deactivate
from donors.constituents.models import EmailAddress
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.claims import insert_new
from donors.mail.models import SENT, Bounce, Outbox

SAYS_NOTHING = ("5.2.2", "5.2.3", "5.3.", "5.6.", "5.7.")
"""Failures that last, but are not the address's: full, too large, the system, the content, a policy."""
STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
BETWEEN = re.compile(rb"^From .*\r?\n", re.MULTILINE)
LONGEST = 500


@dataclass(frozen=True)
class Report:
    """What a mail server says of one address. `message_id` is that of our mail, where the report gives it."""

    key: str
    address: str
    is_final: bool
    status: str
    said: str
    message_id: str = ""


@dataclass
class Taken:
    """What came of some reports: addresses put out of use, reports that were kept only, and what was no report."""

    given_up: int = 0
    noted: int = 0
    known: int = 0
    unread: int = 0


def messages_in(raw: bytes) -> Iterator[bytes]:
    """The messages of a file: one alone, or a mailbox with lines that begin with `From ` between them."""
    if not raw.startswith(b"From "):
        yield raw
        return
    yield from (one for one in BETWEEN.split(raw) if one.strip())


def reports_in(raw: bytes) -> list[Report]:
    """The reports of one message, one for each address that it is about; none where it is no report."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw)
    about = _original_id(message)
    found = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            found += [one for group in (groups if isinstance(groups, list) else []) if (one := _read(group, about))]
    name = str(message.get("Message-ID") or hashlib.sha256(raw).hexdigest()).strip().strip("<>")
    return [Report(f"{name}/{one.address}", *_rest(one)) for one in found]


def _rest(one: Report) -> tuple[str, bool, str, str, str]:
    return one.address, one.is_final, one.status, one.said, one.message_id


def _original_id(message: Message) -> str:
    """The Message-ID of the mail that came back, out of the copy of its head."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            found = re.search(r"^message-id:\s*<([^>]+)>", str(part.get_payload()), re.MULTILINE | re.IGNORECASE)
            return found.group(1) if found else ""
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            return str(first.get("Message-ID") or "").strip().strip("<>") if isinstance(first, Message) else ""
    return ""


def _read(group: object, about: str) -> Report | None:
    if not isinstance(group, Message):
        return None
    to, action = str(group.get("Final-Recipient") or ""), str(group.get("Action") or "").strip().lower()
    address = to.partition(";")[2].strip().strip("<>")
    if "@" not in address or action not in ("failed", "delayed"):
        return None
    status = str(group.get("Status") or "").strip()
    said = " ".join(str(group.get("Diagnostic-Code") or "").partition(";")[2].split()) or status
    return Report("", folded_email(address), action == "failed" and is_final(status), status, said[:LONGEST], about)


def is_final(status: str) -> bool:
    """Whether a status (5.1.1) says that an address will never do."""
    return status.startswith("5.") and not status.startswith(SAYS_NOTHING)


def take_in(session: Session, raw: bytes, *, within: ChangeSet) -> Taken:
    """Keeps the reports of a file, each once, and puts the addresses that are no good out of use."""
    taken = Taken()
    for message in messages_in(raw):
        reports = reports_in(message)
        taken.unread += not reports
        for one in reports:
            _keep(session, one, taken, within=within)
    return taken


def came_back(session: Session, mail_id: int, reason: str, *, at: datetime) -> None:
    """Keeps that a server refused the address of a mail as we spoke to it, and gives the address up if it said so."""
    status = STATUS.search(reason)
    if status is None or not is_final(status.group(0)):
        return
    mail = session.get_one(Outbox, mail_id)
    within = open_change(session, "mail.bounce", act=Act(by=None, at=at, through="job"))
    key, address = f"{mail.key}/{mail.attempts}", folded_email(mail.to_address)
    if _row(session, Report(key, address, True, status.group(0), reason[:LONGEST]), mail_id, within=within):
        give_up_address(session, address, within=within)


def _keep(session: Session, one: Report, taken: Taken, *, within: ChangeSet) -> None:
    mail_id = _ours(session, one)
    if not _row(session, one, mail_id, within=within):
        taken.known += 1
    elif one.is_final and mail_id is not None and give_up_address(session, one.address, within=within):
        taken.given_up += 1
    else:
        taken.noted += 1


def _row(session: Session, one: Report, mail_id: int | None, *, within: ChangeSet) -> bool:
    row = {
        "created_in": within.id,
        "key": one.key[:LONGEST],
        "folded": one.address,
        "mail_id": mail_id,
        "is_final": one.is_final,
        "status": one.status,
        "said": one.said,
        "received_at": within.at,
    }
    return insert_new(session, Bounce, [row]) == 1


def _ours(session: Session, one: Report) -> int | None:
    """The mail that came back: by its Message-ID, else the last one that was sent to the address."""
    key = one.message_id.rpartition("@")[0]
    named = select(Outbox.id, Outbox.to_address).where(Outbox.key == key) if key else None
    found = session.execute(named).first() if named is not None else None
    if found is not None and folded_email(found.to_address) == one.address:
        return int(found.id)
    whose = select(EmailAddress.constituent_id).where(EmailAddress.folded == one.address)
    written = select(Outbox.id, Outbox.to_address).where(Outbox.constituent_id.in_(whose), Outbox.state == SENT)
    last_first = session.execute(written.order_by(Outbox.id.desc()))
    return next((int(id_) for id_, to in last_first if folded_email(to) == one.address), None)


def give_up_address(session: Session, folded: str, *, within: ChangeSet) -> int:
    """Puts an address out of use wherever it is used, and returns for how many constituents."""
    used = select(EmailAddress).where(EmailAddress.folded == folded, EmailAddress.is_active).order_by(EmailAddress.id)
    points = session.scalars(used).all()
    for point in points:
        deactivate(session, point, within=within)
    return len(points)
