"""Formulas: SQL and Python agree to the last bit, and mistakes are named with their place."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from donors.core.fields import Kind, joined
from donors.core.formula.compile import kept as kept_sql
from donors.core.formula.compile import to_sql
from donors.core.formula.evaluate import kept, value_of
from donors.core.formula.parse import DEEPEST, InvalidFormula, parse
from donors.core.formula.tree import Type, figures_used
from tests.core.criteria_rows import FIELDS, GIVERS, ROW, ROWS, TODAY, values_of, write

KINDS = [Kind.NUMBER, Kind.MONEY, Kind.MINUTES]


def _numbers(inner: st.SearchStrategy[str], dates: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    truths = st.one_of(
        st.tuples(inner, st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="]), inner).map(" ".join),
        st.tuples(dates, st.sampled_from(["=", "<", ">="]), dates).map(" ".join),
        inner.map(lambda each: f"is_empty({each})"),
        st.just("active"),
        st.just("not active or active and is_empty(count)"),
    )
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(truths, inner, inner).map(lambda parts: "if({}, {}, {})".format(*parts)),
        st.tuples(st.sampled_from(["min", "max"]), st.lists(inner, min_size=2, max_size=4)).map(
            lambda parts: f"{parts[0]}({', '.join(parts[1])})"
        ),
        st.tuples(inner, st.integers(0, 6)).map(lambda parts: "round({}, {})".format(*parts)),
        inner.map(lambda each: f"-{each}"),
        inner.map(lambda each: f"abs(round({each}))"),
        st.tuples(inner, inner).map(lambda parts: "or_else({}, {})".format(*parts)),
        st.tuples(dates, dates).map(lambda parts: "days({}, {})".format(*parts)),
    )


DATES = st.sampled_from(
    ["seen_on", "given_on", "since", "today", "2026-02-28", "min(seen_on, given_on)", "or_else(seen_on, today())"]
)
LEAVES = st.sampled_from(["count", "odds", "amount", "minutes", "0", "1", "20", "0.5", "0.01", "3", "1000000"])
TEXTS = st.recursive(LEAVES, lambda inner: _numbers(inner, DATES), max_leaves=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_sql_and_python_agree(engine: Engine, data: st.DataObject) -> None:
    givers = data.draw(st.lists(GIVERS, min_size=3, max_size=3))
    rows = data.draw(st.lists(ROWS, min_size=1, max_size=8))
    texts = data.draw(st.lists(TEXTS, min_size=1, max_size=8))
    with engine.connect() as connection:
        write(connection, rows, givers)
        for text in texts:
            formula = parse(text, FIELDS)
            expression, joins = to_sql(formula, FIELDS, on=TODAY, currency="USD")
            as_money = kept_sql(expression, Kind.MONEY, currency="USD")
            statement = joined(select(expression, as_money).select_from(ROW), joins).order_by(ROW.c.id)
            found = [tuple(row) for row in connection.execute(statement)]
            values = [value_of(formula, values_of(row, givers), FIELDS, on=TODAY, currency="USD") for row in rows]
            assert found == [(value, kept(value, Kind.MONEY, currency="USD")) for value in values], text
        connection.rollback()


def _of(text: str, **values: Any) -> Any:
    return value_of(parse(text, FIELDS), values, FIELDS, on=TODAY, currency="USD")


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("amount + 20 * minutes", {"amount": 125_050, "minutes": 90}, 1280.5),
        ("amount + 20 * minutes", {"amount": 125_050}, 1250.5),
        ("amount + 20 * minutes", {}, 0),
        ("20 * minutes", {}, None),
        ("amount / count", {"amount": 1000, "count": 0}, None),
        ("amount / count", {"amount": 1000, "count": 4}, 2.5),
        ("2 + 3 * 4 - 6 / 3", {}, 12),
        ("8 / 4 / 2 - 1 - 1", {}, -1),
        ("-count * -2", {"count": 3}, 6),
        ("if(count >= 3 and not active, 1, 2)", {"count": 3}, 1),
        ("IF(count >= 3 OR active, 1, 2)", {"count": 2}, 2),
        ("if(amount = 0.1 + 0.2, 1, 0)", {"amount": 30}, 1),
        ("round(2.5) + round(-2.5) * 10 + round(0.125, 2)", {}, 3 - 30 + 0.13),
        ("days(given_on, seen_on)", {"given_on": date(2026, 1, 1), "seen_on": date(2026, 3, 1)}, 59),
        ("days(given_on, today)", {"given_on": date(2026, 6, 1)}, 16),
        ("days(given_on, today)", {}, None),
        ("min(count, 5, minutes)", {"count": 7}, 5),
        ("max(count, minutes)", {}, None),
        ("if(is_empty(count), 1, 0) + or_else(count, 4)", {}, 5),
    ],
)
def test_formulas_reckon_as_on_paper(text: str, values: dict[str, Any], result: float | None) -> None:
    assert _of(text, **values) == result


@pytest.mark.parametrize(
    ("value", "kind", "stored"),
    [
        (1.005, Kind.NUMBER, 1),
        (-2.5, Kind.NUMBER, -3),
        (12.345, Kind.MONEY, 1235),
        (1.5, Kind.MINUTES, 90),
        (1e16, Kind.NUMBER, None),
    ],
)
def test_results_are_kept_in_whole_units(value: float, kind: Kind, stored: int | None) -> None:
    assert kept(value, kind, currency="USD") == stored


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 0, "nothing"),
        ("amount +", 8, "ends too early"),
        ("amount + totl", 9, "no figure “totl”"),
        ("amunt", 0, "Did you mean amount?"),
        ("amount minutes", 7, "not expected"),
        ("amount + $5", 9, "no meaning"),
        ("1 + name", 4, "is a text"),
        ("1 + given_on", 4, "a number is wanted here, and this is a date"),
        ("given_on > 5", 0, "a date cannot be compared with a number"),
        ("if(count, 1, 2)", 0, "Write if(condition, then, otherwise)"),
        ("sqrt(4)", 0, "no function “sqrt”"),
        ("round(count, 9)", 0, "decimals from 0 to 6"),
        ("days(given_on, 2026-02-30)", 15, "not a day"),
        ("99999999999999", 0, "too large"),
        ("(" * (DEEPEST + 1) + "-" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), DEEPEST * 2 + 2, "nested deeper"),
        ("count" + "*count" * 9, 0, "more than 8 times"),
        ("count" + " + count" * 200, 0, "longer than"),
        ("__import__('os')", 11, "no meaning"),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, at: int, words: str) -> None:
    with pytest.raises(InvalidFormula) as fault:
        parse(text, FIELDS)
    assert words in str(fault.value)
    assert fault.value.at == at


def test_a_formula_tells_what_it_asks_for_and_yields() -> None:
    formula = parse("max(seen_on, given_on, seen_on)", FIELDS)
    assert (figures_used(formula), formula.type) == (("seen_on", "given_on"), Type.DATE)
