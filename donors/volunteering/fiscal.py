"""Labeling shifts anew when the fiscal year changes."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from donors.core.calendar import FiscalCalendar
from donors.volunteering.models import Shift


def relabel(session: Session, fiscal: FiscalCalendar) -> int:
    """Writes the fiscal year of every shift by the calendar given; returns how many shifts there are."""
    first, last, rows = session.execute(
        select(func.min(Shift.worked_on), func.max(Shift.worked_on), func.count(Shift.id))
    ).one()
    if first is None:
        return 0
    for year in range(fiscal.year_of(first), fiscal.year_of(last) + 1):
        within = Shift.worked_on.between(fiscal.first_day(year), fiscal.last_day(year))
        session.execute(update(Shift).where(within, Shift.fiscal_year != year).values(fiscal_year=year))
    return int(rows)
