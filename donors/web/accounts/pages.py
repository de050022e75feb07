"""All pages at the door, bound to the application."""

from flask import Flask

from donors.web.accounts import absence_views, feed_views, link_views, own_views, views

MODULES = (views, link_views, own_views, absence_views, feed_views)
"""Importing them is what fills the blueprint."""


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(views.accounts)
