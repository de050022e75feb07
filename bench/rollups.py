"""All that is measured, by groups; each group fills an empty database of its own."""

from collections.abc import Callable, Collection, Iterator, Mapping

from sqlalchemy import text

from bench import board, funds, levels, lists, memory, one_gift, pipeline, plans, refresh, what_if
from bench.line import Here, Line
from bench.named import named
from bench.world import Size, database, fill
from donors.core.db import is_sqlite, transaction

MEMORY = {"sqlite": "200 MB", "postgresql": "60 MB"}
Group = Callable[[Here], Iterator[Line]]


def whole(here: Here) -> Iterator[Line]:
    """Refreshes of everybody of every kind, their memory, the queue, and lists."""
    fill(here.size, named())
    yield _memory(here)
    yield from refresh.measure(here)
    yield from lists.measure(here)


def tenth(here: Here) -> Iterator[Line]:
    """The named figures and their memory, for growth."""
    fill(here.size, named())
    yield _memory(here)
    yield from refresh.named_figures(here)


def ties(here: Here) -> Iterator[Line]:
    """The named figures of data with many ties."""
    fill(here.size, named())
    yield from refresh.named_figures(here)


def _memory(here: Here) -> Line:
    """What storing all figures takes; afterwards nothing is stored again."""
    found = memory.peak(here)
    with transaction() as session:
        session.execute(text("DELETE FROM rollup_value" if is_sqlite(session) else "TRUNCATE rollup_value"))
    return here.line("memory of a full refresh above the idle process", memory=found, held=MEMORY[here.system])


GROUPS: Mapping[str, tuple[Group, Callable[[Size], Size]]] = {
    "whole": (whole, lambda size: size),
    "tenth": (tenth, Size.tenth),
    "ties": (ties, lambda size: size.tenth(ties=True)),
    "what-if": (what_if.measure, lambda size: size.to(100_000)),
    "funds": (funds.measure, lambda size: size),
    "levels": (levels.measure, lambda size: size),
    "plans": (plans.measure, lambda size: size.to(100_000)),
    "one-gift": (one_gift.measure, lambda size: size.to(100_000)),
    "board": (board.measure, lambda size: size.to(100_000)),
    "board of a tenth": (board.measure, lambda size: size.to(10_000)),
    "pipeline": (pipeline.measure, lambda size: size.to(100_000)),
    "pipeline of a tenth": (pipeline.measure, lambda size: size.to(10_000)),
}
"""The groups by name, and how large a world each of them takes of the size that was asked for."""


def measure(system: str, size: Size, *, workers: int, only: Collection[str] = GROUPS) -> Iterator[Line]:
    """The lines of these groups, and how a refresh grows from a tenth of the size to the whole."""
    first: dict[str, Line] = {}
    for name in only:
        group, of = GROUPS[name]
        with database(system) as app:
            for line in group(Here(app, of(size), workers)):
                yield line
                if line.work == refresh.FIRST:
                    first[name] = line
    if "whole" in first and "tenth" in first:
        yield _growth(first["tenth"], first["whole"])


def _growth(small: Line, large: Line) -> Line:
    return Line(
        "a full refresh of ten times as many",
        large.system,
        large.size,
        cost=large.cost,
        beside="a full refresh of a tenth",
        base=small.cost,
        held="12",
    )
