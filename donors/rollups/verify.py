"""Comparing stored figures with the facts. It mends nothing: a difference is a fault to be looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from donors.rollups.compile import figures
from donors.rollups.everybody import waits_with_everybody
from donors.rollups.extent import Extent, Form, Scope
from donors.rollups.keep import compute
from donors.rollups.marks import waiting
from donors.rollups.models import Dirty, RollupFault, owner_value, rollup_value, slot_column
from donors.rollups.pools import day_binds
from donors.rollups.queries import definitions, wanted_on
from donors.rollups.refresh import CHUNK, last_of_part
from donors.rollups.targets import OF_MANY, Target


@dataclass(frozen=True)
class Verified:
    """What a part of a verification found. `next_after` is where to go on; none: this was the last part."""

    next_after: int | None
    checked: int
    faults: int


def verify(session: Session, *, on: date, at: datetime, after: int = 0, limit: int = CHUNK) -> Verified:
    """Compares the next constituents above the id `after` with their facts and keeps each difference as a row.

    Who waits to be refreshed is no fault, and is left out. The first part (after 0) forgets the faults of earlier
    verifications, and looks at funds, campaigns and portfolios too.
    """
    of_owners = _verify_owners(session, on=on, at=at) if after == 0 else 0
    high = last_of_part(session, after=after, limit=limit)
    if high is None:
        return Verified(None, 0, of_owners)
    faults = [
        fault | {"found_at": at, "verified_on": on}
        for form in (Form.SUMMED, Form.HOUSEHOLD)
        for fault in _differences(session, form, on=on, after=after, high=high)
    ]
    if faults:
        session.execute(insert(RollupFault), faults)
    return Verified(high, limit, of_owners + len(faults))


def _verify_owners(session: Session, *, on: date, at: datetime) -> int:
    """Compares the figures of all funds, campaigns and portfolios that do not wait; returns how many differ."""
    session.execute(delete(RollupFault))
    waits, found = waiting(session).owners, {"found_at": at, "verified_on": on}
    faults: list[dict[str, Any]] = []
    for target in OF_MANY:
        some = waits.get(target, frozenset())
        if some is not None:
            faults += (found | fault for fault in _owner_differences(session, target, on=on, but=some))
    if faults:
        session.execute(insert(RollupFault), faults)
    return len(faults)


def _owner_differences(session: Session, target: Target, *, on: date, but: frozenset[int]) -> Iterator[dict[str, Any]]:
    kept = select(owner_value).where(owner_value.c.target == target.value)
    stored: dict[int, Mapping[Any, Any]] = {row.owner_id: row._mapping for row in session.execute(kept)}
    for row in compute(session, target, on=on):
        there = stored.get(row["owner_id"], {})
        for one in definitions(session, target) if row["owner_id"] not in but else ():
            name = slot_column(one.slot)
            if row[name] != there.get(name):
                values = {"key": one.key, "stored": there.get(name), "computed": row[name]}
                yield {"target": target.value, "owner_id": row["owner_id"], **values}


def _differences(session: Session, form: Form, *, on: date, after: int, high: int) -> list[dict[str, Any]]:
    asked = wanted_on(session, on=on)
    if not asked.definitions:
        return []
    facts = figures(asked, Extent(form, Scope.RANGE)).subquery("facts")
    pairs = [(one.key, facts.c[one.key], rollup_value.c[slot_column(one.slot)]) for one in asked.definitions]
    stored = [column.label(f"stored {key}") for key, _, column in pairs]
    differing = (
        select(facts, *stored)
        .outerjoin(rollup_value, rollup_value.c.constituent_id == facts.c.constituent_id)
        .where(or_(*(fact.is_distinct_from(column) for _, fact, column in pairs)))
        .where(~exists().where(Dirty.constituent_id == facts.c.constituent_id))
        .where(~waits_with_everybody(facts.c.constituent_id))
    )
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal) | {"low": after, "high": high}
    rows = [row._mapping for row in session.execute(differing, binds)]
    return [
        {
            "constituent_id": row["constituent_id"],
            "key": key,
            "stored": row[f"stored {key}"],
            "computed": row[key],
        }
        for row in rows
        for key, _, _ in pairs
        if row[key] != row[f"stored {key}"]
    ]
