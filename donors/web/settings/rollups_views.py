"""Settings › Rollups: what is counted, where it is kept, and whether it is right."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from donors.core.db import current_session
from donors.jobs.queries import runs
from donors.jobs.schedule import VERIFY
from donors.jobs.steer import want
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
    """Compares all figures with their facts: at once where one part holds everybody, else by the job, part by part."""
    session = current_session()
    if last_of_part(session, after=0, limit=CHUNK) == last_of_part(session, after=0, limit=CHUNK + 1):
        found = verify(session, on=g.today, at=g.now, after=0, limit=CHUNK)
        words = f"{found.faults} faults." if found.faults else "No fault: every stored figure equals its facts."
        flash(words, "danger" if found.faults else "good")
    else:
        want(session, VERIFY, on=g.today, at=g.now)
        flash("Everybody is being compared, part by part. Settings › Jobs shows how far it is.", "good")
    return redirect(url_for(".rollups_page"), 303)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_rollups)
