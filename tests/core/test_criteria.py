"""Criteria: SQL and Python agree, what is stored comes back, and mistakes are named."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from donors.core.calendar import FiscalCalendar
from donors.core.criteria.compile import to_sql
from donors.core.criteria.describe import describe
from donors.core.criteria.evaluate import holds
from donors.core.criteria.parse import LONGEST_LIST, from_json, to_json
from donors.core.criteria.periods import Period, Span, read_period, span
from donors.core.criteria.tree import EVERYTHING, Compare, Criteria, Not, Operator
from donors.core.errors import Invalid
from donors.core.fields import joined
from donors.core.settings import Organization
from tests.core.criteria_rows import FIELDS, GIVERS, PERIODS, ROW, ROWS, TABLES, TODAY, TREES, values_of, write

CALENDAR = FiscalCalendar()
JULY = FiscalCalendar(7)
HOUSE = Organization()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data(), month=st.integers(1, 12))
def test_sql_and_python_agree(engine: Engine, data: st.DataObject, month: int) -> None:
    givers = data.draw(st.lists(GIVERS, min_size=3, max_size=3))
    rows = data.draw(st.lists(ROWS, min_size=1, max_size=12))
    trees = data.draw(st.lists(TREES, min_size=1, max_size=12))
    fiscal = FiscalCalendar(month)
    with engine.connect() as connection:
        write(connection, rows, givers)
        for tree in trees:
            condition, joins = to_sql(tree, FIELDS, on=TODAY, fiscal=fiscal)
            found = set(connection.scalars(joined(select(ROW.c.id).select_from(ROW), joins).where(condition)))
            expected = {
                place
                for place, row in enumerate(rows)
                if holds(tree, values_of(row, givers), FIELDS, on=TODAY, fiscal=fiscal)
            }
            assert found == expected, tree
        connection.rollback()


@given(TREES)
def test_what_is_stored_comes_back(tree: Criteria) -> None:
    assert from_json(to_json(tree, FIELDS, HOUSE), FIELDS, HOUSE) == tree


@given(TREES)
def test_every_tree_reads_as_a_sentence(tree: Criteria) -> None:
    assert describe(tree, FIELDS, HOUSE).endswith(".")


@given(PERIODS)
def test_words_of_a_period_come_back(period: Period) -> None:
    assert read_period(str(period)) == period


def test_a_tree_in_words() -> None:
    tree = from_json(
        {
            "all": [
                {"field": "amount", "operator": "at least", "value": "1,000"},
                {
                    "any": [
                        {"field": "given_on", "operator": "equals", "value": "Last fiscal year"},
                        {"field": "given_on", "operator": "equals", "value": "last 30 days"},
                        {"not": {"field": "shape", "operator": "any of", "value": ["square"]}},
                    ]
                },
                {"field": "minutes", "operator": "between", "value": ["0.5", "1:20"]},
                {"field": "seen_on", "operator": "not equals", "value": "2026-03-01"},
                {"field": "town", "operator": "is not empty"},
                {"field": "odds", "operator": "less", "value": 0.5},
            ]
        },
        FIELDS,
        HOUSE,
    )
    assert describe(tree, FIELDS, HOUSE) == (
        "Amount is at least $1,000.00 and (Given on is in last fiscal year or Given on is in the last 30 days or "
        "not (Shape is one of “Four-cornered”)) and Time given is between 0.5 hours and 1.33 hours and "
        "Seen on is not March 1, 2026 and Town is not empty and Odds is less than 0.50."
    )


def test_nothing_asked_is_everything() -> None:
    assert from_json(None, FIELDS, HOUSE) == from_json({}, FIELDS, HOUSE) == EVERYTHING
    assert holds(EVERYTHING, {}, FIELDS, on=TODAY, fiscal=CALENDAR)
    assert describe(EVERYTHING, FIELDS, HOUSE) == "Everything."


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("today", "2026-06-17", "2026-06-17"),
        ("yesterday", "2026-06-16", "2026-06-16"),
        ("this week", "2026-06-15", "2026-06-21"),
        ("last week", "2026-06-08", "2026-06-14"),
        ("2 weeks ago", "2026-06-01", "2026-06-07"),
        ("this month", "2026-06-01", "2026-06-30"),
        ("last month", "2026-05-01", "2026-05-31"),
        ("6 months ago", "2025-12-01", "2025-12-31"),
        ("in 7 months", "2027-01-01", "2027-01-31"),
        ("this year", "2026-01-01", "2026-12-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("this fiscal year", "2025-07-01", "2026-06-30"),
        ("last fiscal year", "2024-07-01", "2025-06-30"),
        ("next fiscal year", "2026-07-01", "2027-06-30"),
        ("2 fiscal years ago", "2023-07-01", "2024-06-30"),
        ("last 365 days", "2025-06-17", "2026-06-17"),
        ("within the next 7 days", "2026-06-17", "2026-06-24"),
    ],
)
def test_relative_dates_mean_what_they_say(words: str, first: str, last: str) -> None:
    period = read_period(words)
    assert period is not None
    assert span(period, on=TODAY, fiscal=JULY) == Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("words", ["last 0 days", "99999 days ago", "in 101 years", "this decade", "soon", ""])
def test_other_words_are_no_period(words: str) -> None:
    assert read_period(words) is None


@pytest.mark.parametrize("start", [date(1900, 1, 1), date(2024, 2, 29), date(2199, 12, 31)])
@given(period=PERIODS)
def test_periods_stay_in_the_calendar(start: date, period: Period) -> None:
    found = span(period, on=start, fiscal=JULY)
    assert found.first <= found.last


@pytest.mark.parametrize(
    ("operator", "day", "answer"),
    [
        ("at least", "2026-06-01", True),
        ("at least", "2026-05-31", False),
        ("at most", "2026-06-30", True),
        ("at most", "2026-07-01", False),
        ("less", "2026-05-31", True),
        ("less", "2026-06-01", False),
        ("greater", "2026-06-30", False),
        ("greater", "2026-07-01", True),
    ],
)
def test_orders_take_a_period_whole(operator: str, day: str, answer: bool) -> None:
    tree = from_json({"field": "seen_on", "operator": operator, "value": "this month"}, FIELDS, HOUSE)
    assert holds(tree, {"seen_on": date.fromisoformat(day)}, FIELDS, on=TODAY, fiscal=CALENDAR) is answer


@pytest.mark.parametrize(
    ("operator", "answer"),
    [
        (Operator.EQUALS, False),
        (Operator.NOT_EQUALS, True),
        (Operator.AT_LEAST, False),
        (Operator.LESS, False),
        (Operator.IS_EMPTY, True),
        (Operator.IS_NOT_EMPTY, False),
    ],
)
def test_zero_and_empty_are_different(operator: Operator, answer: bool) -> None:
    tree = Compare("amount", operator, 0)
    assert holds(tree, {"amount": None}, FIELDS, on=TODAY, fiscal=CALENDAR) is answer
    assert holds(Not(tree), {}, FIELDS, on=TODAY, fiscal=CALENDAR) is not answer


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"field": "hat", "operator": "equals", "value": 1}, "is not a field"),
        ({"field": ["name"], "operator": "equals", "value": 1}, "is not a field"),
        ({"field": "name", "operator": "greater", "value": "a"}, "Name “greater”: is not an operator"),
        ({"field": "name", "operator": "equals", "value": " "}, "Name equals “ ”: has no value"),
        ({"field": "name", "operator": "equals", "value": "a\0"}, "cannot be stored"),
        ({"field": "name", "operator": "equals", "value": "\ud800"}, "cannot be stored"),
        ({"field": "name", "operator": "equals", "value": {"a": 1}}, "is not a text"),
        ({"field": "name", "operator": "equals", "value": "a" * 1001}, "longer than"),
        ({"field": "count", "operator": "equals"}, "has no value"),
        ({"field": "count", "operator": "equals", "value": "many"}, "“many”: is not a number. Use digits"),
        ({"field": "count", "operator": "equals", "value": "1.5"}, "Use a whole number"),
        ({"field": "count", "operator": "equals", "value": "9" * 30}, "is not a number"),
        ({"field": "count", "operator": "equals", "value": True}, "is not a number"),
        ({"field": "count", "operator": "equals", "value": float("nan")}, "is not a number"),
        ({"field": "amount", "operator": "less", "value": "1,00"}, "Amount less “1,00”: is not a sum"),
        ({"field": "minutes", "operator": "less", "value": "1:99"}, "is not a number of hours"),
        ({"field": "seen_on", "operator": "less", "value": "31.3.2026"}, "is not a date. Write it like"),
        ({"field": "seen_on", "operator": "less", "value": "2026-02-30"}, "is not a date"),
        ({"field": "active", "operator": "equals", "value": "perhaps"}, "neither yes nor no"),
        ({"field": "shape", "operator": "equals", "value": "oval"}, "Choose one of: Round, Four-cornered."),
        ({"field": "giver_id", "operator": "equals", "value": "x"}, "is not an id"),
        ({"field": "count", "operator": "between", "value": [1]}, "is not a pair"),
        ({"field": "count", "operator": "any of", "value": []}, "has 0 values"),
        ({"field": "count", "operator": "any of", "value": 7}, "is not a list"),
        ({"field": "count", "operator": "any of", "value": list(range(LONGEST_LIST + 1))}, "has 501 values"),
        ({"any": []}, "is not a condition"),
        ({"all": [], "any": []}, "is not a condition"),
        ([1], "is not a condition"),
        ("name", "is not a condition"),
        ({"all": [{"field": "name", "operator": "is empty"}] * 201}, "too many conditions"),
    ],
)
def test_mistakes_are_named(condition: object, said: str) -> None:
    with pytest.raises(Invalid) as fault:
        from_json(condition, FIELDS, HOUSE)
    assert said in str(fault.value)


def test_depth_has_a_bound() -> None:
    data: object = {"field": "name", "operator": "is empty"}
    for _ in range(2000):
        data = {"not": data}
    with pytest.raises(Invalid, match="nested deeper"):
        from_json(data, FIELDS, HOUSE)


def test_the_widest_tree_still_compiles(engine: Engine) -> None:
    data = {"any": [{"field": "given_on", "operator": "any of", "value": _dates(500)}] * 10}
    tree = from_json(data, FIELDS, HOUSE)
    nested = from_json(
        _nested({"all": [{"field": "town", "operator": "none of", "value": "a;b"}] * 200}), FIELDS, HOUSE
    )
    with engine.connect() as connection:
        TABLES.create_all(connection)
        for each in (tree, nested):
            condition, joins = to_sql(each, FIELDS, on=TODAY, fiscal=CALENDAR)
            assert connection.execute(joined(select(ROW.c.id).select_from(ROW), joins).where(condition)).all() == []


def _dates(count: int) -> list[str]:
    return [date.fromordinal(700000 + number).isoformat() for number in range(count)]


def _nested(data: object) -> object:
    for _ in range(8):
        data = {"not": data}
    return data
