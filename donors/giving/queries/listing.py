"""The list of gifts: narrowed, counted, summed, sorted and cut by the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Looking
from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.constituents.search import matching_ids
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import EVERYTHING, All, Compare, Criteria, Operator
from donors.core.fields import REGISTRY, Field, FieldSet, Join, joined, joins_of
from donors.core.paging import Page, Paging, Sort, in_order, sorted_by, turn
from donors.giving.fields import ADJUSTED, APPEAL, CAMPAIGN, GIVER, NET, SUBJECT
from donors.giving.models import Appeal, Campaign, Fund, Gift, GiftSplit
from donors.giving.queries.gifts import GiftLine, funds_of

NEWEST_FIRST = (Sort("received_on", descending=True), Sort("id", descending=True))


Offered = dict[str, list[tuple[int, str, bool]]]
"""fund, campaign, appeal → id, name, whether new gifts may name it."""


@dataclass(frozen=True)
class GiftSieve:
    """Which gifts: `text` finds givers, external ids and notes; `criteria` ask by the registered fields of gifts.

    `fund_id` takes gifts of which any part goes to the fund.
    """

    text: str = ""
    fund_id: int | None = None
    criteria: Criteria = EVERYTHING


@dataclass(frozen=True)
class GiftTotals:
    """How many gifts, and what they are worth after corrections and refunds, in the organization's currency."""

    count: int
    total: int

    @property
    def average(self) -> int | None:
        """The average in minor units, half up; none without gifts."""
        return (2 * self.total + self.count) // (2 * self.count) if self.count else None


def gift_fields(session: Session) -> FieldSet:
    """The fields that lists of gifts can name."""
    return REGISTRY.fields(session, SUBJECT)


def gift_page(session: Session, which: GiftSieve, paging: Paging, *, looking: Looking) -> Page[GiftLine]:
    """One page of the gifts asked for; without an order the newest come first."""
    fields = gift_fields(session)
    paging = Paging(paging.number, paging.size, paging.sort or NEWEST_FIRST)
    columns = select(Gift, Constituent.name, Campaign.name, Appeal.name, NET).select_from(Gift)
    joins = (GIVER, CAMPAIGN, APPEAL, ADJUSTED, *joins_of(sorted_by(paging, fields)))
    wanted = _narrowed(session, cast(Select[Any], columns), which, joins, looking)
    page = turn(session, wanted, paging, fields=fields, tie=Gift.id)
    funds = funds_of(session, [row[0].id for row in page.rows])
    rows = tuple(
        GiftLine(gift, giver, campaign or "", appeal or "", int(net), funds.get(gift.id, ()))
        for gift, giver, campaign, appeal, net in page.rows
    )
    return Page(rows, page.total, page.number, page.size, page.sort)


def gift_totals(session: Session, which: GiftSieve, *, looking: Looking) -> GiftTotals:
    """Count and sum of all gifts asked for, on all pages."""
    wanted = select(func.count(Gift.id), func.coalesce(func.sum(NET), 0)).select_from(Gift)
    count, total = session.execute(_narrowed(session, cast(Select[Any], wanted), which, (ADJUSTED,), looking)).one()
    return GiftTotals(count, int(total))


def gift_rows(
    session: Session, which: GiftSieve, sort: Sequence[Sort], columns: Sequence[Field], *, looking: Looking
) -> Iterator[Sequence[Any]]:
    """The values of some fields of all gifts asked for, in order, for a file."""
    fields = gift_fields(session)
    order = tuple(sort) or NEWEST_FIRST
    joins = joins_of([*columns, *(fields.named(each.field) for each in order)])
    wanted = select(*(field.column for field in columns)).select_from(Gift)
    narrowed = _narrowed(session, wanted, which, joins, looking)
    return iter(session.execute(in_order(narrowed, order, fields=fields, tie=Gift.id)))


def between(first: date | None, last: date | None) -> Criteria:
    """Gifts received from a day to another one, both included."""
    parts = [Compare("received_on", Operator.AT_LEAST, first)] if first else []
    parts += [Compare("received_on", Operator.AT_MOST, last)] if last else []
    return All(tuple(parts))


def _narrowed(
    session: Session, statement: Select[Any], which: GiftSieve, joins: tuple[Join, ...], looking: Looking
) -> Select[Any]:
    fields = gift_fields(session)
    condition, more = to_sql(which.criteria, fields, on=looking.on, fiscal=looking.fiscal)
    wanted = [condition, *_extras(session, which)]
    if not looking.sees.everything:
        more, wanted = (*more, GIVER), [*wanted, is_visible(looking.sees)]
    return joined(statement, (*joins, *more)).where(and_(*wanted))


def _extras(session: Session, which: GiftSieve) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if which.fund_id is not None:
        found.append(Gift.id.in_(select(GiftSplit.gift_id).where(GiftSplit.fund_id == which.fund_id)))
    text = which.text.strip()
    if text:
        givers = matching_ids(session, text)
        by_giver = Gift.constituent_id.in_(givers) if givers is not None else false()
        found.append(or_(by_giver, Gift.external_id == text))
    return found


def offered(session: Session) -> Offered:
    """Funds, campaigns and appeals; those in use first, by name."""
    return {
        word: [
            (id_, name, active)
            for id_, name, active in session.execute(
                select(kind.id, kind.name, kind.is_active).order_by(kind.is_active.desc(), kind.name)
            )
        ]
        for word, kind in (("fund", Fund), ("campaign", Campaign), ("appeal", Appeal))
    }
