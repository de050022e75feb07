"""Settings › Tracks › effects: what follows when somebody's level changes, and what of it failed."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.queries import users
from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid
from donors.levels.effects.decide import RISE, START
from donors.levels.effects.queries import counts_of_runs, effect, failures, names
from donors.levels.effects.words import sentence
from donors.levels.ladders import Ladder, ladder
from donors.levels.models import Effect
from donors.levels.set_effects import add_effect, change_effect, remove_effect, switch_effect
from donors.plans.queries.templates import templates
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.forms import number_in, refuse
from donors.web.session import web_act
from donors.web.settings.again import tried_again
from donors.web.settings.effects_forms import EffectForm, filled
from donors.workflows.effects import let_go, try_again

settings_effects = Blueprint("settings_effects", __name__, url_prefix="/settings/effects")


@settings_effects.route("/of/<int:track_id>", methods=["GET", "POST"])
def add(track_id: int) -> Page:
    """Adds an effect to a track, of the level that the address names."""
    session = current_session()
    track = ladder(session, track_id)
    form = EffectForm(request.form, data={"level": request.args.get("level", ""), "occasion": RISE, "act": START})
    _offer(session, form, track, None)
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "effect.add", act=web_act())
            add_effect(session, track.id, form.draft(is_active=True), within=within)
        except Invalid as error:
            refuse(form, error)
        else:
            return done(within, _of_track(track.id), "The effect is added. It runs for changes of level from now on.")
    return _shown(form, track, None), (200 if request.method == "GET" else 422)


@settings_effects.route("/<int:effect_id>", methods=["GET", "POST"])
def edit(effect_id: int) -> Page:
    """Changes an effect."""
    session = current_session()
    row = effect(session, effect_id)
    track = ladder(session, row.track_id)
    form = EffectForm(request.form or None, data=filled(row))  # an empty form would tick no box
    _offer(session, form, track, row)
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "effect.change", act=web_act())
            expect = number_in(form.version) or 0
            change_effect(session, row.id, form.draft(is_active=row.is_active), within=within, expect=expect)
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            form.version.data = str(effect(session, effect_id).version)
            return _shown(form, track, effect(session, effect_id), theirs=True), 409
        else:
            return done(within, _of_track(track.id), "The effect is saved.")
    return _shown(form, track, row), (200 if request.method == "GET" else 422)


@settings_effects.post("/<int:effect_id>/active")
def activate(effect_id: int) -> Response:
    """Switches an effect off, or on again."""
    session = current_session()
    active = request.form.get("active") == "yes"
    within = open_change(session, "effect.use" if active else "effect.rest", act=web_act())
    row = switch_effect(session, effect_id, active=active, within=within)
    return done(within, _of_track(row.track_id), "The effect runs again." if active else "The effect is switched off.")


@settings_effects.post("/<int:effect_id>/remove")
def remove(effect_id: int) -> Response:
    """Removes an effect that never ran."""
    session = current_session()
    track_id = effect(session, effect_id).track_id
    try:
        within = open_change(session, "effect.remove", act=web_act())
        remove_effect(session, effect_id, within=within)
    except Blocked as error:
        flash(" ".join(error.reasons), "danger")
        return redirect(url_for(".edit", effect_id=effect_id), 303)
    return done(within, _of_track(track_id), "The effect is removed.")


@settings_effects.get("/failed")
def failed_page() -> str:
    """The effects that failed, each with the newest reason."""
    session = current_session()
    known = names(session)
    rows = [(one, sentence(one.effect, known)) for one in failures(session)]
    return render_template("settings/effects_failed.html", rows=rows)


@settings_effects.post("/<int:effect_id>/again")
def again(effect_id: int) -> Response:
    """Tries again what failed of an effect."""
    session = current_session()
    return tried_again(
        "effect.again",
        lambda within: try_again(session, effect_id, on=g.today, within=within),
        url_for(".failed_page"),
    )


@settings_effects.post("/<int:effect_id>/let-go")
def give_up(effect_id: int) -> Response:
    """Gives up what failed of an effect."""
    session = current_session()
    within = open_change(session, "effect.let_go", act=web_act())
    count = let_go(session, effect_id, on=g.today, within=within)
    return done(within, url_for(".failed_page"), f"Given up for {count}.")


def _offer(session: Session, form: EffectForm, track: Ladder, row: Effect | None) -> None:
    """The choices: what is in use, and what the effect names already."""
    known = names(session)
    kept = [] if row is None else [row.level_id or 0, row.template_id or 0, *row.users]
    levels = {band.id: band.name for band in reversed(track.bands)}
    plans = {line.id: line.name for line in templates(session, active_only=True)}
    people = {line.user.id: line.user.name for line in users(session) if line.user.active or line.user.id in kept}
    if row is not None and row.level_id and row.level_id not in levels:
        levels[row.level_id] = f"{known.levels[row.level_id]}, retired"
    if row is not None and row.template_id and row.template_id not in plans:
        plans[row.template_id] = f"{known.plans[row.template_id]}, retired"
    form.offer(levels, plans, people)


def _shown(form: EffectForm, track: Ladder, row: Effect | None, *, theirs: bool = False) -> str:
    session = current_session()
    return render_template(
        "settings/effect.html",
        form=form,
        track=track,
        effect=row,
        said=sentence(row, names(session)) if row else "",
        theirs=theirs,
        runs=counts_of_runs(session, track.id).get(row.id, 0) if row else 0,
    )


def _of_track(track_id: int) -> str:
    return url_for("settings_tracks.edit", track_id=track_id) + "#effects"


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_effects)
