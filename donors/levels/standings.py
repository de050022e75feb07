"""Writing standings, many in a few statements: ending them with their before-images, and beginning new ones."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from donors.constituents.models import HouseholdMembership
from donors.core.bulk import table_of
from donors.core.changes import ChangeSet, JournalEntry
from donors.giving.models import Credit
from donors.levels.models import Standing
from donors.rollups.rows import within_stay

STANDING = table_of(Standing)
BEFORE = {"to_on": None, "ended_by": None}
"""What a standing was before it ended."""
BROUGHT = ("gift", "import")
"""Causes that name the gift that brought a level."""

_JOURNAL = insert(table_of(JournalEntry))
_BEGIN = insert(STANDING)
_END = (
    update(STANDING)
    .where(STANDING.c.id == bindparam("standing"))
    .values(to_on=bindparam("on", type_=Date), ended_by=bindparam("by"), version=STANDING.c.version + 1)
)


def last_change(constituent_id: Any, track_id: int) -> ScalarSelect[Any]:
    """The day of somebody's last change on a track: one that is recorded later is never dated before it."""
    kept = STANDING.alias().c
    newest = select(func.max(func.coalesce(kept.to_on, kept.from_on)))
    return newest.where(kept.constituent_id == constituent_id, kept.track_id == track_id).scalar_subquery()


def end_standings(session: Session, ended: Sequence[dict[str, Any]], *, within: ChangeSet) -> None:
    """Ends standings that nobody else can write now: `standing` (the id), its `version`, the day `on`, `by` a cause."""
    if not ended:
        return
    entry = {"change_set_id": within.id, "table_name": STANDING.name, "act": "update", "before": BEFORE}
    session.execute(_JOURNAL, [entry | {"row_id": one["standing"], "version": one["version"]} for one in ended])
    session.connection().execute(_END, [{name: one[name] for name in ("standing", "on", "by")} for one in ended])
    for one in ended:
        held = session.identity_map.get(identity_key(Standing, one["standing"]))
        if held is not None:
            session.expire(held)


def begin_standings(session: Session, begun: Sequence[dict[str, Any]]) -> None:
    """Begins standings given as columns."""
    if begun:
        session.execute(_BEGIN, begun)


def gifts_behind(session: Session, ids: Sequence[int], *, change_set_id: int) -> dict[int, int]:
    """For constituents the newest gift of a change set that counts for them, or for a member of a household."""
    found = session.execute(_NEWEST, {"ids": ids, "change": change_set_id})
    newest: dict[int, int] = {}
    for constituent_id, gift_id in found:
        newest[constituent_id] = max(gift_id, newest.get(constituent_id, 0))
    return newest


def gift_behind(constituent_id: Any, change_set_id: int) -> ColumnElement[int | None]:
    """The same as a column, beside a constituent."""
    ways = (_own(Credit.constituent_id == constituent_id), _members(HouseholdMembership.household_id == constituent_id))
    newest = (way.with_only_columns(func.max(Credit.gift_id)).params(change=change_set_id) for way in ways)
    own, of_members = (way.scalar_subquery() for way in newest)
    return case((func.coalesce(own, literal(0)) > func.coalesce(of_members, literal(0)), own), else_=of_members)


def _own(which: Any) -> Any:
    return select(Credit.constituent_id, Credit.gift_id).where(which, _FROM)


def _members(which: Any) -> Any:
    stay = HouseholdMembership
    joined = and_(Credit.constituent_id == stay.constituent_id, within_stay(Credit.given_on))
    return select(stay.household_id, Credit.gift_id).select_from(stay).join(Credit, joined).where(which, _FROM)


_FROM = Credit.created_in + literal(0) == bindparam("change")  # a sum: what is sought is the person, not the change set
_SOME: Any = bindparam("ids", expanding=True)
_NEWEST = _own(Credit.constituent_id.in_(_SOME)).union_all(_members(HouseholdMembership.household_id.in_(_SOME)))
