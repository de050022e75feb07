"""Qualification queue: who waits to be qualified, how long, and whether anybody has tried."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.pipeline.models import MADE, Move
from donors.pipeline.odds.queries import Which
from donors.reports.whereabouts import Stood, last_spoken, whereabouts

KINDS = ("identification", "qualification")
AGES = (30, 60, 90)
"""Days that part the queue: up to 30, up to 60, up to 90, and longer."""


@dataclass(frozen=True)
class QueueLine:
    """A prospect that waits: days in its stage, moves made since it entered, the last day on which somebody spoke."""

    stood: Stood
    days: int
    tried: int
    spoken_on: date | None


@dataclass(frozen=True)
class Queue:
    """The report, the longest wait first."""

    on: date
    lines: tuple[QueueLine, ...]

    @property
    def by_age(self) -> tuple[tuple[str, int], ...]:
        """How many wait up to each of AGES, and longer."""
        names = (*(f"{first}–{last} days" for first, last in zip((0, 31, 61), AGES, strict=True)), "longer")
        places = [sum(line.days > age for age in AGES) for line in self.lines]
        return tuple((name, places.count(place)) for place, name in enumerate(names))

    @property
    def untried(self) -> int:
        """Those with whom nobody has tried anything since they entered."""
        return sum(not line.tried for line in self.lines)


def qualification(session: Session, on: date, which: Which) -> Queue:
    """The queue on a day."""
    found = whereabouts(session, on, which, kinds=KINDS)
    ids = [each.prospect.constituent_id for each in found]
    spoken, tried = last_spoken(session, ids, on), _made(session, ids, on)
    lines = [
        QueueLine(
            each,
            each.days(on),
            sum(day >= each.since for day in tried.get(each.prospect.constituent_id, ())),
            spoken.get(each.prospect.constituent_id),
        )
        for each in found
    ]
    lines.sort(key=lambda line: (-line.days, line.stood.prospect.id))
    return Queue(on, tuple(lines))


def _made(session: Session, ids: list[int], on: date) -> dict[int, list[date]]:
    """Constituent → days of moves up to a day, those that were the same for many left out."""
    moves = (
        select(Move.constituent_id, Move.made_on, func.count(Move.id))
        .where(among(session, Move.constituent_id, ids), Move.state == MADE, ~Move.is_background, Move.made_on <= on)
        .group_by(Move.constituent_id, Move.made_on)
    )
    found: dict[int, list[date]] = {}
    for one, day, number in session.execute(moves):
        found.setdefault(one, []).extend([day] * number if day is not None else [])
    return found
