"""Edge rows: who lacks little to a higher level, and who will fall from one soon, as subqueries over everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.core.db import day_number
from donors.core.whole_sum import WholeSum
from donors.levels.as_of import levels_as_of
from donors.levels.compile import level_case
from donors.levels.decide import Band
from donors.levels.models import NEVER
from donors.reports.stands import Question, counted_once
from donors.rollups.definition import Definition, Operation
from donors.rollups.frame import Span
from donors.rollups.queries import definition
from donors.rollups.series import in_one_pass, rows_since

NEAR, FALLING = "near", "falling"


@dataclass(frozen=True)
class EdgesQuestion:
    """Which edges: near a level is who lacks at most so many percent of its minimum; falling, within so many days."""

    of: Question
    percent: int = 10
    days: int = 90

    @property
    def told(self) -> Mapping[str, Any]:
        """The question as plain values, for what is kept of answers."""
        return {**self.of.told, "percent": self.percent, "days": self.days}


def can_fall(session: Session, asked: EdgesQuestion) -> bool:
    """Whether time alone takes anything from the figures of the track on a day that can be told."""
    one = definition(session, asked.of.ladder.measure)
    return leaves(one) and asked.of.ladder.falls != NEVER


def leaves(one: Definition) -> bool:
    """Whether rows of a figure leave its window on days that can be told."""
    return in_one_pass(one) and one.frame.span is Span.LAST_DAYS


def edge_rows(session: Session, asked: EdgesQuestion, which: str) -> Subquery:
    """Columns: constituent_id, level_id, to_level, figure, missing, stake, on (a day number)."""
    return _near(session, asked) if which == NEAR else _falling(session, asked)


def _stood(session: Session, asked: EdgesQuestion) -> Subquery:
    """Levels and figures of the day, of those whom the viewer sees, each counted once."""
    found = levels_as_of(session, asked.of.ladder, on=asked.of.on, only=asked.of.only)
    return (
        select(found.c.constituent_id, found.c.level_id, found.c.figure)
        .join(Constituent, Constituent.id == found.c.constituent_id)
        .where(is_visible(asked.of.sees), counted_once(asked.of.ladder, asked.of.on), found.c.figure.is_not(None))
        .subquery("stood")
    )


def _beside(session: Session, asked: EdgesQuestion) -> Subquery:
    """Levels and figures, and below them what leaves the window: level_id and figure, or on and worth, of each.

    They are sorted together rather than joined: SQLite would look everybody over again for each row of the other side.
    """
    one, nothing = definition(session, asked.of.ladder.measure), cast(null(), BigInteger)
    stood = _stood(session, asked)
    columns = (stood.c.constituent_id, stood.c.level_id, stood.c.figure, nothing.label("on"), nothing.label("worth"))
    if not leaves(one):
        return select(*columns).subquery("beside")
    leaving = _leaving(one, asked).subquery("leaving")
    rows = select(leaving.c.owner_id, nothing, nothing, leaving.c.on, leaving.c.worth)
    return union_all(select(*columns), rows).subquery("beside")


def _near(session: Session, asked: EdgesQuestion) -> Subquery:
    rows, bands = _beside(session, asked), _rising(asked.of.ladder.bands)
    most = (func.max(rows.c[name]).label(name) for name in ("level_id", "figure"))
    seen = (
        select(rows.c.constituent_id, *most, func.min(rows.c.on).label("on"))
        .group_by(rows.c.constituent_id)
        .subquery("seen")
    )
    figure = seen.c.figure
    spans = [figure.between(low - low * asked.percent // 100, low - 1) for low, _ in bands]
    lows = [(figure < low, literal(low, BigInteger)) for low, _ in bands]
    above = [(figure < low, literal(band.id, BigInteger)) for low, band in bands]
    missing = (case(*lows, else_=null()) if lows else literal(0)) - figure
    level = case(*above, else_=null()) if above else literal(None, BigInteger)
    return (
        select(*seen.c, missing.label("missing"), missing.label("stake"), level.label("to_level"))
        .where(or_(literal(value=False), *spans))
        .subquery("near")
    )


def _rising(bands: Sequence[Band]) -> list[tuple[int, Band]]:
    """The minimums above zero with their levels, from the lowest up."""
    found = [(band.minimum, band) for band in bands if band.minimum is not None and band.minimum > 0]
    return sorted(found, key=lambda pair: pair[0])


def _leaving(one: Definition, asked: EdgesQuestion) -> Select[Any]:
    """What leaves the window on each day to come: owner_id, on (the first day without it), worth."""
    on, length = day_number(asked.of.on), one.frame.number
    rows = rows_since(one, asked.of.on - timedelta(days=length))
    lasting = or_(rows.c.counts_to.is_(None), rows.c.counts_to > _number(on))
    inside = and_(rows.c.given_on >= _number(on - length), rows.c.given_on <= _number(on))
    worth = func.count(func.distinct(rows.c.row_id)) if one.operation is Operation.COUNT else WholeSum(rows.c.amount)
    without = rows.c.given_on + _number(length + 1)
    asked_for = () if asked.of.only is None else (rows.c.owner_id.in_(asked.of.only),)
    return (
        select(rows.c.owner_id, without.label("on"), worth.label("worth"))
        .where(inside, rows.c.counts_from <= _number(on), lasting, *asked_for)
        .group_by(rows.c.owner_id, rows.c.given_on)
    )


def _falling(session: Session, asked: EdgesQuestion) -> Subquery:
    ladder, rows = asked.of.ladder, _beside(session, asked)
    of_one: Any = {"partition_by": rows.c.constituent_id}
    gone = func.coalesce(WholeSum(rows.c.worth).over(order_by=rows.c.on, **of_one), literal(0))
    most = (func.max(rows.c[name]).over(**of_one).label(name) for name in ("level_id", "figure"))
    each = select(rows.c.constituent_id, rows.c.on, gone.label("gone"), *most).subquery("gone_by")
    minimums = {band.id: band.minimum for band in ladder.bands if band.minimum is not None}
    low = case(minimums, value=each.c.level_id, else_=null()) if minimums else literal(None, BigInteger)
    left = each.c.figure - each.c.gone
    first = func.row_number().over(partition_by=each.c.constituent_id, order_by=each.c.on)
    below = (
        select(*each.c, left.label("left"), low.label("low"), first.label("nth"))
        .where(each.c.on.is_not(None), each.c.figure >= low, left < low)
        .subquery("below")
    )
    return (
        select(
            below.c.constituent_id,
            below.c.level_id,
            level_case(below.c.left, ladder.bands).label("to_level"),
            below.c.figure,
            (below.c.low - below.c.left).label("missing"),
            (below.c.figure - below.c.left).label("stake"),
            below.c.on,
        )
        .where(below.c.nth == _number(1), below.c.on <= _number(day_number(asked.of.on) + asked.days))
        .subquery("falling")
    )


def _number(value: int) -> Any:
    return literal_column(str(value), Integer)
