"""The small world for tests of pages."""

import pytest
from sqlalchemy.orm import Session

from tests.cast import Person
from tests.harness.house import House, build


@pytest.fixture
def house(session: Session, cast: dict[Person, int]) -> House:
    """The world of tests/harness/house.py, committed."""
    return build(session, cast)
