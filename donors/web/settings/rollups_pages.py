"""The pages of Settings › Rollups, in one place: addresses and their views."""

from flask import Blueprint, Flask

from donors.web.settings import rollups_builder_views as builder
from donors.web.settings import rollups_views as views

PAGES = (
    ("", "rollups_page", views.rollups_page, "GET"),
    ("/verify", "verify_now", views.verify_now, "POST"),
    ("/new", "add", builder.add, "GET POST"),
    ("/<key>", "one", builder.one, "GET"),
    ("/<key>", "save", builder.save, "POST"),
    ("/<key>/active", "switch", builder.switch, "POST"),
)


def register(app: Flask) -> None:
    """Adds the pages."""
    pages = Blueprint("settings_rollups", __name__, url_prefix="/settings/rollups")
    for address, name, view, methods in PAGES:
        pages.add_url_rule(address, name, view, methods=methods.split())
    app.register_blueprint(pages)
