"""The definitions that come with the product."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert_many
from donors.rollups.define import columns_of, free_slot, taken_slots
from donors.rollups.definition import Definition, Source
from donors.rollups.models import RollupDefinition
from donors.rollups.standard_of_many import standard_of_many
from donors.rollups.standard_sets import (
    EITHER,
    EVERY_CREDIT,
    GIFTS,
    MOVES,
    SHIFTS,
    SPARE_GIFTS,
    SPARE_MOVES,
    SPARE_SHIFTS,
)

FIRST_SLOTS = (
    "last_365_days_total",
    "lifetime_total",
    "last_gift_on",
    "largest_gift",
    "soft_lifetime_total",
    "volunteer_minutes",
    "this_fiscal_year_total",
    "gift_count",
)
"""What lists sort by most: these lie in the indexed slots."""
RECOGNIZED = "Of gifts of others for which they are recognized."
SPARE = {Source.HARD: SPARE_GIFTS, Source.CREDIT: EITHER, Source.SHIFTS: SPARE_SHIFTS, Source.MOVES: SPARE_MOVES}


def standard() -> tuple[Definition, ...]:
    """The standard definitions of constituents, with their slots, in the order in which pages list them."""
    lines = list(_lines())
    order = sorted(lines, key=lambda line: FIRST_SLOTS.index(line.key) if line.key in FIRST_SLOTS else len(FIRST_SLOTS))
    slots = {line.key: slot for slot, line in enumerate(order, start=1)}
    return tuple(replace(line, slot=slots[line.key]) for line in lines)


def spare() -> tuple[Definition, ...]:
    """Those that come switched off: they need a pass of their own over the rows, or all anew every night."""
    return tuple(line.of(source) for source, lines in SPARE.items() for line in lines)


def _lines() -> Iterator[Definition]:
    for line in (*EVERY_CREDIT, *GIFTS):
        yield line.of(Source.HARD)
    for line in EVERY_CREDIT:
        own = line.of(Source.SOFT)
        label, words = f"Soft credit: {own.label[0].lower()}{own.label[1:]}", f"{own.description} {RECOGNIZED}"
        yield replace(own, key=f"soft_{own.key}", label=label, description=words)
    for line in SHIFTS:
        yield line.of(Source.SHIFTS)
    for line in MOVES:
        yield line.of(Source.MOVES)


def install_standard(session: Session, *, within: ChangeSet) -> int:
    """Adds the standard definitions that are missing; returns how many. What is there stays as it is."""
    own = install(session, (*standard(), *standard_of_many()), within=within)
    return own + install(session, spare(), within=within, active=False)


def install(session: Session, definitions: Iterable[Definition], *, within: ChangeSet, active: bool = True) -> int:
    """Adds the definitions whose keys are not there yet, each in its slot or, if that is taken, in a free one."""
    known = set(session.scalars(select(RollupDefinition.key)))
    missing = [one for one in definitions if one.key not in known]
    last = session.scalar(select(func.max(RollupDefinition.position))) or 0
    taken, rows = taken_slots(session), []
    for position, one in enumerate(missing, start=last + 1):
        slot = free_slot(taken, one.target.owner, wish=one.slot)
        taken.add(slot)
        columns = columns_of(one) | {"key": one.key, "slot": slot, "position": position, "is_active": active}
        rows.append(RollupDefinition(**columns))
    insert_many(session, rows, within=within)
    return len(rows)
