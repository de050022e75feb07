"""The rota: each lead goes to whoever has waited longest for one; who is away or may not sign in is passed over.

A turn is an entry of a lead with the words of `BY_ROTA`. Whoever comes back from an absence has the next lead, and no
more than that one before all the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.absences import away
from donors.accounts.models import User
from donors.accounts.permissions import carries
from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Invalid
from donors.leads.models import LeadEntry, RotaPlace

BY_ROTA = "by rota"
"""Why a lead went to its owner, where the rota said so."""


@dataclass(frozen=True)
class Turn:
    """Somebody who can take a lead. `last` rises with each turn that anybody had; 0: never had one."""

    user_id: int
    position: int
    last: int = 0


class Round:
    """Those who can take leads today; `take` says whose turn it is, and it is somebody else's then."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._waiting = [turn.user_id for turn in sorted(turns, key=lambda turn: (turn.last, turn.position))]

    def take(self, *, other_than: int | None = None) -> int | None:
        """The user whose turn it is; none when nobody is there."""
        found = next((each for each in self._waiting if each != other_than), None)
        if found is not None:
            self._waiting.remove(found)
            self._waiting.append(found)
        return found


def round_on(session: Session, *, on: date) -> Round:
    """The round of a day. Two who ask at once wait for one another until the end of the transaction."""
    places = session.scalars(select(RotaPlace.user_id).order_by(RotaPlace.position).with_for_update()).all()
    return round_of(session, places, on=on)


def round_of(session: Session, user_ids: Sequence[int], *, on: date, why: str = BY_ROTA) -> Round:
    """The round of those among these users who are there on a day; turns are entries with these words."""
    here = _here(session, user_ids, on=on)
    last = _last_turns(session, sorted(here), why)
    numbered = enumerate(user_ids, start=1)
    return Round([Turn(user_id, place, last.get(user_id, 0)) for place, user_id in numbered if user_id in here])


def _here(session: Session, ids: Sequence[int], *, on: date) -> set[int]:
    if not ids:
        return set()
    gone = {user_id for user_id, spans in away(session, since=on).items() if any(span.holds(on) for span in spans)}
    users = session.execute(select(User.id, User.role).where(User.id.in_(ids), User.deactivated_at.is_(None)))
    return {user.id for user in users if carries(user.role, "leads.write")} - gone


def _last_turns(session: Session, ids: Sequence[int], why: str) -> dict[int, int]:
    """User → id of the entry of the last turn."""
    of_user = (
        select(func.max(LeadEntry.id))
        .where(LeadEntry.owner_id == User.id, LeadEntry.why == why)
        .correlate(User)
        .scalar_subquery()
    )
    found = session.execute(select(User.id, of_user).where(User.id.in_(ids)))
    return {user_id: last for user_id, last in found if last is not None}


@dataclass(frozen=True)
class Place:
    """Somebody who may answer leads: their place on the rota (0: none), and until when they are away (none: here)."""

    user_id: int
    name: str
    position: int
    away_until: date | None


def rota(session: Session, *, on: date) -> list[Place]:
    """All who may answer leads, those on the rota first and in its order, and who of them is away on a day."""
    placed = {row.user_id: row.position for row in session.execute(select(RotaPlace.user_id, RotaPlace.position))}
    gone = away(session, since=on)
    users = session.execute(select(User.id, User.name, User.role).where(User.deactivated_at.is_(None)))
    until = {user_id: span.to_on for user_id, spans in gone.items() for span in spans if span.holds(on)}
    found = [
        Place(user.id, user.name, placed.get(user.id, 0), until.get(user.id))
        for user in users
        if carries(user.role, "leads.write")
    ]
    return sorted(found, key=lambda place: (place.position == 0, place.position, place.name))


def set_rota(session: Session, user_ids: Sequence[int], *, within: ChangeSet) -> None:
    """Puts these users on the rota, in this order, and takes all others off it. Raises Invalid, field `user`."""
    wanted = list(dict.fromkeys(user_ids))
    for user_id in wanted:
        _check(session, user_id)
    places = session.scalars(select(RotaPlace).order_by(RotaPlace.position).with_for_update()).all()
    known = {place.user_id: place for place in places}
    for user_id in known.keys() - set(wanted):
        remove(session, known[user_id], within=within)
    for position, user_id in enumerate(wanted, start=1):
        if user_id in known:
            amend(session, known[user_id], within=within, position=position)
        else:
            insert(session, RotaPlace(user_id=user_id, position=position), within=within)


def _check(session: Session, user_id: int) -> None:
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise Invalid("user", "", "is no active user", "Choose somebody else.")
    if not carries(user.role, "leads.write"):
        raise Invalid("user", user.name, "may not answer leads", "Choose an officer, a director or an administrator.")
