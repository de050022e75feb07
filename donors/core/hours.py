"""Lengths of time are integer minutes; people read and type hours.

Two decimals are enough to tell any two minutes apart, so that `0.33` is twenty minutes again when it is read.
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from donors.core.errors import Invalid

DECIMAL = re.compile(r"[+-]?(\d{1,9}(\.\d*)?|\.\d+)")
CLOCK = re.compile(r"([+-]?)(\d{1,9}):([0-5]\d)")
CENT = Decimal("0.01")


def to_hours(minutes: int) -> Decimal:
    """Hours with two decimals."""
    return (Decimal(minutes) / 60).quantize(CENT, rounding=ROUND_HALF_EVEN)


def parse_hours(text: str, *, field: str = "hours") -> int:
    """Minutes of typed hours such as `1.5`, `0.33` or `1:20`, to the nearest minute. Raises Invalid with a remedy."""
    bare = text.strip()
    if on_clock := CLOCK.fullmatch(bare):
        minutes = int(on_clock[2]) * 60 + int(on_clock[3])
        return -minutes if on_clock[1] == "-" else minutes
    if not DECIMAL.fullmatch(bare):
        raise Invalid(field, text, "is not a number of hours", "Write it like 1.5 or 1:30.")
    return int((Decimal(bare) * 60).to_integral_value(ROUND_HALF_EVEN))
