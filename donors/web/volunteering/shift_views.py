"""Entering shifts, one after another; changing and removing them."""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.db import current_session
from donors.core.errors import AlreadyDone, Conflict, Invalid
from donors.volunteering.queries import ShiftLine, activities, entered_by, likely_same, shift
from donors.volunteering.shift_input import ShiftInput
from donors.web.choose import Choice, choice
from donors.web.filters import full_day, hours
from donors.web.forms import number_in, refuse
from donors.web.session import viewer, web_act
from donors.web.volunteering.forms import ShiftForm, named, on_clock, shift_form, wanted
from donors.workflows.shifts import edit_shift, record_shift, remove_shift

Page = str | Response | tuple[str, int]


def new() -> Page:
    """Records a shift."""
    session = current_session()
    offered = activities(session)
    if request.method == "GET":
        form = shift_form(None, offered, data=_proposed())
        return _entry(form, choice(session, request.args, "constituent"))
    form, who = shift_form(request.form, offered), choice(session, request.form, "volunteer")
    same: list[ShiftLine] = []
    if form.validate() & named(form, who):
        try:
            given = wanted(form, who)
            same = [] if form.another.data else _same(given)
            if not same:
                made = record_shift(session, given, act=web_act(), on=g.today)
                return _recorded(made.id, given, who)
        except AlreadyDone:
            return redirect(url_for(".list_page"), 303)
        except Invalid as error:
            refuse(form, error)
    return _entry(form, who, same), 422


def _same(given: ShiftInput) -> list[ShiftLine]:
    return likely_same(current_session(), given, sees=viewer().sees, request_key=web_act().request_key)


def _proposed() -> dict[str, Any]:
    """What the form begins with: today, or what the shift before it had."""
    day = request.args.get("worked_on", "")
    try:
        worked_on = datetime.fromisoformat(day).date() if day else g.today
    except ValueError:
        worked_on = g.today
    return {"worked_on": worked_on, "activity": request.args.get("activity", None, int)}


def _recorded(shift_id: int, given: ShiftInput, who: Choice) -> Response:
    name = who.chosen[1] if who.chosen else ""
    text = f"{hours(given.minutes, locale=g.locale)} hours of {name} are recorded."
    see = {"text": text, "see": url_for(".shift_page", shift_id=shift_id), "label": "See it"}
    flash(see, "good")  # type: ignore[arg-type]  # toasts with a link are a mapping
    if request.form.get("act") != "another":
        return redirect(url_for(".list_page"), 303)
    kept = {"worked_on": given.worked_on} | ({"activity": given.activity_id} if given.activity_id else {})
    return redirect(f"{url_for('.new')}?{urlencode(kept)}", 303)


def _entry(form: ShiftForm, who: Choice, same: list[ShiftLine] | None = None) -> str:
    since = datetime.combine(g.today, time(), g.zone)
    entered = entered_by(current_session(), viewer().id, since=since, sees=viewer().sees)
    return render_template("volunteering/new.html", form=form, who=who, same=same or [], entered=entered)


def shift_page(shift_id: int) -> Page:
    """One shift. When somebody else was faster, both versions are shown and nothing typed is lost."""
    session = current_session()
    found = shift(session, shift_id, sees=viewer().sees)
    offered = activities(session)
    if request.method == "GET":
        return _shown(found, shift_form(None, offered, data=_data(found)), _worker(found))
    form, who = shift_form(request.form, offered), choice(session, request.form, "volunteer")
    if form.validate() & named(form, who):
        given = None
        try:
            given = wanted(form, who)
            edit_shift(session, shift_id, given, act=web_act(), on=g.today, expect=number_in(form.version))
            flash("The shift is changed.", "good")
            return redirect(url_for(".list_page"), 303)
        except AlreadyDone:
            return redirect(url_for(".list_page"), 303)
        except Invalid as error:
            refuse(form, error)
        except Conflict:
            found = shift(session, shift_id, sees=viewer().sees)
            form.version.data = str(found.shift.version)
            return _shown(found, form, who, _differences(found, given, who, offered)), 409
    return _shown(found, form, who), 422


def _differences(
    found: ShiftLine, given: ShiftInput | None, who: Choice, offered: list[tuple[int, str, bool]]
) -> list[tuple[str, str, str]]:
    """What differs: the label, as it stands now, as it was typed."""
    if given is None:
        return []
    own, names = found.shift, {id_: name for id_, name, _ in offered}
    rows = (
        ("Volunteer", found.volunteer, who.chosen[1] if who.chosen else ""),
        ("Worked on", full_day(own.worked_on, locale=g.locale), full_day(given.worked_on, locale=g.locale)),
        ("Hours", on_clock(own.minutes), on_clock(given.minutes)),
        ("Activity", found.activity, names.get(given.activity_id or 0, "")),
        ("Note", own.note, given.note),
    )
    return [row for row in rows if row[1] != row[2]]


def _data(found: ShiftLine) -> dict[str, Any]:
    own = found.shift
    return {
        "worked_on": own.worked_on,
        "hours": on_clock(own.minutes),
        "activity": own.activity_id,
        "note": own.note,
        "version": own.version,
    }


def _worker(found: ShiftLine) -> Choice:
    return Choice((found.shift.constituent_id, found.volunteer), found.volunteer)


def _shown(found: ShiftLine, form: ShiftForm, who: Choice, rows: list[tuple[str, str, str]] | None = None) -> str:
    return render_template("volunteering/shift.html", line=found, form=form, who=who, rows=rows)


def remove(shift_id: int) -> Page:
    """Takes a shift out of the books, once it was asked for twice."""
    session = current_session()
    found = shift(session, shift_id, sees=viewer().sees)
    if request.method == "GET":
        return render_template("volunteering/remove.html", line=found)
    try:
        remove_shift(session, shift_id, act=web_act(), on=g.today)
    except AlreadyDone:
        return redirect(url_for(".list_page"), 303)
    flash(f"The shift of {found.volunteer} is removed. The journal keeps it.", "good")
    return redirect(url_for(".list_page"), 303)
