"""Behind: what stands behind a figure beside its rows: gifts in words, years, the time before, parts of a formula."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.queries import is_visible
from donors.core.bulk import among
from donors.core.calendar import FiscalCalendar
from donors.core.db import day_date
from donors.core.formula.tree import figures_used
from donors.core.known import KnownAt, seen
from donors.core.settings import organization
from donors.giving.models import Gift, GiftSplit
from donors.giving.queries.gifts import GiftLine, lines, read
from donors.pipeline.queries.moves import MoveLine, moves_by_id
from donors.rollups.definition import YEARLY, Definition, Operation, Source
from donors.rollups.everybody import waits_with_everybody
from donors.rollups.formulas import read_formula
from donors.rollups.frame import Frame, Span
from donors.rollups.models import Dirty
from donors.rollups.queries import Reason, definitions, reasons

IDS = 500


def gifts_behind(session: Session, ids: Sequence[int], *, sees: Sight) -> dict[int, GiftLine]:
    """Gifts by their ids, of givers whom the viewer may see; at most the first `IDS`."""
    statement = lines().where(Gift.id.in_(list(ids)[:IDS]), is_visible(sees))
    return {line.gift.id: line for line in read(session, statement)}


def is_waiting(session: Session, constituent_id: int) -> bool:
    """Whether the figures of a constituent wait to be refreshed."""
    alone = session.get(Dirty, constituent_id) is not None
    return alone or bool(session.scalar(select(waits_with_everybody(constituent_id))))


def gifts_of(
    session: Session, one: Definition, rows: Sequence[Reason], *, known_at: KnownAt | None = None
) -> dict[int, int]:
    """Row → gift: the row itself, but for parts of gifts; none for rows that are no gifts."""
    ids = [row.row_id for row in rows[:IDS]]
    if one.source is Source.ALLOCATIONS:
        found = select(GiftSplit.id, GiftSplit.gift_id).where(GiftSplit.id.in_(ids))
        return {split: gift for split, gift in session.execute(seen(found, known_at))}
    return {} if one.source in (Source.SHIFTS, Source.MOVES, Source.FORMULA) else {id_: id_ for id_ in ids}


def gifts_gone(session: Session, ids: Iterable[int]) -> set[int]:
    """Those of the gifts that were taken out of the books since."""
    asked = set(ids)
    return asked - set(session.scalars(select(Gift.id).where(among(session, Gift.id, asked))))


def moves_behind(session: Session, one: Definition, rows: Sequence[Reason], *, sees: Sight) -> dict[int, MoveLine]:
    """The moves behind a figure that the viewer may read, by row; none behind figures of something else."""
    if one.source is not Source.MOVES:
        return {}
    return moves_by_id(session, [row.row_id for row in rows[:IDS]], sees=sees)


@dataclass(frozen=True)
class YearBehind:
    """One year of a yearly figure: how many rows it has and what they come to; `decides`: the figure is made of it."""

    year: int
    count: int
    total: int
    decides: bool


def years_behind(
    one: Definition, rows: Sequence[Reason], *, fiscal: FiscalCalendar, on: date
) -> tuple[YearBehind, ...]:
    """The years of a yearly figure, the latest first; none for other figures."""
    if one.operation not in YEARLY:
        return ()
    calendar = one.years.calendar(fiscal)
    totals: dict[int, list[int]] = {}
    for row in rows:
        totals.setdefault(calendar.year_of(row.on), []).append(row.amount)
    chosen = _CHOSEN[one.operation]({year: sum(found) for year, found in totals.items()}, calendar.year_of(on))
    return tuple(
        YearBehind(year, len(totals[year]), sum(totals[year]), year in chosen) for year in sorted(totals, reverse=True)
    )


def _best(totals: Mapping[int, int], _this: int) -> set[int]:
    """The year with most; the earlier one of two. A year without a sum is none."""
    giving = {year: total for year, total in totals.items() if total > 0}
    return {max(giving, key=lambda year: (giving[year], -year))} if giving else set()


def _now(totals: Mapping[int, int], this: int) -> set[int]:
    """The years in a row up to this one, or up to the last one while this has nothing yet."""
    year, found = this if this in totals else this - 1, set()
    while year in totals:
        found.add(year)
        year -= 1
    return found


def _longest(totals: Mapping[int, int], _this: int) -> set[int]:
    """The longest row of years; the later one of two."""
    return max((_now(totals, year) for year in sorted(totals, reverse=True)), key=len, default=set())


_CHOSEN: Mapping[Operation, Callable[[Mapping[int, int], int], set[int]]] = {
    Operation.BEST_YEAR: _best,
    Operation.YEARS: lambda totals, _this: set(totals),
    Operation.STREAK: _now,
    Operation.LONGEST_STREAK: _longest,
}


def before(
    session: Session, one: Definition, constituent_id: int, *, on: date, as_of: bool, known_at: KnownAt | None = None
) -> tuple[Reason, ...]:
    """The rows of the time before, for a change against it; none for other figures."""
    if one.operation is not Operation.CHANGE:
        return ()
    first, last = one.frame.days_before(on, organization(session).fiscal)
    earlier = replace(one, frame=Frame(Span.BETWEEN, first=day_date(first), last=day_date(last)))
    return reasons(session, earlier, constituent_id, on=on, as_of=as_of, known_at=known_at)


def parts_of_formula(session: Session, one: Definition) -> tuple[Definition, ...]:
    """The figures that a formula names, in its order; none for other figures."""
    if one.source is not Source.FORMULA:
        return ()
    known = {each.key: each for each in definitions(session, one.target.owner)}
    return tuple(known[key] for key in figures_used(read_formula(one, known.values())))
