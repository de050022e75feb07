"""Values as files carry them."""

from datetime import date
from typing import Any

from donors.core.money import to_decimal
from donors.core.settings import Organization
from donors.levels.ladders import Ladder

Row = dict[str, Any]
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def money(value: int | None, settings: Organization) -> str | None:
    """An amount in units of the currency, as a decimal."""
    return None if value is None else f"{to_decimal(value, settings.currency):f}"


def figure(value: int | None, ladder: Ladder, settings: Organization) -> str | None:
    """A figure of a track's measure: decimal money or hours, or the number itself."""
    return ladder.unit.plain(value, settings)


def rate(value: float | None) -> str | None:
    """A share as a fraction of one, to four digits."""
    return None if value is None else f"{value:.4f}"


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def day(on: date | None) -> str | None:
    """A day, where there is one."""
    return None if on is None else on.isoformat()


def headed(report: str, definition: str, on: date, whose: str) -> Row:
    """What a whole report begins with: its name, what its figures mean, as of when, and whose prospects or asks."""
    return {"report": report, "definition": definition, "as_of": on.isoformat(), "whose": whose}
