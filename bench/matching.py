"""`python -m bench.matching`: how well and how fast duplicates are found, in drawn people and in FEBRL's sets.

`--people 1000000 --system sqlite` fills a database with drawn people of whom some stand in it twice, and searches it as
the night does, in a process of its own; `--entry 20000` times the look-up of those who may be there already.
`--write docs/duplicates.md` puts the figures into the document.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from operator import attrgetter
from pathlib import Path
from statistics import median

from sqlalchemy import select

from bench.cost import Meter
from bench.twins import Drawn, people
from bench.world import ACT, AT, database
from config import ROOT
from donors.accounts.visible import EVERYTHING
from donors.constituents.create import DERIVED, OWN, PARTS, create_many
from donors.constituents.duplicates import likely_duplicates
from donors.constituents.matching.models import DuplicatePair, MatchModel
from donors.constituents.matching.search import ask, search
from donors.constituents.models import Constituent
from donors.constituents.records import NewConstituent, composed_name, derived_names
from donors.core.bulk import load, take_ids
from donors.core.changes import open_change
from donors.core.clock import now
from donors.core.db import Session, snapshot, transaction
from tests.harness.application import application, configuration, let_go
from tests.harness.febrl import Quality, judged

PART = 20_000
NEWCOMERS = 300
LEAST = (0.5, 0.9, 0.99)
SYSTEMS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
SETS: dict[str, tuple[str, ...]] = {"1": ("1",), "2": ("2",), "3": ("3",), "4": ("4a", "4b")}
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
Pair = tuple[int, int]


@dataclass(frozen=True)
class Run:
    """One search of a database of drawn people."""

    system: str
    people: int
    wall: float
    cpu: float
    memory: int
    expected: int
    qualities: tuple[Quality, ...]


def measure(system: str, count: int) -> Run:
    """Fills a database, and searches it in a process of its own."""
    with database(system) as app:
        right = set(_fill(count))
        meter, url = Meter(app), app.config["SQLALCHEMY_DATABASE_URI"]
        with meter.measured() as cost:
            done = subprocess.run(
                [sys.executable, "-m", "bench.matching", "--search", url],
                check=True, capture_output=True, text=True, cwd=ROOT,
            )  # fmt: skip
        with snapshot() as session:
            rows = session.execute(select(DuplicatePair.low_id, DuplicatePair.high_id, DuplicatePair.probability))
            found = {(low, high): probability / 10_000 for low, high, probability in rows}
            expected = session.scalar(select(MatchModel.found).order_by(MatchModel.id.desc())) or 0
    wall, cpu, memory = map(float, done.stdout.split())
    qualities = tuple(_quality(found, right, least) for least in LEAST)
    return Run(system, count, wall, cpu + cost.cpu, int(memory), expected, qualities)


def _fill(count: int) -> Iterator[Pair]:
    """Writes drawn people; gives the pairs of ids that are one person."""
    ids: dict[int, list[int]] = defaultdict(list)
    drawn = people(count)
    while part := list(islice(drawn, PART)):
        with transaction() as session:
            change = open_change(session, "bench", act=ACT)
            made = _written(session, [one.record for one in part], change.id)
        _note(ids, part, made)
    return (pair for own in ids.values() for pair in combinations(sorted(own), 2))


def _written(session: Session, records: Sequence[NewConstituent], change_id: int) -> list[int]:
    """Writes records as they are, without words for search, which matching does not read."""
    ids, own = take_ids(session, Constituent, len(records)), attrgetter(*OWN)
    named = [replace(one, name=composed_name(one)) for one in records]
    rows = ((key, change_id, *own(one), *derived_names(one).values()) for key, one in zip(ids, named, strict=True))
    load(session, Constituent, ("id", "created_in", *OWN, *DERIVED), rows)
    for model, columns, parts in PARTS:
        around = ((key, change_id, *part) for key, one in zip(ids, named, strict=True) for part in parts(one))
        load(session, model, ("constituent_id", "created_in", *columns), around)
    return ids


def _note(ids: dict[int, list[int]], part: Iterable[Drawn], made: Iterable[int]) -> None:
    for one, constituent_id in zip(part, made, strict=True):
        ids[one.person].append(constituent_id)


def _quality(found: dict[Pair, float], right: set[Pair], least: float) -> Quality:
    told = {pair for pair, probability in found.items() if probability >= least}
    return Quality(len(right), len(told), len(told & right))


def searched(url: str) -> None:
    """Searches the database of an address; prints seconds, CPU seconds and bytes at the worst moment."""
    with tempfile.TemporaryDirectory(prefix="perennial-bench-") as folder:
        app = application(configuration(url, Path(folder)))
        with app.app_context():
            with transaction() as session:
                ask(session, at=AT, everybody=True)
            begun, own = time.perf_counter(), time.process_time()
            search(now, through="cli")
            print(time.perf_counter() - begun, time.process_time() - own, _peak())
        let_go(app)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def waits(system: str, count: int) -> list[float]:
    """CPU seconds in which the likely ones are found for each of NEWCOMERS among so many drawn people, least first."""
    records = [one.record for one in islice(people(count + NEWCOMERS), count + NEWCOMERS)]
    found = []
    with database(system) as app:
        with transaction() as session:
            create_many(session, records[:count], within=open_change(session, "bench", act=ACT))
        meter = Meter(app)
        for one in records[count:]:
            with snapshot() as session, meter.measured() as cost:
                likely_duplicates(session, one, sees=EVERYTHING)
            found.append(cost.cpu)
    return sorted(found)


def write(path: Path, lines: Iterable[str], heading: str) -> None:
    """Puts a table into the figures of a document, in the place of one under the same heading."""
    before, _, rest = path.read_text().partition(BEGIN)
    figures, _, after = rest.partition(END)
    parts = dict(part.split("\n", 1) for part in figures.strip().split("### ") if part)
    parts[heading] = "\n" + "\n".join(lines) + "\n"
    told = "\n".join(f"### {name}\n{body.rstrip()}\n" for name, body in sorted(parts.items()))
    path.write_text(f"{before}{BEGIN}\n{told}{END}{after}")


def febrl() -> Iterator[str]:
    """The table of FEBRL's sets."""
    yield from _head("| set | id numbers | pairs that are right ")
    for name, sets in SETS.items():
        for with_id in (True, False):
            found = judged(sets, LEAST, with_id=with_id)
            yield f"| {name} | {'compared' if with_id else 'left out'} | {found[0].true:,} {_shares(found)}|"


def drawn(run: Run) -> Iterator[str]:
    """The table of one search."""
    yield from _head("| people | seconds, CPU seconds | memory | right, as the model expects ")
    size = f"| {run.people:,} | {run.wall:.0f}, {run.cpu:.0f} | {run.memory / 2**20:,.0f} MB "
    yield f"{size}| {run.qualities[0].true:,}, {run.expected:,} {_shares(run.qualities)}|"


def entry(count: int, found: Sequence[float]) -> Iterator[str]:
    """The table of the look-up at entry."""
    yield "| constituents | newcomers | CPU ms, median | of 95 in 100 | at most |"
    yield "|---|---|---|---|---|"
    shown = (median(found), found[len(found) * 95 // 100], found[-1])
    yield f"| {count:,} | {len(found)} " + "".join(f"| {1000 * one:.0f} " for one in shown) + "|"


def _head(first: str) -> Iterator[str]:
    yield first + "".join(f"| precision, recall from {least:.0%} " for least in LEAST) + "|"
    yield "|---" * (first.count("|") + len(LEAST)) + "|"


def _shares(found: Iterable[Quality]) -> str:
    return "".join(f"| {one.precision:.4f}, {one.recall:.4f} " for one in found)


def main() -> None:
    """Reads what is asked and measures it."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--people", type=int, default=0, help="so many drawn people in a database")
    parser.add_argument("--entry", type=int, default=0, help="look newcomers up among so many drawn people")
    parser.add_argument("--system", choices=[*SYSTEMS], default="sqlite")
    parser.add_argument("--write", type=Path, help="the document whose figures are replaced")
    parser.add_argument("--search", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.search:
        searched(asked.search)
        return
    name = SYSTEMS[asked.system]
    if asked.people:
        heading, lines = f"Drawn people, {name}", list(drawn(measure(asked.system, asked.people)))
    elif asked.entry:
        heading, lines = f"Entry, {name}", list(entry(asked.entry, waits(asked.system, asked.entry)))
    else:
        heading, lines = "FEBRL", list(febrl())
    print("\n".join(lines))
    if asked.write:
        write(asked.write, lines, heading)


if __name__ == "__main__":
    main()
