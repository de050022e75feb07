"""The application on a test database."""

from contextvars import Context
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config
from donors.app import create_app

SECRET = "only-for-tests-" + "0" * 49


def configuration(url: str, instance: Path, **changes: object) -> Config:
    """The configuration of a test: nothing comes from the environment."""
    return Config(**{"database_url": url, "secret_key": SECRET, "instance": instance, **changes})  # type: ignore[arg-type]


class OutsideClient(FlaskClient):
    """A client that shares no application context with the test around it, as a browser shares none with the server."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


def application(config: Config) -> Flask:
    """The application. Errors reach the test; forms carry no CSRF token unless the test turns that on again."""
    app = create_app(config)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = OutsideClient
    return app


def let_go(app: Flask) -> None:
    """Closes the connections of an application that is no longer needed."""
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def migrate(url: str, instance: Path) -> None:
    """Brings an empty database to the newest migration."""
    app = application(configuration(url, instance))
    with app.app_context():
        flask_migrate.upgrade()
    let_go(app)
