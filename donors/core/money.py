"""Money is integer minor units with an ISO 4217 currency; `Decimal` only at the edges, never a float."""

import re
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision, get_currency_symbol

from donors.core.errors import Invalid

LARGEST = 2**46
"""Amounts stay below this many minor units (about 700 billion dollars), so that sums and packed keys fit 63 bits."""

MOST_DIGITS = 28
NUMBER = r"\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"


@cache
def exponent(currency: str) -> int:
    """How many decimal digits the currency has: USD 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


def to_minor(value: Decimal, currency: str, *, field: str = "amount") -> int:
    """Minor units of a decimal value. Surplus digits are refused, never rounded. Raises Invalid."""
    if not value.is_finite() or len(value.as_tuple().digits) > MOST_DIGITS or abs(value) >= LARGEST:
        raise Invalid(field, value, "is larger than any gift we can keep", "Check the number of digits.")
    scaled = value.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise Invalid(field, value, f"has more decimals than {currency} allows", f"Use at most {exponent(currency)}.")
    if abs(scaled) >= LARGEST:
        raise Invalid(field, value, "is larger than any gift we can keep", "Check the number of digits.")
    return int(scaled)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The decimal value of minor units, with exactly the currency's digits."""
    return Decimal(minor).scaleb(-exponent(currency))


def parse_money(text: str, currency: str, *, field: str = "amount") -> int:
    """Minor units of a typed sum such as `1,250.00` or `$1250`. Raises Invalid with a remedy.

    Accepts the currency's own sign or code before or after, grouping commas or spaces in their place, and parentheses
    or a minus for negatives. A decimal comma is refused with a hint, for `1,000` cannot be told from one and none;
    so is the sign of another currency.
    """
    bare = text.strip()
    in_brackets = bare.startswith("(") and bare.endswith(")")
    found = _typed(currency).fullmatch(bare[1:-1].strip() if in_brackets else bare)
    signs = "" if found is None else f"{'-' if in_brackets else ''}{found['before']}{found['after']}"
    if found is None or len(signs) > 1:
        raise Invalid(field, text, f"is not a sum in {currency}", "Write it like 1,250.00.")
    value = Decimal(re.sub(r"[, \u00a0\u202f]", "", found["number"]))
    return to_minor(-value if signs == "-" else value, currency, field=field)


@cache
def _typed(currency: str) -> re.Pattern[str]:
    sign = get_currency_symbol(currency, locale="en_US")
    marks = [currency, sign] if sign[-1].isalnum() else [currency, sign, sign[-1]]
    mark = rf"(?:{'|'.join(re.escape(each) for each in marks)})?"
    return re.compile(rf"(?P<before>[+-]?)\s*{mark}\s*(?P<after>[+-]?)\s*(?P<number>{NUMBER})\s*{mark}", re.IGNORECASE)


def share(amount: int, weights: list[int]) -> list[int]:
    """Splits an amount by weights so that the parts add up exactly (largest remainder, first part on ties)."""
    total = sum(weights)
    if total == 0:
        raise ValueError("weights must not all be zero")
    floors = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in order[: amount - sum(floors)]:
        floors[i] += 1
    return floors
