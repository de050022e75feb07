"""Engines for tests of core, which bring their own tables: no application, no migration."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine

from donors.core.db import hook_engine


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    """An engine on an empty database, hooked like the program's own. Runs on SQLite and PostgreSQL."""
    made = create_engine(empty_database)
    hook_engine(made)
    yield made
    made.dispose()
