"""A constituent's levels: why they are what they are, what came before, and what is decided by hand."""

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for
from wtforms import DateField, Form, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from donors.constituents.models import Constituent
from donors.constituents.queries import constituent
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Conflict, Invalid, NotFound
from donors.levels.ladders import Ladder
from donors.levels.models import EXCLUDE, FREEZE, OVERRIDE
from donors.levels.queries import Past, history
from donors.levels.reasons import View, standings_of
from donors.levels.rulings import RulingDraft, ruling_by_id
from donors.levels.why import Condition
from donors.rollups.queries import definition
from donors.web.accounts.views import Page
from donors.web.answer import done
from donors.web.forms import option, refuse, typed
from donors.web.owners import may_see
from donors.web.session import viewer, web_act
from donors.workflows.rulings import end, rule

KINDS = {FREEZE: "Keep it as it is", OVERRIDE: "Set it by hand", EXCLUDE: "No level on this track"}
DONE = {FREEZE: "The level is frozen.", OVERRIDE: "The level is set.", EXCLUDE: "Left out of this track."}


class RulingForm(Form):
    """A decision by hand."""

    kind = RadioField(
        "What", [InputRequired("Choose one.")], choices=[option(*each) for each in KINDS.items()], default=FREEZE
    )
    level = SelectField("Level", [Optional()], choices=[])
    to_on = DateField("Until", [Optional()])
    reason = StringField("Why", [InputRequired("Say why, for those who ask next year."), Length(max=300)])


@dataclass(frozen=True)
class Track:
    """What the page shows of one track."""

    view: View
    past: list[Past]
    form: RulingForm

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the level, or the next one, asks for beside the figure."""
        above = self.view.why.above
        return tuple(dict.fromkeys((*self.view.why.asks, *(above.asks if above is not None else ()))))


def levels_page(constituent_id: int) -> Page:
    """Where somebody stands on every track."""
    return _shown(constituent(current_session(), constituent_id, sees=viewer().sees), {})


def decide(constituent_id: int, track_id: int) -> Page:
    """Freezes a level, sets it, or leaves somebody out."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    view = next((one for one in _views(row) if one.ladder.id == track_id), None)
    if view is None:
        raise NotFound("track", track_id)
    form = _form(view.ladder, request.form)
    if form.validate():
        level = int(form.level.data) if (form.level.data or "").isdigit() else None
        draft = RulingDraft(typed(form.kind), typed(form.reason), level, form.to_on.data)
        try:
            within = open_change(session, f"level.{draft.kind}", act=web_act(draft.reason))
            rule(session, row.id, track_id, draft, within=within, on=g.today)
            return done(within, url_for(".levels_page", constituent_id=row.id), DONE[draft.kind])
        except Invalid as error:
            refuse(form, error)
    return _shown(row, {track_id: form}), 422


def release(constituent_id: int, ruling_id: int) -> Page:
    """Ends what was decided: the rules hold again."""
    session = current_session()
    row = constituent(session, constituent_id, sees=viewer().sees)
    if ruling_by_id(session, ruling_id).constituent_id != row.id:
        raise NotFound("ruling", ruling_id)
    within = open_change(session, "level.release", act=web_act())
    try:
        end(session, ruling_id, within=within, on=g.today)
    except (Invalid, Conflict):
        return _shown(row, {}), 409
    return done(within, url_for(".levels_page", constituent_id=row.id), "Ended. The rules hold again.")


def _views(row: Constituent) -> list[View]:
    session = current_session()
    return [
        one for one in standings_of(session, row.id, on=g.today) if may_see(definition(session, one.ladder.measure))
    ]


def _form(ladder: Ladder, sent: Any = None) -> RulingForm:
    form = RulingForm(sent, prefix=f"t{ladder.id}-")
    form.level.choices = [option(band.id, band.name) for band in reversed(ladder.bands)]
    return form


def _shown(row: Constituent, forms: dict[int, RulingForm]) -> str:
    session = current_session()
    tracks = [
        Track(
            view,
            history(session, row.id, track_id=view.ladder.id),
            forms.get(view.ladder.id) or _form(view.ladder),
        )
        for view in _views(row)
    ]
    return render_template("levels/hand.html", who=row, tracks=tracks, writes=viewer().may("levels.write"))
