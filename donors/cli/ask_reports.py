"""`flask report proposals` and `flask report declined`: what became of asks, as CSV or JSON on the standard output."""

from datetime import datetime

from flask import Flask

from donors.cli.pipeline_options import known_asked, pipeline_report, which_asked, whose
from donors.cli.reports import add_reports, day_asked, known_at_option, printed, since_option
from donors.core.db import current_session
from donors.core.settings import organization
from donors.reports.declined import DeclinedQuestion, declined_report
from donors.reports.plain.declined import declined_document, declined_rows
from donors.reports.plain.proposals import proposal_document, proposal_rows
from donors.reports.proposals import ProposalQuestion, proposal_report


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    add_reports(app)


@pipeline_report("proposals")
def proposals_command(as_of: datetime | None, pipeline: str | None, officer: str | None, form: str) -> None:
    """Whose proposal stands where, how long it waits, and by when an answer is due."""
    session = current_session()
    settings, on = organization(session), day_asked(session, as_of)
    found = proposal_report(session, ProposalQuestion(on, which_asked(session, pipeline, officer)))
    printed(form, proposal_rows(found, settings), lambda: proposal_document(found, whose(officer, pipeline), settings))


@pipeline_report("declined", known_at_option, since_option)
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
    settings, which = organization(session), which_asked(session, pipeline, officer)
    on, known = known_asked(session, as_of, known_at)
    found = declined_report(session, DeclinedQuestion(on, which, since.date() if since else None, known))
    printed(form, declined_rows(found, settings), lambda: declined_document(found, whose(officer, pipeline), settings))
