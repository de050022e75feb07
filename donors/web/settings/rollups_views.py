"""Settings › Rollups: what is counted, where it is kept, and whether it is right."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from donors.core.db import current_session
from donors.jobs.queries import runs
from donors.reports.trust import faults, faults_by_key, trust
from donors.reports.versions import rollups
from donors.rollups.models import INDEXED, SLOTS
from donors.rollups.refresh import CHUNK, last_of_part
from donors.rollups.verify import verify
from donors.web.session import viewer

settings_rollups = Blueprint("settings_rollups", __name__, url_prefix="/settings/rollups")

SOURCES = {"hard": "Gifts by hard credit", "soft": "Gifts by soft credit", "shifts": "Volunteer shifts"}


@settings_rollups.get("")
def rollups_page() -> str:
    """All definitions by what they count, and the faults of the last verification."""
    session = current_session()
    found = rollups(session)
    return render_template(
        "settings/rollups.html",
        groups=[(words, [one for one in found if one.source == source]) for source, words in SOURCES.items()],
        indexed=INDEXED,
        slots=SLOTS,
        used=sum(one.is_active for one in found),
        trust=trust(session),
        faults=faults(session, sees=viewer().sees),
        by_key=faults_by_key(session),
        labels={one.key: one for one in found},
        last=runs(session, job="verify", state="done", limit=1),
    )


@settings_rollups.post("/verify")
def verify_now() -> Response:
    """Compares the figures of the first part of constituents with their facts at once; the job does all of them."""
    session = current_session()
    found = verify(session, on=g.today, at=g.now, after=0, limit=CHUNK)
    more = found.next_after is not None and last_of_part(session, after=found.next_after, limit=1) is not None
    words = (
        f"{found.faults} faults among the first {CHUNK:,} constituents; the monthly job looks at all." if more else ""
    )
    words = words or (
        "No fault: every stored figure equals its facts." if not found.faults else f"{found.faults} faults."
    )
    flash(words, "danger" if found.faults else "good")
    return redirect(url_for(".rollups_page"), 303)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_rollups)
