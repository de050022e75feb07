"""May these figures be published? What they hang on, each with a light and a way to what is behind it."""

from flask import Response, g, render_template, url_for

from donors.core.db import current_session
from donors.jobs.health import Health, health
from donors.reports.checks import Check
from donors.reports.plain.checks import check_document, check_rows
from donors.reports.reconcile import books
from donors.reports.trust import faults
from donors.web.reports.files import answer
from donors.web.reports.memory import memory
from donors.web.session import viewer

WORDS = {"good": "All is well", "soon": "Some of it waits, or should be looked at", "bad": "Not before this is mended"}


def trust_page() -> str:
    """Every check, and the rows behind what is wrong."""
    session = current_session()
    found = health(session, at=g.now, memory=memory())
    return render_template(
        "reports/trust.html",
        found=found,
        words=WORDS[found.light],
        ways={check.key: _way(check) for check in found.all},
        faults=faults(session, sees=viewer().sees),
        books=books(session, memory=memory()),
    )


def _way(check: Check) -> str | None:
    """The page that shows what is behind a check, where the viewer may open it."""
    kind, _, number = check.key.partition(" ")
    may = viewer().may
    if kind == "track" and may("settings.read"):
        return url_for("settings_tracks.edit", track_id=int(number))
    if kind in {"job", "scheduler"} and may("jobs.manage"):
        return url_for("settings_jobs.jobs_page", job=number or None)
    if check.key == "faults" and may("settings.read"):
        return url_for("settings_rollups.rollups_page")
    if check.key in {"imports", "waiting imports"} and may("imports.write"):
        return url_for("imports.index")
    if check.key == "waiting mails" and may("jobs.manage"):
        return url_for("settings_jobs.jobs_page")
    return url_for("plans.index") if check.key == "waiting plans" and may("plans.read") else None


def trust_file() -> Response:
    """All checks as a file."""
    found: Health = health(current_session(), at=g.now, memory=memory())
    at = found.at.isoformat(timespec="seconds")
    return answer(
        "trust",
        {"as_of": g.today.isoformat()},
        lambda: check_rows(found.groups),
        lambda: check_document(found.groups, found.light, at),
    )
