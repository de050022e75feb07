"""Settings are dated rows: the newest rules, and nothing is overwritten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from donors.core.calendar import FiscalCalendar
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import Base
from donors.core.settings import Organization, Setting, organization, set_organization


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine, tables=[ChangeSet.__table__, Setting.__table__])
    with Session(engine) as session:
        yield session


def _change(session: Session) -> ChangeSet:
    return open_change(session, "test", act=Act(by=None, at=datetime(2026, 6, 17, tzinfo=UTC), through="cli"))


def test_until_it_is_set_each_setting_has_a_value(session: Session) -> None:
    assert organization(session) == Organization()


def test_only_what_differs_is_kept(session: Session) -> None:
    wanted = replace(Organization(), name="Friends of Birds", fiscal_start_month=7)
    assert set_organization(session, wanted, within=_change(session)) == ("name", "fiscal_start_month")
    assert organization(session) == wanted
    assert organization(session).fiscal == FiscalCalendar(7)
    assert set_organization(session, wanted, within=_change(session)) == ()


def test_nothing_is_overwritten(session: Session) -> None:
    for month in (7, 10, 7):
        set_organization(session, replace(Organization(), fiscal_start_month=month), within=_change(session))
    assert organization(session).fiscal_start_month == 7
    assert session.scalar(select(func.count()).select_from(Setting)) == 3
