"""What stands against an assignment without forbidding it: a full portfolio, an absence, a home in other hands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session, aliased

from donors.accounts.absences import away
from donors.accounts.models import Grant, User
from donors.accounts.permissions import carries
from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.bulk import among
from donors.core.settings import organization
from donors.pipeline.assign import PRIMARY, Charge
from donors.pipeline.models import Assignment
from donors.pipeline.portfolios.load import Load, limits_of, warned
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.waiting.decide import Speaker

NAMED = 5
"""Constituents who are named in a sentence; of more their number is told."""


@dataclass(frozen=True)
class Outcome:
    """What an assignment brings: the portfolios that change, and what to think over, each a sentence."""

    loads: tuple[Load, ...]
    cautions: tuple[str, ...]


def outcome(session: Session, ids: Sequence[int], charge: Charge, *, on: date) -> Outcome:
    """What it brings to put somebody in charge of some constituents. Reads in a fixed number of statements."""
    found = loads(session, dict.fromkeys(ids, charge.officer_id), charge.role, on=on)
    user = session.get_one(User, charge.officer_id)
    full = [warned(load, limits_of(organization(session))) for load in found]
    told = (*full, _absent(session, user, charge.from_on, on), _unseen(session, ids, user), *_kin(session, ids, charge))
    return Outcome(found, tuple(sentence for sentence in told if sentence))


def loads(session: Session, to: Mapping[int, int], role: str, *, on: date) -> tuple[Load, ...]:
    """The portfolios that change when constituents go to officers (id → officer), those that grow first."""
    held: dict[int, dict[int, set[str]]] = {}
    running = select(Assignment.constituent_id, Assignment.officer_id, Assignment.role).where(
        among(session, Assignment.constituent_id, sorted(to)), Assignment.to_on.is_(None)
    )
    for one, officer_id, kept in session.execute(running):
        held.setdefault(one, {}).setdefault(officer_id, set()).add(kept)
    change: dict[int, int] = {}
    for one, officer_id in to.items():
        now = held.get(one, {})
        change[officer_id] = change.get(officer_id, 0) + (officer_id not in now)
        for other, roles in now.items():
            if other != officer_id and role == PRIMARY and roles == {PRIMARY}:
                change[other] = change.get(other, 0) - 1
    return _told(session, change, on=on)


def _told(session: Session, change: Mapping[int, int], *, on: date) -> tuple[Load, ...]:
    known = sizes(session, on=on)
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(change)))}
    found = [Load(one, names[one], known.get(one, 0), known.get(one, 0) + by) for one, by in change.items()]
    return tuple(sorted(found, key=lambda load: (load.now - load.after, load.name)))


def _absent(session: Session, user: User, from_on: date, on: date) -> str:
    span = next((each for each in away(session, since=from_on).get(user.id, ()) if each.holds(from_on)), None)
    if span is None:
        return ""
    say = Speaker(organization(session), on)
    stand_in = session.get(User, span.stand_in_id) if span.stand_in_id is not None else None
    does = f"{stand_in.name} stands in." if stand_in is not None else "Nobody stands in."
    return f"{user.name} is away until {say.day(span.to_on)}. {does}"


def _unseen(session: Session, ids: Sequence[int], user: User) -> str:
    if carries(user.role, "confidential.read"):
        return ""
    granted = select(Grant.constituent_id).where(Grant.user_id == user.id)
    hidden = select(func.count(Constituent.id)).where(
        among(session, Constituent.id, ids), Constituent.confidential, Constituent.id.not_in(granted)
    )
    count = session.scalar(hidden) or 0
    who = "One of them is" if count == 1 else f"{count} of them are"
    return f"{who} confidential, and {user.name} has no grant to see them." if count else ""


def _kin(session: Session, ids: Sequence[int], charge: Charge) -> Sequence[str]:
    """Of whose home somebody is in other hands: sentences with names, or how many there are."""
    pairs = homes(session, ids)
    others = sorted({other for _, other in pairs} - set(ids))
    theirs = _primaries(session, others)
    found = sorted(
        {(one, theirs[other]) for one, other in pairs if theirs.get(other, charge.officer_id) != charge.officer_id}
    )
    if len(found) > NAMED:
        return (f"The homes of {len({one for one, _ in found})} of them have other officers.",)
    wanted = {one for one, _ in found}, {officer for _, officer in found}
    names = dict(session.execute(select(Constituent.id, Constituent.name).where(Constituent.id.in_(wanted[0]))).all())
    officers = dict(session.execute(select(User.id, User.name).where(User.id.in_(wanted[1]))).all())
    return [f"The home of {names[one]} has another officer: {officers[officer]}." for one, officer in found]


def _primaries(session: Session, ids: Sequence[int]) -> dict[int, int]:
    held = select(Assignment.constituent_id, Assignment.officer_id).where(
        among(session, Assignment.constituent_id, ids), Assignment.role == PRIMARY, Assignment.to_on.is_(None)
    )
    return {one: officer_id for one, officer_id in session.execute(held)}


def homes(session: Session, ids: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of constituents of one home now, the first of them one of these: people with their home, and each other."""
    stay, mate = HouseholdMembership, aliased(HouseholdMembership)
    up = select(stay.constituent_id, stay.household_id).where(
        among(session, stay.constituent_id, ids), stay.to_on.is_(None)
    )
    down = select(stay.household_id, stay.constituent_id).where(
        among(session, stay.household_id, ids), stay.to_on.is_(None)
    )
    across = (
        select(stay.constituent_id, mate.constituent_id)
        .join(mate, mate.household_id == stay.household_id)
        .where(among(session, stay.constituent_id, ids), stay.to_on.is_(None), mate.to_on.is_(None))
        .where(mate.constituent_id != stay.constituent_id)
    )
    return [(one, other) for one, other in session.execute(union_all(up, down, across))]
