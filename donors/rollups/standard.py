"""The definitions that come with the product."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert
from donors.rollups.define import columns_of, free_slot
from donors.rollups.definition import Definition, Operation, Returns, Source, ValueKind
from donors.rollups.frame import Frame, Span
from donors.rollups.models import RollupDefinition

THIS_YEAR, LAST_YEAR = Frame(Span.YEAR, 0), Frame(Span.YEAR, 1)
LAST_365 = Frame(Span.LAST_DAYS, 365)
MONEY, COUNT, DATE = ValueKind.MONEY, ValueKind.COUNT, ValueKind.DATE
YEAR, GIFT, MINUTES = ValueKind.YEAR, ValueKind.GIFT, ValueKind.MINUTES
NUMBER, AMOUNT, DAY, ROW = Returns.NUMBER, Returns.AMOUNT, Returns.DATE, Returns.ROW

Line = tuple[str, str, Operation, Returns, ValueKind, Frame]
ALL_TIME = Frame()
GIFTS: tuple[Line, ...] = (
    ("lifetime_total", "Lifetime total", Operation.TOTAL, NUMBER, MONEY, ALL_TIME),
    ("last_365_days_total", "Total, last 365 days", Operation.TOTAL, NUMBER, MONEY, LAST_365),
    ("last_gift_on", "Last gift on", Operation.LAST, DAY, DATE, ALL_TIME),
    ("largest_gift", "Largest gift", Operation.LARGEST, AMOUNT, MONEY, ALL_TIME),
    ("gift_count", "Number of gifts", Operation.COUNT, NUMBER, COUNT, ALL_TIME),
    ("average_gift", "Average gift", Operation.AVERAGE, NUMBER, MONEY, ALL_TIME),
    ("largest_gift_on", "Largest gift on", Operation.LARGEST, DAY, DATE, ALL_TIME),
    ("largest_gift_id", "Largest gift (id)", Operation.LARGEST, ROW, GIFT, ALL_TIME),
    ("smallest_gift", "Smallest gift", Operation.SMALLEST, AMOUNT, MONEY, ALL_TIME),
    ("smallest_gift_on", "Smallest gift on", Operation.SMALLEST, DAY, DATE, ALL_TIME),
    ("first_gift", "First gift", Operation.FIRST, AMOUNT, MONEY, ALL_TIME),
    ("first_gift_on", "First gift on", Operation.FIRST, DAY, DATE, ALL_TIME),
    ("first_gift_id", "First gift (id)", Operation.FIRST, ROW, GIFT, ALL_TIME),
    ("last_gift", "Last gift", Operation.LAST, AMOUNT, MONEY, ALL_TIME),
    ("last_gift_id", "Last gift (id)", Operation.LAST, ROW, GIFT, ALL_TIME),
    ("this_fiscal_year_total", "Total, this fiscal year", Operation.TOTAL, NUMBER, MONEY, THIS_YEAR),
    ("this_fiscal_year_count", "Gifts, this fiscal year", Operation.COUNT, NUMBER, COUNT, THIS_YEAR),
    ("last_fiscal_year_total", "Total, last fiscal year", Operation.TOTAL, NUMBER, MONEY, LAST_YEAR),
    ("last_fiscal_year_count", "Gifts, last fiscal year", Operation.COUNT, NUMBER, COUNT, LAST_YEAR),
    ("last_365_days_count", "Gifts, last 365 days", Operation.COUNT, NUMBER, COUNT, LAST_365),
    ("best_year", "Best fiscal year", Operation.BEST_YEAR, Returns.YEAR, YEAR, ALL_TIME),
    ("best_year_total", "Total of the best fiscal year", Operation.BEST_YEAR, AMOUNT, MONEY, ALL_TIME),
    ("years_given", "Fiscal years with gifts", Operation.YEARS, NUMBER, COUNT, ALL_TIME),
    ("current_streak", "Fiscal years in a row", Operation.STREAK, NUMBER, COUNT, ALL_TIME),
)
SHIFTS: tuple[Line, ...] = (
    ("volunteer_minutes", "Volunteer hours", Operation.TOTAL, NUMBER, MINUTES, ALL_TIME),
    ("volunteer_minutes_this_year", "Volunteer hours, this fiscal year", Operation.TOTAL, NUMBER, MINUTES, THIS_YEAR),
    ("shift_count", "Number of shifts", Operation.COUNT, NUMBER, COUNT, ALL_TIME),
    ("last_shift_on", "Last shift on", Operation.LAST, DAY, DATE, ALL_TIME),
)
MOVES: tuple[Line, ...] = (
    ("last_move_on", "Last move on", Operation.LAST, DAY, DATE, ALL_TIME),
    ("move_count", "Number of moves", Operation.COUNT, NUMBER, COUNT, ALL_TIME),
    ("moves_last_365_days", "Moves, last 365 days", Operation.COUNT, NUMBER, COUNT, LAST_365),
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


def standard() -> tuple[Definition, ...]:
    """The standard definitions, with their slots, in the order in which pages list them."""
    lines = list(_lines())
    order = sorted(lines, key=lambda line: FIRST_SLOTS.index(line.key) if line.key in FIRST_SLOTS else len(FIRST_SLOTS))
    slots = {line.key: slot for slot, line in enumerate(order, start=1)}
    return tuple(replace(line, slot=slots[line.key], description=f"{line.sentence}.") for line in lines)


def _lines() -> Iterator[Definition]:
    for line in GIFTS:
        yield _definition(line, Source.HARD)
    for line in GIFTS:
        own = _definition(line, Source.SOFT)
        yield replace(own, key=f"soft_{own.key}", label=f"Soft credit: {own.label[0].lower()}{own.label[1:]}")
    for line in SHIFTS:
        yield _definition(line, Source.SHIFTS)
    for line in MOVES:
        yield _definition(line, Source.MOVES)


def _definition(line: Line, source: Source) -> Definition:
    key, label, operation, returns, value_kind, frame = line
    return Definition(key, label, source, operation, returns, value_kind, frame)


def install_standard(session: Session, *, within: ChangeSet) -> int:
    """Adds the standard definitions that are missing; returns how many. What is there stays as it is."""
    return install(session, standard(), within=within)


def install(session: Session, definitions: Iterable[Definition], *, within: ChangeSet) -> int:
    """Adds the definitions whose keys are not there yet, each in its slot or, if that is taken, in a free one."""
    known = set(session.scalars(select(RollupDefinition.key)))
    missing = [one for one in definitions if one.key not in known]
    last = session.scalar(select(func.max(RollupDefinition.position))) or 0
    for position, one in enumerate(missing, start=last + 1):
        slot = free_slot(session, wish=one.slot)
        insert(session, RollupDefinition(**columns_of(one), key=one.key, slot=slot, position=position), within=within)
    return len(missing)
