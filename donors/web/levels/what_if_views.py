"""What if the rules of a track were others: the rehearsal, and keeping exactly that."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.core.paging import Page
from donors.levels.decide import gaps
from donors.levels.effects.queries import effect, names
from donors.levels.effects.words import sentence
from donors.levels.suppose import Supposed, changes_of, suppose_track
from donors.reports.what_if import Mover, Outcome, movers, outcome
from donors.rollups.queries import definition
from donors.web.answer import done
from donors.web.levels.what_if_asked import Asked, asked, paging, whom
from donors.web.levels.what_if_words import UNITS, WENT, bands_of, because, drawn, line, way, ways
from donors.web.session import viewer, web_act
from donors.workflows.effects import Foreseen, effects_of
from donors.workflows.tracks import Following, change_track, make_track, switch_track
from donors.workflows.what_if import Mark, mark_of, read_mark, since


@dataclass(frozen=True)
class Rehearsed:
    """What was found. `of` is the track that the list is about, `effects` what would follow, each with a sentence."""

    outcomes: list[Outcome]
    of: Outcome
    people: Page[Mover]
    effects: list[tuple[str, Foreseen]]
    mark: Mark
    seconds: float


def what_if_page() -> str:
    """The rehearsal of a draft; of the track as it is where nothing is drafted yet."""
    session = current_session()
    question = asked(session, request.args)
    found = _rehearsed(session, question) if question.after is not None else None
    seen = read_mark(request.args["seen"]) if request.args.get("seen") and found else None
    return render_template(
        "levels/what_if.html",
        asked=question,
        found=found,
        draft=question.draft,
        units=UNITS,
        went=WENT,
        bands=bands_of,
        because=because,
        way=way,
        line=line,
        matrix=drawn(found.of, question) if found else None,
        ways=ways(found.of, question, whom(request.args)) if found else ((), ""),
        whom=whom(request.args),
        since=since(session, seen, found.mark) if seen and found and seen.outcome != found.mark.outcome else None,
        definition=definition(session, question.draft.measure) if question.after else None,
        gaps=gaps(question.after.bands) if question.after else (),
        writes=viewer().may("settings.write"),
    )


def _rehearsed(session: Session, question: Asked) -> Rehearsed:
    begun = perf_counter()
    supposed = _supposed(session, question)
    outcomes = [outcome(session, one) for one in supposed]
    of = next((one for one in outcomes if str(one.supposed.after.id) == request.args.get("on")), outcomes[0])
    return Rehearsed(
        outcomes,
        of,
        movers(session, of.supposed, whom(request.args), paging(request.args), sees=viewer().sees),
        _effects(session, supposed),
        mark_of(session, supposed, on=g.today),
        perf_counter() - begun,
    )


def _supposed(session: Session, question: Asked) -> list[Supposed]:
    if question.after is None:
        raise NotFound("draft", "")
    return suppose_track(session, question.after, question.before, on=g.today)


def _effects(session: Session, supposed: list[Supposed]) -> list[tuple[str, Foreseen]]:
    changes = [change for one in supposed for change in changes_of(session, one)]
    known = names(session)
    return [(sentence(effect(session, each.rule.id), known), each) for each in effects_of(session, changes, on=g.today)]


def apply_what_if() -> Response:
    """Keeps what was rehearsed. Where the outcome is another by now, it is shown again with what has happened."""
    session = current_session()
    question, seen = asked(session, request.form), read_mark(request.form.get("mark", ""))
    if question.wrong is not None:
        raise question.wrong
    now = mark_of(session, _supposed(session, question), on=g.today)
    if now.outcome != seen.outcome:
        kept: dict[str, Any] = {**question.keep, "seen": str(seen)}
        return redirect(url_for(".what_if_page", **kept), 303)
    return _kept(session, question)


def _kept(session: Session, question: Asked) -> Response:
    following = Following(g.today, effects=request.form.get("effects") == "yes")
    track, kind = question.track, "track.retire" if question.off else "track.change" if question.track else "track.add"
    within = open_change(session, kind, act=web_act())
    if track is None:
        track = make_track(session, question.draft, following, within=within)
    elif question.off:
        switch_track(session, track.id, following, active=False, within=within)
    else:
        change_track(session, track.id, question.draft, following, within=within, expect=track.version)
    place = url_for("settings_tracks.tracks_page") if question.off else url_for(".track_page", track_id=track.id)
    return done(within, place, f"{question.draft.name} is as it was rehearsed. It can be taken back in the changes.")
