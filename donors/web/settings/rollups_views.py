"""Settings › Rollups: what is counted, where it is used, and whether it is right."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.db import Session, current_session
from donors.jobs.queries import runs
from donors.jobs.schedule import VERIFY
from donors.jobs.steer import want
from donors.reports.trust import faults, faults_by_key, trust
from donors.reports.uses import Use, uses
from donors.reports.versions import rollups
from donors.rollups.define import has_room
from donors.rollups.models import INDEXED, SLOTS
from donors.rollups.queries import of_row
from donors.rollups.refresh import CHUNK, last_of_part
from donors.rollups.verify import verify
from donors.rollups.words import sentences
from donors.web.owners import PLACES
from donors.web.session import viewer
from donors.web.settings.rollups_list import SIZE, SOURCES, STATES, Entry, asked, find


def rollups_page() -> str:
    """The definitions, and the faults of the last verification."""
    session = current_session()
    wanted = asked(request.args)
    entries = listed(session)
    return render_template(
        "settings/rollups.html",
        wanted=wanted,
        found=find(entries, wanted),
        size=SIZE,
        sources=SOURCES,
        states=STATES,
        slots=SLOTS,
        used=SLOTS - has_room(session),
        trust=trust(session),
        faults=faults(session, sees=viewer().sees),
        stands=PLACES,
        known={entry.one.key: entry.one for entry in entries},
        verified=runs(session, job="verify", state="done", limit=1),
        refreshed=runs(session, job="refresh", state="done", limit=1),
    )


def listed(session: Session) -> list[Entry]:
    """All rollups with what the list says of them."""
    rows = rollups(session)
    known = [of_row(row) for row in rows]
    said, used, wrong = sentences(session, known), uses(session), faults_by_key(session)
    return [
        Entry(one, row.is_active, said[one.key], used.get(one.key, Use()), wrong.get(one.key, 0), one.slot in INDEXED)
        for row, one in zip(rows, known, strict=True)
    ]


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
