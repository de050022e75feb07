"""House rules on Python code that no linter knows."""

import ast
import re
from functools import cache

from tests.structure.source import files, name, parsed

TIME_IN_SQL = re.compile(r"\bcurrent_(date|time|timestamp)\b|\bclock_timestamp\b|\bnow\(\)|'now'", re.IGNORECASE)
ASKS_THE_DATABASE = "donors/core/claims.py"
"""Leases are compared by the one clock that all hosts share; business dates never are."""
SUPPRESSED = re.compile(r"# (?:noqa|type: ignore)\b(?P<rest>.*)")
WITH_REASON = re.compile(r"(: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*|\[[a-z, -]+\])\W+\w.*")
DRAWERS = {"utils", "util", "helpers", "helper", "common", "services", "service", "misc", "base", "manager"}


@cache
def nodes(under: str) -> tuple[tuple[str, ast.AST], ...]:
    """All nodes of the syntax trees of a folder, with a place to name in a message."""
    return tuple(
        (f"{name(path)}:{getattr(node, 'lineno', 0)}", node)
        for path in files(".py", under=under)
        for node in ast.walk(parsed(path))
    )


def calls(under: str, *methods: str) -> list[str]:
    """Where one of these methods is called."""
    return [
        place
        for place, node in nodes(under)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods
    ]


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """Strings that stand alone: they are for people."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def test_what_keeps_a_check_quiet_says_why() -> None:
    unreasoned = [
        f"{name(path)}:{number}"
        for folder in ("donors", "tools", "bench", "migrations")
        for path in files(".py", under=folder)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (found := SUPPRESSED.search(line)) and not WITH_REASON.fullmatch(found["rest"])
    ]
    assert unreasoned == []


def test_one_place_commits() -> None:
    assert [place for place in calls("donors", "commit") if not place.startswith("donors/core/db.py")] == []


def test_nothing_listens_to_the_orm() -> None:
    listening = calls("donors", "listen", "listens_for", "connect_via")
    assert [place for place in listening if not place.startswith("donors/core/db.py")] == []


def test_the_database_is_not_asked_for_the_time() -> None:
    asked = [
        place
        for folder in ("donors", "migrations")
        for place, node in nodes(folder)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "func"
        and re.match(r"now$|current_|local|sysdate|clock_", node.attr)
    ]
    assert asked == []


def test_no_sql_text_reads_the_time() -> None:
    reading = []
    for folder in ("donors", "migrations"):
        for path in files(".py", under=folder):
            tree = parsed(path)
            spoken = docstrings(tree)
            for node in ast.walk(tree):
                text = node.value if isinstance(node, ast.Constant) and node not in spoken else None
                if isinstance(text, str) and TIME_IN_SQL.search(text):
                    reading.append(name(path))
    assert set(reading) <= {ASKS_THE_DATABASE}


def test_packages_hold_only_a_docstring() -> None:
    packages = [path for path in files(".py", under="donors") if path.name == "__init__.py"]
    full = [name(path) for path in packages if len(parsed(path).body) != 1 or not ast.get_docstring(parsed(path))]
    assert packages
    assert full == []


def test_folders_of_modules_are_packages() -> None:
    folders = {path.parent for path in files(".py", under="donors")}
    assert sorted(name(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_no_drawers() -> None:
    assert [name(path) for path in files(".py", under="donors") if path.stem in DRAWERS] == []
