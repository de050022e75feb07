"""Who was there when a move was made, beside the constituent: others of the records, colleagues, names."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, insert_many, remove
from donors.core.errors import Invalid, NotFound
from donors.pipeline.models import Move, Presence
from donors.pipeline.queries.sieve import seen

MOST = 30
"""People at one move; more came to an event, which has a list of guests of its own."""


@dataclass(frozen=True)
class Present:
    """Somebody who was there: exactly one of a constituent, a user, or a name."""

    constituent_id: int | None = None
    user_id: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Guest:
    """The same with the words that the viewer may read: `somebody` for a constituent whom they may not see."""

    present: Present
    words: str
    is_seen: bool = True


def set_present(session: Session, move: Move, people: Iterable[Present], *, within: ChangeSet) -> None:
    """Makes these the people who were there, each once, without the constituent of the move.

    Raises Invalid (too many), NotFound (constituent, user).
    """
    wanted = _wanted(move, people)
    kept = {_of(row): row for row in session.scalars(select(Presence).where(Presence.move_id == move.id))}
    for present, row in kept.items():
        if present not in wanted:
            remove(session, row, within=within)
    fresh = [present for present in wanted if present not in kept]
    for present in fresh:
        _check(session, present)
    rows = [
        Presence(move_id=move.id, constituent_id=one.constituent_id, user_id=one.user_id, name=one.name)
        for one in fresh
    ]
    insert_many(session, rows, within=within)


def guests(session: Session, move_ids: Collection[int], *, sees: Sight) -> dict[int, list[Guest]]:
    """Move id → who was there, in the order in which they were named. The moves are those that the viewer may read."""
    visible = select(Constituent.id, Constituent.name).where(*seen(sees)).subquery("visible")
    found = (
        select(Presence, visible.c.name, User.name)
        .outerjoin(visible, visible.c.id == Presence.constituent_id)
        .outerjoin(User, User.id == Presence.user_id)
        .where(Presence.move_id.in_(move_ids))
        .order_by(Presence.id)
    )
    told: dict[int, list[Guest]] = {}
    for row, constituent, user in session.execute(found):
        words = constituent or user or row.name
        told.setdefault(row.move_id, []).append(Guest(_of(row), words or "somebody", bool(words)))
    return told


def _wanted(move: Move, people: Iterable[Present]) -> list[Present]:
    named = (Present(one.constituent_id, one.user_id, " ".join(one.name.split())) for one in people)
    whole = (one for one in named if one.constituent_id or one.user_id or one.name)
    wanted = list(dict.fromkeys(one for one in whole if one.constituent_id != move.constituent_id))
    if len(wanted) > MOST:
        raise Invalid("present", len(wanted), "is more than a move has people", f"Name at most {MOST}.")
    return wanted


def _of(row: Presence) -> Present:
    return Present(row.constituent_id, row.user_id, row.name)


def _check(session: Session, present: Present) -> None:
    if present.constituent_id is not None:
        row = session.get(Constituent, present.constituent_id)
        if row is None or row.deleted_at is not None:
            raise NotFound("constituent", present.constituent_id)
    if present.user_id is not None and session.get(User, present.user_id) is None:
        raise NotFound("user", present.user_id)
