"""What work costs: seconds on the wall, and CPU seconds of this process and of the database's processes.

On a machine that others use, CPU time tells more than the wall; it too grows when caches and cores are shared.
"""

import os
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

    def over(self, other: "Cost") -> dict[str, float]:
        """The ratios to another cost."""
        return {"by the wall": round(self.wall / other.wall, 1), "by CPU": round(self.cpu / (other.cpu or 0.01), 1)}


class Meter:
    """Measures work in the database of an application."""

    def __init__(self, app: Flask) -> None:
        self._server = _server_of(app)

    @contextmanager
    def measured(self) -> Iterator[Cost]:
        """The cost of the block, filled in at its end."""
        cost, wall, cpu = Cost(), time.perf_counter(), self._cpu()
        yield cost
        cost.wall, cost.cpu = time.perf_counter() - wall, self._cpu() - cpu

    def least(self, work: Callable[[], object], *, runs: int = 3) -> Cost:
        """The least of several runs, wall and CPU each by itself."""
        found = []
        for _ in range(runs):
            with self.measured() as cost:
                work()
            found.append(cost)
        return Cost(min(one.wall for one in found), min(one.cpu for one in found))

    def _cpu(self) -> float:
        """Of this process, and of the server with its children, those that have ended too."""
        own = time.process_time()
        return own + (sum(_used(*one) for one in self._processes()) if self._server else 0.0)

    def _processes(self) -> Iterator[tuple[int, bool]]:
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
