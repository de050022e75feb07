"""A telephone line that can be cut: what a browser reaches the server through, when a test takes the network away."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from tests.harness.processes import free_port


class Line:
    """Passes connections on to a server until it is cut; mended, it stands at the same address again."""

    def __init__(self, url: str) -> None:
        self._aim = (urlsplit(url).hostname or "", urlsplit(url).port or 0)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._listener: socket.socket | None = None
        self._ends: list[socket.socket] = []

    def mend(self) -> None:
        """Lets connections through."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        threading.Thread(target=self._listen, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Ends all connections, and refuses new ones."""
        ends, self._ends = self._ends, []
        for end in (*ends, *([self._listener] if self._listener else [])):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._listener = None

    def _listen(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._aim)
                self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=ends, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def line(url: str) -> Iterator[Line]:
    """A line to a server that works until it is cut."""
    laid = Line(url)
    laid.mend()
    try:
        yield laid
    finally:
        laid.cut()
