"""The addresses of a part as a table: rule, view, methods, and an endpoint where it is not the name of the view."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint

GET, POST, BOTH = ["GET"], ["POST"], ["GET", "POST"]

Rule = tuple[str, Callable[..., Any], list[str]] | tuple[str, Callable[..., Any], list[str], str]


def part(name: str, rules: Iterable[Rule]) -> Blueprint:
    """The addresses of a part, all under its own word."""
    made = Blueprint(name, __name__, url_prefix=f"/{name}")
    for rule, view, methods, *named in rules:
        made.add_url_rule(rule, named[0] if named else None, view, methods=methods)
    return made
