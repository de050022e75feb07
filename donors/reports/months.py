"""Months: how many stood on each level at the end of each of the last thirteen months, by the facts of those days."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.core.settings import organization
from donors.levels.compile import level_case, may_stand
from donors.levels.rulings import ruled_on
from donors.levels.then import NOW
from donors.reports.answers import Memory, answered
from donors.reports.stands import Question, as_known, counted_once, hanging_on, is_plain, stands
from donors.rollups.queries import definition
from donors.rollups.series import at_days, in_one_pass

MONTHS = 13


@dataclass(frozen=True)
class Months:
    """`people` maps each level's id to its counts, one for each day."""

    days: tuple[date, ...]
    people: dict[int, tuple[int, ...]]

    @property
    def totals(self) -> tuple[int, ...]:
        """How many stood on any level, for each day."""
        return tuple(sum(counts) for counts in zip(*self.people.values(), strict=True))


def month_ends(on: date) -> tuple[date, ...]:
    """The last days of the twelve months before, and the day itself."""
    ends: list[date] = []
    for back in range(MONTHS - 1, 0, -1):
        year, month = divmod(on.year * 12 + on.month - 1 - back, 12)
        ends.append(date(year, month + 1, monthrange(year, month + 1)[1]))
    return (*ends, on)


def months(session: Session, asked: Question, *, memory: Memory | None = None) -> Months:
    """The series that ends on the day of the question."""
    days = month_ends(asked.on)
    kept = hanging_on(session, asked.ladder, memory)
    rows = answered(session, kept, "months", asked.told, lambda: _counts(session, asked, days))
    return Months(days, {level: tuple(counts) for level, *counts in rows})


def _counts(session: Session, asked: Question, days: Sequence[date]) -> list[list[int]]:
    """A row for each level: its id, and how many stood on it on each day."""
    bands_decide = asked.rules == NOW and is_plain(replace(asked.ladder, has_rulings=False))
    if not bands_decide or not in_one_pass(definition(session, asked.ladder.measure)):
        counts = _one_by_one(session, asked, days)
    elif not asked.ladder.has_rulings:
        counts = _at_once(session, asked, days)
    else:
        ruled = ruled_on(session, asked.ladder.id)
        others = _at_once(session, asked, days, but=ruled)
        these = _one_by_one(session, replace(asked, only=ruled), days)
        counts = [dict(Counter(one) + Counter(other)) for one, other in zip(others, these, strict=True)]
    return [[band.id, *(found.get(band.id, 0) for found in counts)] for band in asked.ladder.bands]


def _at_once(
    session: Session, asked: Question, days: Sequence[date], *, but: Sequence[int] = ()
) -> list[dict[int, int]]:
    above_zero = all((band.minimum or 0) > 0 for band in asked.ladder.bands)
    fiscal = organization(session).fiscal
    table = at_days(definition(session, asked.ladder.measure), days, fiscal, positive_only=above_zero)
    levels = [
        case((counted_once(asked.ladder, day), level_case(table.c[f"d{place}"], asked.ladder.bands))).label(f"l{place}")
        for place, day in enumerate(days)
    ]
    stood = (
        select(*levels)
        .select_from(table)
        .join(Constituent, Constituent.id == table.c.constituent_id)
        .where(may_stand(asked.ladder, on=asked.on), is_visible(asked.sees), Constituent.id.not_in(but))
        .subquery("stood")
    )
    places = range(len(days))
    cells: Iterable[Any] = chain.from_iterable(
        (func.count().filter(stood.c[f"l{place}"] == literal(band.id)).label(f"c{place}_{band.id}") for place in places)
        for band in asked.ladder.bands
    )
    row = session.execute(as_known(session, asked, select(*cells))).one()._mapping
    return [{band.id: row[f"c{place}_{band.id}"] for band in asked.ladder.bands} for place in places]


def _one_by_one(session: Session, asked: Question, days: Sequence[date]) -> list[dict[int, int]]:
    found = []
    for day in days:
        stood = stands(session, replace(asked, on=day), day)
        counted = select(stood.c.level_id, func.count().label("people")).group_by(stood.c.level_id)
        people = {row.level_id: row.people for row in session.execute(as_known(session, asked, counted))}
        found.append({band.id: people.get(band.id, 0) for band in asked.ladder.bands})
    return found
