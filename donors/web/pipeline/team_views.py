"""What those in charge settle about a prospect: its strategy, whether it is kept to the team, putting it off."""

from datetime import timedelta

from flask import g, render_template, request, url_for

from donors.constituents.queries import constituent
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Conflict, Invalid
from donors.pipeline.confide import confide
from donors.pipeline.models import Prospect
from donors.pipeline.queries.prospects import prospect
from donors.pipeline.strategy import set_strategy
from donors.pipeline.turn.snooze import snooze as put_off
from donors.pipeline.turn.snooze import wake as bring_back
from donors.web.door import local_path
from donors.web.filters import full_day
from donors.web.forms import number_in, refuse, typed
from donors.web.pipeline.prospect_views import Page
from donors.web.pipeline.team_forms import SnoozeForm, StrategyForm
from donors.web.pipeline.undo_views import carried_out
from donors.web.session import viewer, web_act

IN_TWO_WEEKS = timedelta(days=14)


def strategy(prospect_id: int) -> Page:
    """The strategy for a prospect, with its day."""
    found = _found(prospect_id)
    form = StrategyForm(request.form, data={"strategy": found.strategy, "version": found.version})
    if request.method == "POST" and form.validate():
        session, text = current_session(), typed(form.strategy)
        within = open_change(session, "prospect.strategy", act=web_act())
        try:
            set_strategy(session, found.id, text, on=g.today, within=within, expect=number_in(form.version))
            return carried_out(within, _back(found), "The strategy is saved, as of today.")
        except Conflict:
            found = _found(prospect_id)
            form.version.data = str(found.version)
            return _shown("strategy", found, form, 409)
    return _shown("strategy", found, form)


def snooze(prospect_id: int) -> Page:
    """Puts a prospect off until a day."""
    found = _found(prospect_id)
    form = SnoozeForm(request.form, data={"until": found.snoozed_until or g.today + IN_TWO_WEEKS})
    if request.method == "POST" and form.validate():
        session, why = current_session(), typed(form.why)
        within = open_change(session, "prospect.snooze", act=web_act(why))
        try:
            put_off(session, found.id, until=form.until.data or g.today, why=why, on=g.today, within=within)
            return carried_out(
                within, _back(found), f"{_name(found)} comes back on {full_day(form.until.data, locale=g.locale)}."
            )
        except Invalid as error:
            refuse(form, error)
    return _shown("snooze", found, form)


def wake(prospect_id: int) -> Page:
    """Brings a prospect back to the list of who is next."""
    found, session = _found(prospect_id), current_session()
    within = open_change(session, "prospect.wake", act=web_act())
    bring_back(session, found.id, within=within)
    return carried_out(within, _back(found), f"{_name(found)} is on the list again.")


def team(prospect_id: int) -> Page:
    """Keeps a prospect to those in charge, or opens it to all. Raises Blocked for somebody else."""
    found, session = _found(prospect_id), current_session()
    wanted = request.form.get("confidential") == "yes"
    within = open_change(session, "prospect.confide" if wanted else "prospect.open", act=web_act())
    confide(session, found.id, confidential=wanted, sees=viewer().sees, within=within)
    said = "Only those in charge, directors and administrators see this prospect now." if wanted else "It is open now."
    return carried_out(within, _back(found), said)


def _found(prospect_id: int) -> Prospect:
    return prospect(current_session(), prospect_id, sees=viewer().sees)


def _name(found: Prospect) -> str:
    return constituent(current_session(), found.constituent_id, sees=viewer().sees).name


def _back(found: Prospect) -> str:
    return local_path(request.form.get("next"), url_for(".prospect_page", prospect_id=found.id))


def _shown(name: str, found: Prospect, form: StrategyForm | SnoozeForm, status: int = 422) -> Page:
    page = render_template(
        f"pipeline/{name}.html",
        form=form,
        prospect=found,
        name=_name(found),
        stale=status == 409,
        next=request.values.get("next", ""),
    )
    return page if request.method == "GET" else (page, status)
