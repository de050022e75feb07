"""What exists is documented: names are read from the program and looked for in the documents."""

import ast
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest
from flask import Flask

import donors
import donors.reports
from config import ROOT
from donors.core.db import Base
from donors.core.settings import Organization
from donors.jobs.schedule import SCHEDULE
from tests.structure.source import import_all


def document(path: str) -> str:
    """A document's text, in lower case and with single spaces."""
    return " ".join((ROOT / path).read_text().lower().split())


def commands(group: click.Group, above: str) -> Iterator[str]:
    """Every command below a group, as one types it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{above} {name}")
        else:
            yield f"{above} {name}"


def own(app: Flask) -> list[str]:
    """The commands of the program; Flask-Migrate documents its own."""
    return [name for name in commands(app.cli, "flask") if not name.startswith("flask db ")]


def environment() -> list[str]:
    """The names that config.py reads from the environment."""
    tree = ast.parse((ROOT / "config.py").read_text())
    reads = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get"
    ]
    return [str(ast.literal_eval(node.args[0])) for node in reads]


def missing(names: list[str], text: str) -> list[str]:
    """The names that a text does not hold."""
    assert names
    return [name for name in names if name.lower() not in text]


def test_every_part_is_on_the_map() -> None:
    parts = [f"{part.name}/" for part in pkgutil.iter_modules(donors.__path__) if part.ispkg]
    assert missing(parts, document("README.md")) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_command_is_in_the_operations_guide(app: Flask) -> None:
    assert missing(own(app), document("docs/operations.md")) == []


def test_every_environment_variable_is_in_the_operations_guide() -> None:
    assert missing(environment(), document("docs/operations.md")) == []


def test_every_setting_is_in_the_operations_guide() -> None:
    settings = [f"`{field.name}`" for field in fields(Organization)]
    assert missing(settings, document("docs/operations.md")) == []


def test_every_job_is_in_the_operations_guide() -> None:
    assert missing([f"`{job.name}`" for job in SCHEDULE], document("docs/operations.md")) == []


def test_every_table_is_in_the_glossary() -> None:
    import_all()
    nouns = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", mapper.class_.__name__) for mapper in Base.registry.mappers]
    assert missing(nouns, document("docs/glossary.md")) == []


def test_every_target_of_make_is_in_the_readme_or_the_operations_guide() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = [f"make {line.partition(':')[0]}" for line in lines if ":" in line and "  ## " in line]
    assert missing(targets, document("README.md") + document("docs/operations.md")) == []


def test_every_report_is_in_the_documents() -> None:
    reports = [module.name.replace("_", " ") for module in pkgutil.iter_modules(donors.reports.__path__)]
    texts = [document(path.relative_to(ROOT).as_posix()) for path in sorted((ROOT / "docs").rglob("*.md"))]
    assert missing(reports, " ".join(texts)) == []


def test_what_documents_name_is_there() -> None:
    texts = [
        path.read_text() for path in (ROOT / "README.md", ROOT / "STYLE.md", *sorted((ROOT / "docs").rglob("*.md")))
    ]
    named = set(re.findall(r"`((?:donors|tests|bench|tools|docs|templates|migrations)/[\w./]*\w)", " ".join(texts)))
    assert len(named) > 20
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
