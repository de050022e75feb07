"""`flask report proposals` and `flask report declined`: what became of asks, as CSV or JSON on the standard output."""

from datetime import datetime

from flask import Flask
from flask.cli import with_appcontext

from donors.cli.past import days_asked
from donors.cli.pipeline_reports import officer_option, pipeline_option, which_asked
from donors.cli.reports import as_of_option, day_asked, format_option, known_at_option, printed, report, since_option
from donors.core.db import current_session
from donors.core.known import KnownAt
from donors.core.settings import organization
from donors.reports.declined import DeclinedQuestion, declined_report
from donors.reports.plain.declined import declined_document, declined_rows
from donors.reports.plain.proposals import proposal_document, proposal_rows
from donors.reports.proposals import ProposalQuestion, proposal_report


def register(app: Flask) -> None:
    """Adds the commands to an application, below those of other reports."""
    if report.name not in app.cli.commands:
        app.cli.add_command(report)


@report.command("proposals")
@as_of_option
@pipeline_option
@officer_option
@format_option
@with_appcontext
def proposals_command(as_of: datetime | None, pipeline: str | None, officer: str | None, form: str) -> None:
    """Whose proposal stands where, how long it waits, and by when an answer is due."""
    session = current_session()
    settings, on = organization(session), day_asked(session, as_of)
    found = proposal_report(session, ProposalQuestion(on, which_asked(session, pipeline, officer)))
    printed(form, proposal_rows(found, settings), lambda: proposal_document(found, _whose(officer, pipeline), settings))


@report.command("declined")
@as_of_option
@known_at_option
@since_option
@pipeline_option
@officer_option
@format_option
@with_appcontext
def declined_command(
    as_of: datetime | None,
    known_at: str | None,
    since: datetime | None,
    pipeline: str | None,
    officer: str | None,
    form: str,
) -> None:
    """Asks that were declined or deferred, by reason, with the day on which to come back to them."""
    session = current_session()
    settings = organization(session)
    day, known = days_asked(as_of, known_at, settings.zone)
    asked = DeclinedQuestion(
        day or day_asked(session, None),
        which_asked(session, pipeline, officer),
        since.date() if since else None,
        None if known is None else KnownAt(session, known),
    )
    found = declined_report(session, asked)
    printed(form, declined_rows(found, settings), lambda: declined_document(found, _whose(officer, pipeline), settings))


def _whose(officer: str | None, pipeline: str | None) -> str:
    return f"{officer or 'everybody'}, {pipeline or 'all pipelines'}"
