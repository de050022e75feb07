"""What a mail looks like on its way: sender, answers, failures, and the way to get no more of it."""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from donors.core.settings import Organization
from donors.mail.decide import PURPOSES
from donors.mail.language import LINK
from donors.mail.models import Outbox
from donors.mail.unsubscribe import Links

WIDE = policy.default.clone(max_line_length=240)
"""A long link in the head is not folded, which would break it."""


@dataclass(frozen=True)
class Stationery:
    """What all mails of a batch have in common. `host` ends every Message-ID; without `links` none can be offered."""

    here: Organization
    host: str
    links: Links | None = None

    @property
    def sender(self) -> str:
        """The organization's name and address."""
        return str(Address(self.here.name, addr_spec=self.here.sender_address or f"no-reply@{self.host}"))


def message_of(mail: Outbox, paper: Stationery, *, at: datetime) -> EmailMessage:
    """The message of a mail. Its Return-Path is where failures go: it becomes the envelope's sender."""
    made = EmailMessage(policy=WIDE)
    made["Message-ID"] = f"<{mail.key}@{paper.host}>"
    made["Date"] = format_datetime(at)
    made["From"], made["To"], made["Subject"] = paper.sender, mail.to_address, mail.subject
    if paper.here.reply_address:
        made["Reply-To"] = paper.here.reply_address
    if paper.here.bounce_address:
        made["Return-Path"] = f"<{paper.here.bounce_address}>"
    if mail.constituent_id is None:
        made["Auto-Submitted"] = "auto-generated"
    link = _offer(made, mail, paper)
    made.set_content(mail.text_body.replace(LINK, link))
    if mail.html_body:
        made.add_alternative(mail.html_body.replace(LINK, escape(link)), subtype="html")
    return made


def _offer(made: EmailMessage, mail: Outbox, paper: Stationery) -> str:
    """The unsubscribe link of a mail to a constituent; what may be unsubscribed says so in its head (RFC 8058)."""
    if mail.constituent_id is None or paper.links is None:
        return ""
    link = paper.links.link(mail.constituent_id)
    kind = PURPOSES.get(mail.purpose)
    if kind is not None and kind.waits:
        made["List-Unsubscribe"] = f"<{link}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return link
