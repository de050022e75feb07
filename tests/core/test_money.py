"""Money: exact at the edges, whole inside, and what people type is either understood or refused with a remedy."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.errors import Invalid
from donors.core.money import LARGEST, exponent, parse_money, share, to_decimal, to_minor

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CHF"])
MINOR = st.integers(-LARGEST + 1, LARGEST - 1)


@given(MINOR, CURRENCIES)
def test_minor_units_and_decimals_are_one(minor: int, currency: str) -> None:
    assert to_minor(to_decimal(minor, currency), currency) == minor


@given(MINOR, CURRENCIES)
def test_what_is_written_is_read(minor: int, currency: str) -> None:
    plain = to_decimal(minor, currency)
    for written in (f"{plain:f}", f"{plain:,f}", f"{plain:,f} {currency}", f"{currency.lower()} {plain:f}"):
        assert parse_money(written, currency) == minor


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("$1250", 125000),
        (" 1,250.5 ", 125050),
        ("1 250.00", 125000),
        ("1\u202f250", 125000),
        ("(12.34)", -1234),
        ("($12.34)", -1234),
        ("-$5", -500),
        ("$-5", -500),
        ("+5.", 500),
        (".5", 50),
        ("US$".replace("US", "") + "0", 0),
        ("1,234,567.89", 123456789),
    ],
)
def test_what_people_type(typed: str, minor: int) -> None:
    assert parse_money(typed, "USD") == minor


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "$",
        "-",
        "1,00",
        "1.000,00",
        "12 34",
        "1$2",
        "€5",
        "£5",
        "--5",
        "-(5)",
        "(-5)",
        "(5",
        "1e5",
        "5 CHF",
        "nan",
        "5%",
        "0x1",
        ".",
    ],
)
def test_what_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="is not a sum in USD"):
        parse_money(typed, "USD")


@pytest.mark.parametrize(
    ("typed", "currency"),
    [("0.001", "USD"), ("1.5", "JPY"), ("1.0000000000000000000000000000001", "USD"), ("9" * 20, "USD")],
)
def test_no_digit_is_dropped(typed: str, currency: str) -> None:
    with pytest.raises(Invalid):
        parse_money(typed, currency)


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "NaN"])
def test_what_is_not_finite_is_refused(value: str) -> None:
    with pytest.raises(Invalid):
        to_minor(Decimal(value), "USD")


def test_each_currency_has_its_digits() -> None:
    assert [exponent(currency) for currency in ("USD", "JPY", "KWD")] == [2, 0, 3]


@given(MINOR, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_shares_add_up_and_are_fair(amount: int, weights: list[int]) -> None:
    parts = share(amount, weights)
    assert sum(parts) == amount
    assert all(
        abs(part * sum(weights) - amount * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_first_part_takes_the_odd_cent() -> None:
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    with pytest.raises(ValueError, match="weights"):
        share(100, [0])
