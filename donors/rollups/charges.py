"""Who stands in whose portfolio: the table belongs to a part above, which names its columns here."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from donors.rollups.extent import ON


@dataclass(frozen=True, eq=False)
class Charges:
    """The columns of the table of charges: the officer, the constituent, the first day, the first day without it."""

    officer: Any
    constituent: Any
    from_on: Any
    to_on: Any

    @property
    def running(self) -> ColumnElement[bool]:
        """The condition that a charge runs on the day for which figures are computed."""
        return and_(self.from_on <= ON, or_(self.to_on.is_(None), self.to_on > ON))


_KNOWN: list[Charges] = []


def name_charges(known: Charges) -> None:
    """Says where charges are; to be called once, when the house is put together."""
    _KNOWN[:] = [known]


def charges() -> Charges:
    """Where charges are."""
    return _KNOWN[0]
