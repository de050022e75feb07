"""What a statement covers: whose figures, by which form of rows, as of when. And short words for SQL."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
)

from donors.constituents.models import HOUSEHOLD, Constituent
from donors.giving.models import Credit

Condition = ColumnElement[bool]
Expression = ColumnElement[Any]
ON = bindparam("on", type_=Integer)
"""The day that figures are computed for, as a day number."""

SHARED = text("credit.shared AND credit.counts_to IS NULL")
"""In the words of the partial index, which SQLite does not know otherwise."""


class Form(StrEnum):
    """Which rows: straight from the index, added up first, of households; or of funds, campaigns, portfolios."""

    PLAIN = "plain"
    SUMMED = "summed"
    HOUSEHOLD = "household"
    FUND = "fund"
    CAMPAIGN = "campaign"
    PORTFOLIO = "portfolio"


OF_PEOPLE = (Form.PLAIN, Form.SUMMED, Form.HOUSEHOLD)
"""The forms of rows that constituents have."""


class Scope(StrEnum):
    """Whose rows: of a list of ids, of a range of ids (above `low`, up to `high`), or of everybody."""

    LIST = "list"
    RANGE = "range"
    ALL = "all"


@dataclass(frozen=True)
class Extent:
    """What a statement covers. `as_of` takes the facts as they counted on the day; without it, as they count now.

    `tag` ends the names of its common tables, for extents that meet in one statement. `seeks` looks chosen rows up one
    owner at a time in the index where they are not known without. `fresh`: nothing is stored of whom it covers.
    `shared`: only those for whom a gift's credits must be added up first. `apart`: what goes by fiscal years is found
    in a pass of its own, which is cheaper for SQLite.
    """

    form: Form
    scope: Scope = Scope.LIST
    as_of: bool = False
    tag: str = ""
    seeks: bool = False
    fresh: bool = False
    shared: bool = False
    apart: bool = False

    def holds(self, constituent_id: Any) -> Condition:
        """The condition that a constituent is covered."""
        if self.shared:
            return constituent_id.in_(shared_owners())  # type: ignore[no-any-return]  # of a column
        match self.scope:
            case Scope.LIST:
                return constituent_id.in_(bindparam("ids", expanding=True))  # type: ignore[no-any-return]  # of a column
            case Scope.RANGE:
                return and_(constituent_id > bindparam("low"), constituent_id <= bindparam("high"))
            case Scope.ALL:
                return true()


def word(text: str) -> ColumnElement[str]:
    """A short constant as it stands in the SQL, so that partial plans and caches see it."""
    return literal_column(f"'{text}'")


def number(value: int) -> ColumnElement[int]:
    """A number as it stands in the SQL."""
    return literal_column(str(value), BigInteger)


def big(expression: Any) -> ColumnElement[int]:
    """A sum as a 64-bit integer (PostgreSQL would make it numeric)."""
    return cast(expression, BigInteger)


def counting(credit: Any, extent: Extent) -> Condition:
    """The condition that a credit counts: still, or on the day."""
    still: Condition = credit.counts_to.is_(None)
    return and_(credit.counts_from <= ON, or_(still, credit.counts_to > ON)) if extent.as_of else still


def of_form(extent: Extent) -> Condition:
    """Which owners a statement over this extent answers for."""
    if extent.form not in OF_PEOPLE:
        return true()
    household = Constituent.kind == word(HOUSEHOLD)
    if extent.form is Form.HOUSEHOLD:
        return household
    if extent.form is Form.PLAIN and extent.scope is not Scope.LIST:
        return and_(not_(household), Constituent.id.not_in(shared_owners()))
    return not_(household)


def shared_owners() -> Select[Any]:
    """Those for whom a gift's credits must be added up first."""
    return select(Credit.constituent_id).where(SHARED)
