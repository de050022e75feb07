"""Migrations lead from nothing to the tables that the models describe, and back again, on both databases."""

from pathlib import Path

import flask_migrate
from alembic import command
from flask import Flask, current_app
from sqlalchemy import inspect

from tests.harness.application import application, configuration, let_go


def leftovers(app: Flask) -> list[str]:
    """The tables of the app's database, but for Alembic's own."""
    names = inspect(app.extensions["sqlalchemy"].engine).get_table_names()
    return [name for name in names if name != "alembic_version"]


def test_there_and_back_and_there_again(empty_database: str, tmp_path: Path) -> None:
    app = application(configuration(empty_database, tmp_path))
    with app.app_context():
        flask_migrate.upgrade()
        assert leftovers(app)
        flask_migrate.downgrade(revision="base")
        assert leftovers(app) == []
        flask_migrate.upgrade()
    let_go(app)


def test_the_newest_migration_equals_the_models(app: Flask) -> None:
    """Raises with the differences, if there are any."""
    with app.app_context():
        command.check(current_app.extensions["migrate"].migrate.get_config())
