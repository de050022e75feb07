"""The project's own files, and its ladder of parts as pyproject.toml states it."""

import ast
import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import donors
from config import ROOT

FOREIGN = {".git", ".venv", "instance", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def files(*suffixes: str, under: str = "") -> Iterator[Path]:
    """The files of the project with one of these suffixes (all files, if none is named)."""
    for path in sorted((ROOT / under).rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_file() and not FOREIGN & set(inside.parts) and (not suffixes or path.suffix in suffixes):
            yield path


def name(path: Path) -> str:
    """Where a file stands in the project, for messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module, read once."""
    return ast.parse(path.read_text(), filename=name(path))


def ladder() -> list[set[str]]:
    """The parts from top to bottom; siblings share a rung."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "ladder")
    return [{part.strip(" ()") for part in layer.split("|")} for layer in layers]


def rung(module: str) -> int:
    """How high a module of the program stands: 0 is the lowest."""
    part = module.split(".")[1]
    return next(height for height, parts in enumerate(reversed(ladder())) if part in parts)


def import_all() -> None:
    """Imports every module of the program, so that all tables are known."""
    for module in pkgutil.walk_packages(donors.__path__, "donors."):
        importlib.import_module(module.name)
