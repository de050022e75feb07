"""Writing mail templates, and mails from them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Invalid
from donors.core.settings import organization
from donors.mail.decide import PURPOSES
from donors.mail.language import LINK, UNSUBSCRIBE, Filled, as_letter, fill, names_in, parse
from donors.mail.models import MailTemplate, Policy
from donors.mail.queries import mail_template
from donors.mail.values import Offered, offered, values_of

PLAIN, LETTER, OWN = "plain", "letter", "own"
LOOKS = {PLAIN: "Plain text alone", LETTER: "A plain letter, made from the text", OWN: "HTML of your own"}
POLICIES = {
    "at_least_once": "Sent again when nobody knows whether it arrived",
    "at_most_once": "Rather lost than sent twice",
}
LONGEST = 100_000
WITH_LINK = frozenset({"ask", "news", "thanks"})
"""Purposes of mails that offer a way to get no more of them."""
FOOT = f"\n\n--\nIf you would rather not get mail like this: {LINK}\n"
HTML_FOOT = f'<p><small>If you would rather not get mail like this: <a href="{LINK}">unsubscribe</a>.</small></p>'


@dataclass(frozen=True)
class Draft:
    """A template as it was typed. Texts are in the language of donors/mail/language.py."""

    name: str
    subject: str
    text_body: str
    look: str = PLAIN
    html_body: str = ""
    purpose: str = "news"
    policy: str = "at_least_once"


@dataclass(frozen=True)
class Rendered:
    """A mail for one constituent. With `missing` fields (their labels by name) it must not leave."""

    subject: str
    text: str
    html: str
    missing: Mapping[str, str]
    policy: Policy = "at_least_once"

    @property
    def trouble(self) -> str:
        """What is missing, as a sentence; empty when nothing is."""
        if not self.missing:
            return ""
        name = next(iter(self.missing))
        labels = ", ".join(self.missing.values())
        return f"Not known of this constituent: {labels}. Fill it in, or give other words: {{{name}, or: …}}."


def add_template(session: Session, draft: Draft, *, within: ChangeSet) -> MailTemplate:
    """Adds a template. Raises Invalid."""
    clean = checked(session, draft)
    _refuse_double(session, clean.name, None)
    return insert(session, MailTemplate(**_columns(clean)), within=within)


def change_template(
    session: Session, template_id: int, draft: Draft, *, within: ChangeSet, expect: int | None = None
) -> MailTemplate:
    """Changes a template; mails that were written from it stay as they are. Raises NotFound, Invalid, Conflict."""
    row, clean = mail_template(session, template_id), checked(session, draft)
    _refuse_double(session, clean.name, row.id)
    amend(session, row, within=within, expect=expect, **_columns(clean))
    return row


def switch_template(session: Session, template_id: int, *, active: bool, within: ChangeSet) -> MailTemplate:
    """Offers a template to new steps of plans, or no longer. Raises NotFound."""
    row = mail_template(session, template_id)
    amend(session, row, within=within, is_active=active)
    return row


def render(session: Session, written: Draft | MailTemplate, constituent_id: int, *, on: date) -> Rendered:
    """The mail that a template makes for a constituent on a day. Raises Invalid where the template cannot be read."""
    parts = {name: parse(getattr(written, name), field=name) for name in ("subject", "text_body", "html_body")}
    names = {name for pieces in parts.values() for name in names_in(pieces)}
    values = values_of(session, constituent_id, names, here=organization(session), on=on)
    subject, text = fill(parts["subject"], values), fill(parts["text_body"], values)
    shown = [subject, text]
    body = text.text + ("" if UNSUBSCRIBE in names_in(parts["text_body"]) or _bare(written) else FOOT)
    html = as_letter(body) if written.look == LETTER else ""
    if written.look == OWN:
        own = fill(parts["html_body"], values, in_html=True)
        shown.append(own)
        html = own.text + ("" if UNSUBSCRIBE in names_in(parts["html_body"]) or _bare(written) else HTML_FOOT)
    labels = offered(session) if any(one.missing for one in shown) else {}
    policy: Policy = "at_most_once" if written.policy == "at_most_once" else "at_least_once"
    return Rendered(" ".join(subject.text.split()), body, html, _missing(shown, labels), policy)


def _bare(written: Draft | MailTemplate) -> bool:
    return written.purpose not in WITH_LINK


def _missing(shown: list[Filled], labels: Mapping[str, Offered]) -> dict[str, str]:
    names = dict.fromkeys(name for one in shown for name in one.missing)
    return {name: labels[name].label if name in labels else name for name in names}


def _columns(draft: Draft) -> dict[str, str]:
    return {field.name: getattr(draft, field.name) for field in fields(draft)}


def checked(session: Session, draft: Draft) -> Draft:
    """The draft without stray spaces and line ends. Raises Invalid where no mail could be made of it."""
    name, subject = " ".join(draft.name.split()), " ".join(draft.subject.split())
    clean = Draft(name, subject, _lines(draft.text_body), draft.look, _lines(draft.html_body), *_codes(draft))
    for field, value in (("name", name), ("subject", subject), ("text_body", clean.text_body.strip())):
        if not value:
            raise Invalid(field, "", "is empty", "Write something: a mail always has plain text.")
    if draft.look not in LOOKS:
        raise Invalid("look", draft.look, "is not a look", "Choose one of the list.")
    if draft.look == OWN and not clean.html_body.strip():
        raise Invalid("html_body", "", "is empty", "Write it, or let it be made from the text.")
    known = offered(session)
    for field in ("subject", "text_body", "html_body"):
        _check_text(field, getattr(clean, field), known)
    return clean


def _codes(draft: Draft) -> tuple[str, str]:
    for field, value, known in (("purpose", draft.purpose, PURPOSES), ("policy", draft.policy, POLICIES)):
        if value not in known:
            raise Invalid(field, value, "is not one of the list", "Choose one of the list.")
    return draft.purpose, draft.policy


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip("\n")


ACTIVE = ("<script", "javascript:", "<iframe", "<form", "<object", "<embed")
"""What mail programs throw out, or warn of."""


def _check_text(field: str, text: str, known: Mapping[str, Offered]) -> None:
    if len(text) > LONGEST:
        raise Invalid(field, "", f"is longer than {LONGEST:,} characters", "Make it shorter.")
    for name in names_in(parse(text, field=field)):
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise Invalid(field, f"{{{name}}}", "is not a field", _instead(near))
    if field == "subject" and UNSUBSCRIBE in names_in(parse(text, field=field)):
        raise Invalid(field, LINK, "does not belong into a subject", "Put it into the text.")
    bad = next((word for word in ACTIVE if word in text.lower()), None) if field == "html_body" else None
    if bad:
        raise Invalid(field, bad, "has no place in a mail", "Take it out: mail programs throw it away.")


def _instead(near: list[str]) -> str:
    return f"Did you mean {{{near[0]}}}?" if near else "The fields stand beside the text."


def _refuse_double(session: Session, name: str, own: int | None) -> None:
    taken = session.scalar(select(MailTemplate.id).where(MailTemplate.name == name))
    if taken not in (None, own):
        raise Invalid("name", name, "is the name of another template", "Choose another name.")
