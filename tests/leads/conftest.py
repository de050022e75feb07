"""Who acts and when, for tests of leads. All days are fixed."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from tests.cast import ADA, Person

DAY = date(2026, 7, 1)
"""A Wednesday."""
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    """A change set of Ada's."""
    return open_change(session, "test", act=Act(cast[ADA], NOON, "web"))
