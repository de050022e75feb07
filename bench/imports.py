"""A file of gifts through the import (checks, people, gifts, credits, verdicts, figures, levels) beside a bare load.

The bare load is `csv` and a Core insert of the same rows into one table of the same database. Takes a file of real
gifts, or draws one of their shape: `python -m bench.imports --rows 20000`, `python -m bench.imports --file F.csv.gz`.
"""

import argparse
import csv
import gzip
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, select

from bench.world import ACT, database
from donors.core.changes import open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.giving.models import Gift
from donors.imports.map import recognized
from donors.imports.models import FileImport
from donors.imports.parse import read
from donors.imports.receive import Incoming, receive, start_apply
from donors.imports.unpack import Source
from donors.imports.work import advance
from donors.workflows.begin import begin
from tests.imports.files import gifts_file

Tick = Callable[[], float]
TICKS: dict[str, Tick] = {"sqlite": time.process_time, "postgresql": time.perf_counter}
"""SQLite works within this process: its CPU time tells more on a busy machine. PostgreSQL works in others."""


def measure(system: str, *, rows: int, file: Path | None = None) -> dict[str, object]:
    """Seconds of both, with the phases of the import, and their ratio; the real file where one is given.

    CPU seconds for SQLite, seconds on the wall for PostgreSQL.
    """
    content = file.read_bytes() if file else gzip.compress(gifts_file(rows).encode())
    tick = TICKS[system]
    with database(system) as app:
        with transaction() as session:
            begin(session, within=open_change(session, "organization.begin", act=ACT))
        baseline = min(_bare(app, content, tick) for _ in range(3))
        phases = _whole(content, tick)
        with transaction() as session:
            made = session.scalar(select(func.count(Gift.id)))
    whole = sum(phases.values())
    return {
        "bench": "import",
        "system": system,
        "gifts": made,
        "baseline, s": round(baseline, 2),
        "s": round(whole, 2),
        "phases, s": {name: round(taken, 2) for name, taken in phases.items()},
        "ratio": round(whole / baseline, 2),
    }


def _bare(app: Flask, content: bytes, tick: Tick) -> float:
    """`csv` and a Core insert of all rows into one table."""
    engine, start = app.extensions["sqlalchemy"].engine, tick()
    with gzip.open(io.BytesIO(content), "rt", encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        rows = list(reader)
    names = [Column(name, Text) for name in reader.fieldnames or ()]
    table = Table("bare", MetaData(), Column("id", Integer, primary_key=True), *names)
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), rows)
    taken = tick() - start
    with engine.begin() as connection:
        table.drop(connection)
    return taken


def _whole(content: bytes, tick: Tick) -> dict[str, float]:
    """The import, as the command does it."""
    start = tick()
    reading = read(Source("gifts.csv.gz", lambda: io.BytesIO(content)))
    with transaction() as session:
        mapping = recognized("gifts", reading.headers)
        row = receive(session, Incoming("gifts", "gifts.csv.gz", reading, mapping=mapping), act=ACT)
        start_apply(session, row, act=ACT)
        number = row.id
    marks = {"begun": tick()}

    def told(row: FileImport) -> None:
        if row.state == "refreshing" and "rows done" not in marks:
            marks["rows done"] = tick()

    advance(number, clock=now, told=told)
    end = tick()
    return {
        "read": marks["begun"] - start,
        "rows": marks["rows done"] - marks["begun"],
        "figures and levels": end - marks["rows done"],
    }


def main() -> None:
    """Reads the sizes and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--system", choices=["sqlite", "postgresql"], action="append")
    asked = parser.parse_args()
    for system in asked.system or ["sqlite", "postgresql"]:
        print(json.dumps(measure(system, rows=asked.rows, file=asked.file)))


if __name__ == "__main__":
    main()
