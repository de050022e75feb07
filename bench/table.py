"""The table of what was measured, in a document that nobody writes by hand: a section for each system."""

import os
import platform
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from bench.line import Line
from donors.core.clock import now

HEAD = """# Figures of the last full run

Written by `python -m bench --write docs/measured.md`; what they mean stands in [what was measured](benchmarks.md).
Ratios are by the wall, then by CPU time.
"""
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
COLUMNS = (
    "| work | people, gifts | beside | to be held | measured | seconds, CPU seconds |\n|---|---|---|---|---|---|\n"
)


def load() -> float:
    """How many processes want the machine's cores, over the last minute."""
    return os.getloadavg()[0]


def write(path: Path, system: str, lines: Sequence[Line], loads: tuple[float, float]) -> None:
    """Puts the lines of a system in the place of those that the document has."""
    sections = _sections(path.read_text()) if path.exists() else {}
    sections[NAMES[system]] = _how(loads) + COLUMNS + "".join(_row(line) for line in lines)
    told = (f"## {name}\n\n{sections[name]}" for name in NAMES.values() if name in sections)
    path.write_text("\n".join((HEAD, *told)))


def _sections(document: str) -> dict[str, str]:
    parts = (part.partition("\n\n") for part in document.split("\n## ")[1:])
    return {name: body.strip() + "\n" for name, _, body in parts}


def _how(loads: tuple[float, float]) -> str:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{now():%Y-%m-%d}, {machine}; load {loads[0]:.1f} before and {loads[1]:.1f} after.\n\n"


def _row(line: Line) -> str:
    size = f"{line.size.people:,}, {line.size.gifts:,}{', many ties' if line.size.ties else ''}"
    if line.cost is None:
        measured, seconds = f"{line.memory / 2**20:.0f} MB", ""
    else:
        measured = " / ".join(f"{ratio}" for ratio in line.ratios or ())
        seconds = f"{_seconds(line.cost.wall)}, {_seconds(line.cost.cpu)}"
    return f"| {line.work} | {size} | {line.beside} | {line.held} | {measured} | {seconds} |\n"


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"
