"""The public form: its page, what is sent to it, and the thanks."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from donors.core.changes import Act
from donors.core.clock import local_date
from donors.core.db import current_session, separate_reading, settle
from donors.core.errors import NotFound
from donors.core.settings import Organization, organization
from donors.leads.arrivals import TAKEN, TRAPPED, Post, is_too_many, note_arrival
from donors.leads.form_lines import LONGEST, lines_of
from donors.leads.forms import form_at, mark_of
from donors.leads.hosts import is_own
from donors.leads.models import LeadForm
from donors.web.lead_form import guard
from donors.web.lead_form.asked import TRAP, Asked, read
from donors.web.lead_form.decide import Came, asks_again, came_from
from donors.web.lead_form.guard import wants_json
from donors.web.lead_form.programs import send_by_program
from donors.web.lead_form.sealed import Sealer
from donors.web.security import CONTENT_POLICY, csrf
from donors.web.session import address
from donors.workflows.leads import take_in

lead_form = Blueprint("lead_form", __name__, url_prefix="/f")

PLAIN = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 200
FULL = "Very many messages have come in. Nothing of yours is lost: keep this page and send it again later."


@dataclass(frozen=True)
class Shown:
    """What the page of a form shows beside the form."""

    asked: Asked | None = None
    notice: str = ""


@lead_form.get("/<token>")
def form_page(token: str) -> AnyResponse:
    """The form, empty."""
    form, here = _form(token)
    return _page(form, here, Shown())


@lead_form.get("/<token>/thanks")
def thanks_page(token: str) -> str:
    """What somebody reads who has sent it."""
    form, here = _form(token)
    return render_template("lead_form/thanks.html", form=form, here=here)


@lead_form.post("/<token>")
def send(token: str) -> AnyResponse:
    """Takes what was sent, or shows what is wrong with nothing lost."""
    if wants_json(request.environ):
        return send_by_program(token)
    refused = _unreadable()
    if refused is not None:
        return refused
    form, here = _form(token)
    if not form.is_active:
        return _page(form, here, Shown())
    given = request.form
    post = Post(form.id, address(), g.now)
    if given.get(TRAP, "").strip():
        note_arrival(current_session(), post, TRAPPED)
        return _thanks(form, here)
    return _judged(form, here, given, post)


def _judged(form: LeadForm, here: Organization, given: MultiDict[str, str], post: Post) -> AnyResponse:
    asked = read(form, given, local_date(post.at, here.zone).isoformat())
    again = asks_again(_came(here), sealer().look(given.get("sealed", ""), form.token, post.at))
    if asked.new is None or again:
        return _page(form, here, Shown(asked, again), 422)
    with separate_reading() as session:
        if is_too_many(session, post):
            return _page(form, here, Shown(asked, FULL), 429)
    session = current_session()
    note_arrival(session, post, TAKEN)
    act = Act(by=None, at=post.at, through="web")
    take_in(session, asked.new, act=act, site=current_app.config["HOUSE"].site_url)
    return _thanks(form, here)


def _unreadable() -> AnyResponse | None:
    """Why a body is not even looked at: another kind than forms have, or more parameters than any form."""
    if request.mimetype != PLAIN:
        return _refused("That cannot be read", "Send it as forms are sent, or as JSON.", 415)
    if request.get_data(cache=True).count(b"&") >= MOST_PARAMETERS:
        return _refused("That cannot be read", "No form has so many fields.", 400)
    return None


def _refused(title: str, words: str, status: int) -> AnyResponse:
    settle(keep=False)
    return make_response(render_template("lead_form/refused.html", title=title, words=words, here=None), status)


def _form(token: str) -> tuple[LeadForm, Organization]:
    """The form and the settings, read apart: nothing is locked while somebody's words are looked at."""
    with separate_reading() as session:
        return form_at(session, token), organization(session)


def _page(form: LeadForm, here: Organization, shown: Shown, status: int = 200) -> AnyResponse:
    body = drawn(form, here, shown, sealer().seal(form.token, g.now))
    answer = Response(body, status if form.is_active else 410)
    answer.headers["Content-Security-Policy"] = _policy(form, here)
    return answer


def drawn(form: LeadForm, here: Organization, shown: Shown, sealed: str) -> str:
    """The page as HTML; without a sealed time it is there to be looked at."""
    return render_template(
        "lead_form/form.html",
        form=form,
        lines=lines_of(form),
        longest=LONGEST,
        here=here,
        asked=shown.asked,
        notice=shown.notice,
        mark_of=mark_of,
        trap=TRAP,
        sealed=sealed,
    )


def _policy(form: LeadForm, here: Organization) -> str:
    """Where the form may be sent, and led on to: browsers look at both."""
    if not is_own(form.redirect_to, here.own_hosts):
        return CONTENT_POLICY
    there = urlsplit(form.redirect_to)
    return CONTENT_POLICY.replace("form-action 'self'", f"form-action 'self' {there.scheme}://{there.netloc}")


def _thanks(form: LeadForm, here: Organization) -> AnyResponse:
    """On to the organization's own site, if it is still one of its own; else to our thanks."""
    if is_own(form.redirect_to, here.own_hosts):
        return redirect(form.redirect_to, 303)
    return redirect(url_for(".thanks_page", token=form.token), 303)


def _came(here: Organization) -> Came:
    site = urlsplit(current_app.config["HOUSE"].site_url).netloc.lower()
    headers = request.headers
    hosts = {request.host.lower(), site}
    return came_from(headers.get("Origin", ""), headers.get("Referer", ""), here=hosts, own=here.own_hosts)


def sealer() -> Sealer:
    """What signs times for this installation."""
    house = current_app.config["HOUSE"]
    return Sealer((house.secret_key, *house.secret_key_fallbacks))


@lead_form.errorhandler(NotFound)
def _no_form(_error: NotFound) -> AnyResponse:
    return _refused("There is no form here", "Perhaps the address was cut off. Ask whoever sent it to you.", 404)


def register(app: Flask) -> None:
    """Adds the form, without a token of a session: there is no session."""
    csrf.exempt(lead_form)
    app.register_blueprint(lead_form)
    guard.register(app)
