"""The addresses of leads."""

from flask import Flask

from donors.web.addresses import BOTH, Rule, part
from donors.web.leads import new_views

RULES: tuple[Rule, ...] = (("/new", new_views.new, BOTH),)

leads = part("leads", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(leads)
