"""Settings › Tracks: the ladders, their bands, and the versions of their rules."""

from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Conflict, Invalid
from donors.levels.compile import unreadable
from donors.levels.decide import gaps
from donors.levels.effects.queries import failures
from donors.levels.ladders import ladder
from donors.levels.models import Track
from donors.levels.track import TrackDraft, bands_of, check_gaps, draft_of, track_by_id
from donors.reports.stands import UNITS
from donors.reports.versions import tracks
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.levels.draft_address import written
from donors.web.sent import sent_pairs
from donors.web.session import web_act
from donors.web.settings.effects_list import what_follows
from donors.web.settings.tracks_editor import Editing, acted, drafted, of, placed, read, said
from donors.web.settings.tracks_show import FALLING, criteria_words, fields_of, gaps_word, page, unit
from donors.workflows.tracks import Following, change_track, make_track, switch_track

settings_tracks = Blueprint("settings_tracks", __name__, url_prefix="/settings/tracks")

SAVED = "{} is saved; everybody’s level follows."


@settings_tracks.get("")
def tracks_page() -> str:
    """All tracks with their bands."""
    session = current_session()
    rows = [(track, measure, ladder(session, track.id)) for track, measure in tracks(session)]
    follows = {track.id: what_follows(session, shown) for track, _, shown in rows}
    return render_template(
        "settings/tracks.html",
        rows=rows,
        units=UNITS,
        gaps=gaps,
        falling=FALLING,
        follows=follows,
        failed=sum(one.count for one in failures(session)),
        asks=criteria_words(session, [shown for _, _, shown in rows]),
        unreadable=unreadable(session, [shown for _, _, shown in rows]),
    )


@settings_tracks.route("/new", methods=["GET", "POST"])
def add() -> Page:
    """Makes a track."""
    if request.method == "GET":
        return page(current_session(), Editing(measure="last_365_days_total"), None)
    return _posted(None)


@settings_tracks.get("/<int:track_id>")
def edit(track_id: int) -> Page:
    """The editor of a track."""
    session = current_session()
    track = track_by_id(session, track_id)
    draft = draft_of(session, track)
    return page(session, of(draft, unit(session, draft.measure)), track)


@settings_tracks.post("/<int:track_id>")
def save(track_id: int) -> Page:
    """Changes a track."""
    return _posted(track_by_id(current_session(), track_id))


@settings_tracks.post("/<int:track_id>/active")
def activate(track_id: int) -> Response:
    """Retires a track, or takes it up again."""
    session = current_session()
    active = request.form.get("active") == "yes"
    within = open_change(session, "track.activate" if active else "track.retire", act=web_act())
    switch_track(session, track_id, Following(g.today), active=active, within=within)
    return done(within, url_for(".tracks_page"), "The track is in use again." if active else "The track is retired.")


def _posted(track: Track | None) -> Page:
    session, editing = current_session(), read(request.form, sent_pairs())
    act = request.form.get("act", "save")
    other = acted(editing, act)
    if other is not None:
        return page(session, other, track)
    draft, wrong = drafted(editing, unit(session, editing.measure), fields_of(session))
    if wrong:
        return page(session, editing, track, wrong=wrong), 422
    if act == "what-if":
        return _rehearsed(track, draft)
    try:
        return _kept(session, track, draft)
    except Invalid as error:
        session.rollback()
        return page(session, editing, _again(session, track), wrong={placed(error, draft): said(error)}), 422
    except Conflict:
        return _conflict(session, editing, track), 409


def _kept(session: Session, track: Track | None, draft: TrackDraft) -> Response:
    """Keeps the track. Raises Invalid, Conflict."""
    following = Following(g.today, effects=request.form.get("effects") != "no")
    open_gaps = gaps(bands_of(draft.levels))
    known = gaps(ladder(session, track.id).bands) if track is not None else []
    check_gaps(draft, confirmed=open_gaps if request.form.get("gaps") == gaps_word(open_gaps) else known)
    within = open_change(session, "track.change" if track else "track.add", act=web_act())
    if track is None:
        make_track(session, draft, following, within=within)
    else:
        change_track(session, track.id, draft, following, within=within, expect=request.form.get("version", 0, int))
    return done(within, url_for(".tracks_page"), SAVED.format(draft.name))


def _again(session: Session, track: Track | None) -> Track | None:
    return track_by_id(session, track.id) if track is not None else None


def _rehearsed(track: Track | None, draft: TrackDraft) -> Response:
    """Goes on to what would follow."""
    number: dict[str, Any] = {} if track is None else {"track": track.id}
    return redirect(url_for("levels.what_if_page", **number, draft=written(draft)), 303)


def _conflict(session: Session, editing: Editing, track: Track | None) -> str:
    """Both versions: theirs above, what was typed in the form, which saves over theirs when sent again."""
    if track is None:
        return page(session, editing, track)
    current = track_by_id(session, track.id)
    theirs = draft_of(session, current)
    return page(session, editing, current, theirs=of(theirs, unit(session, theirs.measure)))


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_tracks)
