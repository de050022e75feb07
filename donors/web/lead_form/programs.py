"""Leads sent by programs: JSON with the key of the form, and errors that say field, value and remedy.

POST /f/<token>
Authorization: Bearer <key>
Idempotency-Key: order-4711
{"given_name": "Iris", "email": "iris@example.org", "consents": [{"channel": "email", "wording": "…"}]}
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import current_app, g, json, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from donors.core.changes import Act
from donors.core.clock import local_date
from donors.core.db import current_session, separate_reading, settle
from donors.core.errors import Invalid, NotFound
from donors.core.settings import organization
from donors.leads.forms import form_at, opens
from donors.leads.models import LeadForm
from donors.leads.new_lead import TEXTS, Agreed, NewLead, checked
from donors.web.lead_form.asked import key_of
from donors.workflows.leads import take_in

WORDS = (*TEXTS, "source")
KNOWN = frozenset({*WORDS, "interests", "consents"})
MOST_CONSENTS = 10


class Refused(Exception):
    """Why nothing was taken: the status of the answer, and what is wrong."""

    def __init__(self, status: int, *errors: Invalid) -> None:
        super().__init__(status)
        self.status, self.errors = status, errors


def send_by_program(token: str) -> Response:
    """Takes one lead: 201, or 200 for one that was taken before."""
    try:
        form, day = _opened(token)
        new = _new(form, _told(), day)
    except Refused as refused:
        return _answer({"errors": [_plain(error) for error in refused.errors]}, refused.status)
    except Invalid as error:
        return _answer({"errors": [_plain(error)]}, 422)
    act = Act(by=None, at=g.now, through="api")
    lead, is_new = take_in(current_session(), new, act=act, site=current_app.config["HOUSE"].site_url)
    return _answer({"lead": lead.id, "taken": "now" if is_new else "before"}, 201 if is_new else 200)


def _opened(token: str) -> tuple[LeadForm, str]:
    """The form, and the day, where the key is right. A wrong key and no such form look the same."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    with separate_reading() as session:
        try:
            form = form_at(session, token)
        except NotFound:
            form = None
        day = local_date(g.now, organization(session).zone).isoformat()
    if form is None or scheme != "Bearer" or not opens(form, key.strip()):
        remedy = "Send the key of the form: Authorization: Bearer ….. Settings › Lead forms makes one."
        raise Refused(401, Invalid("Authorization", "", "is not the key of a form at this address", remedy))
    if not form.is_active:
        raise Refused(410, Invalid("form", form.name, "is closed", "Open it on Settings › Lead forms."))
    return form, day


def _told() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise Refused(415, Invalid("Content-Type", request.mimetype, "is not JSON", "Send application/json."))
    try:
        told = request.get_json()
    except (BadRequest, RecursionError) as error:
        raise Refused(400, Invalid("body", "", "is not JSON", "Send one object.")) from error
    if not isinstance(told, dict):
        raise Refused(400, Invalid("body", "", "is no object", "Send one object for one lead."))
    wrong = tuple(_faults(told))
    if wrong:
        raise Refused(422, *wrong)
    return told


def _faults(told: dict[str, Any]) -> Iterator[Invalid]:
    """What is wrong with the kinds of values."""
    for name in told.keys() - KNOWN:
        yield Invalid(name[:40], "", "is no field of leads", f"Fields are {', '.join(sorted(KNOWN))}.")
    for name in told.keys() & set(WORDS):
        if not isinstance(told[name], str):
            yield Invalid(name, _short(told[name]), "is not text", "Send a string.")
    interests, consents = told.get("interests", []), told.get("consents", [])
    if not (isinstance(interests, list) and all(isinstance(one, str) for one in interests)):
        yield Invalid("interests", _short(interests), "are not texts", "Send a list of strings.")
    if not (isinstance(consents, list) and len(consents) <= MOST_CONSENTS and all(map(_is_consent, consents))):
        remedy = 'Send a list of {"channel": "email", "wording": "…", "granted": true}.'
        yield Invalid("consents", _short(consents), "are not what was agreed to", remedy)


def _is_consent(one: object) -> bool:
    return (
        isinstance(one, dict)
        and one.keys() <= {"channel", "wording", "granted"}
        and all(isinstance(one.get(name), str) and one[name].strip() for name in ("channel", "wording"))
        and isinstance(one.get("granted", True), bool)
    )


def _new(form: LeadForm, told: dict[str, Any], day: str) -> NewLead:
    texts = {name: told[name] for name in WORDS if name in told}
    new = NewLead(
        **{"source": form.source, **texts},
        interests=tuple(told.get("interests", ())),
        form_id=form.id,
        answer_hours=form.answer_hours,
        consents=tuple(Agreed(**one) for one in told.get("consents", ())),
    )
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 100 or not key.isprintable():
        raise Invalid("Idempotency-Key", _short(key), "is longer than 100 letters", "Send a shorter one.")
    named = f"program/{form.id}/{key}" if key.strip() else key_of(form, new, day)
    return checked(replace(new, key=named))


def _plain(error: Invalid) -> dict[str, str]:
    return {
        "field": error.field,
        "value": _short(error.value) if error.value not in (None, "") else "",
        "problem": error.problem,
        "remedy": error.remedy,
    }


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _answer(body: dict[str, Any], status: int) -> Response:
    if status >= 400:
        settle(keep=False)
    return Response(json.dumps(body) + "\n", status, content_type="application/json")
