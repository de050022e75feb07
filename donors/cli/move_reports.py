"""`flask report no-next-move` and `flask report overdue-moves`: reports on moves on the standard output."""

from datetime import date, datetime

from flask import Flask
from flask.cli import with_appcontext

from donors.cli.past import days_asked
from donors.cli.pipeline_reports import officer_option, pipeline_option, which_asked
from donors.cli.reports import as_of_option, day_asked, format_option, known_at_option, printed, report
from donors.core.db import Session, current_session
from donors.core.known import KnownAt, read_instant
from donors.core.settings import organization
from donors.reports.next_steps import NextStepsQuestion, next_steps
from donors.reports.overdue import OverdueQuestion, overdue_moves
from donors.reports.plain.moves import next_steps_document, next_steps_rows, overdue_document, overdue_rows


def register(app: Flask) -> None:
    """Adds the commands to an application, below those of other reports."""
    if report.name not in app.cli.commands:
        app.cli.add_command(report)


@report.command("no-next-move")
@as_of_option
@known_at_option
@pipeline_option
@officer_option
@format_option
@with_appcontext
def no_next_move_command(
    as_of: datetime | None, known_at: str | None, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Active prospects for whom nothing is planned, the most money at risk first, with what to plan."""
    session = current_session()
    settings = organization(session)
    on, known = _days(session, as_of, known_at)
    found = next_steps(session, NextStepsQuestion(on, which_asked(session, pipeline, officer), known))
    whose = _whose(pipeline, officer)
    printed(form, next_steps_rows(found, settings), lambda: next_steps_document(found, whose, settings))


@report.command("overdue-moves")
@as_of_option
@known_at_option
@pipeline_option
@officer_option
@format_option
@with_appcontext
def overdue_moves_command(
    as_of: datetime | None, known_at: str | None, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Planned moves that are past their day: how long, how often they were put off, and why."""
    session = current_session()
    on, known = _days(session, as_of, known_at)
    found = overdue_moves(session, OverdueQuestion(on, which_asked(session, pipeline, officer), known=known))
    printed(form, overdue_rows(found), lambda: overdue_document(found, _whose(pipeline, officer)))


def _days(session: Session, as_of: datetime | None, known_at: str | None) -> tuple[date, KnownAt | None]:
    """The day, and what was known: of a past day, what stood in the records at its end."""
    zone, today = organization(session).zone, day_asked(session, None)
    day, known = days_asked(as_of, known_at, zone)
    on = day or today
    if known is None and on < today:
        known = read_instant(on.isoformat(), zone)
    return on, None if known is None else KnownAt(session, known)


def _whose(pipeline: str | None, officer: str | None) -> str:
    return f"{officer or 'everybody'}, {pipeline or 'all pipelines'}"
