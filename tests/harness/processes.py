"""The real processes of the program, started as `make run` starts them."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import ROOT
from tests.harness.application import SECRET

FLASK = (sys.executable, "-m", "flask")
WEB = (sys.executable, "-m", "gunicorn", "wsgi:app")


class Live:
    """A web server under test. `url` has no slash at the end; `log` is the file that it writes to."""

    def __init__(self, url: str, log: Path, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self.log = log
        self.process = process


def free_port() -> int:
    """A port on the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(command: tuple[str, ...], log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Starts a process in a group of its own, with what it says in `log`.

    Kill it with `os.killpg(process.pid, …)`: its children go with it.
    """
    with log.open("ab") as out:
        return subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out, start_new_session=True
        )


@contextmanager
def web(database: str, folder: Path, **environment: str) -> Iterator[Live]:
    """Serves the application on that database until the block ends; `folder` is its instance folder."""
    port, log = free_port(), folder / "web.log"
    house = {"DATABASE_URL": database, "PORT": str(port), "INSTANCE_DIR": str(folder), "SECRET_KEY": SECRET}
    process = start(WEB, log, **{**house, **environment})
    live = Live(f"http://127.0.0.1:{port}", log, process)
    try:
        _wait(live)
        yield live
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(live: Live, *, patience: float = 90) -> None:
    end = time.monotonic() + patience
    while live.process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(live.url + "/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the web server did not start:\n" + live.log.read_text())
