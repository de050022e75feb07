"""The list of asks: narrowed, counted, summed, sorted and cut by the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_
from sqlalchemy.orm import Session

from donors.accounts.visible import Looking
from donors.constituents.search import matching_ids
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import EVERYTHING, Criteria
from donors.core.fields import REGISTRY, Field, FieldSet, Join, joins_of
from donors.core.paging import Page, Paging, Sort, in_order, sorted_by, turn
from donors.pipeline.asks.fields import SUBJECT
from donors.pipeline.asks.lint import LINTS, any_lint, linted
from donors.pipeline.asks.models import OPEN, Opportunity
from donors.pipeline.asks.queries import Ask, asks, over_asks
from donors.pipeline.models import Prospect

SOONEST_FIRST = (Sort("expected_on"), Sort("id", descending=True))
ANY = "any"


@dataclass(frozen=True)
class AskSieve:
    """Which asks: `text` finds prospects and purposes; `status` is a status, `open` or empty for all.

    `officer_id` 0: of nobody. `lint` is a code of what does not fit, `any` for whatever; `criteria` ask by the
    registered fields.
    """

    text: str = ""
    status: str = ""
    officer_id: int | None = None
    lint: str = ""
    criteria: Criteria = EVERYTHING


@dataclass(frozen=True)
class AskTotals:
    """How many asks, and what they come to in minor units; how many of them do not fit, by what does not."""

    count: int
    amount: int
    lint: dict[str, int]


def ask_fields(session: Session) -> FieldSet:
    """The fields that lists of asks can name."""
    return REGISTRY.fields(session, SUBJECT)


def ask_page(session: Session, which: AskSieve, paging: Paging, *, looking: Looking) -> Page[Ask]:
    """One page of the asks; without an order those expected soonest come first."""
    fields = ask_fields(session)
    paging = Paging(paging.number, paging.size, paging.sort or SOONEST_FIRST)
    conditions, joins = _narrowed(session, which, looking)
    wanted = asks(looking.sees, (*joins, *joins_of(sorted_by(paging, fields)))).where(*conditions)
    page = turn(session, wanted, paging, fields=fields, tie=Opportunity.id)
    return Page(tuple(Ask(*row) for row in page.rows), page.total, page.number, page.size, page.sort)


def ask_totals(session: Session, which: AskSieve, *, looking: Looking) -> AskTotals:
    """Count, sum and what does not fit, on all pages."""
    conditions, joins = _narrowed(session, which, looking)
    rules = [func.coalesce(func.sum(case((linted(code, looking.on), 1), else_=0)), 0) for code in LINTS]
    columns = (func.count(Opportunity.id), func.coalesce(func.sum(Opportunity.amount), 0), *rules)
    count, amount, *found = session.execute(
        over_asks(*columns, sees=looking.sees, joins=joins).where(*conditions)
    ).one()
    return AskTotals(count, int(amount), dict(zip(LINTS, map(int, found), strict=True)))


def ask_rows(
    session: Session, which: AskSieve, sort: Sequence[Sort], columns: Sequence[Field], *, looking: Looking
) -> Iterator[Sequence[Any]]:
    """The values of some fields of all asks, in order, for a file."""
    fields = ask_fields(session)
    order = tuple(sort) or SOONEST_FIRST
    conditions, more = _narrowed(session, which, looking)
    joins = (*more, *joins_of([*columns, *(fields.named(each.field) for each in order)]))
    wanted: Select[Any] = over_asks(*(field.column for field in columns), sees=looking.sees, joins=joins)
    return iter(session.execute(in_order(wanted.where(*conditions), order, fields=fields, tie=Opportunity.id)))


def _narrowed(
    session: Session, which: AskSieve, looking: Looking
) -> tuple[list[ColumnElement[bool]], tuple[Join, ...]]:
    condition, joins = to_sql(which.criteria, ask_fields(session), on=looking.on, fiscal=looking.fiscal)
    found = [condition]
    if which.status:
        found.append(Opportunity.status.in_(OPEN if which.status == "open" else (which.status,)))
    if which.officer_id is not None:
        found.append(Opportunity.officer_id.is_not_distinct_from(which.officer_id or None))
    if which.lint:
        found.append(any_lint(looking.on) if which.lint == ANY else linted(which.lint, looking.on))
    if which.text.strip():
        found.append(_by_text(session, which.text.strip()))
    return found, joins


def _by_text(session: Session, text: str) -> ColumnElement[bool]:
    who = matching_ids(session, text)
    named = Prospect.constituent_id.in_(who) if who is not None else false()
    return or_(named, Opportunity.purpose.icontains(text, autoescape=True))
