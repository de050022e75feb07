"""The page of a lead, and what is done with it there: each act says what it did, with its undo beside it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import current_app, g, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.constituents.queries import constituent
from donors.core.changes import ChangeSet, open_change
from donors.core.db import Session, current_session
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.leads.attempt import is_in_queue, log_attempt
from donors.leads.models import SOURCES
from donors.leads.newcomer import likely, newcomer
from donors.leads.queue import LeadRow
from donors.leads.same_address import others_of
from donors.leads.steer import disqualify_leads, follow_up_leads, reopen_lead, set_fits
from donors.leads.story import Entered, Tried, converted_with, history_of, lead_row, tries_of
from donors.leads.terms import FITS, HIGHEST, STATUSES, TRIED, Fits
from donors.pipeline.decide import METHODS
from donors.web.answer import done
from donors.web.door import local_path
from donors.web.filters import day_of
from donors.web.forms import number, number_in, refuse
from donors.web.leads.convert_views import MOST
from donors.web.leads.due import due_words
from donors.web.leads.forms import (
    ClosingForm,
    FollowUpForm,
    OwnerForm,
    TryForm,
    closing_in,
    owner_choices,
    try_in,
)
from donors.web.leads.trail import Trail, trail
from donors.web.leads.way_back import OWN, ways_back
from donors.web.session import looking, viewer, web_act
from donors.web.take_back import own_change, take_back
from donors.workflows.leads import give_by_hand

Page = str | Response | tuple[str, int]
Do = Callable[[ChangeSet, int | None], str]
"""Carries an act out, on a version of the lead, and says what was done."""


def lead_page(lead_id: int) -> Page:
    """Everything about a lead."""
    return _page(lead_row(current_session(), lead_id, sees=viewer().sees))


def try_it(lead_id: int) -> Page:
    """Keeps a try to reach the lead."""
    form = TryForm(request.form)

    def do(within: ChangeSet, expect: int | None) -> str:
        tried = try_in(form, g.now)
        made = log_attempt(current_session(), lead_id, tried, on=g.today, within=within, expect=expect)
        return f"{METHODS[made.method]}: {TRIED[made.outcome].lower()}. It is kept."

    return _act(lead_id, "lead.try", "try_form", form, do)


def follow_up(lead_id: int) -> Page:
    """Sets or takes away the day of the follow-up."""
    form = FollowUpForm(request.form)

    def do(within: ChangeSet, expect: int | None) -> str:
        day = form.follow_up_on.data
        follow_up_leads(current_session(), [lead_id], day, on=g.today, within=within, expect=expect)
        return "There is no follow-up now." if day is None else "The follow-up is set."

    return _act(lead_id, "lead.follow_up", "follow_up_form", form, do)


def give_it(lead_id: int) -> Page:
    """Gives the lead to somebody else."""
    session = current_session()
    form = OwnerForm(request.form)
    form.to.choices = owner_choices(session)

    def do(within: ChangeSet, expect: int | None) -> str:
        site = current_app.config["HOUSE"].site_url
        mails = give_by_hand(session, [lead_id], form.to.data, within=within, site=site, expect=expect)
        if form.to.data is None:
            return "It is nobody’s now."
        whose = "yours" if form.to.data == viewer().id else "theirs"
        return f"It is {whose} now." + (" They have a mail about it." if mails else "")

    return _act(lead_id, "lead.give", "owner_form", form, do)


def fit(lead_id: int) -> Page:
    """Keeps one of the fits, or all that were sent; those that were not sent stay."""
    session = current_session()
    row, way = lead_row(session, lead_id, sees=viewer().sees), trail(session, [lead_id])
    scores = {name: _score(name, getattr(row.lead, name)) for name in FITS}
    within = open_change(session, "lead.fit", act=web_act())
    try:
        set_fits(session, lead_id, Fits(**scores), on=g.today, within=within)
    except Blocked as error:
        return _page(row, 409, problem=error.message)
    return _done(within, lead_id, way, "The fit is kept.")


def _score(name: str, now: int | None) -> int | None:
    sent = request.form.get(name)
    if sent is None:
        return now
    found = number(sent)
    return found if found is not None and found <= HIGHEST else None


def disqualify(lead_id: int) -> Page:
    """Takes the lead out of the queue."""
    form = ClosingForm(request.form)

    def do(within: ChangeSet, expect: int | None) -> str:
        disqualify_leads(current_session(), [lead_id], closing_in(form), within=within, expect=expect)
        return "It is disqualified." if form.returns_on.data is None else "It is put off, and comes back on its day."

    return _act(lead_id, "lead.disqualify", "closing_form", form, do)


def reopen(lead_id: int) -> Page:
    """Takes the lead back into the queue."""
    session = current_session()
    row, way = lead_row(session, lead_id, sees=viewer().sees), trail(session, [lead_id])
    within = open_change(session, "lead.reopen", act=web_act())
    try:
        reopen_lead(session, lead_id, on=g.today, within=within)
    except Blocked as error:
        return _page(row, 409, problem=error.message)
    return _done(within, lead_id, way, "It is taken up again.")


def undo(change_set_id: int) -> Response:
    """Takes back what was done with leads."""
    return take_back(own_change(change_set_id, OWN), local_path(request.args.get("back"), url_for(".index")))


def _act(lead_id: int, kind: str, name: str, form: Any, do: Do) -> Page:
    session = current_session()
    row, way = lead_row(session, lead_id, sees=viewer().sees), trail(session, [lead_id])
    if form.validate():
        within = open_change(session, kind, act=web_act())
        try:
            return _done(within, lead_id, way, do(within, number_in(form.version)))
        except Invalid as error:
            refuse(form, error)
        except Blocked as error:
            form.form_errors.append(error.message)
        except Conflict:
            row = lead_row(session, lead_id, sees=viewer().sees)
            return _page(row, 409, problem="Look what it is now, and send it again if it still holds.", **{name: form})
    return _page(row, 422, **{name: form})


def _done(within: ChangeSet, lead_id: int, way: Trail, said: str) -> Response:
    here = way.at(lead_id)
    return done(within, here, said, undo=url_for(".undo", change_set_id=within.id, back=here))


def _page(row: LeadRow, status: int = 200, **given: Any) -> Page:
    """The page with its forms, those that were sent as they were typed."""
    session, lead = current_session(), row.lead
    forms: dict[str, Any] = {
        "try_form": TryForm(),
        "follow_up_form": FollowUpForm(data={"follow_up_on": lead.follow_up_on}),
        "owner_form": OwnerForm(data={"to": lead.owner_id}),
        "closing_form": ClosingForm(),
        "problem": "",
    } | given
    for name in ("try_form", "follow_up_form", "owner_form", "closing_form"):
        forms[name].version.data = str(lead.version)
    forms["owner_form"].to.choices = owner_choices(session)
    page = render_template(
        "leads/lead.html",
        row=row,
        lead=lead,
        waits=is_in_queue(lead, g.today),
        about=_about(session, row),
        likely=_likely(session, row),
        others=others_of(session, [lead], looking=looking()).get(lead.id, ()),
        most=MOST,
        trail=trail(session, [lead.id]),
        events=_events(session, lead.id),
        way_back=ways_back(session, [lead.id]).get(lead.id),
        together=converted_with(session, lead.id, sees=viewer().sees),
        fits=FITS,
        highest=HIGHEST,
        sources=SOURCES,
        statuses=STATUSES,
        methods=METHODS,
        outcomes=TRIED,
        now=g.now,
        due_words=due_words,
        **forms,
    )
    return page if status == 200 else (page, status)


def _events(session: Session, lead_id: int) -> list[tuple[date, Tried | Entered]]:
    """What was tried and what it became, the newest first, with the day of each."""
    tries = [
        (day_of(one.attempt.tried_at, zone=g.zone), one.attempt.tried_at, one) for one in tries_of(session, lead_id)
    ]
    history = [(one.entry.happened_on, one.entry.recorded_at, one) for one in history_of(session, lead_id)]
    events: list[tuple[date, datetime, Tried | Entered]] = [*history, *tries]
    return [(on, one) for on, _at, one in sorted(events, key=lambda each: each[:2], reverse=True)]


def _about(session: Session, row: LeadRow) -> Any:
    """The constituent that the lead is about or became."""
    if row.lead.constituent_id is None:
        return None
    try:
        return constituent(session, row.lead.constituent_id, sees=viewer().sees)
    except NotFound:
        return None


def _likely(session: Session, row: LeadRow) -> Any:
    """Who may be the same, while that is still open."""
    if row.lead.constituent_id is not None:
        return []
    return likely(session, newcomer([row.lead]), sees=viewer().sees)[:5]
