"""Forms for everybody: made, changed, switched off; their addresses, and the keys of programs that send leads."""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.secret import digest, new_token
from donors.constituents import check
from donors.constituents.consent import CHANNELS
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Invalid, NotFound
from donors.core.settings import organization
from donors.leads.hosts import is_own
from donors.leads.models import SOURCES, Lead, LeadForm

ASKS = {
    "title": "Title",
    "organization": "Organization",
    "phone": "Phone",
    "address": "Postal address",
    "introduced_by": "Who told you about us",
    "message": "Message",
}
"""What a form may ask beside name, e-mail, interests and consents → in words."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
LONGEST_ANSWER = 240
MOST_INTERESTS = 20
MARK = 12
"""Letters of the mark of a wording."""


@dataclass(frozen=True)
class FormDraft:
    """A form as somebody designs it. `consents` are (channel, wording)."""

    name: str
    title: str
    intro: str = ""
    asks: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    consents: tuple[tuple[str, str], ...] = ()
    source: str = "web_form"
    thanks: str = ""
    redirect_to: str = ""
    answer_hours: int = 24


@dataclass(frozen=True)
class FormLine:
    """A form in a list, with how many leads it has brought."""

    form: LeadForm
    leads: int


def add_form(session: Session, draft: FormDraft, *, within: ChangeSet) -> LeadForm:
    """Makes a form at an address of its own. Raises Invalid."""
    token = secrets.token_urlsafe(9)
    return insert(session, LeadForm(token=token, **_columns(session, draft)), within=within)


def draft_form(session: Session, draft: FormDraft) -> LeadForm:
    """The form as it would be, not kept: to be looked at. Raises Invalid."""
    return LeadForm(token=secrets.token_urlsafe(9), is_active=True, **_columns(session, draft))


def change_form(session: Session, row: LeadForm, draft: FormDraft, *, within: ChangeSet, expect: int | None) -> None:
    """Changes a form; its address stays. Raises Invalid, Conflict."""
    amend(session, row, within=within, expect=expect, **_columns(session, draft))


def set_form_active(session: Session, row: LeadForm, *, active: bool, within: ChangeSet) -> None:
    """Opens a form, or closes it: what is sent to a closed one is refused."""
    amend(session, row, within=within, is_active=active)


def make_key(session: Session, row: LeadForm, *, within: ChangeSet) -> str:
    """Gives a form a new key for programs, in place of the old one. It is told here and never again."""
    key = new_token()
    amend(session, row, within=within, key_digest=digest(key))
    return key


def drop_key(session: Session, row: LeadForm, *, within: ChangeSet) -> None:
    """Takes the key of a form away."""
    amend(session, row, within=within, key_digest="")


def opens(row: LeadForm, key: str) -> bool:
    """Whether a key is that of the form."""
    return bool(row.key_digest) and hmac.compare_digest(digest(key), row.key_digest)


def form_at(session: Session, token: str) -> LeadForm:
    """The form at an address, closed ones too. Raises NotFound."""
    found = session.scalar(select(LeadForm).where(LeadForm.token == token)) if TOKEN.fullmatch(token) else None
    if found is None:
        raise NotFound("form")
    return found


def lead_form(session: Session, form_id: int) -> LeadForm:
    """The form with an id. Raises NotFound."""
    found = session.get(LeadForm, form_id)
    if found is None:
        raise NotFound("form", form_id)
    return found


def lead_forms(session: Session) -> list[FormLine]:
    """All forms, open ones first, with how many leads each has brought."""
    count = select(func.count()).where(Lead.form_id == LeadForm.id).scalar_subquery()
    found = select(LeadForm, count).order_by(LeadForm.is_active.desc(), LeadForm.name, LeadForm.id)
    return [FormLine(*row) for row in session.execute(found)]


def mark_of(wording: str) -> str:
    """The mark of a wording: what is sent names the words that were shown, so that no others are kept for them."""
    return digest(wording)[:MARK]


def _columns(session: Session, draft: FormDraft) -> dict[str, Any]:
    """The columns of a form. Raises Invalid, by the names of the draft."""
    check.one_of("source", draft.source, tuple(SOURCES))
    for ask in draft.asks:
        check.one_of("asks", ask, tuple(ASKS))
    if not 1 <= draft.answer_hours <= LONGEST_ANSWER:
        raise Invalid(
            "answer_hours", draft.answer_hours, f"is not between 1 and {LONGEST_ANSWER}", "24 is a good rule."
        )
    redirect_to = draft.redirect_to.strip()
    if redirect_to and not is_own(redirect_to, organization(session).own_hosts):
        remedy = "Name the host among your own ones first, or leave this empty."
        raise Invalid("redirect_to", redirect_to[:80], "is not an address on a host of your own", remedy)
    return {
        "name": _needed("name", draft.name),
        "title": _needed("title", draft.title),
        "intro": check.note("intro", draft.intro),
        "asks": [ask for ask in ASKS if ask in draft.asks],
        "interests": _interests(draft.interests),
        "consents": _consents(draft.consents),
        "source": draft.source,
        "thanks": check.note("thanks", draft.thanks),
        "redirect_to": redirect_to,
        "answer_hours": draft.answer_hours,
    }


def _needed(field: str, value: str) -> str:
    plain = check.line(field, value)
    if not plain:
        raise Invalid(field, "", "is missing", "Give it one.")
    return plain


def _interests(given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(filter(None, (check.line("interests", one, longest=100) for one in given))))
    if len(found) > MOST_INTERESTS:
        raise Invalid("interests", "", f"are more than {MOST_INTERESTS}", "Fewer are answered more often.")
    return found


def _consents(given: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    found = {}
    for channel, wording in given:
        check.one_of("channel", channel, CHANNELS)
        words = check.note("consents", wording)
        if words:
            found[channel] = {"channel": channel, "wording": words}
    return list(found.values())
