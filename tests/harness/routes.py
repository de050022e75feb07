"""Routes of the program with ids of the small world: found by introspection, so that new pages need no new test.

A route with the id of a table needs nothing here when its argument is called after the table: `<int:gift_id>`. What has
another name is told in `NAMED`, `BESIDE` or `WORDS`; a route that nothing is known of fails the tests that need it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from donors.accounts.permissions import carries
from donors.core.db import Base
from donors.web.access import WORDS as NEEDS
from donors.web.access import need_of
from tests.cast import Person
from tests.harness.house import House

NAMED = {
    "plan_id": "running_plan",
    "user_id": "app_user",
    "template_id": "plan_template",
    "effect_id": "level_effect",
    "rule_id": "start_rule",
    "session_id": "sign_in_session",
    "view_id": "segment",
    "mail_id": "outbox",
    "import_id": "file_import",
    "person_id": "constituent",
    "stay_id": "household_membership",
    "tie_id": "relationship",
    "adjustment_id": "gift_adjustment",
}
"""Argument of a route → the table whose id it is, where it is not called after the table."""

WORDS: dict[tuple[str, str], str] = {
    ("settings_purposes", "word"): "funds",
    ("settings_jobs", "job"): "refresh",
    ("settings_jobs", "period_key"): "2026-03-09",
    ("accounts", "token"): "nobodys-token",
    ("unsubscribe", "token"): "nobodys-token",
    ("lead_form", "token"): "nobodys-token",
    ("plans", "act"): "snooze",
    ("constituents", "key"): "lifetime_total",
    ("constituents", "kind"): "emails",
    ("giving", "fund_key"): "fund_total",
    ("giving", "campaign_key"): "campaign_total",
    ("pipeline", "portfolio_key"): "portfolio_total",
    ("imports", "line"): "2",
    ("settings_rollups", "key"): "lifetime_total",
    ("rights", "what"): "objection",
}
"""Blueprint and argument of a route → a value, where it is no id."""

BESIDE = {
    ("settings_purposes", "row_id"): "fund",
    ("constituents", "point_id"): "email_address",
}
"""Blueprint and argument of a route → the table whose id it is, where the name alone would not say."""

Ids = dict[str, list[int]]
"""Table → ids of rows."""


def secret_ids(session: Session, house: House) -> Ids:
    """Table → ids of the rows about the hidden constituent, over any number of foreign keys, Olive's own move, and the
    prospect of her team with what is about it."""
    found: dict[str, set[int]] = defaultdict(set)
    found["constituent"], found["move"] = {house.hidden}, {house.own_move}
    found["prospect"] = {house.team_prospect}
    tables = [table for table in Base.metadata.sorted_tables if "id" in table.c]
    before = -1
    while before != (before := sum(map(len, found.values()))):
        for table in tables:
            for column in _links(table, set(found)):
                target = next(iter(column.foreign_keys)).column.table.name
                rows = session.scalars(select(table.c.id).where(column.in_(found[target])))
                found[table.name] |= set(rows)
    session.rollback()
    return {name: sorted(ids) for name, ids in found.items() if ids}


def _links(table: Table, known: set[str]) -> Iterator[Any]:
    for column in table.c:
        for key in column.foreign_keys:
            if key.column.table.name in known and key.column.name == "id":
                yield column


def open_ids(session: Session, secret: Ids) -> Ids:
    """Table → ids of rows that are not about the hidden, the oldest three of each table."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and table.c.id.type.python_type is int:
            hidden = secret.get(table.name, [])
            chosen = select(table.c.id).where(table.c.id.not_in(hidden)).order_by(table.c.id).limit(3)
            found[table.name] = list(session.scalars(chosen))
    session.rollback()
    return found


def table_of(rule: Rule, argument: str) -> str:
    """The table whose id an argument of a route is; "" for a word. Fails the test where nothing says which."""
    blueprint = rule.endpoint.partition(".")[0]
    if (blueprint, argument) in WORDS or rule.endpoint == "static":
        return ""
    named = BESIDE.get((blueprint, argument)) or NAMED.get(argument) or argument.removesuffix("_id")
    if named not in Base.metadata.tables:
        pytest.fail(
            f"{rule.rule}: no test knows what <{argument}> is. Call it after its table (gift_id), "
            "or name the table in NAMED (or its value in WORDS) of tests/harness/routes.py.",
            pytrace=False,
        )
    return named


def tables_of(rule: Rule) -> dict[str, str]:
    """Argument → table, for the arguments of a route that are ids."""
    found = {argument: table_of(rule, argument) for argument in sorted(rule.arguments)}
    return {argument: table for argument, table in found.items() if table}


def address(rule: Rule, ids: dict[str, int]) -> str:
    """The address of a route with these ids, and a word for what is none."""
    blueprint = rule.endpoint.partition(".")[0]
    words = {argument: WORDS[blueprint, argument] for argument in rule.arguments - set(ids)}
    values = {name: int(word) if word.isdigit() else word for name, word in words.items()}
    built = rule.build({**values, **ids})
    assert built is not None, rule
    return str(built[1])


def routes(app: Flask, method: str) -> list[Rule]:
    """All routes but the static files that answer to a method."""
    return sorted(
        (
            rule
            for rule in app.url_map.iter_rules()
            if method in (rule.methods or ()) and "static" not in rule.endpoint and "<path:" not in rule.rule
        ),
        key=lambda rule: (rule.rule, rule.endpoint),
    )


def pages(app: Flask, ids: Ids, method: str = "GET") -> list[tuple[Rule, str]]:
    """Every route of a method with its address, fed with the first of these ids of each table.

    Fails the test where the world has no row of a table that a route takes.
    """
    found = []
    for rule in routes(app, method):
        needed = tables_of(rule)
        lacking = {table for table in needed.values() if not ids.get(table)}
        if lacking:
            pytest.fail(f"{rule.rule}: the world has no {lacking}: add one to tests/harness/house.py", pytrace=False)
        found.append((rule, address(rule, {name: ids[table][0] for name, table in needed.items()})))
    return found


def may(person: Person, endpoint: str) -> bool:
    """Whether the table lets somebody of this role in."""
    need = need_of(endpoint) or ""
    return need in NEEDS or carries(person.role, need)
