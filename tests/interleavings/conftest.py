"""An organization with figures and levels, committed, for acts that meet; and its invariants afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from donors.constituents.create import create
from donors.constituents.records import NewConstituent
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import current_session, transaction
from donors.levels.standard import install_standard as install_levels
from donors.rollups.standard import install_standard as install_figures
from donors.rollups.verify import verify
from tests.constituents.people import AT, TODAY
from tests.invariants import broken

ACT = Act(by=None, at=AT, through="cli")


@dataclass(frozen=True)
class House:
    """The application with people by their given names. The fixture's own session is never left open."""

    app: Flask
    people: dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.people[name]


def opened(session: Session, kind: str = "test") -> ChangeSet:
    """A change set of the program itself."""
    return open_change(session, kind, act=ACT)


@pytest.fixture
def house(app: Flask) -> Iterator[House]:
    """Anna, Ben and Cleo in an organization with the usual figures and levels; nothing may be amiss at the end."""
    with app.app_context():
        with transaction() as session:
            change = opened(session)
            install_figures(session, within=change)
            install_levels(session, currency="USD", within=change)
            people = {
                name: create(session, NewConstituent(given_name=name, family_name="Berg"), within=change).id
                for name in ("Anna", "Ben", "Cleo")
            }
        yield House(app, people)
        session = current_session()
        assert broken(session) == {}
        assert verify(session, on=TODAY, at=AT).faults == 0
        session.rollback()
