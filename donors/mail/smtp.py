"""How a mail leaves: one SMTP conversation. Knows for certain, or not, whether the server took the mail."""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 20
"""Seconds that each step of the conversation may take."""


class NotTaken(Exception):
    """The server did not take the mail: nothing was sent. `final`: it will never take it for this address."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Unsure(Exception):
    """The conversation broke off: the server may have taken the mail."""


Send = Callable[[EmailMessage], None]
"""Sends one mail. Raises NotTaken or Unsure."""


def smtp(url: str) -> Send:
    """A way to send through `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`. Raises ValueError.

    The Return-Path of a message is taken off and becomes the sender of its envelope, to whom failures are reported.
    """
    server = urlsplit(url)
    if server.scheme not in PORTS or not server.hostname:
        raise ValueError("SMTP_URL has the form smtp://, smtp+starttls:// or smtps://user:password@host:port")

    def send(message: EmailMessage) -> None:
        _converse(_connect(server), message)

    return send


PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def _connect(server: SplitResult) -> smtplib.SMTP:
    host, port = server.hostname or "", server.port or PORTS[server.scheme]
    try:
        if server.scheme == "smtps":
            talk: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        else:
            talk = smtplib.SMTP(host, port, timeout=TIMEOUT)
        if server.scheme == "smtp+starttls":
            talk.starttls(context=ssl.create_default_context())
        if server.username:
            talk.login(unquote(server.username), unquote(server.password or ""))
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(_reason(error)) from error
    return talk


def _converse(talk: smtplib.SMTP, message: EmailMessage) -> None:
    back = message["Return-Path"]
    del message["Return-Path"]
    try:
        talk.send_message(message, from_addr=None if back is None else str(back).strip("<>"))
    except smtplib.SMTPRecipientsRefused as error:
        answers = list(error.recipients.values())
        raise NotTaken(_reason(error), final=all(500 <= code < 600 for code, _ in answers)) from error
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        raise NotTaken(_reason(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unsure(_reason(error)) from error
    finally:
        with suppress(smtplib.SMTPException, OSError):
            talk.quit()


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"{error.smtp_code} {said}"
    return f"{type(error).__name__}: {error}"
