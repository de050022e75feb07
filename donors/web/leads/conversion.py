"""The page of a conversion: what it offers for each lead, what was chosen on it, and what that asks to be made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g

from donors.constituents.duplicates import Duplicate
from donors.constituents.models import HOUSEHOLD, ORGANIZATION, Constituent
from donors.constituents.queries import homes
from donors.constituents.records import NewConstituent
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.money import parse_money
from donors.core.search_text import search_text
from donors.leads.models import Lead
from donors.leads.newcomer import (
    alike,
    at_home,
    is_same_organization,
    likely,
    meant,
    newcomer,
    organization_of,
)
from donors.leads.queue import LeadRow
from donors.leads.same_address import shared
from donors.pipeline.asks.decide import Terms
from donors.web.choose import Choice, by_id, choice
from donors.web.forms import number
from donors.web.session import viewer
from donors.workflows.converting.look import called
from donors.workflows.converting.wanted import Affiliation, Called, Conversion, Home, Member, Onward

NEW, OTHER, AS = "new", "other", "as-"
Sent = Mapping[str, str]


@dataclass(frozen=True)
class Offer:
    """A lead on the page: who it would become, who may be that already, and what is chosen for it.

    `who` is a constituent's id, `new`, `other` (whom the finder holds) or `as-7`: the same as lead 7.
    """

    row: LeadRow
    new: NewConstituent
    likely: tuple[Duplicate, ...]
    who: str
    other: Choice
    ruled_out: bool
    about: Constituent | None

    @property
    def id(self) -> int:
        """The lead's id."""
        return self.row.lead.id

    @property
    def shown(self) -> str:
        """The likely duplicates, as the form sends them back."""
        return ",".join(str(one.id) for one in self.likely)

    @property
    def chosen_id(self) -> int | None:
        """The constituent that is chosen, if one in the file is."""
        return self.other.id if self.who == OTHER else number(self.who)


@dataclass(frozen=True)
class Body:
    """The organization on the page: its name, those that may be it already, and what is chosen.

    `apart` are the names of others that the leads name, which are tied later.
    """

    name: str
    likely: tuple[Duplicate, ...]
    chosen: str
    other: Choice
    ruled_out: bool
    apart: tuple[str, ...]

    @property
    def shown(self) -> str:
        """Those that may be it, as the form sends them back."""
        return ",".join(str(one.id) for one in self.likely)


@dataclass(frozen=True)
class House:
    """The household on the page: those of likely constituents (id, name), and what is chosen."""

    offered: tuple[tuple[int, str], ...]
    chosen: str
    other: Choice


def offers(session: Session, rows: Sequence[LeadRow], sent: Sent) -> list[Offer]:
    """What stands on the page for each lead."""
    made: list[Offer] = []
    for row in rows:
        new = called(newcomer([row.lead]), _called(row.lead.id, sent))
        found = (
            () if row.lead.constituent_id is not None else tuple(alike(session, [row.lead], new, sees=viewer().sees))
        )
        about = None if row.lead.constituent_id is None else by_id(session, str(row.lead.constituent_id))
        key = row.lead.id
        made.append(
            Offer(
                row,
                new,
                found,
                sent.get(f"who-{key}") or _first_choice(row, found, made),
                choice(session, sent, f"other-{key}"),
                bool(sent.get(f"none-{key}")),
                about,
            )
        )
    return made


def _first_choice(row: LeadRow, found: Sequence[Duplicate], before: Sequence[Offer]) -> str:
    lead = row.lead
    if lead.constituent_id is not None:
        return str(lead.constituent_id)
    for other in (one.row for one in before if not one.who.startswith(AS)):
        named_so = lead.search_text and search_text(row.name) == search_text(other.name)
        if named_so or ((_is_nameless(lead) or _is_nameless(other.lead)) and shared(lead, other.lead)):
            return f"{AS}{other.lead.id}"
    return "" if found else NEW


def _is_nameless(lead: Lead) -> bool:
    return not (lead.given_name or lead.family_name or lead.organization)


def _called(lead_id: int, sent: Sent) -> Called | None:
    if f"given-{lead_id}" not in sent:
        return None
    title, given, family = (sent.get(f"{part}-{lead_id}", "").strip()[:200] for part in ("title", "given", "family"))
    return Called(title, given, family)


def house(session: Session, made: Sequence[Offer], sent: Sent) -> House:
    """Households to choose: those of whoever may be meant, and of whoever has the same telephone or address."""
    found: dict[int, str] = {}
    known = {key for offer in made for key in (*(each.id for each in offer.likely), offer.chosen_id) if key}
    for one in known | at_home(session, [offer.row.lead for offer in made], sees=viewer().sees):
        for here in homes(session, one, sees=viewer().sees):
            if here.stay.to_on is None:
                found[here.household.id] = here.household.name
    return House(
        tuple(sorted(found.items())), sent.get("home", ""), choice(session, sent, "home_other", kind=HOUSEHOLD)
    )


def body(session: Session, made: Sequence[Offer], sent: Sent) -> Body:
    """The organization that the leads name, with those that may be it."""
    names = list(filter(None, (organization_of(offer.row.lead) for offer in made)))
    persons = any(offer.new.kind != ORGANIZATION for offer in made)
    name = sent.get("body_name", next(iter(names), "") if persons else "").strip()[:200]
    its_name = meant(names, name)
    apart = tuple(dict.fromkeys(one for one in names if not is_same_organization(one, its_name)))
    found = tuple(likely(session, NewConstituent(kind=ORGANIZATION, name=name), sees=viewer().sees)) if name else ()
    usual = "" if not name else NEW if not found else str(found[0].id)
    chosen = sent.get("body", usual)
    return Body(
        name, found, chosen, choice(session, sent, "body_other", kind=ORGANIZATION), bool(sent.get("body_none")), apart
    )


def conversion(made: Sequence[Offer], at: House, of: Body, sent: Sent) -> Conversion:
    """What the page asks to be made. Raises Invalid, naming what is still to be chosen."""
    return Conversion(_members(made, sent), _home(at), _affiliation(of, sent), _onward(sent))


def _members(made: Sequence[Offer], sent: Sent) -> tuple[Member, ...]:
    same = {offer.id: number(offer.who.removeprefix(AS)) for offer in made if offer.who.startswith(AS)}
    heads = [offer for offer in made if offer.id not in same]
    if not heads or set(same.values()) - {offer.id for offer in heads}:
        raise Invalid("who it is", "", "goes round in a circle", "Say of one of them who it is.")
    return tuple(
        Member(
            (offer.id, *(other.id for other in made if same.get(other.id) == offer.id)),
            _chosen(offer),
            _named(offer),
            _ids(sent.get(f"shown-{offer.id}", "")) if offer.ruled_out else frozenset(),
        )
        for offer in heads
    )


def _named(offer: Offer) -> Called | None:
    """The name as it stands on the page; none where it is empty, for then another lead of the same may say it."""
    called = Called(offer.new.title, offer.new.given_name, offer.new.family_name)
    return called if called.given_name or called.family_name else None


def _chosen(offer: Offer) -> int | None:
    if offer.who == NEW:
        return None
    if offer.chosen_id is None:
        raise Invalid(offer.row.name, "", "is not decided yet", offer.other.problem if offer.other.said else "Choose.")
    return offer.chosen_id


def _home(at: House) -> Home | None:
    if at.chosen in ("", NEW):
        return Home() if at.chosen else None
    found = at.other.id if at.chosen == OTHER else number(at.chosen)
    if found is None:
        raise Invalid("household", at.other.typed, "is not found", at.other.problem)
    return Home(found)


def _affiliation(of: Body, sent: Sent) -> Affiliation | None:
    if not of.chosen:
        return None
    kind, role = sent.get("body_kind", "employer"), sent.get("body_role", "")[:200]
    if of.chosen == NEW:
        looked_at = _ids(sent.get("body_shown", "")) if of.ruled_out else frozenset()
        return Affiliation(None, of.name, kind, role, looked_at)
    found = of.other.id if of.chosen == OTHER else number(of.chosen)
    if found is None:
        raise Invalid("organization", of.other.typed, "is not found", of.other.problem)
    return Affiliation(found, kind=kind, role=role)


def _onward(sent: Sent) -> Onward | None:
    if not sent.get("onward") or not viewer().may("pipeline.write"):
        return None
    pipeline, _, stage = sent.get("stage", "").partition("/")
    amount = sent.get("amount", "").strip()
    ask = Terms(
        amount=parse_money(amount, g.currency, field="amount") if amount else None,
        purpose=sent.get("purpose", "")[:300],
        ask_on=_day(sent.get("ask_on", "")),
    )
    return Onward(
        number(pipeline) or 0,
        number(stage),
        number(sent.get("officer", "")) or None,
        who="organization" if sent.get("of") == ORGANIZATION else "member",
        ask=ask if amount or ask.purpose or ask.ask_on else None,
        claim=sent.get("claim", "")[:300],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("ask on", text, "is not a day", "Write it like 2026-07-31.") from error


def _ids(text: str) -> frozenset[int]:
    return frozenset(one for one in map(number, text.split(",")) if one is not None)
