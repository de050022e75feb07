"""`flask report lead-sources`, `introducers` and `answer-times`: reports on leads, as CSV or JSON."""

from datetime import datetime

from flask import Flask
from flask.cli import with_appcontext

from donors.accounts.visible import EVERYTHING
from donors.cli.reports import add_reports, as_of_option, day_asked, format_option, printed, report
from donors.core.clock import now
from donors.core.db import Session, current_session
from donors.core.settings import organization
from donors.reports.answer_times import answer_times, end_of
from donors.reports.introducers import introducers
from donors.reports.lead_facts import LeadQuestion
from donors.reports.lead_sources import lead_sources
from donors.reports.lead_waits import lead_waits
from donors.reports.plain import leads as plain
from donors.reports.plain.values import Row


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    add_reports(app)


@report.command("lead-sources")
@as_of_option
@format_option
@with_appcontext
def lead_sources_command(as_of: datetime | None, form: str) -> None:
    """Leads by source: answered, converted, prospects, asked, gave; asks and the money received after conversion."""
    session = current_session()
    asked = _asked(session, as_of)
    found = lead_sources(session, asked)
    _print("lead sources", asked, form, plain.source_rows(found, organization(session)))


@report.command("introducers")
@as_of_option
@format_option
@with_appcontext
def introducers_command(as_of: datetime | None, form: str) -> None:
    """Who brings people: leads, qualified prospects and gifts along the chain of referrals."""
    session = current_session()
    asked = _asked(session, as_of)
    found = introducers(session, asked)
    _print("introducers", asked, form, plain.introducer_rows(found, organization(session)))


@report.command("answer-times")
@as_of_option
@format_option
@with_appcontext
def answer_times_command(as_of: datetime | None, form: str) -> None:
    """How fast leads are answered, and whether within the promise: by owner, form and week."""
    session = current_session()
    asked = _asked(session, as_of)
    zone = organization(session).zone
    found = answer_times(asked, lead_waits(session, asked, zone), zone)
    _print("answer times", asked, form, plain.answer_rows(found))


def _asked(session: Session, as_of: datetime | None) -> LeadQuestion:
    on = day_asked(session, as_of)
    return LeadQuestion(on, min(now(), end_of(on, organization(session).zone)), EVERYTHING)


def _print(name: str, asked: LeadQuestion, form: str, rows: list[Row]) -> None:
    printed(form, rows, lambda: plain.document(name, asked.on.isoformat(), rows))
