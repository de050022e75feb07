"""A whole list of constituents goes to an officer as one after the other would, in a few statements."""

import random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, JournalEntry, insert, open_change
from donors.core.errors import HouseError, Invalid, NotFound
from donors.pipeline.assign import Charge, assign, release
from donors.pipeline.models import Assignment
from donors.plans.models import Task
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.plans import start_plan
from donors.workflows.portfolio import assign_officer, assign_officer_many
from tests.cast import DORA, OLIVE, SAM, Person
from tests.harness.statements import counted
from tests.pipeline.conftest import NOW, TODAY

ROLES = ("primary", "secondary")


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    return open_change(session, "test", act=Act(by=cast[OLIVE], at=NOW, through="web"))


def _day(chance: random.Random) -> Any:
    return TODAY.replace(day=chance.randrange(1, 28))


def _some(session: Session, chance: random.Random, cast: dict[Person, int], change: ChangeSet) -> list[int]:
    """Constituents with officers and plans of all sorts, one of them deleted, and an id that nobody has."""
    steps = (Draft("Call"), Draft("Visit", links=(Link(1),)), Draft("Card", role="starter"))
    template = create(session, TemplateDraft(f"T{chance.random()}", steps), within=change)
    ids = []
    for number in range(14):
        name = f"Person {number}"
        row = insert(session, Constituent(kind="person", name=name, sort_name=name), within=change)
        for role in chance.choice([(), ROLES[:1], ROLES]):
            made = assign(session, row.id, Charge(cast[chance.choice([OLIVE, SAM])], _day(chance), role), within=change)
            if chance.random() < 0.2:
                release(session, made.id, on=TODAY.replace(day=28), reason="moved", within=change)
        if chance.random() < 0.7:
            start_plan(session, row.id, template.id, cause="by hand", within=change, on=_day(chance))
        ids.append(row.id)
    row.deleted_at = NOW
    session.flush()
    return [*ids, 999_999]


def _picture(session: Session, within: ChangeSet) -> dict[str, Any]:
    session.flush()
    given = select(Assignment).execution_options(populate_existing=True)
    tasks = select(Task).execution_options(populate_existing=True).order_by(Task.id)
    entries = select(JournalEntry).where(JournalEntry.change_set_id == within.id)
    return {
        "assignments": sorted(
            (one.constituent_id, one.role, one.from_on, str(one.to_on), one.officer_id, one.reason, one.version)
            for one in session.scalars(given)
        ),
        "tasks": [(one.id, one.owner_id, one.reminded_on, one.version) for one in session.scalars(tasks)],
        "journal": sorted(
            (one.table_name, one.row_id, one.act, str(one.version), str(sorted(one.before.items())))
            for one in session.scalars(entries)
        ),
    }


def _one_by_one(session: Session, ids: list[int], charge: Charge, within: ChangeSet) -> dict[int, str]:
    refused = {}
    for one in ids:
        try:
            with session.begin_nested():
                assign_officer(session, one, charge, within=within)
        except HouseError as error:
            refused[one] = str(error)
    return refused


@pytest.mark.parametrize("seed", range(4))
def test_many_at_once_are_as_one_after_the_other(
    session: Session, cast: dict[Person, int], change: ChangeSet, seed: int
) -> None:
    chance = random.Random(seed)
    ids = _some(session, chance, cast, change)
    charge = Charge(cast[chance.choice([SAM, DORA])], _day(chance), chance.choice(ROLES), chance.choice(["", "leave"]))
    within = open_change(session, "test", act=Act(by=cast[OLIVE], at=NOW, through="web"))
    trial = session.begin_nested()
    refused = _one_by_one(session, ids, charge, within)
    expected = _picture(session, within)
    trial.rollback()
    assert 0 < len(refused) < len(ids)
    assert assign_officer_many(session, [*ids, *ids[:3]], charge, within=within) == refused
    assert _picture(session, within) == expected


def test_what_is_wrong_with_the_charge_itself_is_raised(
    session: Session, cast: dict[Person, int], change: ChangeSet
) -> None:
    for charge, error in (
        (Charge(cast[SAM], TODAY, "boss"), Invalid),
        (Charge(999_999, TODAY), NotFound),
    ):
        with pytest.raises(error):
            assign_officer_many(session, [1], charge, within=change)


def test_a_long_list_needs_no_more_statements(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    chance = random.Random(1)

    def statements(many: int) -> int:
        ids = [one for _ in range(many) for one in _some(session, chance, cast, change)]
        with counted(session) as sent:
            assign_officer_many(session, ids, Charge(cast[DORA], TODAY.replace(day=28)), within=change)
        return len(sent)

    assert statements(1) == statements(3) <= 18
