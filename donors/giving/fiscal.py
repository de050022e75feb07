"""Labeling credits anew when the fiscal year changes."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from donors.core.calendar import FiscalCalendar
from donors.giving.models import Credit


def relabel(session: Session, fiscal: FiscalCalendar) -> int:
    """Writes the fiscal year of every credit by the calendar given; returns how many credits there are."""
    first, last, rows = session.execute(
        select(func.min(Credit.given_on), func.max(Credit.given_on), func.count(Credit.id))
    ).one()
    if first is None:
        return 0
    for year in range(fiscal.year_of(first), fiscal.year_of(last) + 1):
        within = Credit.given_on.between(fiscal.first_day(year), fiscal.last_day(year))
        session.execute(update(Credit).where(within, Credit.fiscal_year != year).values(fiscal_year=year))
    return int(rows)
