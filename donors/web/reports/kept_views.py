"""Keeping a report's question, having its figures by mail, and taking either away."""

from flask import current_app, g, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.reports.kept import OFTEN, REPORTS, Draft, drop, keep, kept_report, path, send_every
from donors.reports.years import year_before
from donors.web.answer import done
from donors.web.session import viewer, web_act

ASKED = "asked-"


def keep_it() -> Response:
    """Keeps what a report page asks. Raises Invalid for a name that is missing or taken."""
    session, form = current_session(), request.form
    within = open_change(session, "report.keep", act=web_act())
    asked = {name.removeprefix(ASKED): value[:100] for name, value in form.items() if name.startswith(ASKED)}
    draft = Draft(form.get("report", ""), form.get("name", ""), _moving(asked), form.get("every", ""), _base())
    row = keep(session, draft, owner_id=viewer().id, within=within)
    return done(within, path(row), f"“{row.name}” is kept. It stands on your page of reports.")


def _moving(asked: dict[str, str]) -> dict[str, str]:
    """Without the days that are those of today anyway, so that the report follows the day."""
    usual = {"as_of": g.today.isoformat(), "since": year_before(g.today).isoformat()}
    if asked.get("as_of", usual["as_of"]) != usual["as_of"]:
        return asked
    return {name: value for name, value in asked.items() if usual.get(name) != value}


def _base() -> str:
    """Where this installation is found, for links in mails."""
    public: str = current_app.config["HOUSE"].public_url
    return public or request.host_url


def mail_it(kept_report_id: int) -> Response:
    """Changes how often the figures come by mail; never is one of it."""
    session = current_session()
    within = open_change(session, "report.mail", act=web_act())
    row = kept_report(session, kept_report_id, owner_id=viewer().id)
    send_every(session, row, request.form.get("every", ""), base=_base(), within=within)
    return done(within, url_for(".index", _anchor="kept"), f"“{row.name}”: {OFTEN[row.every].lower()}.")


def drop_it(kept_report_id: int) -> Response:
    """Takes a kept report away, and its mails."""
    session = current_session()
    within = open_change(session, "report.drop", act=web_act())
    row = kept_report(session, kept_report_id, owner_id=viewer().id)
    name, title = row.name, REPORTS[row.report][0]
    drop(session, row, within=within)
    return done(within, url_for(".index"), f"“{name}” ({title}) is gone.")
