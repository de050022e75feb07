"""Cases of the peer's format: what is given, what happens, what is expected."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from donors.core.calendar import FiscalCalendar

HERE = Path(__file__).parent
COPIES = tuple(sorted(HERE.glob("*.json")))
AREAS = ("rollup", "filter", "fiscal", "softcredit", "volunteer", "level")
"""What is judged here; a file may hold other areas too."""
SOME_DAY = date(2026, 6, 15)

Answer = Any
"""A number, a text, a yes or no, nothing; or `REFUSED`."""


class NotUnderstood(Exception):
    """The case says something that the adapter does not know."""


class Refused:
    """What stands for an input that is refused, with a message that says what to do instead."""

    def __repr__(self) -> str:
        return "refused"


REFUSED = Refused()


@dataclass(frozen=True)
class Case:
    """One case. `given`, `when` and `expect` are as the file has them."""

    id: str
    area: str
    given: Mapping[str, Any]
    when: Mapping[str, Any]
    expect: Mapping[str, Any]

    @property
    def today(self) -> date:
        """The day on which it happens."""
        return day(self.given.get("today") or self.when.get("today")) or SOME_DAY

    @property
    def rollup(self) -> Mapping[str, Any]:
        """What figure it asks for; empty when none."""
        found: Mapping[str, Any] = self.when.get("rollup") or {}
        return found

    @property
    def fiscal(self) -> FiscalCalendar:
        """The fiscal years that it speaks of; without any, calendar years."""
        places = (self.rollup, self.when, self.given)
        told = next((place["fiscal"] for place in places if place.get("fiscal")), None)
        return FiscalCalendar(told["start_month"], told["named_for"] == "end") if told else FiscalCalendar()


def read(path: Path) -> list[Case]:
    """The cases of a file that are judged here."""
    told = json.loads(path.read_text())["cases"]
    parts = ("id", "area", "given", "when", "expect")
    return [Case(*(one[part] for part in parts)) for one in told if one["area"] in AREAS]


def day(text: str | None) -> date | None:
    """A day out of its text, or of a text that tells the time too."""
    return date.fromisoformat(text[:10]) if text else None


def plain(value: Any) -> Answer:
    """An answer as it is compared: numbers as decimals, days as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return value.isoformat() if isinstance(value, date) else value
