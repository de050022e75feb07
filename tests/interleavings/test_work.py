"""Prospects, plans, tasks, charges and one-time links that two take up at once."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing
from donors.accounts.links import RESET, make_link, use_link
from donors.accounts.models import User
from donors.core.db import transaction
from donors.core.errors import Blocked, Conflict, NotFound
from donors.giving.gift_input import GiftInput
from donors.levels.effects.decide import RISE, START
from donors.levels.models import Level
from donors.levels.set_effects import EffectDraft, add_effect
from donors.pipeline.assign import Charge
from donors.pipeline.models import Assignment, Prospect, StageEntry
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.prospects import in_charge_of
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard
from donors.plans.models import RunningPlan, Task
from donors.plans.running.close import Completion
from donors.plans.running.remind import remind
from donors.plans.running.task import re_date
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create, revise
from donors.workflows.advance import add_prospect, advance
from donors.workflows.gifts import record_gift
from donors.workflows.plans import Refusal, run_steps, start_plan, start_plans, stop_plan
from donors.workflows.portfolio import assign_officer
from donors.workflows.tasks import complete_task
from tests.cast import OLIVE, SAM, enroll
from tests.constituents.people import AT, TODAY
from tests.interleavings.conftest import ACT, House, opened
from tests.interleavings.meeting import Act, Ending, carry_out, errors, overlap, race, won

LATER = TODAY + timedelta(20)
STEPS = (Draft("Call", 2), Draft("Letter", 3, links=(Link(1),)), Draft("Visit", 4, links=(Link(2),)))
NEW_HASH = "$argon2id$"


@pytest.fixture
def stage(house: House) -> dict[str, int]:
    """The stages of the standard pipeline; "" is the pipeline itself."""
    with transaction() as session:
        pipeline = install_standard(session, within=opened(session))
        return {"": pipeline.id} | {one.name: one.id for one in stages(session, pipeline.id)}


@pytest.fixture
def template(house: House) -> int:
    """Call, letter, visit."""
    with transaction() as session:
        return create(session, TemplateDraft("Welcome", STEPS), within=opened(session)).id


@pytest.fixture
def users(house: House) -> dict[Any, int]:
    """The cast of users."""
    with transaction() as session:
        return enroll(session)


def starting(house: House, template: int, name: str = "Anna") -> Act:
    """A plan started by hand."""
    return lambda session: start_plan(session, house[name], template, cause="by hand", within=opened(session), on=TODAY)


def entering(house: House, stage: dict[str, int], name: str = "Anna") -> Act:
    """Somebody put into the pipeline."""
    return lambda session: (
        add_prospect(session, house[name], stage[""], Entry(TODAY), within=opened(session)).prospect.id
    )


def started(endings: tuple[Ending, ...]) -> int:
    """How many plans were started."""
    return sum(not isinstance(one, Refusal) for one in won(endings))


def test_two_who_add_one_prospect_add_it_once(house: House, stage: dict[str, int]) -> None:
    endings = overlap(house.app, entering(house, stage), entering(house, stage))
    assert [type(one.error) for one in endings] == [type(None), Blocked]
    assert set(errors(race(house.app, *[entering(house, stage, "Ben")] * 3))) == {Blocked}
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Prospect)) == 2


def test_two_who_advance_one_prospect_leave_a_whole_history(house: House, stage: dict[str, int]) -> None:
    prospect_id = carry_out(house.app, entering(house, stage)).value

    def advancing(to: str, expect: int | None = None) -> Act:
        return lambda session: (
            advance(
                session, prospect_id, Entry(TODAY, stage[to]), within=opened(session), expect=expect
            ).prospect.stage_id
        )

    endings = overlap(house.app, advancing("Qualification", 1), advancing("Cultivation", 1))
    assert [type(one.error) for one in endings] == [type(None), Conflict]
    endings = race(house.app, advancing("Cultivation"), advancing("Solicitation"), advancing("Cultivation"))
    assert set(errors(endings)) <= {Blocked}
    with transaction() as session:
        entries = session.scalars(select(StageEntry).order_by(StageEntry.id)).all()
        assert len(entries) == 2 + len(won(endings))


def test_a_plan_is_started_once(house: House, template: int) -> None:
    endings = overlap(house.app, starting(house, template), starting(house, template))
    assert (errors(endings), started(endings)) == ([], 1)
    endings = race(house.app, *[starting(house, template, "Ben")] * 3)
    assert (errors(endings), started(endings)) == ([], 1)

    def many(session: Session) -> int:
        return start_plans(session, [*house.people.values()], Start(template, TODAY, "x"), within=opened(session))

    endings = race(house.app, many, starting(house, template, "Cleo"), many)
    assert errors(endings) == []
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(RunningPlan)) == 3


def test_two_gifts_that_reach_one_level_start_its_plan_once(house: House, template: int) -> None:
    with transaction() as session:
        for level in session.scalars(select(Level).where(Level.name == "Patron")):
            draft = EffectDraft(RISE, START, level.id, template)
            add_effect(session, level.track_id, draft, within=opened(session))

    def giving(session: Session) -> int:
        return record_gift(session, GiftInput(house["Anna"], 120_000, TODAY), act=ACT, on=TODAY).gift.id

    assert errors(race(house.app, giving, giving, starting(house, template))) == []
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(RunningPlan)) == 1


def test_a_template_that_is_edited_while_plans_start_gives_each_plan_one_version(house: House, template: int) -> None:
    draft = TemplateDraft("Welcome", (*STEPS, Draft("Dinner", 9)))

    def again(session: Session, expect: int | None) -> int:
        return revise(session, template, draft, within=opened(session), expect=expect).number

    revising = partial(again, expect=1)

    def many(session: Session) -> int:
        return start_plans(session, [*house.people.values()], Start(template, TODAY, "x"), within=opened(session))

    def stepping(session: Session) -> int:
        return run_steps(session, on=TODAY)

    assert errors(overlap(house.app, revising, starting(house, template))) == []
    endings = race(house.app, many, revising)
    assert errors(endings) == [Conflict]
    endings = race(
        house.app, stepping, stepping, lambda session: revise(session, template, draft, within=opened(session))
    )
    assert errors(endings) == []
    while carry_out(house.app, stepping).value:
        pass


def test_a_task_is_completed_once_and_frees_the_next_once(house: House, template: int) -> None:
    carry_out(house.app, starting(house, template))
    with transaction() as session:
        first = session.scalars(select(Task.id).order_by(Task.id)).first()

    def completing(session: Session) -> str:
        return complete_task(session, first or 0, Completion(TODAY), within=opened(session)).state

    def reminding(session: Session) -> int:
        return remind(session, on=LATER)

    def moving(session: Session) -> None:
        re_date(session, first or 0, LATER, within=opened(session), expect=1)

    assert errors(overlap(house.app, reminding, completing)) == []
    endings = race(house.app, completing, reminding, moving, completing)
    assert set(errors(endings)) <= {Blocked, Conflict}
    with transaction() as session:
        assert session.scalars(select(Task.state).order_by(Task.id)).all() == ["done", "open", "waiting"]


def test_a_task_is_completed_while_its_plan_is_stopped(house: House, template: int) -> None:
    plan = carry_out(house.app, lambda session: starting(house, template)(session).id).value
    with transaction() as session:
        ids = session.scalars(select(Task.id).order_by(Task.id)).all()

    def stopping(session: Session) -> None:
        stop_plan(session, plan, reason="moved away", on=TODAY, within=opened(session))

    def completing(session: Session) -> None:
        complete_task(session, ids[0], Completion(TODAY), within=opened(session))

    assert set(errors(overlap(house.app, completing, stopping))) == set()
    assert set(errors(race(house.app, stopping, completing))) <= {Blocked}


def test_two_charges_of_one_constituent_leave_one_primary(house: House, users: dict[Any, int]) -> None:
    def charging(person: Any) -> Act:
        charge = Charge(users[person], TODAY)
        return lambda session: assign_officer(session, house["Anna"], charge, within=opened(session))

    assert errors(overlap(house.app, charging(OLIVE), charging(SAM))) == []
    assert set(errors(race(house.app, charging(OLIVE), charging(SAM), charging(OLIVE)))) <= {Blocked}

    def exporting(session: Session) -> set[int]:
        return {one.assignment.officer_id for one in in_charge_of(session, house["Anna"])}

    endings = overlap(house.app, charging(SAM), exporting)
    assert all(not isinstance(one.error, NotFound) for one in endings)
    with transaction() as session:
        current = select(func.count()).where(Assignment.to_on.is_(None), Assignment.role == "primary")
        assert session.scalar(current) == 1


def test_a_one_time_link_is_good_for_one(house: House, users: dict[Any, int]) -> None:
    doing = Doing(AT, None)
    with transaction() as session:
        token = make_link(session, session.get_one(User, users[OLIVE]), purpose=RESET, doing=doing)
    later = replace(doing, at=AT + timedelta(minutes=1))

    def using(session: Session) -> int:
        return use_link(session, token, NEW_HASH, doing=later).id

    endings = overlap(house.app, using, using)
    assert [type(one.error) for one in endings] == [type(None), NotFound]
