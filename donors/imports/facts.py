"""What a sound row of a file says: frozen facts, with nothing looked up yet."""

from datetime import date, datetime
from typing import NamedTuple

from donors.constituents.check import folded_email
from donors.constituents.models import ORGANIZATION, PERSON
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber, Sound
from donors.core.search_text import search_text
from donors.imports.ratings import ToldRating
from donors.leads.new_lead import NewLead

NOBODY = frozenset({"anonymous", "anon", "unknown", "unknown donor", "anonymous donor", "n/a"})


class Giver(NamedTuple):
    """Who a row is about, as the file says it. Empty in every field: nobody knows.

    `born_on` is a day as 1961-04-03.
    """

    external_id: str = ""
    name: str = ""
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
    born_on: str = ""
    suffix: str = ""

    @property
    def called(self) -> str:
        """The name, whole; an organization's where no person is named."""
        return self.name or f"{self.given_name} {self.family_name}".strip() or self.organization

    @property
    def shown(self) -> str:
        """The best word for them."""
        return self.called or self.email or self.external_id

    @property
    def initial(self) -> str:
        """The first letter of a person's given name, folded; empty where none is known."""
        return search_text(self.given_name or self.name)[:1]

    @property
    def generation(self) -> tuple[str, str]:
        """What tells a son from his father of the same name."""
        return (self.born_on, self.suffix)

    @property
    def sign(self) -> tuple[str, ...]:
        """What two rows of one file have in common when they are about the same."""
        if self.external_id:
            return ("id", self.external_id)
        if self.email:
            return ("email", folded_email(self.email), self.initial, *self.generation)
        if self.postal_code and self.called:
            return ("place", search_text(self.called), self.postal_code.upper(), *self.generation)
        return tuple(self)


UNKNOWN = Giver()
OF_PEOPLE = ("born_on", "suffix")
"""What a file of people says of a giver, and a file of gifts does not."""


def newcomer(giver: Giver, source: str) -> NewConstituent:
    """The constituent that a giver becomes: named by the key, and flagged, where the file has no name."""
    organization = bool(giver.organization) and not (giver.name or giver.given_name or giver.family_name)
    place = Address(giver.street, giver.city, giver.region, giver.postal_code, giver.country)
    return NewConstituent(
        kind=ORGANIZATION if organization else PERSON,
        name=giver.organization if organization else giver.name if giver.called else giver.shown,
        given_name=giver.given_name,
        family_name=giver.family_name,
        suffix=giver.suffix,
        born_on=date.fromisoformat(giver.born_on) if giver.born_on else None,
        named_by_key=not giver.called,
        emails=(Email(giver.email),) if giver.email else (),
        phones=(PhoneNumber(giver.phone),) if giver.phone else (),
        addresses=(place,) if place != Address() else (),
        external_ids=((source, giver.external_id),) if giver.external_id else (),
    )


class GiftFacts(NamedTuple):
    """A gift. `amount` is in minor units of `currency`."""

    giver: Giver
    external_id: str
    amount: int
    currency: str
    rate: str | None
    received_on: date
    received_at: datetime | None
    campaign: str
    appeal: str
    fund: str
    method: str
    hides_name: bool
    note: str
    soft_credit_key: str


class ShiftFacts(NamedTuple):
    """A shift, in minutes."""

    giver: Giver
    external_id: str
    worked_on: date
    minutes: int
    activity: str
    note: str


class PersonFacts(NamedTuple):
    """A constituent: who it is, the record that it becomes, and how it is rated."""

    giver: Giver
    external_id: str
    record: Sound
    ratings: tuple[ToldRating, ...] = ()


class LeadFacts(NamedTuple):
    """A lead. Nobody in the file is meant until it is converted; `introducer_key` is the id of who brought them."""

    giver: Giver
    external_id: str
    new: NewLead
    introducer_key: str
    received_on: date | None


Facts = GiftFacts | ShiftFacts | PersonFacts | LeadFacts
