"""Suggested constituents: who in the file may be worth a look, why, and taking them up or putting them off."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.permissions import CARRIES
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.paging import read_paging
from donors.leads.suggestions import BESIDE, Suggestions, suggestions
from donors.leads.take_up import put_off, take_up
from donors.segments.members import fields
from donors.web.answer import done
from donors.web.filters import full_day, plural
from donors.web.forms import number, refuse
from donors.web.leads.asked import looking
from donors.web.leads.forms import ClosingForm, OwnerForm, closing_in, owner_choices
from donors.web.session import viewer, web_act

Page = str | Response | tuple[str, int]
MOST = 500
KEPT = ("rule", "sort", "page")


def suggested_page() -> str:
    """Those whom the rules suggest."""
    return _page()


def choose_suggested() -> Page:
    """Takes the chosen up, or puts them off; both say how many it was, with the way back beside it."""
    act, ids = request.form.get("act", ""), _ids()
    if not ids:
        flash("Tick somebody first.", "warn")
        return redirect(_here(), 303)
    if act == "take_up":
        return _take_up(ids)
    if act == "not_now":
        return _put_off(ids)
    raise NotFound("act", act)


def _take_up(ids: list[int]) -> Page:
    session = current_session()
    form = _owner_form(request.form)
    within = open_change(session, "suggestion.take_up", act=web_act())
    made = take_up(session, ids, form.to.data if form.validate() else viewer().id, looking=looking(), within=within)
    if not made:
        raise Blocked("Nobody was taken up", ("Somebody else has them in hand by now.",))
    here = url_for(".lead_page", lead_id=made[0].id) if len(made) == 1 else url_for(".index", tab="new")
    said = f"{plural(len(made), 'lead')} taken up.{_passed_over(len(ids) - len(made))}"
    return done(within, here, said, undo=url_for(".undo", change_set_id=within.id, back=_here()))


def _put_off(ids: list[int]) -> Page:
    session = current_session()
    form = ClosingForm(request.form)
    if form.validate():
        within = open_change(session, "suggestion.put_off", act=web_act())
        try:
            made = put_off(session, ids, closing_in(form), looking=looking(), within=within)
            until = "" if form.returns_on.data is None else f" until {full_day(form.returns_on.data)}"
            said = f"{plural(len(made), 'person', 'people')} put off{until}.{_passed_over(len(ids) - len(made))}"
            return done(within, _here(), said, undo=url_for(".undo", change_set_id=within.id, back=_here()))
        except Invalid as error:
            refuse(form, error)
    return _page(closing_form=form, ticked=ids), 422


def _passed_over(count: int) -> str:
    return f" {count} passed over: somebody has them in hand by now." if count else ""


def _page(**given: Any) -> str:
    session = current_session()
    seen = fields(session).seen_with(CARRIES[viewer().role])
    sortable = ("name", "reasons", *(name for name in BESIDE if name in seen))
    paging = read_paging(request.args.get("page"), request.args.get("size"), request.args.get("sort"), fields=sortable)
    found: Suggestions = suggestions(
        session, paging, looking=looking(), rule_id=number(request.args.get("rule", "")), offered=seen
    )
    forms: dict[str, Any] = {"owner_form": _owner_form(None), "closing_form": ClosingForm(), "ticked": []} | given
    chosen = number(request.args.get("rule", ""))
    return render_template("leads/suggested.html", found=found, page=found.page, chosen=chosen, today=g.today, **forms)


def _owner_form(values: Any) -> OwnerForm:
    form = OwnerForm(values, data={"to": viewer().id})
    form.to.choices = owner_choices(current_session())
    return form


def _here() -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in KEPT if request.args.get(name)}
    return url_for(".suggested_page", **kept)


def _ids() -> list[int]:
    given = (number(text) for text in request.form.getlist("ids"))
    return list(dict.fromkeys(one for one in given if one is not None))[:MOST]
