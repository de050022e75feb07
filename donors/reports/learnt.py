"""Learnt: what became of all asks of the house up to a day, as counts, and how late their gifts came.

It is found in one pass over all that was said, and kept until something more is said of an ask: the forecast of one
officer then reads that officer's asks alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.pipeline.asks.models import OpportunityEntry
from donors.pipeline.models import Stage
from donors.pipeline.odds.arrival import Slip, learn
from donors.pipeline.odds.history import Count, History
from donors.pipeline.odds.queries import stories
from donors.pipeline.odds.stories import Story
from donors.reports.answers import Memory, answered

CELL, SLIP = "cell", "slip"
COUNTS = tuple(one.name for one in fields(Count) if one.name != "moved")


def learnt(told: Iterable[Story], on: date) -> tuple[History, Slip]:
    """From all stories, up to a day."""
    held = list(told)
    slips = (months for story in held if (months := story.slip()) is not None)
    return History(spell for story in held for spell in story.spells()).until(on), learn(slips)


def learnt_by(session: Session, on: date, memory: Memory | None) -> tuple[History, Slip]:
    """The same from what was kept, or found now and, with a memory, kept."""
    reads = None if memory is None else replace(memory, reads=(OpportunityEntry, Stage))
    rows = answered(session, reads, "learnt from asks", {"on": on.isoformat()}, lambda: _rows(session, on))
    history, slips = History(()), Counter[int]()
    for what, *values in rows:
        if what == SLIP:
            slips[values[0]] = values[1]
        else:
            kind, status, age, counts, moved = values
            ways = Counter({(to[0], to[1]): number for to, number in moved})
            history.cells[(kind, status), age] = Count(**counts, moved=ways)
    return history, learn(slips.elements())


def _rows(session: Session, on: date) -> Iterator[tuple[Any, ...]]:
    told = stories(session, on)
    slips = Counter(months for story in told if (months := story.slip()) is not None)
    yield from ((SLIP, months, number) for months, number in slips.items())
    history, _slip = learnt(told, on)
    for ((kind, status), age), one in history.cells.items():
        counts = {name: getattr(one, name) for name in COUNTS}
        yield CELL, kind, status, age, counts, [[list(to), number] for to, number in one.moved.items()]
