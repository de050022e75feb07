"""What was typed into the public form, read and checked: all that is wrong at once, each at its field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from donors.accounts.secret import digest
from donors.core.errors import Invalid
from donors.leads.form_lines import LONGEST, lines_of
from donors.leads.forms import mark_of
from donors.leads.models import LeadForm
from donors.leads.new_lead import Agreed, NewLead, checked

TRAP = "website"
"""A field that people do not see. Whoever fills it in is a machine."""
NAMES = {"e-mail": "email", "name": "family_name", "interests": "interest"}
"""Names of errors → fields, where they differ by more than a blank."""
CHANGED = "The words of a consent have changed since this page was made. Read them, and tick what you agree to."


@dataclass(frozen=True)
class Asked:
    """What was typed, the lead in it (none where something is wrong), and what is wrong: field → words."""

    values: Mapping[str, str]
    interests: tuple[str, ...]
    agreed: tuple[str, ...]
    problems: Mapping[str, str]
    new: NewLead | None


def read(form: LeadForm, given: MultiDict[str, str], day: str) -> Asked:
    """Reads what was sent to a form on a day."""
    names = [line.name for line in lines_of(form)] + [name for name in form.asks if name == "message"]
    values = {name: given.get(name, "") for name in names}
    interests = tuple(one for one in form.interests if one in given.getlist("interest"))
    ticked, problem = _consents(form, given.getlist("consent"))
    problems = {"consent": problem} if problem else {}
    problems |= {name: _too_long(name) for name, text in values.items() if len(text) > LONGEST[name]}
    texts: dict[str, Any] = {name: text for name, text in values.items() if name not in problems}
    new = NewLead(
        form.source,
        **texts,
        interests=interests,
        form_id=form.id,
        answer_hours=form.answer_hours,
        consents=tuple(Agreed(one["channel"], one["wording"]) for one in ticked),
    )
    new = replace(new, key=key_of(form, new, day))
    sound = _sound(new, problems)
    agreed = tuple(one["channel"] for one in ticked)
    return Asked(values, interests, agreed, problems, None if problems else sound)


def key_of(form: LeadForm, new: NewLead, day: str) -> str:
    """The same words on the same day are the same lead."""
    return f"form/{form.id}/{day}/{digest(repr(replace(new, key=None)))}"


def _sound(new: NewLead, problems: dict[str, str]) -> NewLead:
    """Takes what is wrong out, one by one, until nothing is, and names it."""
    if not new.email.strip() and not new.phone.strip():
        problems.setdefault("email", "Give an e-mail address, so that we can answer.")
    if not new.given_name.strip() and not new.family_name.strip():
        problems.setdefault("family_name", "Give your name.")
    here = replace(new, organization=new.organization or "?")  # a missing name is told above
    while True:
        try:
            checked(here)
        except Invalid as error:
            name = NAMES.get(error.field, error.field.replace(" ", "_"))
            problems.setdefault(name, f"{error.problem[:1].upper()}{error.problem[1:]}. {error.remedy}".strip())
            if not hasattr(here, name):
                return new
            emptied: dict[str, Any] = {name: ""}
            here = replace(here, **emptied)
        else:
            return new


def _too_long(name: str) -> str:
    return f"This is longer than {LONGEST[name]:,} characters. Shorten it."


def _consents(form: LeadForm, ticked: list[str]) -> tuple[list[dict[str, str]], str]:
    """The consents that were ticked, as the form words them; and a problem when other words were shown."""
    offered = {f"{one['channel']}-{mark_of(one['wording'])}": one for one in form.consents}
    found = [offered[one] for one in dict.fromkeys(ticked) if one in offered]
    return found, "" if set(ticked) <= set(offered) else CHANGED
