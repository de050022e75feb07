"""Figures are read from the covering index alone: a test, not a hope. And the measurements run."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.line import Here
from bench.rollups import GROUPS
from bench.world import TODAY, Size, fill
from donors.core.db import is_sqlite, transaction
from donors.rollups.extent import Extent, Form, Scope
from donors.rollups.pools import day_binds
from donors.rollups.queries import wanted_on
from donors.rollups.refresh import upsert
from donors.rollups.standard import standard

LIST: dict[str, Any] = {"ids": {"sqlite": "(7, 8)", "postgresql": "'{7, 8}'"}}
RANGE: dict[str, Any] = {"low": 100, "high": 400}


def plan(session: Session, scope: Scope, binds: dict[str, Any]) -> list[str]:
    """What the database would do to refresh: the lines that name the credits."""
    asked = wanted_on(session, on=TODAY)
    dialect = session.get_bind().dialect.name
    statement = upsert(asked, Extent(Form.PLAIN, scope), dialect)
    own = {name: value[dialect] if isinstance(value, dict) else value for name, value in binds.items()}
    values = day_binds(asked.definitions, on=TODAY, fiscal=asked.fiscal) | own
    compiled = re.sub(r"(?<!:):(\w+)", lambda found: str(values[found[1]]), statement.text)
    if not is_sqlite(session):  # whatever a scan of so small a table costs: can the index do it alone?
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_bitmapscan = off"))
    word = "EXPLAIN QUERY PLAN" if is_sqlite(session) else "EXPLAIN"
    return [str(row[-1]) for row in session.connection().exec_driver_sql(f"{word} {compiled}")]


@pytest.mark.parametrize(("scope", "binds"), [(Scope.LIST, LIST), (Scope.RANGE, RANGE)])
def test_figures_are_read_from_the_index_alone(app: Flask, scope: Scope, binds: dict[str, Any]) -> None:
    with app.app_context():
        fill(Size(3_000, 30_000), standard())
        with transaction() as session:
            shown = plan(session, scope, binds)
            fit = "COVERING INDEX" if is_sqlite(session) else "Index Only Scan"
    by_id = (
        "ix_credit_shared",
        "ix_credit_gift_id (gift_id=?)",
        "ix_credit_given_on (given_on=? AND",
        "Index Scan using ix_credit_given_on on credit",
        "Index Scan using ix_credit_gift_id on credit",
    )  # a few rows, one by one
    on_credit = [line for line in shown if "credit" in line.lower() and not any(index in line for index in by_id)]
    assert on_credit
    assert [line for line in on_credit if ("SEARCH" in line or "Scan" in line) and fit not in line] == []
    assert not any("BLOOM" in line for line in shown)
    assert not any("SCAN credit" in line or "Seq Scan on credit" in line for line in on_credit)


@pytest.mark.parametrize("name", [name for name in GROUPS if name != "tenth"])
def test_the_measurements_run(app: Flask, name: str) -> None:
    group, of = GROUPS[name]
    with app.app_context():
        lines = list(group(Here(app, of(Size(200, 2_000)), workers=2, rounds=3)))
    assert all(line.memory or line.cost for line in lines)
    assert any(line.ratios for line in lines)
