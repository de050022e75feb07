"""Who acts and when, for tests of leads. All days are fixed."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.web.lead_form.limits import Limits
from tests.cast import ADA, Person

DAY = date(2026, 7, 1)
"""A Wednesday."""
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def limits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Limits:
    """The limits of the public form, of which nothing is used up yet; tests send more in a second than people do."""
    found: Limits = app.extensions["lead_form_limits"]
    found.clear()
    monkeypatch.setattr(found.burst, "most", 1000)
    return found


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    """A change set of Ada's."""
    return open_change(session, "test", act=Act(cast[ADA], NOON, "web"))
