"""Absences of users: reading them, noting and removing them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from donors.accounts.decide import LONGEST, Away
from donors.accounts.models import Absence, User
from donors.core.changes import ChangeSet, insert, remove
from donors.core.errors import Invalid, NotFound


@dataclass(frozen=True)
class AbsenceDraft:
    """An absence as somebody enters it; both days are included."""

    user_id: int
    from_on: date
    to_on: date
    stand_in_id: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class AbsenceLine:
    """An absence in a list, with the names of both."""

    absence: Absence
    user: str
    stand_in: str | None


def add_absence(session: Session, draft: AbsenceDraft, *, within: ChangeSet) -> Absence:
    """Notes an absence. Raises Invalid: the end before the beginning, too long, over another one, no such stand-in."""
    if draft.to_on < draft.from_on:
        raise Invalid("to_on", draft.to_on, "is before the first day", "Enter the last day away.")
    if (draft.to_on - draft.from_on).days >= LONGEST:
        raise Invalid("to_on", draft.to_on, f"is more than {LONGEST} days after the first", "Hand the portfolio over.")
    # Two absences of one user that are noted at once wait for one another here.
    if session.get(User, draft.user_id, with_for_update=True) is None:
        raise NotFound("user", draft.user_id)
    other = session.scalar(
        select(Absence).where(
            Absence.user_id == draft.user_id, Absence.from_on <= draft.to_on, Absence.to_on >= draft.from_on
        )
    )
    if other is not None:
        days = f"from {other.from_on} to {other.to_on} there is an absence already"
        raise Invalid("from_on", draft.from_on, days, "Remove that one, or choose other days.")
    _check_stand_in(session, draft)
    row = Absence(
        user_id=draft.user_id,
        from_on=draft.from_on,
        to_on=draft.to_on,
        stand_in_id=draft.stand_in_id,
        reason=draft.reason.strip(),
    )
    return insert(session, row, within=within)


def _check_stand_in(session: Session, draft: AbsenceDraft) -> None:
    if draft.stand_in_id is None:
        return
    found = session.get(User, draft.stand_in_id)
    if found is None or not found.active:
        raise Invalid("stand_in", "", "is no active user", "Choose somebody else.")
    if found.id == draft.user_id:
        raise Invalid("stand_in", found.name, "is who is away", "Choose somebody else.")


def remove_absence(session: Session, absence_id: int, *, within: ChangeSet, user_id: int | None = None) -> Absence:
    """Takes an absence back; with `user_id` only one of that user. Raises NotFound."""
    found = session.get(Absence, absence_id)
    if found is None or user_id not in (None, found.user_id):
        raise NotFound("absence", absence_id)
    remove(session, found, within=within)
    return found


def absences(session: Session, *, since: date, user_id: int | None = None) -> list[AbsenceLine]:
    """Absences that end on a day or later, the first at the top; of one user or of all."""
    stand_in = aliased(User)
    found = (
        select(Absence, User.name, stand_in.name)
        .join(User, User.id == Absence.user_id)
        .outerjoin(stand_in, stand_in.id == Absence.stand_in_id)
        .where(Absence.to_on >= since)
        .order_by(Absence.from_on, Absence.id)
    )
    if user_id is not None:
        found = found.where(Absence.user_id == user_id)
    return [AbsenceLine(*row) for row in session.execute(found)]


def away(session: Session, *, since: date) -> dict[int, list[Away]]:
    """User id → absences that end on a day or later, in order: what `decide.doer` reads."""
    found: dict[int, list[Away]] = {}
    columns = (Absence.user_id, Absence.from_on, Absence.to_on, Absence.stand_in_id)
    for row in session.execute(select(*columns).where(Absence.to_on >= since).order_by(Absence.from_on)):
        found.setdefault(row.user_id, []).append(Away(*row))
    return found


def stood_in_for(known: dict[int, list[Away]], user_id: int, *, on: date) -> Collection[int]:
    """Users for whom a user is named as stand-in on a day."""
    return {
        each.user_id for spans in known.values() for each in spans if each.holds(on) and each.stand_in_id == user_id
    }
