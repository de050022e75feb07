"""`flask report no-next-move` and `flask report overdue-moves`: reports on moves on the standard output."""

from datetime import datetime

from flask import Flask

from donors.cli.pipeline_options import pipeline_report, recorded_asked, which_asked, whose
from donors.cli.reports import add_reports, known_at_option, printed
from donors.core.db import current_session
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
    on, known = recorded_asked(session, as_of, known_at)
    found = next_steps(session, NextStepsQuestion(on, which_asked(session, pipeline, officer), known))
    told = whose(officer, pipeline)
    printed(form, next_steps_rows(found, settings), lambda: next_steps_document(found, told, settings))


@pipeline_report("overdue-moves", known_at_option)
def overdue_moves_command(
    as_of: datetime | None, known_at: str | None, pipeline: str | None, officer: str | None, form: str
) -> None:
    """Planned moves that are past their day: how long, how often they were put off, and why."""
    session = current_session()
    on, known = recorded_asked(session, as_of, known_at)
    found = overdue_moves(session, OverdueQuestion(on, which_asked(session, pipeline, officer), known=known))
    printed(form, overdue_rows(found), lambda: overdue_document(found, whose(officer, pipeline)))
