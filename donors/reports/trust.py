"""Trust: whether the figures may be published: what waits to be refreshed, and what the last verification found."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.queries import is_visible
from donors.rollups.dirty import count_dirty
from donors.rollups.marks import count_marks
from donors.rollups.models import Dirty, Everybody, RollupFault, rollup_value
from donors.rollups.owners import CONSTITUENTS, OWNERS, Owners
from donors.rollups.targets import OF_MANY, Target


@dataclass(frozen=True)
class Trust:
    """`waiting` constituents are being refreshed, the longest since `waiting_since`, and `marks` say that funds,
    campaigns and portfolios are; `faults` stored figures differed from the facts; `oldest_on` is the day for which the
    oldest stored figures were computed."""

    waiting: int
    waiting_since: datetime | None
    faults: int
    faults_on: date | None
    oldest_on: date | None
    newest_on: date | None
    marks: int = 0


@dataclass(frozen=True)
class Fault:
    """A stored figure of a constituent, a fund, a campaign or a portfolio that differed from the facts."""

    target: Target
    owner_id: int
    name: str
    key: str
    stored: int | None
    computed: int | None
    found_at: datetime


def trust(session: Session) -> Trust:
    """How far the stored figures may be trusted now."""
    counted, on = session.execute(select(func.count(), func.max(RollupFault.verified_on))).one()
    days = select(func.min(rollup_value.c.computed_on), func.max(rollup_value.c.computed_on))
    oldest, newest = session.execute(days).one()
    since = [session.scalar(select(func.min(table.since))) for table in (Dirty, Everybody)]
    first = min((one for one in since if one is not None), default=None)
    return Trust(count_dirty(session), first, counted, on, oldest, newest, count_marks(session))


def faults(session: Session, *, sees: Sight, limit: int = 100) -> list[Fault]:
    """The faults of the last verification: those of funds, campaigns and portfolios, then by constituent."""
    found = [fault for target in OF_MANY for fault in _faults(session, OWNERS[target], RollupFault.owner_id, limit)]
    people = _faults(session, CONSTITUENTS, RollupFault.constituent_id, limit, is_visible(sees))
    return [*found, *people][:limit]


def _faults(session: Session, owners: Owners, owner_id: Any, limit: int, *seen: Any) -> list[Fault]:
    rows = session.execute(
        select(RollupFault, owners.id, owners.name)
        .join(owners.table, owners.id == owner_id)
        .where(RollupFault.target == owners.target.value, *seen)
        .order_by(owner_id, RollupFault.id)
        .limit(limit)
    )
    return [Fault(owners.target, id_, name, row.key, row.stored, row.computed, row.found_at) for row, id_, name in rows]


def faults_by_key(session: Session) -> dict[str, int]:
    """How many faults each rollup has."""
    return {
        key: count for key, count in session.execute(select(RollupFault.key, func.count()).group_by(RollupFault.key))
    }
