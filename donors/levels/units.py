"""How figures of a measure are written and read: money, hours, plain numbers, numbers with decimals, percentages."""

from dataclasses import dataclass

from sqlalchemy import literal_column

from donors.core.fields import Field, Kind
from donors.core.settings import Organization
from donors.core.values import read_value
from donors.rollups.definition import ValueKind
from donors.rollups.formulas import KINDS


@dataclass(frozen=True)
class Unit:
    """The unit of a measure. `digits` are the decimals of a number; a percentage has one."""

    kind: str
    digits: int = 0

    def read(self, text: str, *, field: str, currency: str) -> int:
        """The figure that was typed, in minor units, minutes or units of the last decimal. Raises Invalid."""
        found: int = read_value(self._field(field), text, currency=currency)
        return found

    def plain(self, value: int | None, settings: Organization) -> str | None:
        """A figure as files carry it: decimal money and hours, without signs."""
        return self._field("").plain(value, settings)

    def _field(self, label: str) -> Field:
        kind = KINDS[ValueKind(self.kind)] if self.kind else Kind.NUMBER
        return Field("figure", label, kind, "", literal_column("NULL"), digits=self.digits)


def unit_of(value_kind: str, number: int) -> Unit:
    """The unit of a definition; `number` is its number, which says how many decimals a plain number has."""
    return Unit(value_kind, {ValueKind.PERCENT.value: 1, ValueKind.NUMBER.value: number}.get(str(value_kind), 0))
