"""Who lives with whom, from when to when.

Past stays are kept: gifts of those days count for the household of those days.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from donors.constituents import check
from donors.constituents.decide import CHILD, HEAD, MEMBER, ROLES, Named, household_name, sort_name
from donors.constituents.models import HOUSEHOLD, PERSON, Constituent, HouseholdMembership
from donors.constituents.restraint import refuse_frozen, refuse_frozen_id
from donors.constituents.spans import Span, overlap, spoken
from donors.constituents.words import rewrite_words
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid
from donors.core.search_text import search_text

UNNAMED = "Household"
"""The name of a household without members, until somebody joins."""


def join(
    session: Session, home: Constituent, person: Constituent, *, span: Span, role: str = MEMBER, within: ChangeSet
) -> HouseholdMembership:
    """Makes a person a member of a household for a span of days. Raises Invalid, also when they live elsewhere then."""
    session.refresh(person, with_for_update={"key_share": True})  # of two who move a person the second sees the first
    _check_kinds(home, person)
    refuse_frozen(person)
    check.one_of("role", role, ROLES)
    if span.is_empty:
        raise Invalid("until", span.to_on, "is not after the first day", "Choose a later day.")
    for other in stays(session, person.id):
        if overlap(span, Span(other.from_on, other.to_on)):
            raise Invalid(
                "from",
                span.from_on,
                f"overlaps a stay {spoken(Span(other.from_on, other.to_on))}",
                "End that stay first; a person belongs to one household at a time.",
            )
    homes = [home] if follows(session, home) else []
    made = HouseholdMembership(
        household_id=home.id,
        constituent_id=person.id,
        role=role,
        from_on=span.from_on,
        to_on=span.to_on,
        recorded_at=within.at,
    )
    insert(session, made, within=within)
    rename(session, homes, within=within)
    return made


def leave(session: Session, stay: HouseholdMembership, *, on: date, within: ChangeSet) -> None:
    """Ends a stay: `on` is the first day on which the person no longer belongs to the household. Raises Invalid."""
    if stay.from_on is not None and on <= stay.from_on:
        raise Invalid("left on", on.isoformat(), "is not after the first day of the stay", "Choose a later day.")
    refuse_frozen_id(session, stay.constituent_id)
    home = session.get_one(Constituent, stay.household_id)
    homes = [home] if follows(session, home) else []
    amend(session, stay, within=within, to_on=on)
    rename(session, homes, within=within)


def move_house(
    session: Session, person: Constituent, *, to: Constituent, on: date, role: str = MEMBER, within: ChangeSet
) -> HouseholdMembership:
    """Ends the stay that runs on a day and begins another one. Earlier gifts stay with the old household."""
    for stay in stays(session, person.id):
        if Span(stay.from_on, stay.to_on).holds(on):
            leave(session, stay, on=on, within=within)
    return join(session, to, person, span=Span(on, None), role=role, within=within)


def stays(session: Session, person_id: int) -> Sequence[HouseholdMembership]:
    """All stays of a person, oldest first."""
    mine = select(HouseholdMembership).where(HouseholdMembership.constituent_id == person_id)
    return sorted(session.scalars(mine), key=lambda stay: (stay.from_on or date.min, stay.id))


def refuse_two_homes(session: Session, ids: Iterable[int], *, what: str) -> None:
    """Raises Blocked where one of some people would live in two households at once, with `what` is not done for it."""
    for one in sorted(ids):
        spans = [Span(stay.from_on, stay.to_on) for stay in stays(session, one)]
        if any(overlap(*both) for both in pairwise(spans)):
            who = session.get_one(Constituent, one).name
            raise Blocked(what, (f"{who} would live in two households; end a stay first.",))


def named_members(session: Session, household_id: int, *, seen: ColumnElement[bool]) -> list[Named]:
    """Those who belong to a household with no end in sight, as household names need them, in order of joining.

    `seen` is the condition on constituents who may be named.
    """
    statement = (
        select(HouseholdMembership.role, Constituent)
        .join(Constituent, Constituent.id == HouseholdMembership.constituent_id)
        .where(HouseholdMembership.household_id == household_id, HouseholdMembership.to_on.is_(None))
        .where(Constituent.deleted_at.is_(None), Constituent.erased_on.is_(None), seen)
        .order_by(HouseholdMembership.id)
    )
    return [named(person, role=role) for role, person in session.execute(statement)]


def _nameable(session: Session, home: Constituent) -> list[Named]:
    """The members whose names a household may bear: a name is read by more people than a confidential member is."""
    seen = true() if home.confidential else Constituent.confidential.is_(False)
    return named_members(session, home.id, seen=seen)


def named(person: Constituent, *, role: str = MEMBER) -> Named:
    """The parts of a stored name."""
    return Named(
        title=person.title,
        given=person.given_name,
        family=person.family_name,
        suffix=person.suffix,
        nickname=person.nickname,
        whole=person.name,
        role=role,
        is_deceased=person.is_deceased,
    )


def following(session: Session, person_id: int) -> list[Constituent]:
    """The households of a person whose names are composed from their members, not chosen by hand; of a household,
    itself.
    """
    mine = select(HouseholdMembership.household_id).where(
        HouseholdMembership.constituent_id == person_id, HouseholdMembership.to_on.is_(None)
    )
    own = (Constituent.id == person_id) & (Constituent.kind == HOUSEHOLD)
    homes = session.scalars(select(Constituent).where(Constituent.id.in_(mine) | own)).all()
    return [home for home in homes if follows(session, home)]


def follows(session: Session, home: Constituent) -> bool:
    """Whether a household's name is the one that its members give it."""
    return home.name in {UNNAMED, household_name(_nameable(session, home))}


def rename(session: Session, homes: Iterable[Constituent], *, within: ChangeSet) -> None:
    """Gives households the names that their members give them now. An empty one keeps its name, one of members who
    may not be named loses it.
    """
    for home in homes:
        name = household_name(_nameable(session, home)) or _without_names(session, home)
        if name and name != home.name:
            sorting = sort_name(family="", given="", middle="", whole=name)
            amend(session, home, within=within, name=name, sort_name=sorting, search_text=search_text(name))
            rewrite_words(session, [home.id])


def _without_names(session: Session, home: Constituent) -> str:
    return UNNAMED if named_members(session, home.id, seen=true()) else ""


def hand_on_head(session: Session, person: Constituent, *, within: ChangeSet) -> None:
    """Somebody who died is head no longer: the oldest partner or member in the household becomes it."""
    led = select(HouseholdMembership).where(
        HouseholdMembership.constituent_id == person.id,
        HouseholdMembership.role == HEAD,
        HouseholdMembership.to_on.is_(None),
    )
    for stay in session.scalars(led).all():
        heir = _heir(session, stay)
        if heir is not None:
            amend(session, heir, within=within, role=HEAD)
            amend(session, stay, within=within, role=MEMBER)


def _heir(session: Session, stay: HouseholdMembership) -> HouseholdMembership | None:
    others = (
        select(HouseholdMembership)
        .join(Constituent, Constituent.id == HouseholdMembership.constituent_id)
        .where(HouseholdMembership.household_id == stay.household_id, HouseholdMembership.id != stay.id)
        .where(HouseholdMembership.to_on.is_(None), HouseholdMembership.role != CHILD)
        .where(Constituent.is_deceased.is_(False), Constituent.deleted_at.is_(None), Constituent.erased_on.is_(None))
    )
    found = sorted(session.scalars(others), key=lambda one: (ROLES.index(one.role), one.id))
    return found[0] if found else None


def _check_kinds(home: Constituent, person: Constituent) -> None:
    if home.kind != HOUSEHOLD:
        raise Invalid("household", home.name, f"is a {home.kind}", "Choose a household.")
    if person.kind != PERSON:
        raise Invalid("member", person.name, f"is a {person.kind}", "Only persons belong to households.")
    for one in (home, person):
        if one.deleted_at is not None:
            raise Invalid("household", one.name, "was deleted", "Restore it first.")
