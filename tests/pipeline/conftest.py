"""A pipeline and people for tests."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.pipeline.evidence.standard import install_evidence
from donors.pipeline.models import Pipeline, Prospect, Stage
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard
from donors.workflows.advance import add_prospect
from tests.cast import OLIVE, Person
from tests.pipeline.records import NOW, TODAY, Records

__all__ = ["NOW", "TODAY"]

MakePerson = Callable[..., int]
Begin = Callable[[int], ChangeSet]


def february(day: int) -> date:
    return date(2026, 2, day)


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    """A change set of Olive's."""
    return open_change(session, "test", act=Act(by=cast[OLIVE], at=NOW, through="web"))


@pytest.fixture
def pipeline(session: Session, change: ChangeSet) -> Pipeline:
    """Major gifts."""
    return install_standard(session, within=change)


@pytest.fixture
def stage(session: Session, pipeline: Pipeline) -> dict[str, Stage]:
    """The stages of major gifts by name."""
    return {stage.name: stage for stage in stages(session, pipeline.id)}


@pytest.fixture
def person(session: Session, change: ChangeSet) -> MakePerson:
    """Makes a person and returns the id."""

    def make(name: str, **values: object) -> int:
        row = Constituent(kind="person", name=name, sort_name=name.lower(), **values)
        return insert(session, row, within=change).id

    return make


@pytest.fixture
def harold(session: Session, pipeline: Pipeline, change: ChangeSet, person: MakePerson) -> Prospect:
    """A prospect since the first of February."""
    return add_prospect(session, person("Harold"), pipeline.id, Entry(february(1)), within=change).prospect


@pytest.fixture
def begin(session: Session, cast: dict[Person, int]) -> Begin:
    """Opens a change set of Olive's, some minutes after nine."""
    return lambda minutes: open_change(
        session, "test", act=Act(by=cast[OLIVE], at=NOW + timedelta(minutes=minutes), through="web")
    )


@pytest.fixture
def records(session: Session, change: ChangeSet, pipeline: Pipeline, person: MakePerson) -> Records:
    return Records(session, change, pipeline.id, person)


@pytest.fixture
def asking(session: Session, stage: dict[str, Stage], change: ChangeSet) -> dict[str, Stage]:
    """The stages, asking for what is usual."""
    for one in stage.values():
        install_evidence(session, one, within=change)
    return stage
