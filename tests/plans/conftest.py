"""People and templates for tests of plans."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.plans.dates import DateRule
from donors.plans.models import PlanTemplate
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from tests.cast import OLIVE, Person

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
TODAY = date(2026, 3, 3)

CHAIN = (Draft("Call", 2), Draft("Letter", 3, links=(Link(1),)), Draft("Visit", 4, links=(Link(2),)))


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    """A change set of Olive's."""
    return open_change(session, "test", act=Act(by=cast[OLIVE], at=NOW, through="web"))


@pytest.fixture
def harold(session: Session, change: ChangeSet) -> int:
    """A living person who may have plans."""
    return person(session, change, "Harold Nakamura")


@pytest.fixture
def template(session: Session, change: ChangeSet) -> PlanTemplate:
    """Call, letter, visit: one after the other, weekends to Monday."""
    return create(session, TemplateDraft("Welcome", CHAIN, rule=DateRule()), within=change)


def person(session: Session, change: ChangeSet, name: str, **values: object) -> int:
    """The id of a new person."""
    row = Constituent(kind="person", name=name, sort_name=name.lower(), **values)
    return insert(session, row, within=change).id
