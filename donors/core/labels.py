"""Fiscal years as labels of rows, written anew part by part when the fiscal year changes."""

from typing import Any

from sqlalchemy import ColumnElement, Table, case, func, literal, select, update
from sqlalchemy.orm import Session

from donors.core.calendar import FiscalCalendar
from donors.core.claims import changed

YEAR_OF = "year_of"
"""In the `info` of a column that holds labels: the column with the days."""


def relabel(session: Session, table: Table, day: str, fiscal: FiscalCalendar, *, which: ColumnElement[bool]) -> int:
    """Writes the column `fiscal_year` by the calendar, for these rows; returns how many had another label.

    `day` names the column of the rows' dates.
    """
    column = table.c[day]
    oldest, newest = (session.scalar(select(end(column)).where(which)) for end in (func.min, func.max))
    if oldest is None or newest is None:
        return 0
    years = range(fiscal.year_of(newest), fiscal.year_of(oldest), -1)
    first: list[Any] = [(column >= fiscal.first_day(year), literal(year)) for year in years]
    earliest = literal(fiscal.year_of(oldest))
    label = case(*first, else_=earliest) if first else earliest
    return changed(session, update(table).where(which, table.c.fiscal_year != label).values(fiscal_year=label))


def last_id(session: Session, *tables: Table) -> int:
    """The highest id in these tables."""
    return max(session.scalar(select(func.max(table.c.id))) or 0 for table in tables)
