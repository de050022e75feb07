"""What work costs: seconds on the wall, CPU seconds and memory, of this process and of the database's processes.

On a machine that others use, CPU time tells more than the wall; it too grows when caches and cores are shared.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import text

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Seconds; of the smallest of several runs where it says so."""

    wall: float = 0.0
    cpu: float = 0.0

    def share(self, part: float) -> "Cost":
        """A part of it."""
        return Cost(self.wall * part, self.cpu * part)


class Meter:
    """Measures work in the database of an application."""

    def __init__(self, app: Flask) -> None:
        self._server = _server_of(app)

    @contextmanager
    def measured(self) -> Iterator[Cost]:
        """The cost of the block, filled in at its end."""
        cost, others, own, wall = Cost(), self._others(), time.process_time(), time.perf_counter()
        yield cost
        cost.wall, own = time.perf_counter() - wall, time.process_time() - own
        cost.cpu = own + self._others() - others

    def least(self, work: Callable[[], object], *, runs: int = 3) -> Cost:
        """The least of several runs, wall and CPU each by itself."""
        found = []
        for _ in range(runs):
            with self.measured() as cost:
                work()
            found.append(cost)
        return Cost(min(one.wall for one in found), min(one.cpu for one in found))

    def memory(self) -> int:
        """Bytes that are nobody else's now: of this process and of each of the server's."""
        processes = [os.getpid(), *(process for process, _ in self._processes())]
        return sum(_own_memory(process) for process in processes)

    @contextmanager
    def peak(self, *, every: float = 0.01) -> Iterator[list[int]]:
        """The most memory at any time during the block, above that at its beginning, in bytes: one number, at its end.

        Looks every so many seconds from a thread of its own.
        """
        seen, ended, idle = [0], threading.Event(), self.memory()

        def look() -> None:
            while not ended.wait(every):
                seen[0] = max(seen[0], self.memory() - idle)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield seen
        finally:
            ended.set()
            thread.join()

    def _others(self) -> float:
        """Of the server with its children, those that have ended too."""
        return sum(_used(*one) for one in self._processes())

    def _processes(self) -> Iterator[tuple[int, bool]]:
        if not self._server:
            return
        yield self._server, True
        for folder in Path("/proc").glob("[0-9]*"):
            if (stat := _stat(int(folder.name))) and int(stat[1]) == self._server:
                yield int(folder.name), False


def _server_of(app: Flask) -> int:
    """The process of a PostgreSQL server on this machine; 0 for SQLite, which works within this one."""
    engine = app.extensions["sqlalchemy"].engine
    if engine.dialect.name != "postgresql":
        return 0
    with engine.connect() as connection:
        data = connection.scalar(text("SHOW data_directory"))
    return int((Path(data) / "postmaster.pid").read_text().split()[0])


def _stat(process: int) -> list[str]:
    """The fields of a process after its name: state, parent, …; empty when it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _used(process: int, with_ended: bool) -> float:
    stat = _stat(process)
    return sum(int(one) for one in stat[11 : 15 if with_ended else 13]) / TICKS


def _own_memory(process: int) -> int:
    """Anonymous pages: neither files nor memory that processes share."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
