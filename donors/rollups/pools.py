"""Pools: the rows that a figure looks at, out of all rows of its family."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Integer, Subquery, and_, bindparam

from donors.core.calendar import FiscalCalendar
from donors.core.db import day_number
from donors.rollups.definition import Definition, Operation, Source
from donors.rollups.extent import number, word
from donors.rollups.frame import ALL_TIME, FISCAL, Frame, YearKind


@dataclass(frozen=True)
class Pool:
    """Rows of a source within a frame (or the frame before it) that carry a flag; without a flag all of them."""

    source: Source
    frame: Frame = ALL_TIME
    flag: str = ""
    before: bool = False

    def named(self, part: str) -> str:
        """The name of a column that holds a part of what is found among these rows."""
        words = (self.source, self.frame, "before" if self.before else "", self.flag, part)
        return slug(" ".join(str(one) for one in words if one))

    def holds(self, rows: Subquery) -> ColumnElement[bool]:
        """The condition that a row belongs to the pool."""
        framed = within(rows, self.frame, before=self.before)
        return and_(rows.c.kind == word(self.source), *framed, *flagged(rows, self.flag))


def within(rows: Subquery, frame: Frame, *, before: bool = False) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a row lies within a frame."""
    if frame == ALL_TIME:
        return ()
    first, last = (bindparam(name, type_=Integer) for name in bounds(frame, before=before))
    return rows.c.given_on >= first, rows.c.given_on <= last


def flagged(rows: Subquery, flag: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a row carries a flag."""
    return (rows.c[flag] == number(1),) if flag else ()


def slug(text: str) -> str:
    """Words as a name that SQL takes."""
    return re.sub(r"\W+", "_", text)


def bounds(frame: Frame, *, before: bool) -> tuple[str, str]:
    """The parameters that hold the first and the last day of a frame."""
    name = slug(f"{frame}{' before' if before else ''}")
    return f"{name}_first", f"{name}_last"


def this_year(years: YearKind) -> ColumnElement[int]:
    """The parameter that holds the label of the present year of this kind."""
    return bindparam(slug(f"this {years}"), type_=Integer)


def day_binds(known: Iterable[Definition], *, on: date, fiscal: FiscalCalendar) -> dict[str, int]:
    """What statements that compute these definitions need to know of the day."""
    return dict(_day_binds(tuple(known), on, fiscal))


@lru_cache(maxsize=256)
def _day_binds(chosen: tuple[Definition, ...], on: date, fiscal: FiscalCalendar) -> dict[str, int]:
    binds = {"on": day_number(on)}
    for years in {FISCAL, *(one.years for one in chosen)}:
        binds[slug(f"this {years}")] = years.calendar(fiscal).year_of(on)
    for frame in {one.frame for one in chosen} - {ALL_TIME}:
        binds |= dict(zip(bounds(frame, before=False), frame.days(on, fiscal), strict=True))
    for frame in {one.frame for one in chosen if one.operation is Operation.CHANGE}:
        binds |= dict(zip(bounds(frame, before=True), frame.days_before(on, fiscal), strict=True))
    return binds
