"""Levels: who stands where now, who rose and fell lately, and who is near an edge."""

from datetime import timedelta

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.levels.ladders import Ladder, ladder, ladders
from donors.levels.reasons import explained
from donors.levels.why import BECAUSE
from donors.reports.overview import edges, lines_now, standers, steps
from donors.reports.stands import UNITS, Question, lifetime_of
from donors.rollups.dirty import count_dirty
from donors.rollups.queries import definition
from donors.web.levels.bands import band_words, measured, plain_bound
from donors.web.levels.what_if_views import apply_what_if, what_if_page
from donors.web.session import viewer

levels = Blueprint("levels", __name__, url_prefix="/levels")

LATELY = timedelta(days=30)
NEAR = 10
"""Percent of a level's minimum that may be missing for somebody to be near it."""
PER_PAGE = 50


@levels.get("")
def index() -> str | Response:
    """The chosen track, or the first one."""
    session = current_session()
    tracks = ladders(session)
    typed = request.args.get("track", "")
    if typed:
        return redirect(url_for(".track_page", track_id=_number(typed)), 303)
    return _shown(session, tracks, tracks[0]) if tracks else render_template("levels/none.html")


@levels.get("/<int:track_id>")
def track_page(track_id: int) -> str:
    """One track."""
    session = current_session()
    return _shown(session, ladders(session), ladder(session, track_id))


@levels.get("/<int:track_id>/people")
def people_page(track_id: int) -> str:
    """Who stands on a level, or on any."""
    session = current_session()
    chosen = ladder(session, track_id)
    typed = request.args.get("level", "")
    band = chosen.band(_number(typed)) if typed else None
    if typed and band is None:
        raise NotFound("level", typed)
    number = max(request.args.get("page", 1, int), 1)
    total, page = standers(
        session,
        _asked(chosen),
        level_id=band.id if band else None,
        limit=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
    )
    lifetime = lifetime_of(definition(session, chosen.measure).source)
    shown = {"ladder": chosen, "band": band, "people": page, "total": total, "number": number, "per_page": PER_PAGE}
    why = explained(session, chosen, [one.id for one in page], on=g.today)
    return render_template("levels/people.html", lifetime=lifetime, why=why, **shown)


@levels.get("/<int:track_id>/edges")
def edges_page(track_id: int) -> str:
    """Who is near a level."""
    session = current_session()
    chosen = ladder(session, track_id)
    found = edges(session, _asked(chosen), percent=NEAR, limit=200)
    return render_template("levels/edges.html", ladder=chosen, edges=found, near=NEAR)


def _shown(session: Session, tracks: tuple[Ladder, ...], chosen: Ladder) -> str:
    asked = _asked(chosen)
    lines, total = lines_now(session, asked)
    return render_template(
        "levels/track.html",
        tracks=tracks,
        ladder=chosen,
        unit=UNITS[chosen.target],
        lines=lines,
        total=total,
        steps=steps(session, asked, limit=10),
        because=BECAUSE,
        edges=edges(session, asked, percent=NEAR, limit=10),
        near=NEAR,
        definition=definition(session, chosen.measure),
        waiting=count_dirty(session),
    )


def _asked(chosen: Ladder) -> Question:
    return Question(chosen, g.today, g.today - LATELY, viewer().sees)


def _number(typed: str) -> int:
    if not typed.isdigit():
        raise NotFound("track", typed)
    return int(typed)


levels.get("/what-if")(what_if_page)
levels.post("/what-if")(apply_what_if)


def register(app: Flask) -> None:
    """Adds the pages. Those that say why stand at the addresses of constituents."""
    app.jinja_env.filters["band"] = band_words
    app.jinja_env.filters["measured"] = measured
    app.jinja_env.filters["plain_bound"] = plain_bound
    app.register_blueprint(levels)
