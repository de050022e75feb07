"""`flask report no-next-move` and `flask report overdue-moves`: reports on moves on the standard output."""

from datetime import date, datetime

from flask import Flask

from donors.cli.past import days_asked
from donors.cli.pipeline_options import pipeline_report, which_asked, whose
from donors.cli.reports import add_reports, day_asked, known_at_option, printed
from donors.core.db import Session, current_session
from donors.core.known import KnownAt, read_instant
from donors.core.settings import organization
from donors.reports.next_steps import NextStepsQuestion, next_steps
from donors.reports.overdue import OverdueQuestion, overdue_moves
from donors.reports.plain.moves import next_steps_document, next_steps_rows, overdue_document, overdue_rows


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    add_reports(app)


@pipeline_report("no-next-move", known_at_option)
def no_next_move_command(
    as_of: datetime | None, known_at: str | None, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Active prospects for whom nothing is planned, the most money at risk first, with what to plan."""
    session = current_session()
    settings = organization(session)
    on, known = _days(session, as_of, known_at)
    found = next_steps(session, NextStepsQuestion(on, which_asked(session, pipeline, officer), known))
    told = whose(officer, pipeline)
    printed(form, next_steps_rows(found, settings), lambda: next_steps_document(found, told, settings))


@pipeline_report("overdue-moves", known_at_option)
def overdue_moves_command(
    as_of: datetime | None, known_at: str | None, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Planned moves that are past their day: how long, how often they were put off, and why."""
    session = current_session()
    on, known = _days(session, as_of, known_at)
    found = overdue_moves(session, OverdueQuestion(on, which_asked(session, pipeline, officer), known=known))
    printed(form, overdue_rows(found), lambda: overdue_document(found, whose(officer, pipeline)))


def _days(session: Session, as_of: datetime | None, known_at: str | None) -> tuple[date, KnownAt | None]:
    """The day, and what was known: of a past day, what stood in the records at its end."""
    zone, today = organization(session).zone, day_asked(session, None)
    day, known = days_asked(as_of, known_at, zone)
    on = day or today
    if known is None and on < today:
        known = read_instant(on.isoformat(), zone)
    return on, None if known is None else KnownAt(session, known)
