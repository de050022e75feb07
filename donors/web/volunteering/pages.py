"""The addresses of volunteering."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.volunteering import list_views, shift_views

RULES = (
    ("", list_views.list_page, GET, "list_page"),
    ("/export", list_views.export, POST, "export"),
    ("/new", shift_views.new, BOTH, "new"),
    ("/<int:shift_id>", shift_views.shift_page, GET, "shift_page"),
    ("/<int:shift_id>", shift_views.shift_page, POST, "edit"),
    ("/<int:shift_id>/remove", shift_views.remove, BOTH, "remove"),
)
"""Address, view, methods, endpoint: one shift is read by more people than may change it."""

volunteering = part("volunteering", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(volunteering)
