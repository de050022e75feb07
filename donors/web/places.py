"""The places of the rail: what a viewer finds there follows from what they may open."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app, g, request

from donors.core.db import current_session
from donors.leads.queue import count_new
from donors.web.session import SAFE

PLACES: tuple[tuple[str, str, str, str, int], ...] = (
    ("Today", "/today", "today", "signed in", 1),
    ("Leads", "/leads", "leads", "leads.read", 1),
    ("Pipeline", "/pipeline", "pipeline", "pipeline.read", 1),
    ("Constituents", "/constituents", "constituents", "constituents.read", 2),
    ("Duplicates", "/duplicates", "duplicates", "constituents.write", 2),
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


def places(
    may: Callable[[str], bool], *, standing: set[str], counts: Mapping[str, int | None]
) -> list[tuple[str, str, str, int | None, int]]:
    """The places that stand and that somebody may open: label, address, icon, count, group. `counts`: by address."""
    return [
        (label, href, icon, counts.get(href), group)
        for label, href, icon, need, group in PLACES
        if href in standing and (need == "signed in" or may(need))
    ]


def register(app: Flask) -> None:
    """Gives every template `nav` and `current_part`."""
    app.before_request(_count)
    app.context_processor(_shared)


def _count() -> None:
    """Counts what stands beside places. Only for pages that read, and before them: a page of an error asks nothing."""
    viewer = g.get("viewer")
    if request.method in SAFE and viewer is not None and viewer.complete and viewer.may("leads.read"):
        g.counts = {"/leads": count_new(current_session(), sees=viewer.sees) or None}


def _shared() -> dict[str, Any]:
    viewer = g.get("viewer")
    if viewer is None or not viewer.complete:
        return {"nav": [], "current_part": ""}
    standing = {rule.rule for rule in current_app.url_map.iter_rules()}
    nav = places(viewer.may, standing=standing, counts=g.get("counts", {}))
    return {"nav": nav, "current_part": request.path.split("/")[1]}
