"""The register of requests, one person's rights, and objections and restrictions as they begin and end."""

from datetime import date

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from donors.constituents.models import Constituent, PersonRequest
from donors.constituents.queries import constituent
from donors.constituents.requests import (
    ANSWERS,
    FOLLOWED,
    KINDS,
    Asked,
    answer,
    in_force,
    register_page,
    request_of,
    requests_of,
    take,
)
from donors.constituents.restraint import COLUMNS, OBJECTION, RESTRICTION
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import Invalid, NotFound
from donors.web.answer import done
from donors.web.forms import option, refuse, typed
from donors.web.listing import page_number
from donors.web.rights.forms import AnswerForm, AskedForm, FollowForm
from donors.web.session import viewer, web_act
from donors.workflows.leave_alone import would_end
from donors.workflows.restraints import end_restraint, follow_objection, restrict

Page = str | Response | tuple[str, int]
SHOWN = ("open", "answered")


def index() -> str:
    """The register: what waits, by its last day, or what was answered."""
    shown = request.args.get("show", SHOWN[0])
    shown, q = shown if shown in SHOWN else SHOWN[0], request.args.get("q", "").strip()[:100]
    page = register_page(current_session(), sees=viewer().sees, is_open=shown == "open", q=q, number=page_number())
    return render_template("rights/index.html", page=page, shown=shown, q=q, kinds=KINDS, answers=ANSWERS)


def person_page(constituent_id: int) -> Page:
    """What holds for a person, what they asked for, and what can be done."""
    return _person(_who(constituent_id), AskedForm(data={"received_on": g.today}))


def _who(constituent_id: int) -> Constituent:
    return constituent(current_session(), constituent_id, sees=viewer().sees, deleted=True)


def _person(row: Constituent, form: Form) -> str:
    session = current_session()
    held = {what: in_force(session, row.id, what) for what in (OBJECTION, RESTRICTION)}
    return render_template(
        "rights/person.html",
        who=row,
        form=form,
        requests=requests_of(session, row.id),
        held=held,
        kinds=KINDS,
        answers=ANSWERS,
    )


def take_request(constituent_id: int) -> Page:
    """Enters a request."""
    session, row, form = current_session(), _who(constituent_id), AskedForm(request.form)
    if form.validate():
        try:
            within = open_change(session, "person.request", act=web_act())
            made = take(session, row, _asked(form, typed(form.kind)), on=g.today, within=within)
        except Invalid as error:
            refuse(form, error)
        else:
            said = f"Entered. The answer is due on {made.due_on.isoformat()}."
            return done(within, url_for(".person_page", constituent_id=row.id), said)
    return _person(row, form), 422


def _asked(form: Form, kind: str) -> Asked:
    received_on: date = form["received_on"].data
    return Asked(kind, received_on, typed(form["note"]))


def answer_page(constituent_id: int, person_request_id: int) -> Page:
    """Says how a request was answered."""
    session, row = current_session(), _who(constituent_id)
    asked = _request(row, person_request_id)
    form = AnswerForm(request.form)
    form.answer.choices = [option(*one) for one in ANSWERS.items() if one[0] != FOLLOWED or _may_follow(row, asked)]
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, "person.answer", act=web_act())
            answer(session, asked, typed(form.answer), on=g.today, note=typed(form.note), within=within)
        except Invalid as error:
            refuse(form, error)
        else:
            return done(within, url_for(".person_page", constituent_id=row.id), "The answer is on record.")
    page = render_template("rights/answer.html", who=row, asked=asked, form=form, kinds=KINDS)
    return page if request.method == "GET" else (page, 422)


def _request(row: Constituent, person_request_id: int) -> PersonRequest:
    found = request_of(current_session(), person_request_id, sees=viewer().sees)
    if found.constituent_id != row.id:
        raise NotFound("request", person_request_id)
    return found


def _may_follow(row: Constituent, asked: PersonRequest) -> bool:
    """Whether it can be said to be followed: what has a page of its own is followed there, unless it holds already."""
    column = COLUMNS.get(asked.kind)
    return column is None or getattr(row, column) is not None


def follow_page(constituent_id: int, what: str) -> Page:
    """Lets an objection or a restriction hold, after it was said what follows."""
    session, row = current_session(), _who(_known(what, constituent_id))
    form = FollowForm(request.form, data={"received_on": g.today})
    if request.method == "POST" and form.validate():
        try:
            within = open_change(session, f"person.{what}", act=web_act())
            asked = _asked(form, what)
            if what == OBJECTION:
                follow_objection(session, row, asked, on=g.today, within=within)
                said = f"Nobody raises money from {row.name} from now on."
            else:
                restrict(session, row, asked, on=g.today, within=within)
                said = f"The record of {row.name} is restricted."
            return done(within, url_for(".person_page", constituent_id=row.id), said)
        except Invalid as error:
            refuse(form, error)
    ending = would_end(session, [row.id])
    page = render_template("rights/follow.html", who=row, what=what, form=form, ending=ending)
    return page if request.method == "GET" else (page, 422)


def _known(what: str, constituent_id: int) -> int:
    if what not in (OBJECTION, RESTRICTION):
        raise NotFound("right", what)
    return constituent_id


def lift(constituent_id: int, what: str) -> Page:
    """Ends an objection or a restriction."""
    session, row = current_session(), _who(_known(what, constituent_id))
    within = open_change(session, f"person.lift-{what}", act=web_act())
    end_restraint(session, row, what, why=request.form.get("why", ""), on=g.today, within=within)
    return done(within, url_for(".person_page", constituent_id=row.id), f"The {what} has ended.")
