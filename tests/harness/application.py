"""The application on a test database."""

from pathlib import Path

import flask_migrate
from flask import Flask

from config import Config
from donors.app import create_app

SECRET = "only-for-tests-" + "0" * 49


def configuration(url: str, instance: Path, **changes: object) -> Config:
    """The configuration of a test: nothing comes from the environment."""
    return Config(**{"database_url": url, "secret_key": SECRET, "instance": instance, **changes})  # type: ignore[arg-type]


def application(config: Config) -> Flask:
    """The application. Errors reach the test; forms carry no CSRF token unless the test turns that on again."""
    app = create_app(config)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
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
