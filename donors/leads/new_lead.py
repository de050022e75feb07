"""What is told of somebody who may be worth a first look: a frozen record, checked as a whole before it is written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from donors.constituents import check
from donors.constituents.consent import CHANNELS
from donors.constituents.decide import sort_name, spaced
from donors.core.errors import Invalid
from donors.core.search_text import search_text
from donors.leads.models import SOURCES

MOST_INTERESTS = 30
LAST_DIGITS = 9
"""So many last digits of two phones are the same where the phones are, with and without the code of the country."""
LINES = ("title", "given_name", "family_name", "organization", "street", "city", "region", "introduced_by")
LONGEST_KEY = 200
TEXTS = (
    "title",
    "given_name",
    "family_name",
    "organization",
    "email",
    "phone",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "message",
    "source_note",
    "introduced_by",
)
"""What senders and staff write about a lead in words of their own, by the names of its columns."""


@dataclass(frozen=True)
class Agreed:
    """What was said about a channel, in the words that were shown."""

    channel: str
    wording: str
    granted: bool = True


@dataclass(frozen=True)
class NewLead:
    """A lead as it arrives. One of a name, an organization, an e-mail and a phone is enough; so is `constituent_id`.

    `key` is unique where the sender names one. Without `owner_id` it goes by the rota, unless `by_rota` is false: then
    it is nobody's. Without `answer_hours` no clock runs. `source` is a key of SOURCES.
    """

    source: str
    title: str = ""
    given_name: str = ""
    family_name: str = ""
    organization: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    interests: tuple[str, ...] = ()
    message: str = ""
    source_note: str = ""
    introducer_id: int | None = None
    introduced_by: str = ""
    form_id: int | None = None
    key: str | None = None
    owner_id: int | None = None
    by_rota: bool = True
    answer_hours: int | None = None
    constituent_id: int | None = None
    reason: str = ""
    consents: tuple[Agreed, ...] = ()


def checked(new: NewLead) -> NewLead:
    """The record as it is stored: clean text, a sound e-mail, phone and country. Raises Invalid."""
    check.one_of("source", new.source, tuple(SOURCES))
    lines: dict[str, Any] = {name: check.line(name.replace("_", " "), getattr(new, name)) for name in LINES}
    clean = replace(
        new,
        **lines,
        email=check.email(new.email) if new.email.strip() else "",
        phone=check.phone(new.phone) if new.phone.strip() else "",
        postal_code=check.line("postal code", new.postal_code, longest=20).upper(),
        country=check.country(new.country),
        interests=_interests(new.interests),
        message=check.note("message", new.message),
        source_note=check.line("source note", new.source_note),
        reason=check.line("reason", new.reason),
        key=check.line("key", new.key, longest=LONGEST_KEY) or None if new.key else None,
        consents=_consents(new.consents),
    )
    known = (clean.given_name, clean.family_name, clean.organization, clean.email, clean.phone)
    if clean.constituent_id is None and not any(known):
        raise Invalid("name", "", "is missing", "Give a name, an organization, an e-mail or a phone.")
    return clean


def derived(clean: NewLead) -> dict[str, str]:
    """The columns that follow from a checked record: by what it is sorted, searched and compared."""
    whole = spaced(clean.given_name, clean.family_name) or clean.organization or clean.email or clean.phone
    return {
        "sort_name": sort_name(family=clean.family_name, given=clean.given_name, middle="", whole=whole),
        "search_text": search_text(
            spaced(clean.given_name, clean.family_name, clean.organization, clean.email, clean.phone)
        ),
        "email_key": check.folded_email(clean.email),
        "phone_key": check.phone_digits(clean.phone)[-LAST_DIGITS:],
    }


def _interests(given: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(filter(None, (check.line("interests", one, longest=100) for one in given))))
    if len(found) > MOST_INTERESTS:
        raise Invalid("interests", "", f"are more than {MOST_INTERESTS}", "Choose fewer.")
    return found


def _consents(given: Iterable[Agreed]) -> tuple[Agreed, ...]:
    """The last word on each channel."""
    last: dict[str, Agreed] = {}
    for one in given:
        check.one_of("channel", one.channel, CHANNELS)
        last[one.channel] = replace(one, wording=check.note("wording", one.wording))
    return tuple(last.values())
