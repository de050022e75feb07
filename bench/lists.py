"""A list of everybody, fifty at a time, sorted by figures: with an index and without one, of ours and of staff."""

import statistics
from collections.abc import Iterator
from dataclasses import replace

from bench.cost import Cost
from bench.line import Here, Line
from bench.named import named
from bench.refresh import refresh
from bench.world import ACT, TODAY, vacuum
from donors.accounts.visible import EVERYTHING
from donors.core.changes import open_change
from donors.core.db import transaction
from donors.core.paging import Paging, Sort
from donors.rollups.definition import Definition
from donors.rollups.standard import install
from donors.segments.members import Wanted, members

SHOWN = ("name", "total", "last_on")
KINDS = {"with an index, of ours": 1, "with an index, of staff": 237, "without an index": 0}
"""Where the same figure lies; 0 is its own place."""


def measure(here: Here) -> Iterator[Line]:
    """Each sort both ways beside the list in order of name, in the world of `refresh.measure`."""
    copies = _copies()
    with transaction() as session:
        install(session, tuple(copies.values()), within=open_change(session, "bench", act=ACT))
    refresh(here, tuple(copies.values()))
    vacuum("rollup_value", "constituent")
    base = page(here, Sort("name"))
    yield here.line("a page of everybody in order of name", base)
    for kind in KINDS:
        key = copies[kind].key if kind in copies else "total"
        for way, descending in (("largest first", True), ("smallest first", False)):
            cost = page(here, Sort(key, descending))
            yield here.line(
                f"a page of everybody by a figure {kind}, {way}", cost, beside="the same in order of name", base=base
            )


def _copies() -> dict[str, Definition]:
    """The total once more, in slots that have an index."""
    total = next(one for one in named() if one.key == "total")
    return {kind: replace(total, key=f"total_{slot}", label=kind, slot=slot) for kind, slot in KINDS.items() if slot}


def page(here: Here, sort: Sort, *, runs: int = 5) -> Cost:
    """The median cost of the first page with its count."""

    def once() -> Cost:
        with transaction() as session, here.meter.measured() as cost:
            members(session, Wanted(SHOWN), Paging(1, 50, (sort,)), sees=EVERYTHING, on=TODAY)
        return cost

    costs = [once() for _ in range(runs)]
    return Cost(statistics.median(one.wall for one in costs), statistics.median(one.cpu for one in costs))
