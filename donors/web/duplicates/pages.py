"""The addresses of duplicates."""

from flask import Flask

from donors.web.addresses import GET, POST, part
from donors.web.duplicates import pair_views

RULES = (
    ("", pair_views.index, GET),
    ("/apart", pair_views.apart, POST),
    ("/again", pair_views.again, POST),
    ("/search", pair_views.search, POST),
    ("/<int:change_set_id>/undo", pair_views.undo, POST),
)

duplicates = part("duplicates", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(duplicates)
