"""Money is integer minor units with an ISO 4217 currency; `Decimal` only at the edges, never a float."""

import re
from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision

from donors.core.errors import Invalid

LARGEST = 2**46
"""Amounts stay below this many minor units (about 700 billion dollars), so that sums and packed keys fit 63 bits."""

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def exponent(currency: str) -> int:
    """How many decimal digits the currency has: USD 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


def to_minor(value: Decimal, currency: str, *, field: str = "amount") -> int:
    """Minor units of a decimal value. Surplus digits are refused, never rounded. Raises Invalid."""
    scaled = value.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise Invalid(field, value, f"has more decimals than {currency} allows", f"Use at most {exponent(currency)}.")
    minor = int(scaled)
    if abs(minor) >= LARGEST:
        raise Invalid(field, value, "is larger than any gift we can keep", "Check the number of digits.")
    return minor


def to_decimal(minor: int, currency: str) -> Decimal:
    """The decimal value of minor units, with exactly the currency's digits."""
    return Decimal(minor).scaleb(-exponent(currency))


def parse_money(text: str, currency: str, *, field: str = "amount") -> int:
    """Minor units of a typed sum such as `1,250.00` or `$1250`. Raises Invalid with a remedy.

    Accepts a currency sign or code, grouping commas in their place, and parentheses or a minus for negatives.
    A decimal comma is refused with a hint, for `1,000` cannot be told from one and none.
    """
    bare = re.sub(rf"[\s\u00a0\u202f]|{re.escape(currency)}|[$€£¥]", "", text, flags=re.IGNORECASE)
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()") if negative else bare
    if GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not PLAIN.fullmatch(bare):
        raise Invalid(field, text, f"is not a sum in {currency}", "Write it like 1,250.00.")
    try:
        value = Decimal(bare)
    except InvalidOperation as error:
        raise Invalid(field, text, f"is not a sum in {currency}", "Write it like 1,250.00.") from error
    return to_minor(-value if negative else value, currency, field=field)


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
