"""The addresses of volunteering."""

from flask import Blueprint, Flask

from donors.web.volunteering import list_views, shift_views

volunteering = Blueprint("volunteering", __name__, url_prefix="/volunteering")

GET, POST, BOTH = ["GET"], ["POST"], ["GET", "POST"]
RULES = (
    ("", list_views.list_page, GET, "list_page"),
    ("/export", list_views.export, POST, "export"),
    ("/new", shift_views.new, BOTH, "new"),
    ("/<int:shift_id>", shift_views.shift_page, GET, "shift_page"),
    ("/<int:shift_id>", shift_views.shift_page, POST, "edit"),
    ("/<int:shift_id>/remove", shift_views.remove, BOTH, "remove"),
)
"""Address, view, methods, endpoint: one shift is read by more people than may change it."""

for rule, view, methods, endpoint in RULES:
    volunteering.add_url_rule(rule, endpoint, view_func=view, methods=methods)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(volunteering)
