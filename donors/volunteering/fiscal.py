"""Labeling shifts anew when the fiscal year changes."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from donors.core.bulk import table_of
from donors.core.calendar import FiscalCalendar
from donors.core.labels import relabel
from donors.volunteering.models import Shift

SHIFT = table_of(Shift)


def relabel_shifts(session: Session, fiscal: FiscalCalendar, *, which: ColumnElement[bool]) -> int:
    """Writes the fiscal year of these shifts by the calendar; returns how many had another one."""
    return relabel(session, SHIFT, "worked_on", fiscal, which=which)
