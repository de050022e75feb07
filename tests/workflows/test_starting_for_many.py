"""Starting for a whole list: who is passed over and why, the load by week, who is held out, and the way back."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, insert_many, open_change
from donors.levels.models import Level, Standing
from donors.pipeline.assign import Charge, assign
from donors.plans.dates import Days
from donors.plans.models import DONE, RUNNING, RunningPlan, Task
from donors.plans.starting.eligible import why_not
from donors.plans.starting.held_out import is_held_out
from donors.plans.starting.passed_over import passed_over
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import StartRule, TemplateDraft, create
from donors.workflows import chosen as acts
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gifts
from donors.workflows.load import load
from donors.workflows.plans import run_steps, start_plan
from donors.workflows.refresh import drain
from donors.workflows.starting import AT_ONCE, plans_for
from donors.workflows.undo import undo_change
from tests.cast import DORA, OLIVE, SAM, Person
from tests.plans.conftest import NOW, TODAY, person
from tests.workflows.start_world import ACT, AT, World, gift
from tests.workflows.start_world import TODAY as GIVEN

STEPS = (
    Draft("Call", 2),
    Draft("Write", 9, links=(Link(1),)),
    Draft("Wish well", 0, after="birthday"),
    Draft("Tell Dora", 1, role="user"),
)


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    """A change set of Olive's."""
    return open_change(session, "test", act=Act(by=cast[OLIVE], at=NOW, through="web"))


@pytest.fixture
def people(session: Session, change: ChangeSet, cast: dict[Person, int]) -> list[int]:
    """Ten people, half of them Sam's, with birthdays but for one; one who died, one who wants no contact."""
    found = [person(session, change, f"P{n}", born_on=date(1960, 1 + n, 5) if n else None) for n in range(10)]
    for one in found[::2]:
        assign(session, one, Charge(cast[SAM], date(2026, 1, 1)), within=change)
    dead = person(session, change, "Ruth", is_deceased=True, born_on=date(1960, 1, 1))
    return [*found, dead, person(session, change, "Desmond", do_not_contact=True, born_on=date(1960, 1, 1))]


def template_of(session: Session, change: ChangeSet, cast: dict[Person, int], **starts: int | bool) -> int:
    """A template of four steps, one of them for Dora."""
    steps = (*STEPS[:3], Draft("Tell Dora", 1, role="user", owner_id=cast[DORA]))
    draft = TemplateDraft("Welcome", steps, starts=StartRule(**starts))  # type: ignore[arg-type]
    return create(session, draft, within=change).id


def test_the_reasons_for_many_are_those_for_each(
    session: Session, change: ChangeSet, cast: dict[Person, int], people: list[int]
) -> None:
    template = template_of(session, change, cast, cooldown_days=30)
    for number, ago in ((1, 0), (2, 10), (3, 30)):
        plan = start_plan(session, people[number], template, cause="x", within=change, on=TODAY - timedelta(ago))
        if ago:
            plan.state = DONE  # type: ignore[union-attr]
    session.flush()
    ids = [*people, 10**9]
    found = passed_over(session, ids, template, Days(TODAY))
    each = {one: why_not(session, one, template, Days(TODAY)) for one in ids}
    assert {one: why.sentence for one, why in found.items()} == {one: why[0] for one, why in each.items() if why}
    assert {why.word for why in found.values()} == {
        "no birthday is known",
        "has this plan open already",
        "had this plan less than 30 days ago",
        "can have no plan",
    }


def test_the_load_is_that_of_the_tasks_that_are_made(
    session: Session, change: ChangeSet, cast: dict[Person, int], people: list[int]
) -> None:
    template = template_of(session, change, cast)
    what = Start(template, TODAY, "for a list")
    outlook = acts.plan_outlook(session, people, what)
    left_out = {reason: len(ids) for reason, ids in outlook.left_out.items()}
    assert left_out == {"no birthday is known": 1, "deceased": 1, "wants no contact at all": 1}
    foreseen = load(session, outlook.will, template, on=TODAY, by=cast[OLIVE])
    acts.start_chosen(session, outlook.will, what, within=change)
    made: Counter[tuple[int | None, date]] = Counter()
    for task in session.scalars(select(Task)):
        made[task.owner_id, task.due_on - timedelta(days=task.due_on.weekday())] += 1
    names = {cast[one]: one.name for one in (SAM, OLIVE, DORA)}
    expected = {(names[owner or 0], week): count for (owner, week), count in made.items()}
    told = {
        (row.owner, week): count
        for row in foreseen.rows
        for week, count in zip(foreseen.weeks, row.new, strict=True)
        if count
    }
    later = {(owner, week): count for (owner, week), count in expected.items() if week > foreseen.weeks[-1]}
    assert told == {key: count for key, count in expected.items() if key not in later}
    assert sum(row.later for row in foreseen.rows) == sum(later.values())
    assert foreseen.tasks == sum(made.values()) == 9 * 4
    again = load(session, outlook.will, template, on=TODAY, by=cast[OLIVE])
    assert [row.already for row in again.rows] == [row.new for row in foreseen.rows]


def test_where_plans_part_the_load_is_the_most_and_waits_are_nobodys_work(
    session: Session, change: ChangeSet, cast: dict[Person, int], people: list[int]
) -> None:
    steps = (
        Draft("Call"),
        Draft("Call once more", 1, links=(Link(1, "no answer"),)),
        Draft("Letter", 1, links=(Link(1, "reached"),)),
        Draft("A week", 7, links=(Link(2), Link(3)), kind="wait", joins="any"),
        Draft("Invite", 0, links=(Link(4),)),
        Draft("Tell Dora", 30, role="user", owner_id=cast[DORA], links=(Link(1, "declined"),)),
    )
    template = create(session, TemplateDraft("Parting", steps), within=change).id
    found = load(session, people[1:3], template, on=TODAY, by=cast[OLIVE])
    assert (found.tasks, found.is_most) == (2 * 3, True)
    assert {row.owner: (row.new, row.total) for row in found.rows} == {
        SAM.name: ((2, 1, 0, 0, 0), 3),
        OLIVE.name: ((2, 1, 0, 0, 0), 3),
        DORA.name: ((0, 0, 0, 0, 2), 2),
    }
    alone = create(session, TemplateDraft("Straight", steps[:1]), within=change).id
    assert not load(session, people[1:3], alone, on=TODAY, by=cast[OLIVE]).is_most


def test_an_empty_list_brings_no_load_nor_those_without_birthday(
    session: Session, change: ChangeSet, cast: dict[Person, int], people: list[int]
) -> None:
    template = template_of(session, change, cast)
    assert load(session, [], template, on=TODAY).tasks == 0
    assert load(session, people[:1], template, on=TODAY).tasks == 0


def test_lots_hold_the_same_people_out_for_few_and_for_many(
    session: Session, change: ChangeSet, cast: dict[Person, int]
) -> None:
    template = create(
        session, TemplateDraft("Half", (Draft("a"),), starts=StartRule(held_out_percent=50)), within=change
    )
    many = [person(session, change, f"P{number}") for number in range(AT_ONCE + 10)]
    what = Start(template.id, TODAY, "rule")
    for some in (many[:AT_ONCE], many):
        with session.begin_nested() as once:
            made = plans_for(session, some, what, within=change)
            assert set(made) == set(some)
            run_steps(session, on=TODAY)
            session.expire_all()
            for one, plan_id in made.items():
                plan = session.get_one(RunningPlan, plan_id)
                held = is_held_out(one, template.id, 50)
                tasks = session.scalar(select(func.count()).where(Task.plan_id == plan_id))
                assert (plan.held_out, plan.state, tasks) == ((True, DONE, 0) if held else (False, RUNNING, 1))
                assert plan.by_lot
            once.rollback()


def test_nobody_from_a_level_on_is_held_out(session: Session, change: ChangeSet) -> None:
    begin(session, within=change)
    patron = session.scalars(select(Level).where(Level.name == "Patron")).one()
    friend = session.scalars(select(Level).where(Level.name == "Friend", Level.track_id == patron.track_id)).one()
    levels = (friend, patron)
    starts = StartRule(held_out_percent=50, spares_from_level_id=levels[1].id)
    template = create(session, TemplateDraft("Half", (Draft("a"),), starts=starts), within=change)
    ids = [person(session, change, f"P{number}") for number in range(40)]
    for place, one in enumerate(ids):
        where = {"constituent_id": one, "track_id": patron.track_id, "level_id": levels[place % 2].id, "from_on": TODAY}
        told = {"recorded_at": change.at, "cause": "gift", "rule_version": 1}
        insert(session, Standing(**where, **told), within=change)
    made = plans_for(session, ids, Start(template.id, TODAY), within=change)
    plans = {one: session.get_one(RunningPlan, plan_id) for one, plan_id in made.items()}
    assert {one for one, plan in plans.items() if plan.by_lot} == set(ids[::2])
    held = {one for one, plan in plans.items() if plan.held_out}
    assert held == {one for one in ids[::2] if is_held_out(one, template.id, 50)}
    assert 0 < len(held) < 20


def test_one_undo_takes_back_plans_whose_tasks_the_scheduler_made(session: Session, change: ChangeSet) -> None:
    template = create(session, TemplateDraft("W", (Draft("a"), Draft("b", 3, (Link(1),)))), within=change)
    people = [Constituent(kind="person", name=f"P{number}", sort_name="p") for number in range(acts.AT_ONCE + 1)]
    insert_many(session, people, within=change)
    within = open_change(session, "plans.start", act=ACT)
    started = acts.start_chosen(session, [one.id for one in people], Start(template.id, TODAY), within=within)
    assert started == (len(people), False)
    assert [run_steps(session, on=TODAY, limit=200) for _ in range(3)] == [200, len(people) - 200, 0]
    assert session.scalar(select(func.count()).select_from(Task)) == 2 * len(people)
    undo_change(session, within, act=ACT, on=TODAY)
    assert session.scalar(select(func.count()).select_from(Task)) == 0
    assert session.scalar(select(func.count()).select_from(RunningPlan)) == 0


def test_an_undo_takes_back_what_the_queue_started_for_the_act_and_starts_nothing_itself(session: Session) -> None:
    world = World(session)
    people = [world.person(f"P{number}") for number in range(501)]
    first, second = open_change(session, "gifts", act=ACT), open_change(session, "gifts", act=ACT)
    record_gifts(session, [gift(one, 600, GIVEN) for one in people], within=first, on=GIVEN)
    empty_queue(session)
    world.rule("gift over", amount=1_000)
    record_gifts(session, [gift(one, 5_000, GIVEN) for one in people], within=second, on=GIVEN)
    assert world.plans() == []
    empty_queue(session)
    assert [plan.created_in for plan in world.plans()] == [second.id] * 501
    undo_change(session, second, act=ACT, on=GIVEN)
    world.rule("gift over", amount=500)
    empty_queue(session)
    assert world.plans() == []


def empty_queue(session: Session) -> None:
    """Everybody who waits is refreshed."""
    while drain(session, at=AT, on=GIVEN):
        pass
