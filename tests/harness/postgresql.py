"""A PostgreSQL server of our own: a temporary cluster on a Unix socket, gone when the tests end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.harness.needs import find, missing

PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin")
SETTINGS = {
    "fsync": "off",  # the cluster does not outlive the tests
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "listen_addresses": "",
    "timezone": "UTC",
}


class Server:
    """A running cluster. `template` is the name of its migrated database, once there is one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = ""
        self._made = 0
        # The default of PostgreSQL 15 and later writes every block to the log first; before, there was no choice.
        self._strategy = ""

    def wake(self) -> None:
        """Looks which PostgreSQL this is. Raises psycopg.OperationalError while it does not answer."""
        with self._connection() as connection:
            self._strategy = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://perennial@/{name}?host={self.folder}"

    def create(self, name: str = "", *, template: str = "template0") -> str:
        """Makes a database as a copy of another and returns its name."""
        self._made += 1
        name = name or f"test_{self._made}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {self._strategy}')
        return name

    def drop(self, name: str) -> None:
        """Removes a database, whoever is still connected."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """Runs one statement as superuser."""
        with self._connection() as connection:
            connection.execute(statement.encode())

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(f"host={self.folder} user=perennial dbname=postgres", autocommit=True)


@contextmanager
def server(folder: Path | None = None, **settings: str) -> Iterator[Server]:
    """Starts a cluster in an empty folder (none: one under /tmp), stops it and removes the folder.

    Its path must be short, for a socket stands in it; `settings` go before ours. Skips (in CI: fails) where PostgreSQL
    is not installed.
    """
    initdb, postgres = find("initdb", places=PLACES), find("postgres", places=PLACES)
    if initdb is None or postgres is None:
        missing("PostgreSQL")
    folder = folder or Path(tempfile.mkdtemp(prefix="perennial-pg-", dir="/tmp"))
    process = _start(initdb, postgres, folder, SETTINGS | settings)
    try:
        running = Server(folder)
        _wait(running, process)
        yield running
    finally:
        process.send_signal(signal.SIGINT)  # "fast" shutdown: does not wait for clients
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _start(initdb: Path, postgres: Path, folder: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    data = str(folder / "data")
    options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        how: dict[str, Any] = {"cwd": folder, "stdout": log, "stderr": log, **_unprivileged(folder)}
        command = [str(initdb), "-D", data, "-U", "perennial", "--auth=trust", "-E", "UTF8", "--no-locale", "-N"]
        subprocess.run(command, check=True, **how)
        return subprocess.Popen([str(postgres), "-D", data, "-k", str(folder), *options], **how)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to start a process that is not root, since PostgreSQL refuses to be."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(found: Server, process: subprocess.Popen[bytes], *, patience: float = 30) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            return found.wake()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((found.folder / "log").read_text()) from None
            time.sleep(0.05)
