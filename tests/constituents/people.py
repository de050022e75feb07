"""People for tests, and the change set to make them in."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from donors.constituents.create import create
from donors.constituents.models import HOUSEHOLD, Constituent
from donors.constituents.records import NewConstituent
from donors.core.changes import Act, ChangeSet, open_change

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = AT.date()


def change(session: Session, kind: str = "constituent.test") -> ChangeSet:
    """A change set of the program itself."""
    return open_change(session, kind, act=Act(by=None, at=AT, through="setup"))


def person(session: Session, name: str = "Anna Berg", **more: Any) -> Constituent:
    """A person with given and family name."""
    given, _, family = name.rpartition(" ")
    record = NewConstituent(given_name=given, family_name=family, **more)
    return create(session, record, within=change(session))


def home(session: Session, name: str = "") -> Constituent:
    """A household without members."""
    return create(session, NewConstituent(kind=HOUSEHOLD, name=name), within=change(session))
