"""The addresses of leads."""

from flask import Flask

from donors.web.addresses import Rule, part

RULES: tuple[Rule, ...] = ()

leads = part("leads", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(leads)
