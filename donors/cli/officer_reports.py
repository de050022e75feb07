"""`flask report portfolio-review` and its like: reports on officers and their portfolios, as CSV or JSON."""

from datetime import datetime

from flask import Flask
from flask.cli import with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.cli.pipeline_options import pipeline_option, pipeline_report, recorded_asked, which_asked
from donors.cli.reports import add_reports, as_of_option, day_asked, format_option, printed, report
from donors.core.db import current_session
from donors.core.settings import organization
from donors.reports.activity import activity
from donors.reports.balance import balance
from donors.reports.coverage import coverage
from donors.reports.plain import officers as plain
from donors.reports.portfolio_review import portfolio_review
from donors.reports.qualification import qualification


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    add_reports(app)


@pipeline_report("portfolio-review")
def review_command(as_of: datetime | None, pipeline: str | None, officer: str | None, form: str) -> None:
    """Prospects of an officer (all, if not given): stage, days, last contact, next move, ask, what to talk about."""
    session = current_session()
    on, known = recorded_asked(session, as_of)
    found = portfolio_review(session, on, which_asked(session, pipeline, officer), known)
    rows = plain.review_rows(found, organization(session))
    printed(form, rows, lambda: plain.document("portfolio review", on, rows))


@report.command("contact-coverage")
@as_of_option
@format_option
@with_appcontext
def coverage_command(as_of: datetime | None, form: str) -> None:
    """Whom of each portfolio somebody has spoken with in 30, 90 and 180 days, and whom never."""
    session = current_session()
    on = day_asked(session, as_of)
    rows = plain.coverage_rows(coverage(session, on, EVERYTHING))
    printed(form, rows, lambda: plain.document("contact coverage", on, rows))


@report.command("officer-activity")
@as_of_option
@format_option
@with_appcontext
def activity_command(as_of: datetime | None, form: str) -> None:
    """What officers did in the fiscal year of the day, beside their own goals."""
    session = current_session()
    on, here = day_asked(session, as_of), organization(session)
    found = activity(session, on, here, EVERYTHING)
    rows = plain.activity_rows(found, here)
    printed(form, rows, lambda: plain.document("officer activity", on, rows, year=found.year))


@pipeline_report("qualification-queue")
def qualification_command(as_of: datetime | None, pipeline: str | None, officer: str | None, form: str) -> None:
    """Who waits to be qualified, how long, and whether anybody has tried."""
    session = current_session()
    on = day_asked(session, as_of)
    rows = plain.queue_rows(qualification(session, on, which_asked(session, pipeline, officer)))
    printed(form, rows, lambda: plain.document("qualification queue", on, rows))


@report.command("portfolio-balance")
@as_of_option
@pipeline_option
@format_option
@with_appcontext
def balance_command(as_of: datetime | None, pipeline: str | None, form: str) -> None:
    """How constituents, asks, stages and hours lie on officers."""
    session = current_session()
    on, here = day_asked(session, as_of), organization(session)
    rows = plain.balance_rows(balance(session, on, which_asked(session, pipeline, None)), here)
    printed(form, rows, lambda: plain.document("portfolio balance", on, rows))
