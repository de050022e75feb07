"""The places of the rail: what a viewer finds there follows from what they may open."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, request

PLACES: tuple[tuple[str, str, str, str, int], ...] = (
    ("Today", "/today", "today", "signed in", 1),
    ("Pipeline", "/pipeline", "pipeline", "pipeline.read", 1),
    ("Constituents", "/constituents", "constituents", "constituents.read", 2),
    ("Giving", "/giving", "giving", "giving.read", 2),
    ("Volunteering", "/volunteering", "volunteering", "volunteering.read", 2),
    ("Plans", "/plans", "plans", "plans.read", 3),
    ("Mail", "/mail", "email", "mail.write", 3),
    ("Levels", "/levels", "levels", "levels.read", 3),
    ("Reports", "/reports", "reports", "reports.read", 3),
    ("Imports", "/imports", "list", "imports.write", 4),
    ("Rights", "/rights", "scale", "rights.answer", 4),
    ("Settings", "/settings", "settings", "settings.read", 4),
)
"""Label, address, icon, what it takes, and the group it stands in."""


def places(may: Callable[[str], bool], *, standing: set[str]) -> list[tuple[str, str, str, int | None, int]]:
    """The places that stand and that somebody may open: label, address, icon, count, group."""
    return [
        (label, href, icon, None, group)
        for label, href, icon, need, group in PLACES
        if href in standing and (need == "signed in" or may(need))
    ]


def register(app: Flask) -> None:
    """Gives every template `nav` and `current_part`."""
    app.context_processor(_shared)


def _shared() -> dict[str, Any]:
    viewer = g.get("viewer")
    if viewer is None or not viewer.complete:
        return {"nav": [], "current_part": ""}
    standing = {rule.rule for rule in current_app.url_map.iter_rules()}
    return {"nav": places(viewer.may, standing=standing), "current_part": request.path.split("/")[1]}
