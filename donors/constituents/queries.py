"""Reading about constituents: who they are, how to reach them, whom they belong with. `sees` is the viewer's sight."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight, rows
from donors.constituents.decide import Salutations, household_salutations, salutations
from donors.constituents.household import named, named_members
from donors.constituents.models import (
    HOUSEHOLD,
    PERSON,
    Alias,
    Consent,
    Constituent,
    EmailAddress,
    ExternalId,
    HouseholdMembership,
    Phone,
    PostalAddress,
    Relationship,
)
from donors.core.changes import ChangeSet
from donors.core.errors import NotFound

COLUMNS = Constituent.__table__.c


@dataclass(frozen=True)
class ContactPoints:
    """All contact points of a constituent: active ones first, primary before others, then by age."""

    emails: tuple[EmailAddress, ...]
    phones: tuple[Phone, ...]
    addresses: tuple[PostalAddress, ...]


@dataclass(frozen=True)
class Member:
    """A person in a household, with the stay."""

    person: Constituent
    stay: HouseholdMembership


@dataclass(frozen=True)
class Home:
    """A household of a person, with the stay."""

    household: Constituent
    stay: HouseholdMembership


@dataclass(frozen=True)
class Tied:
    """Somebody on the other side of a relationship; `kind` says what `other` is to the constituent asked about."""

    other: Constituent
    kind: str
    tie: Relationship


@dataclass(frozen=True)
class Joined:
    """A record that was merged into another one: its id and name, and the act that did it."""

    id: int
    name: str
    change_set_id: int
    at: datetime


@dataclass(frozen=True)
class Reached:
    """The primary contact points of a constituent, for lists. Empty where there are none."""

    email: str = ""
    phone: str = ""
    city: str = ""
    region: str = ""


def is_visible(sees: Sight) -> ColumnElement[bool]:
    """The condition on constituents that the viewer may see; deleted ones are not told apart here."""
    return rows(sees, confidential=COLUMNS.confidential, constituent_id=COLUMNS.id)


def is_listed(sees: Sight) -> ColumnElement[bool]:
    """The condition on constituents that stand in lists: not deleted, and visible."""
    return and_(Constituent.deleted_at.is_(None), is_visible(sees))


def current_id(session: Session, constituent_id: int) -> int:
    """The id that a constituent has now: itself, or the one that it was merged into."""
    newer = session.scalar(select(Alias.constituent_id).where(Alias.old_id == constituent_id))
    return constituent_id if newer is None else newer


def joined(session: Session, constituent_id: int) -> list[Joined]:
    """The records that were merged into a constituent, the latest first."""
    merged = (
        select(Constituent.id, Constituent.name, ChangeSet.id, ChangeSet.at)
        .join(Alias, Alias.old_id == Constituent.id)
        .join(ChangeSet, ChangeSet.id == Alias.created_in)
        .where(Alias.constituent_id == constituent_id)
    )
    return [Joined(*row) for row in session.execute(merged.order_by(Alias.id.desc()))]


def constituent(session: Session, constituent_id: int, *, sees: Sight, deleted: bool = False) -> Constituent:
    """The constituent of an id, old ids included. Raises NotFound, also for those that the viewer may not see.

    `deleted` also takes those that were removed.
    """
    statement = select(Constituent).where(Constituent.id == current_id(session, constituent_id), is_visible(sees))
    if not deleted:
        statement = statement.where(Constituent.deleted_at.is_(None))
    found = session.scalar(statement)
    if found is None:
        raise NotFound("constituent", constituent_id)
    return found


def constituents(session: Session, ids: Iterable[int], *, sees: Sight) -> dict[int, Constituent]:
    """Those of some ids that the viewer may see, by id; deleted ones are left out."""
    statement = select(Constituent).where(Constituent.id.in_(set(ids)), is_listed(sees))
    return {row.id: row for row in session.scalars(statement)}


def ids_of_external(session: Session, source: str, values: Sequence[str]) -> dict[str, int]:
    """External id → constituent id, for one source: what imports match by. Deleted constituents are included."""
    found: dict[str, int] = {}
    for start in range(0, len(values), 500):
        chunk = values[start : start + 500]
        statement = select(ExternalId.value, ExternalId.constituent_id).where(
            ExternalId.source == source, ExternalId.value.in_(chunk)
        )
        found.update({value: key for value, key in session.execute(statement)})
    return found


def external_ids(session: Session, constituent_id: int) -> Sequence[ExternalId]:
    """All external ids of a constituent, oldest first."""
    statement = select(ExternalId).where(ExternalId.constituent_id == constituent_id)
    return session.scalars(statement.order_by(ExternalId.id)).all()


def unknown_giver_id(session: Session) -> int | None:
    """The id of the one constituent that stands for unknown givers, if there is one yet."""
    return session.scalar(select(Constituent.id).where(Constituent.is_unknown_giver))


def contact_points(session: Session, constituent_id: int) -> ContactPoints:
    """How a constituent can be reached, and could be once."""
    return ContactPoints(
        emails=tuple(_points(session, EmailAddress, constituent_id)),
        phones=tuple(_points(session, Phone, constituent_id)),
        addresses=tuple(_points(session, PostalAddress, constituent_id)),
    )


def _points(session: Session, model: Any, constituent_id: int) -> Sequence[Any]:
    statement = select(model).where(model.constituent_id == constituent_id)
    return session.scalars(statement.order_by(model.is_active.desc(), model.is_primary.desc(), model.id)).all()


def reached(session: Session, ids: Sequence[int]) -> Mapping[int, Reached]:
    """The primary contact points of some constituents, in three statements for all of them."""
    emails = dict(_primaries(session, EmailAddress, EmailAddress.address, ids))
    phones = dict(_primaries(session, Phone, Phone.number, ids))
    cities = dict(_primaries(session, PostalAddress, PostalAddress.city, ids))
    regions = dict(_primaries(session, PostalAddress, PostalAddress.region, ids))
    return {
        key: Reached(emails.get(key, ""), phones.get(key, ""), cities.get(key, ""), regions.get(key, "")) for key in ids
    }


def _primaries(session: Session, model: Any, column: Any, ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    statement = select(model.constituent_id, column).where(model.constituent_id.in_(ids), model.is_primary)
    return [(key, value) for key, value in session.execute(statement)]


def consents(session: Session, constituent_id: int) -> Sequence[Consent]:
    """All that was said about channels, newest first."""
    statement = select(Consent).where(Consent.constituent_id == constituent_id)
    return session.scalars(statement.order_by(Consent.id.desc())).all()


def consents_now(session: Session, constituent_id: int, *, on: date) -> dict[str, Consent]:
    """Channel → the word that rules on a day: the newest row given by then."""
    newest: dict[str, Consent] = {}
    for row in consents(session, constituent_id):
        if row.given_on <= on:
            newest.setdefault(row.channel, row)
    return newest


def members(session: Session, household_id: int, *, on: date, sees: Sight) -> list[Member]:
    """Who belongs to a household on a day, in order of joining."""
    statement = _stays().where(HouseholdMembership.household_id == household_id, _runs(on), is_listed(sees))
    return [Member(person, stay) for stay, person in session.execute(statement)]


def past_members(session: Session, household_id: int, *, on: date, sees: Sight) -> list[Member]:
    """Who belonged to a household once and does not on a day."""
    statement = _stays().where(HouseholdMembership.household_id == household_id, is_listed(sees))
    return [Member(person, stay) for stay, person in session.execute(statement.where(HouseholdMembership.to_on <= on))]


def _stays() -> Any:
    return (
        select(HouseholdMembership, Constituent)
        .join(Constituent, Constituent.id == HouseholdMembership.constituent_id)
        .order_by(HouseholdMembership.id)
    )


def homes(session: Session, person_id: int, *, sees: Sight) -> list[Home]:
    """All households of a person, the newest stay first."""
    statement = (
        select(HouseholdMembership, Constituent)
        .join(Constituent, Constituent.id == HouseholdMembership.household_id)
        .where(HouseholdMembership.constituent_id == person_id, is_listed(sees))
    )
    found = [Home(home, stay) for stay, home in session.execute(statement)]
    return sorted(found, key=lambda one: (one.stay.from_on or date.min, one.stay.id), reverse=True)


def home(session: Session, person_id: int, *, on: date, sees: Sight) -> Home | None:
    """The household to which a person belongs on a day."""
    return next(
        (
            one
            for one in homes(session, person_id, sees=sees)
            if (one.stay.from_on or date.min) <= on < (one.stay.to_on or date.max)
        ),
        None,
    )


def households_of(session: Session, ids: Iterable[int]) -> set[int]:
    """The households to which these persons belong or belonged: whose figures follow when theirs change."""
    statement = select(HouseholdMembership.household_id).where(HouseholdMembership.constituent_id.in_(set(ids)))
    return set(session.scalars(statement))


def _runs(on: date) -> ColumnElement[bool]:
    return and_(
        or_(HouseholdMembership.from_on.is_(None), HouseholdMembership.from_on <= on),
        or_(HouseholdMembership.to_on.is_(None), HouseholdMembership.to_on > on),
    )


def relationships(session: Session, constituent_id: int, *, sees: Sight) -> list[Tied]:
    """All ties of a constituent, told from its side: what each other one is to it. Running ones first."""
    own = (
        select(Relationship, Constituent)
        .join(Constituent, Constituent.id == Relationship.constituent_id)
        .where(Relationship.other_id == constituent_id, is_listed(sees))
    )
    back = (
        select(Relationship, Constituent)
        .join(Constituent, Constituent.id == Relationship.other_id)
        .where(Relationship.constituent_id == constituent_id, is_listed(sees))
    )
    found = [Tied(other, tie.kind, tie) for tie, other in session.execute(own)]
    found += [Tied(other, tie.reverse, tie) for tie, other in session.execute(back)]
    return sorted(found, key=lambda one: (one.tie.to_on is not None, one.other.sort_name, one.tie.id))


def salutations_of(session: Session, row: Constituent, *, sees: Sight) -> Salutations:
    """How letters address a constituent: what was written by hand, else composed from names (and members seen)."""
    if row.kind == HOUSEHOLD:
        composed = household_salutations(named_members(session, row.id, seen=is_listed(sees)))
    elif row.kind == PERSON:
        composed = salutations(named(row))
    else:
        composed = Salutations(row.name, row.name, row.name)
    return Salutations(
        row.formal_salutation or composed.formal or row.name,
        row.informal_salutation or composed.informal or row.name,
        row.addressee or composed.addressee or row.name,
    )


def has_any(session: Session) -> bool:
    """Whether there is any constituent at all."""
    return session.scalar(select(Constituent.id).limit(1)) is not None
