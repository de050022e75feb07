"""Whose figures are kept, by kind: where the owners are, what they are called, and where their figures lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Table, and_, select

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.fields import Join
from donors.giving.models import Campaign, Fund
from donors.rollups.extent import Condition, Form, word
from donors.rollups.models import owner_value, rollup_value
from donors.rollups.targets import Target


@dataclass(frozen=True, eq=False)
class Owners:
    """Owners of one kind: their table with id and name, the forms of their rows, and where their figures are kept.

    `key` is the column of the kept figures that holds the owner's id.
    """

    target: Target
    id: Any
    name: Any
    forms: tuple[Form, ...]
    kept: FromClause
    key: str

    @property
    def table(self) -> Table:
        """The table of the owners."""
        return table_of(self.id.class_)

    @property
    def is_kept(self) -> Condition:
        """The condition that joins figures to their owner."""
        mine: Condition = self.kept.c[self.key] == self.id
        return mine if self.target is Target.CONSTITUENT else and_(self.kept.c.target == word(self.target), mine)

    @property
    def has_figures(self) -> Condition:
        """The condition that figures of an owner are kept."""
        return select(self.kept.c[self.key]).where(self.is_kept).exists()

    @property
    def join(self) -> Join:
        """The way from an owner to the figures that are kept."""
        return Join(self.kept, self.is_kept)


CONSTITUENTS = Owners(
    Target.CONSTITUENT, Constituent.id, Constituent.name, (Form.SUMMED, Form.HOUSEHOLD), rollup_value, "constituent_id"
)
OWNERS: Mapping[Target, Owners] = {
    Target.CONSTITUENT: CONSTITUENTS,
    Target.FUND: Owners(Target.FUND, Fund.id, Fund.name, (Form.FUND,), owner_value, "owner_id"),
    Target.CAMPAIGN: Owners(Target.CAMPAIGN, Campaign.id, Campaign.name, (Form.CAMPAIGN,), owner_value, "owner_id"),
    Target.PORTFOLIO: Owners(Target.PORTFOLIO, User.id, User.name, (Form.PORTFOLIO,), owner_value, "owner_id"),
}
"""By what `Target.owner` says."""
_BY_FORM = {form: owners for owners in OWNERS.values() for form in owners.forms} | {Form.PLAIN: CONSTITUENTS}


def owners_of(form: Form) -> Owners:
    """Who has rows of a form."""
    return _BY_FORM[form]
