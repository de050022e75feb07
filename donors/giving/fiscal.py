"""Labeling credits anew when the fiscal year changes."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from donors.core.bulk import table_of
from donors.core.calendar import FiscalCalendar
from donors.core.labels import relabel
from donors.giving.models import Credit

CREDIT = table_of(Credit)


def relabel_credits(session: Session, fiscal: FiscalCalendar, *, which: ColumnElement[bool]) -> int:
    """Writes the fiscal year of these credits by the calendar; returns how many had another one."""
    return relabel(session, CREDIT, "given_on", fiscal, which=which)
