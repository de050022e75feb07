"""Trust: whether the figures may be published: what waits to be refreshed, and what the last verification found."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.rollups.dirty import count_dirty
from donors.rollups.models import Dirty, Everybody, RollupFault, rollup_value


@dataclass(frozen=True)
class Trust:
    """`waiting` figures are being refreshed, the longest since `waiting_since`; `faults` stored figures differed from
    the facts; `oldest_on` is the day for which the oldest stored figures were computed."""

    waiting: int
    waiting_since: datetime | None
    faults: int
    faults_on: date | None
    oldest_on: date | None
    newest_on: date | None


@dataclass(frozen=True)
class Fault:
    """A stored figure that differed from the facts."""

    constituent_id: int
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
    return Trust(count_dirty(session), first, counted, on, oldest, newest)


def faults(session: Session, *, sees: Sight, limit: int = 100) -> list[Fault]:
    """The faults of the last verification, by constituent."""
    found = session.execute(
        select(RollupFault, Constituent.name)
        .join(Constituent, Constituent.id == RollupFault.constituent_id)
        .where(is_visible(sees))
        .order_by(RollupFault.constituent_id, RollupFault.id)
        .limit(limit)
    )
    return [Fault(row.constituent_id, name, row.key, row.stored, row.computed, row.found_at) for row, name in found]


def faults_by_key(session: Session) -> dict[str, int]:
    """How many faults each rollup has."""
    return {
        key: count for key, count in session.execute(select(RollupFault.key, func.count()).group_by(RollupFault.key))
    }
