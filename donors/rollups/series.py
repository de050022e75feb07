"""One figure at many days in one pass: totals and counts of gifts by hard credit or of shifts, for everybody.

Other figures need the whole statement of `fields.everybody_as_of` for each day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
    type_coerce,
    union,
)
from sqlalchemy.sql.functions import coalesce

from donors.constituents.models import HOUSEHOLD, Constituent, HouseholdMembership
from donors.core.calendar import FiscalCalendar
from donors.core.db import day_date, day_number
from donors.giving.models import HARD, Credit
from donors.rollups.definition import Definition, Operation, Source
from donors.rollups.extent import big, number, word
from donors.rollups.frame import ALL_TIME
from donors.rollups.rows import within_stay
from donors.rollups.targets import Target
from donors.volunteering.models import Shift


def in_one_pass(one: Definition) -> bool:
    """Whether a figure can be had at many days at once."""
    plain = not one.criteria and one.target is Target.CONSTITUENT
    return plain and one.operation in (Operation.TOTAL, Operation.COUNT) and one.source in (Source.HARD, Source.SHIFTS)


def at_days(one: Definition, days: Sequence[date], fiscal: FiscalCalendar, *, positive_only: bool = False) -> Subquery:
    """A subquery of `constituent_id` and `d0`, `d1` …: the figure on each day, as the facts counted on it.

    `positive_only` is for callers to whom empty and zero are the same: rows from before all windows are not read.
    """
    oldest = min(one.frame.days(day, fiscal)[0] for day in days)
    since = day_date(oldest) if positive_only and one.frame != ALL_TIME else None
    rows = rows_since(one, since)
    figures = [_figure(one, rows.c, day, fiscal).label(f"d{place}") for place, day in enumerate(days)]
    return select(rows.c.owner_id.label("constituent_id"), *figures).group_by(rows.c.owner_id).subquery("series")


def rows_since(one: Definition, since: date | None) -> Subquery:
    """The rows of such a figure from a day on (none: all), each for its owner: owner_id, row_id, amount, given_on,
    counts_from and counts_to as day numbers. A household has its own and those that its members gave during a stay.
    """
    rows: Any = _shifts(since) if one.source is Source.SHIFTS else _credits(since)
    found: Subquery = rows.subquery("rows_of_series")
    return found


def _figure(one: Definition, row: Any, day: date, fiscal: FiscalCalendar) -> ColumnElement[Any]:
    on = number(day_number(day))
    counts = and_(row.counts_from <= on, or_(row.counts_to.is_(None), row.counts_to > on))
    first, last = one.frame.days(day, fiscal)
    framed = and_(counts, row.given_on >= number(first), row.given_on <= number(last))
    if one.operation is Operation.COUNT:
        kept: ColumnElement[Any] = func.count(func.distinct(row.row_id)).filter(framed)
    else:
        kept = coalesce(big(func.sum(row.amount).filter(framed)), number(0))
    return case((func.count().filter(counts) > 0, kept), else_=null())


def _credits(since: date | None) -> Any:
    def columns(owner: Any) -> tuple[Any, ...]:
        days = (type_coerce(day, Integer) for day in (Credit.given_on, Credit.counts_from, Credit.counts_to))
        named = zip(("given_on", "counts_from", "counts_to"), days, strict=True)
        facts = (Credit.id, Credit.gift_id.label("row_id"), Credit.base_amount.label("amount"), Credit.fiscal_year)
        return (owner.label("owner_id"), *facts, *(day.label(name) for name, day in named))

    hard = and_(Credit.kind == word(HARD), true() if since is None else Credit.given_on >= since)
    return _with_members(Credit, Credit.given_on, columns, hard)


def _shifts(since: date | None) -> Any:
    def columns(owner: Any) -> tuple[Any, ...]:
        on = type_coerce(Shift.worked_on, Integer)
        facts = (Shift.id, Shift.id.label("row_id"), Shift.minutes.label("amount"), Shift.fiscal_year)
        return (
            owner.label("owner_id"),
            *facts,
            on.label("given_on"),
            on.label("counts_from"),
            cast(null(), Integer).label("counts_to"),
        )

    recent = true() if since is None else Shift.worked_on >= since
    return _with_members(Shift, Shift.worked_on, columns, recent)


def _with_members(table: Any, day: Any, columns: Any, which: ColumnElement[bool]) -> Any:
    """Rows of everybody, and for households those of their members too, each once."""
    stay = HouseholdMembership
    not_home: Select[Any] = select(*columns(table.constituent_id)).join(
        Constituent, and_(Constituent.id == table.constituent_id, Constituent.kind != word(HOUSEHOLD))
    )
    own: Select[Any] = select(*columns(table.constituent_id)).join(
        Constituent, and_(Constituent.id == table.constituent_id, Constituent.kind == word(HOUSEHOLD))
    )
    joined = and_(table.constituent_id == stay.constituent_id, within_stay(day))
    of_members: Select[Any] = select(*columns(stay.household_id)).select_from(stay).join(table, joined)
    homes = union(own.where(which), of_members.where(which)).subquery("rows_of_homes")
    return not_home.where(which).union_all(select(homes))
