"""Settings › Tracks: the ladders, their bands, and the versions of their rules."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Conflict, Invalid
from donors.levels.decide import gaps
from donors.levels.effects.queries import failures
from donors.levels.ladders import ladder
from donors.levels.models import Track
from donors.levels.track import MEASURABLE, TrackDraft, bands_of, draft_of, track_by_id
from donors.levels.units import unit_of
from donors.reports.stands import UNITS
from donors.reports.versions import tracks, versions
from donors.rollups.definition import Definition, ValueKind
from donors.rollups.queries import definitions
from donors.rollups.words import under_headings
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.levels.draft_address import written
from donors.web.session import viewer, web_act
from donors.web.settings import tracks_editor
from donors.web.settings.effects_list import effect_groups, what_follows
from donors.web.settings.tracks_editor import Editing, Unit
from donors.workflows.tracks import Following, change_track, make_track, switch_track

settings_tracks = Blueprint("settings_tracks", __name__, url_prefix="/settings/tracks")

SAVED = "{} is saved; everybody’s level follows."
GAP = " There is a gap between bands: who falls into it has no level."


@settings_tracks.get("")
def tracks_page() -> str:
    """All tracks with their bands."""
    session = current_session()
    rows = [(track, measure, ladder(session, track.id)) for track, measure in tracks(session)]
    follows = {track.id: what_follows(session, shown) for track, _, shown in rows}
    failed = sum(one.count for one in failures(session))
    return render_template("settings/tracks.html", rows=rows, units=UNITS, gaps=gaps, follows=follows, failed=failed)


@settings_tracks.route("/new", methods=["GET", "POST"])
def add() -> Page:
    """Makes a track."""
    if request.method == "GET":
        return _shown(current_session(), Editing(measure="last_365_days_total"), None)
    return _posted(None)


@settings_tracks.get("/<int:track_id>")
def edit(track_id: int) -> Page:
    """The editor of a track."""
    session = current_session()
    track = track_by_id(session, track_id)
    draft = draft_of(session, track)
    return _shown(session, tracks_editor.of(draft, _unit(session, draft.measure)), track)


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
    session, editing = current_session(), tracks_editor.read(request.form)
    act = request.form.get("act", "save")
    other = _rows_changed(editing, act)
    if other is not None:
        return _shown(session, other, track)
    draft, wrong = tracks_editor.drafted(editing, _unit(session, editing.measure))
    if wrong:
        return _shown(session, editing, track, wrong=wrong), 422
    if act == "what-if":
        return _rehearsed(session, track, draft)
    following = Following(g.today, effects=request.form.get("effects") != "no")
    try:
        within = open_change(session, "track.change" if track else "track.add", act=web_act())
        if track is None:
            make_track(session, draft, following, within=within)
        else:
            change_track(
                session,
                track.id,
                _carrying(session, track, draft),
                following,
                within=within,
                expect=request.form.get("version", 0, int),
            )
    except Invalid as error:
        return _shown(session, editing, track, wrong={error.field: tracks_editor.said(error)}), 422
    except Conflict:
        return _conflict(session, editing, track), 409
    open_gaps = gaps(bands_of(draft.levels))
    words = SAVED.format(draft.name) + (
        " There is a gap between bands: who falls into it has no level." if open_gaps else ""
    )
    return done(within, url_for(".tracks_page"), words, "warn" if open_gaps else "good")


def _rows_changed(editing: Editing, act: str) -> Editing | None:
    """With a level more or less, where that was asked for."""
    if act == "add":
        return tracks_editor.with_row(editing)
    return tracks_editor.without_row(editing, int(act[7:])) if act[:7] == "remove:" and act[7:].isdigit() else None


def _rehearsed(session: Session, track: Track | None, draft: TrackDraft) -> Response:
    """Goes on to what would follow."""
    carried = draft if track is None else _carrying(session, track, draft)
    number: dict[str, Any] = {} if track is None else {"track": track.id}
    return redirect(url_for("levels.what_if_page", **number, draft=written(carried)), 303)


def _carrying(session: Session, track: Track, draft: TrackDraft) -> TrackDraft:
    """The draft with what the page does not show."""
    known = draft_of(session, track)
    criteria = {level.id: level.criteria for level in known.levels}
    levels = tuple(replace(level, criteria=criteria.get(level.id)) for level in draft.levels)
    whole = ("name", "description", "target", "measure")
    return replace(known, levels=levels, **{name: getattr(draft, name) for name in whole})


def _conflict(session: Session, editing: Editing, track: Track | None) -> str:
    """Both versions: theirs above, what was typed in the form, which saves over theirs when sent again."""
    if track is None:
        return _shown(session, editing, track)
    current = track_by_id(session, track.id)
    theirs = draft_of(session, current)
    return _shown(session, editing, current, theirs=tracks_editor.of(theirs, _unit(session, theirs.measure)))


def _shown(
    session: Session,
    editing: Editing,
    track: Track | None,
    *,
    wrong: dict[str, str] | None = None,
    theirs: Editing | None = None,
) -> str:
    unit = _unit(session, editing.measure)
    draft, _ = tracks_editor.drafted(editing, unit)
    return render_template(
        "settings/track.html",
        editing=editing,
        track=track,
        unit=unit,
        wrong=wrong or {},
        theirs=theirs,
        gaps=[(unit.write(low), unit.write(high)) for low, high in gaps(bands_of(draft.levels))],
        measures=under_headings(_measures(session)),
        targets={key: many for key, (_, many) in UNITS.items()},
        versions=versions(session, track.id) if track else (),
        effect_groups=effect_groups(session, ladder(session, track.id)) if track else (),
        failed=sum(one.count for one in failures(session) if track and one.effect.track_id == track.id),
        writes=viewer().may("settings.write"),
    )


def _measures(session: Session) -> list[Definition]:
    return [one for one in definitions(session) if one.value_kind in MEASURABLE]


def _unit(session: Session, measure: str) -> Unit:
    one = next((one for one in definitions(session) if one.key == measure), None)
    of = unit_of(one.value_kind, one.number) if one else unit_of(ValueKind.COUNT, 0)
    return Unit(of, g.organization)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_tracks)
