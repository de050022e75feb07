"""Money, numbers and dates as people write them, in the organization's own locale."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g, render_template_string
from hypothesis import given
from hypothesis import strategies as st

from donors.web import filters

DAY = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "cents", "text"),
    [
        (120400, "USD", "en_US", True, "$1,204.00"),
        (120400, "USD", "en_US", None, "$1,204"),
        (120450, "USD", "en_US", None, "$1,204.50"),
        (120450, "USD", "en_US", False, "$1,204"),
        (-4000, "USD", "en_US", True, "−$40.00"),
        (0, "USD", "en_US", True, "$0.00"),
        (120400, "EUR", "de_DE", True, "1.204,00\xa0€"),
        (5000, "JPY", "en_US", True, "¥5,000"),
    ],
)
def test_money_in_full(amount: int, currency: str, locale: str, cents: bool | None, text: str) -> None:
    assert filters.money(amount, currency, locale=locale, cents=cents) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (254367000, "$2.54\u202fM"),
        (2543670000, "$25.4\u202fM"),
        (25436700000, "$254\u202fM"),
        (23040000, "$230k"),
        (950000, "$9,500"),
        (-254367000, "−$2.54\u202fM"),
        (0, "$0"),
    ],
)
def test_money_in_short(amount: int, text: str) -> None:
    assert filters.money_short(amount) == text


def test_numbers_and_changes() -> None:
    assert filters.number(1765) == "1,765"
    assert filters.number(None) == ""
    assert filters.number_short(1_230_000) == "1.23\u202fM"
    assert [filters.signed(value) for value in (20, -50, 0)] == ["+20", "−50", "0"]
    assert filters.signed_money(360000) == "+$3,600.00"


def test_shares() -> None:
    assert filters.percent(0.71) == "71%"
    assert filters.percent(0.4567, digits=1) == "45.7%"
    assert filters.percent(0.71, locale="de_DE") == "71\xa0%"
    assert filters.signed_percent(0.075, digits=1) == "+7.5%"
    assert filters.signed_percent(-0.08) == "−8%"


def test_hours_are_minutes() -> None:
    assert [filters.hours(minutes) for minutes in (270, 240, 15, 2310, None)] == ["4.5", "4", "0.25", "38.5", ""]


def test_days() -> None:
    assert filters.day(DAY, on=DAY) == "Oct 20"
    assert filters.day(date(2025, 12, 3), on=DAY) == "Dec 3, 2025"
    assert filters.full_day(DAY) == "Oct 20, 2026"
    assert filters.long_day(DAY) == "Tuesday, October 20, 2026"
    assert filters.full_day(DAY, locale="de_DE") == "20. Okt. 2026"
    assert filters.month(DAY) == "October 2026"
    assert filters.sentence("Since 2026-10-20, not 2026-13-20.") == "Since Oct 20, 2026, not 2026-13-20."


def test_days_seen_from_a_day() -> None:
    near = {0: "today", -1: "yesterday", 1: "tomorrow", -3: "3 days ago", 5: "in 5 days"}
    for away, text in near.items():
        assert filters.ago(date.fromordinal(DAY.toordinal() + away), on=DAY) == text
    assert filters.late(date(2026, 10, 9), on=DAY) == "11 days late"
    assert filters.late(date(2026, 10, 19), on=DAY) == "1 day late"
    assert filters.late(DAY, on=DAY) == "today"
    assert filters.late(date(2026, 10, 30), on=DAY) == "Oct 30"


def test_moments_are_shown_in_the_zone_given() -> None:
    at = datetime(2026, 10, 20, 16, 42, tzinfo=UTC)
    assert filters.moment(at, zone=ZoneInfo("America/Los_Angeles")) == "Oct 20, 2026, 9:42\u202fAM"
    assert filters.moment(at.replace(tzinfo=None)) == "Oct 20, 2026, 4:42\u202fPM"


def test_an_instant_falls_on_the_day_of_the_zone() -> None:
    at = datetime(2026, 10, 21, 4, 48, tzinfo=UTC)
    assert filters.day_of(at, zone=ZoneInfo("America/Los_Angeles")) == date(2026, 10, 20)
    assert filters.day_of(at.replace(tzinfo=None)) == date(2026, 10, 21)


def test_counting_and_names() -> None:
    assert filters.plural(1, "gift") == "1 gift"
    assert filters.plural(1204, "gift") == "1,204 gifts"
    assert filters.plural(2, "person", "people") == "2 people"
    assert [filters.initials(name) for name in ("Eleanor Whitcombe", "Maren", "Ana de la Cruz-Ruiz", "", None)] == [
        "EW",
        "M",
        "AR",
        "",
        "",
    ]


@given(st.integers(-(10**15), 10**15))
def test_the_sign_of_a_sum_always_shows(amount: int) -> None:
    text = filters.signed_money(amount)
    assert text.startswith("+") == (amount > 0)
    assert text.startswith("−") == (amount < 0)
    assert filters.money_short(amount).startswith("−") == (amount < 0 and filters.money_short(amount) != "$0")


def test_templates_take_locale_currency_and_day_from_the_request() -> None:
    app = Flask(__name__)
    filters.register(app)
    with app.test_request_context("/gifts?sort=name&page=2"):
        g.locale, g.currency, g.today = "de_DE", "EUR", DAY
        assert render_template_string("{{ 120400|money }} {{ day|day }}", day=DAY) == "1.204,00\xa0€ 20. Okt."
        assert render_template_string("{{ 120400|money('USD') }}") == "1.204,00\xa0$"
        g.locale = "en_US"
        short = render_template_string("{{ 254367000|money_abbr('USD') }}")
        assert short == '<abbr title="$2,543,670.00">$2.54\u202fM</abbr>'


def test_here_is_this_page_with_some_of_its_query_changed() -> None:
    app = Flask(__name__)
    app.add_url_rule("/gifts/<int:fund>", "gifts", lambda **_: filters.here(page=3, sort=None))
    answer = app.test_client().get("/gifts/7?sort=name&tag=a&tag=b&page=2")
    assert answer.text == "/gifts/7?tag=a&tag=b&page=3"


@pytest.mark.parametrize(
    ("country", "locale", "line"),
    [
        ("US", "en_US", "14 Harbor Street, Astoria, OR 97103"),
        ("US", "de_AT", "14 Harbor Street, Astoria, OR 97103, US"),
        ("AT", "en_US", "14 Harbor Street, 97103 Astoria, OR, AT"),
        ("", "de_AT", "14 Harbor Street, 97103 Astoria, OR"),
    ],
)
def test_an_address_is_written_as_its_country_does(country: str, locale: str, line: str) -> None:
    address = SimpleNamespace(
        street="14 Harbor Street", city="Astoria", region="OR", postal_code="97103", country=country
    )
    assert filters.place(address, locale=locale) == line
