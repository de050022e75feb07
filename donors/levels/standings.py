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
from donors.core.changes import ChangeSet, JournalEntry, plain
from donors.giving.models import Credit
from donors.levels.models import Standing
from donors.rollups.rows import within_stay

STANDING = table_of(Standing)
BEFORE = {"to_on": None, "ended_by": None, "ended_rule_version": None}
"""What a standing was before it ended."""
NOTED = ("falls_on", "falls_to_id", "ruling_id")
"""What is noted on a standing while it lasts."""
BROUGHT = ("gift", "import")
"""Causes that name the gift that brought a level."""

_JOURNAL = insert(table_of(JournalEntry))
_BEGIN = insert(STANDING)
_END = (
    update(STANDING)
    .where(STANDING.c.id == bindparam("standing"))
    .values(
        to_on=bindparam("on", type_=Date),
        ended_by=bindparam("by"),
        ended_rule_version=bindparam("rules"),
        version=STANDING.c.version + 1,
    )
)
_NOTE = (
    update(STANDING)
    .where(STANDING.c.id == bindparam("standing"))
    .values(**{name: bindparam(f"to_{name}", type_=STANDING.c[name].type) for name in NOTED})
    .values(version=STANDING.c.version + 1)
)


def last_change(constituent_id: Any, track_id: int) -> ScalarSelect[Any]:
    """The day of somebody's last change on a track: one that is recorded later is never dated before it."""
    kept = STANDING.alias().c
    newest = select(func.max(func.coalesce(kept.to_on, kept.from_on)))
    of_track = kept.track_id + literal(0) == track_id  # a sum: what is sought in an index is the constituent
    return newest.where(kept.constituent_id == constituent_id, of_track).scalar_subquery()


def end_standings(session: Session, ended: Sequence[dict[str, Any]], *, within: ChangeSet) -> None:
    """Ends standings that nobody else can write now.

    Each is `standing` (the id), its `version`, the day `on`, the cause `by`, and `rules`, the version that ended it.
    """
    if not ended:
        return
    _keep_images(session, [one | {"before": BEFORE} for one in ended], within)
    names = ("standing", "on", "by", "rules")
    session.connection().execute(_END, [{name: one[name] for name in names} for one in ended])
    _forget(session, ended)


def note(session: Session, noted: Sequence[dict[str, Any]], *, within: ChangeSet) -> None:
    """Notes on standings when they fall, or what holds them: `standing`, `version`, `was` and `now` of `NOTED`."""
    if not noted:
        return
    _keep_images(session, [one | {"before": _differing(one["was"], one["now"])} for one in noted], within)
    values = [{"standing": one["standing"]} | {f"to_{name}": one["now"][name] for name in NOTED} for one in noted]
    session.connection().execute(_NOTE, values)
    _forget(session, noted)


def _differing(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(was[name]) for name in NOTED if was[name] != now[name]}


def _keep_images(session: Session, changing: Sequence[dict[str, Any]], within: ChangeSet) -> None:
    entry = {"change_set_id": within.id, "table_name": STANDING.name, "act": "update"}
    images = [
        entry | {"row_id": one["standing"], "version": one["version"], "before": one["before"]} for one in changing
    ]
    session.execute(_JOURNAL, images)


def _forget(session: Session, changed: Sequence[dict[str, Any]]) -> None:
    for one in changed:
        held = session.identity_map.get(identity_key(Standing, one["standing"]))
        if held is not None:
            session.expire(held)


def forget_falls(session: Session, track_id: int, *, within: ChangeSet) -> None:
    """Takes away what was noted on open standings of a track about falling: its rules know no such day any more."""
    here = STANDING.c
    waiting = select(here.id, here.version, *(here[name] for name in NOTED))
    rows = session.execute(waiting.where(here.track_id == track_id, here.falls_on.is_not(None), here.to_on.is_(None)))
    noted = [{"standing": row.id, "version": row.version, "was": {n: row._mapping[n] for n in NOTED}} for row in rows]
    note(session, [one | {"now": one["was"] | {"falls_on": None, "falls_to_id": None}} for one in noted], within=within)


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
