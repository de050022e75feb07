"""A merge under way: what each of its rules is given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend


@dataclass(frozen=True)
class Merging:
    """A merge under way. `notes` gathers what was resolved by rule, in sentences."""

    session: Session
    survivor: Constituent
    other: Constituent
    within: ChangeSet
    on: date
    notes: list[str] = field(default_factory=list)

    def rows(self, model: type[Any], column: str = "constituent_id") -> Sequence[Any]:
        """The rows that hold the id of the one that goes."""
        statement = select(model).where(getattr(model, column) == self.other.id).order_by(model.id)
        return self.session.scalars(statement).all()

    def own(self, model: type[Any], column: str = "constituent_id") -> Sequence[Any]:
        """The rows that hold the id of the one that stays."""
        statement = select(model).where(getattr(model, column) == self.survivor.id).order_by(model.id)
        return self.session.scalars(statement).all()

    def hand_over(self, row: Any, column: str = "constituent_id", **more: Any) -> None:
        """Gives a row to the one that stays."""
        amend(self.session, row, within=self.within, **{column: self.survivor.id, **more})
