"""What a definition would yield before it is kept: for some people, and for everybody beside what is stored now.

Nothing is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from sqlalchemy import ColumnElement, Subquery, func, null, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.rollups.compile import figures
from donors.rollups.definition import Definition, Source
from donors.rollups.extent import Extent
from donors.rollups.fields import everybody_now
from donors.rollups.formulas import reckoned_from, with_parts
from donors.rollups.models import slot_column
from donors.rollups.owners import OWNERS
from donors.rollups.pools import day_binds
from donors.rollups.queries import Value, definitions, read, wanted_on
from donors.rollups.targets import Target
from donors.rollups.wanted import Wanted

MOST_SHOWN = 100


@dataclass(frozen=True)
class Difference:
    """One owner's figure before and after, in stored units; none where it is empty."""

    owner_id: int
    before: int | None
    after: int | None

    @property
    def size(self) -> int:
        """How far apart the two are; empty counts as nothing."""
        return abs((self.after or 0) - (self.before or 0))


@dataclass(frozen=True)
class Spread:
    """How figures are distributed, in stored units: how many there are, their sum, and the quarters between them."""

    count: int
    total: int
    least: int | None
    quarter: int | None
    median: int | None
    three_quarters: int | None
    most: int | None


@dataclass(frozen=True)
class Rehearsal:
    """What keeping a definition would do: of `people` figures so many change, appear or vanish."""

    people: int
    changed: int
    appearing: int
    vanishing: int
    before: Spread
    after: Spread
    largest: tuple[Difference, ...]


def preview(session: Session, one: Definition, ids: Iterable[int], *, on: date) -> dict[int, Value]:
    """The figure of some constituents; none where it is empty. Raises Invalid for a formula that cannot be read."""
    chosen = sorted(set(ids))
    asked = _asked(session, [one], one, on=on)
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal) | {"ids": chosen}
    found: dict[int, Value] = dict.fromkeys(chosen)
    for form in OWNERS[one.target.owner].forms:
        for row in session.execute(figures(asked, Extent(form)), binds):
            found[row[0]] = read(one, row._mapping[one.key])
    return found


def rehearse(session: Session, one: Definition, *, on: date) -> Rehearsal:
    """Compares the definition with what is stored under its key for everybody; a new one with nothing."""
    rows = _pairs(session, one, on=on)
    differences = [Difference(*row) for row in rows if row[1] != row[2]]
    return Rehearsal(
        people=len(rows),
        changed=sum(1 for each in differences if each.before is not None and each.after is not None),
        appearing=sum(1 for each in differences if each.before is None),
        vanishing=sum(1 for each in differences if each.after is None),
        before=_spread([was for _, was, _ in rows if was is not None]),
        after=_spread([now for _, _, now in rows if now is not None]),
        largest=tuple(nlargest(MOST_SHOWN, differences, key=lambda each: (each.size, -each.owner_id))),
    )


def _pairs(session: Session, one: Definition, *, on: date) -> list[tuple[int, int | None, int | None]]:
    """Owner, figure of now, figure to be: of all (living constituents) who have or get one."""
    owners, facts = OWNERS[one.target.owner], would_be(session, one, keys=[one.key], on=on)
    columns = (stored(session, one), facts.c[one.key])
    statement = (
        select(owners.id, *columns)
        .outerjoin(facts, facts.c[owners.key] == owners.id)
        .outerjoin(owners.kept, owners.is_kept)
        .where(or_(*(column.is_not(None) for column in columns)))
    )
    if owners.target is Target.CONSTITUENT:
        statement = statement.where(Constituent.deleted_at.is_(None))
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def would_be(session: Session, one: Definition, *, keys: Sequence[str], on: date) -> Subquery:
    """A subquery of owners and the figures of these keys, as they would be with the definition kept."""
    everything = _beside(session, one)
    asked = _asked(session, [each for each in everything if each.key in keys], one, on=on)
    return everybody_now(asked, OWNERS[one.target.owner], on=on)


def follows(session: Session, one: Definition) -> tuple[Definition, ...]:
    """The definition and the formulas that are reckoned from it, as they would be."""
    everything = _beside(session, one)
    needed = {each.key for each in reckoned_from(everything, one.key)}
    reckoned = (each for each in everything if each.key in needed and each.source is Source.FORMULA)
    return tuple(dict.fromkeys((one, *reckoned)))


def stored(session: Session, one: Definition) -> ColumnElement[int | None]:
    """The column that holds a figure now; nothing for one that is not kept."""
    owner = one.target.owner
    known = next((each for each in definitions(session, owner) if each.key == one.key), None)
    return func.coalesce(null(), null()) if known is None else OWNERS[owner].kept.c[slot_column(known.slot)]


def _beside(session: Session, one: Definition) -> tuple[Definition, ...]:
    """The definition among all others of its kind of owner, in its place if it is kept."""
    everything = definitions(session, one.target.owner)
    if any(each.key == one.key for each in everything):
        return tuple(one if each.key == one.key else each for each in everything)
    return (*everything, one)


def _asked(session: Session, some: Sequence[Definition], one: Definition, *, on: date) -> Wanted:
    return wanted_on(session, on=on, known=with_parts(some, _beside(session, one)))


def _spread(values: list[int]) -> Spread:
    if not values:
        return Spread(0, 0, None, None, None, None, None)
    values.sort()

    def at(percent: int) -> int:
        return values[max(0, -(-percent * len(values) // 100) - 1)]

    return Spread(len(values), sum(values), values[0], at(25), at(50), at(75), values[-1])
