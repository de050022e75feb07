"""Suggested constituents: who in the file may be worth a look, why, and taking them up or putting them off."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.accounts.permissions import CARRIES
from donors.constituents.queries import constituents
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.paging import read_paging
from donors.leads.suggestions import BESIDE, Suggestions, suggestions
from donors.leads.take_up import put_off, take_up
from donors.rollups.queries import definitions
from donors.segments.members import fields
from donors.web.answer import done
from donors.web.filters import full_day, plural
from donors.web.forms import number, refuse
from donors.web.leads.forms import ClosingForm, closing_in
from donors.web.session import looking, viewer, web_act

Page = str | Response | tuple[str, int]
MOST = 500
KEPT = ("rule", "sort", "page")


def suggested_page() -> str:
    """Those whom the rules suggest."""
    session = current_session()
    seen = fields(session).seen_with(CARRIES[viewer().role])
    sortable = ("name", "reasons", *(name for name in BESIDE if name in seen))
    paging = read_paging(request.args.get("page"), request.args.get("size"), request.args.get("sort"), fields=sortable)
    found: Suggestions = suggestions(
        session, paging, looking=looking(), rule_id=number(request.args.get("rule", "")), offered=seen
    )
    chosen = number(request.args.get("rule", ""))
    figures = {one.key: one for one in definitions(session)}
    return render_template("leads/suggested.html", found=found, page=found.page, chosen=chosen, figures=figures)


def choose_suggested() -> Response:
    """Takes the chosen up, or leads to the page on which they are put off."""
    act, ids = request.form.get("act", ""), _ids()
    if not ids:
        flash("Tick somebody first.", "warn")
        return redirect(_here(), 303)
    if act == "take_up":
        return _take_up(ids)
    if act == "not_now":
        return redirect(url_for(".not_now", ids=ids), 303)
    raise NotFound("act", act)


def not_now() -> Page:
    """Puts the chosen off, with a reason and a day, or for good."""
    session, ids = current_session(), _ids()
    form = ClosingForm(request.form if request.method == "POST" else None)
    if request.method == "POST" and form.validate():
        within = open_change(session, "suggestion.put_off", act=web_act())
        try:
            made = put_off(session, ids, closing_in(form), looking=looking(), within=within)
            until = "" if form.returns_on.data is None else f" until {full_day(form.returns_on.data)}"
            said = f"{plural(len(made), 'person', 'people')} put off{until}.{_passed_over(len(ids) - len(made))}"
            return done(within, _here(), said, undo=url_for(".undo", change_set_id=within.id, back=_here()))
        except Invalid as error:
            refuse(form, error)
    found = constituents(session, ids, sees=viewer().sees)
    names = [found[one].name for one in ids if one in found]
    page = render_template("leads/not_now.html", form=form, ids=ids, names=names)
    return page if request.method == "GET" else (page, 422)


def _take_up(ids: list[int]) -> Response:
    session = current_session()
    within = open_change(session, "suggestion.take_up", act=web_act())
    made = take_up(session, ids, viewer().id, looking=looking(), within=within)
    if not made:
        raise Blocked("Nobody was taken up", ("Somebody else has them in hand by now.",))
    here = url_for(".lead_page", lead_id=made[0].id) if len(made) == 1 else url_for(".index", tab="mine")
    said = f"{plural(len(made), 'lead')} taken up: yours.{_passed_over(len(ids) - len(made))}"
    return done(within, here, said, undo=url_for(".undo", change_set_id=within.id, back=_here()))


def _passed_over(count: int) -> str:
    return f" {count} passed over: somebody has them in hand by now." if count else ""


def _here() -> str:
    kept: dict[str, Any] = {name: request.args[name] for name in KEPT if request.args.get(name)}
    return url_for(".suggested_page", **kept)


def _ids() -> list[int]:
    given = (number(text) for text in request.values.getlist("ids"))
    return list(dict.fromkeys(one for one in given if one is not None))[:MOST]
