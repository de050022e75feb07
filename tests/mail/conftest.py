"""Fixtures of the mail tests."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.jobs.bodies import Hands


@pytest.fixture
def clock() -> Hands:
    """A clock that stands at noon of 10 June 2026, UTC."""
    return Hands()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed."""
    with app.app_context():
        yield app
