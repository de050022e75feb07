"""Families of rows that figures are made of. Gifts, their parts and shifts are here; parts above add their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, SQLColumnExpression, Subquery, func, literal_column, select
from sqlalchemy.orm import Session

from donors.core.bulk import table_of
from donors.core.calendar import FiscalCalendar
from donors.core.fields import REGISTRY, Field, FieldSet, Join, Kind, Option, joined, joins_of
from donors.giving.models import Credit, Fund, Gift, GiftSplit
from donors.rollups.definition import Source
from donors.rollups.extent import Extent
from donors.rollups.rows import Only, both_rows, shift_rows
from donors.rollups.rows_of_purposes import gift_rows, part_rows
from donors.rollups.years import year_of_day
from donors.volunteering.models import Shift

Rows = Callable[[Extent, Only | None], Subquery]


@dataclass(frozen=True, eq=False)
class Dated:
    """Where the rows of a family lie in time: the columns of a table that hold whose they are, and their day."""

    owner: Any
    day: SQLColumnExpression[Any]


@dataclass(frozen=True)
class Family:
    """Rows of the same columns: owner_id, kind, fiscal_year, given_on, row_id, amount.

    Rows that carry no fiscal_year get it from their day. `dated` is the table that they come from, in time.
    `subject` is whose fields criteria may name, `more` those beside them, `without` those that make no sense here.
    `way` leads from a row id to the subject's root, `counted` names the columns that `distinct` counts. A criterion on
    a field in `early` must hold before rows of one gift are added up. `told` names fields of the subject that figures
    can return although criteria ask for them in another way. `grouped` rows are made of others, so that those of one
    owner cannot be sought in an index.
    """

    name: str
    sources: frozenset[Source]
    rows: Rows
    dated: Dated
    subject: str
    way: Callable[[SQLColumnExpression[int]], tuple[Join, ...]]
    counted: Mapping[str, SQLColumnExpression[Any]] = field(default_factory=dict)
    more: tuple[Field, ...] = ()
    without: frozenset[str] = frozenset()
    early: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    grouped: bool = False
    permission: str = "giving.read"

    def fields(self, session: Session) -> FieldSet:
        """The fields of the rows."""
        known = REGISTRY.fields(session, self.subject).values()
        funds = fund_options(session) if self.more else ()
        added = (_with_options(one, funds) if one.name in ("fund", "funds") else one for one in self.more)
        taken = {one.name for one in self.more} | self.without
        return FieldSet(self.name, [*added, *(one for one in known if one.name not in taken)])


def _with_options(one: Field, options: tuple[Option, ...]) -> Field:
    return Field(**{**{name: getattr(one, name) for name in one.__dataclass_fields__}, "options": options})


def fund_options(session: Session) -> tuple[Option, ...]:
    """The funds, retired ones too: stored criteria name them."""
    return tuple(
        Option(fund.id, fund.name, fund.is_active) for fund in session.scalars(select(Fund).order_by(Fund.name))
    )


def extended(
    rows: Subquery,
    family: Family,
    flags: Mapping[str, SQLColumnExpression[Any]],
    fields: tuple[Field, ...],
    which: ColumnElement[bool],
) -> Any:
    """The rows of which the condition holds, with these columns beside them, joined to where the columns come from."""
    statement: Select[Any] = select(*rows.c, *(made.label(name) for name, made in flags.items())).select_from(rows)
    for step in family.way(rows.c.row_id):
        statement = statement.join(step.target, step.on)
    return joined(statement, joins_of(fields)).where(which).subquery()


def with_year(rows: Subquery, fiscal: FiscalCalendar) -> Subquery:
    """The rows with the label of their fiscal year beside them, unless they carry it already."""
    if "fiscal_year" in rows.c:
        return rows
    return select(*rows.c, year_of_day(rows.c.given_on, fiscal).label("fiscal_year")).subquery()


def _to_gift(row_id: SQLColumnExpression[int]) -> tuple[Join, ...]:
    return (Join(Gift, Gift.id == row_id),)


def _to_split(row_id: SQLColumnExpression[int]) -> tuple[Join, ...]:
    return (Join(GiftSplit, GiftSplit.id == row_id), Join(Gift, Gift.id == GiftSplit.gift_id))


def _to_shift(row_id: SQLColumnExpression[int]) -> tuple[Join, ...]:
    return (Join(Shift, Shift.id == row_id),)


_SPLIT: FromClause = table_of(GiftSplit).alias("any_split")
FUNDS = Field("funds", "Funds", Kind.SET, "gift", _SPLIT.c.fund_id, members=Join(_SPLIT, _SPLIT.c.gift_id == Gift.id))
ROLE = Field("credit_role", "Credited as", Kind.TEXT, "gift", Credit.role)
CREDITED = Field("credit_amount", "Amount credited", Kind.MONEY, "gift", Credit.base_amount)
FUND = Field("fund", "Fund", Kind.CHOICE, "gift", GiftSplit.fund_id)
PART = Field("part_amount", "Amount to the fund", Kind.MONEY, "gift", GiftSplit.base_amount)
_OF_GIFT: Mapping[str, SQLColumnExpression[Any]] = {
    "campaign": Gift.campaign_id,
    "appeal": Gift.appeal_id,
    "method": func.nullif(Gift.method, literal_column("''")),
    "constituent": Gift.constituent_id,
    "day": Gift.received_on,
}
CREDITED_ON = Dated(Credit.constituent_id, Credit.given_on)
_GIVER = frozenset({"giver", "giver_id", "fund"})
_ROLES = frozenset({"credit_role", "credit_amount"})
_TOLD = frozenset({"fund"})

GIFTS = Family(
    "gift",
    frozenset({Source.HARD, Source.SOFT}),
    gift_rows,
    CREDITED_ON,
    "gift",
    _to_gift,
    counted=_OF_GIFT,
    more=(FUNDS, ROLE, CREDITED),
    without=_GIVER,
    early=_ROLES,
    told=_TOLD,
)
BOTH = Family(
    "credit",
    frozenset({Source.CREDIT}),
    both_rows,
    CREDITED_ON,
    "gift",
    _to_gift,
    counted=_OF_GIFT,
    more=(FUNDS, ROLE, CREDITED),
    without=_GIVER,
    early=_ROLES,
    told=_TOLD,
    grouped=True,
)
ALLOCATIONS = Family(
    "split",
    frozenset({Source.ALLOCATIONS}),
    part_rows,
    CREDITED_ON,
    "gift",
    _to_split,
    counted={**_OF_GIFT, "fund": GiftSplit.fund_id},
    more=(FUND, PART),
    without=_GIVER,
)
SHIFTS = Family(
    "shift",
    frozenset({Source.SHIFTS}),
    shift_rows,
    Dated(Shift.constituent_id, Shift.worked_on),
    "shift",
    _to_shift,
    counted={"activity": Shift.activity_id, "constituent": Shift.constituent_id, "day": Shift.worked_on},
    without=frozenset({"volunteer", "volunteer_id"}),
    permission="volunteering.read",
)
FAMILIES: list[Family] = [GIFTS, BOTH, ALLOCATIONS, SHIFTS]
"""In the order in which statements hold them. `app.py` adds those of parts above."""


def sources_in_time() -> tuple[Dated, ...]:
    """Where the rows of all families come from, each table once."""
    return tuple(dict.fromkeys(family.dated for family in FAMILIES))


def join_families(*families: Family) -> None:
    """Adds families of parts above. The same again changes nothing."""
    FAMILIES.extend(family for family in families if family not in FAMILIES)


def fields_of_rows(session: Session, family: Family) -> FieldSet:
    """The fields of the rows, and those that figures can only return."""
    more = (one for one in REGISTRY.fields(session, family.subject).values() if one.name in family.told)
    return FieldSet(family.name, [*family.fields(session).values(), *more])


def family_of(source: Source) -> Family:
    """The family that a source belongs to. Raises LookupError for formulas."""
    return next(family for family in FAMILIES if source in family.sources)


def fields_by_source(session: Session) -> dict[Source, FieldSet]:
    """The fields of the rows of every source."""
    return {source: family.fields(session) for family in FAMILIES for source in family.sources}
