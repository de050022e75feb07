"""A mail server that keeps what it is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler

from tests.harness.processes import free_port


class Mailbox(Handler):
    """All messages that arrived, in order. `refuse` answers the next ones with that line instead, e.g. `451 later`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.messages: list[Message] = []
        self.refuse = ""

    async def handle_DATA(self, server, session, envelope):
        """Answers the DATA command."""
        return self.refuse or await super().handle_DATA(server, session, envelope)

    def handle_message(self, message: Message) -> None:
        """Keeps one message."""
        self.messages.append(message)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Listens until the block ends."""
    port = free_port()
    mailbox = Mailbox(f"smtp://127.0.0.1:{port}")
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
