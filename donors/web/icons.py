"""Icons, drawn on the server from the `lucide` package, so that no page asks the network for one.

Pages name an icon by what it means here ("giving", "visit") or by its lucide name ("gift", "coffee").
"""

import re
from functools import cache

from flask import Flask
from lucide.jinja import lucide
from markupsafe import Markup

MEANINGS = {
    "today": "sun",
    "pipeline": "kanban",
    "constituents": "users",
    "giving": "gift",
    "volunteering": "heart",
    "plans": "route",
    "levels": "chart-no-axes-column-increasing",
    "leads": "compass",
    "reports": "chart-line",
    "settings": "sliders-horizontal",
    "person": "user",
    "duplicates": "copy",
    "household": "house",
    "organization": "building-2",
    "gift": "gift",
    "pledge": "file-pen-line",
    "hours": "heart",
    "move": "coffee",
    "visit": "coffee",
    "meeting": "users",
    "call": "phone",
    "email": "mail",
    "letter": "mail",
    "text": "message-square",
    "video": "video",
    "event": "calendar",
    "report": "file-text",
    "task": "check",
    "stage": "flag",
    "ask": "hand-coins",
    "proposal": "file-text",
    "level-up": "arrow-up",
    "level-down": "arrow-down",
    "level": "chart-no-axes-column-increasing",
    "rating": "star",
    "plan": "route",
    "branch": "git-branch",
    "snooze": "alarm-clock-off",
    "warn": "triangle-alert",
    "more": "ellipsis",
    "next": "arrow-right",
    "sort": "chevrons-up-down",
    "filter": "list-filter",
    "undo": "undo-2",
    "print": "printer",
    "edit": "pencil",
    "close": "x",
    "list": "table-2",
    "board": "kanban",
    "forecast": "chart-line",
    "sign-out": "log-out",
    "brand": "sprout",
}


@cache
def icon(name: str, size: int = 16) -> Markup:
    """An inline SVG, hidden from readers of text: the words beside it say the same.

    `size` is in pixels and only speaks where no style sheet does. Raises lucide.IconDoesNotExist for an unknown name.
    """
    drawing = lucide(MEANINGS.get(name, name), size=None)
    inner = (
        re.sub(r">\s+", ">", drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]).replace(" />", "/>").strip()
    )
    return Markup(  # noqa: S704 (the shapes come from the package, never from a visitor)
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>'
    )


def register(app: Flask) -> None:
    """Give every template the function `icon(name, size=16)`."""
    app.jinja_env.globals["icon"] = icon
