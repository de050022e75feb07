"""Putting off and handing over, one by one or many at once; queues and who may take from them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.plans.models import PlanTemplate, QueueMember, Task
from donors.plans.queries.mine import count_in_queues, due_of, in_queues, left_between
from donors.plans.running.close import Completion, complete
from donors.plans.running.put_off import Snooze, snooze, snooze_many
from donors.plans.running.queues import add_queue, change_queue, set_members, take
from donors.plans.running.task import Handover, OwnTask, add, hand_over, hand_over_many
from donors.workflows.plans import start_plan
from tests.cast import OLIVE, SAM, Person
from tests.plans.conftest import TODAY, person

LATER = Snooze(TODAY + timedelta(days=9), "She is away", TODAY)


def of_plan(session: Session, who: int, template: PlanTemplate, change: ChangeSet) -> list[Task]:
    """The tasks of a plan that was started, by step."""
    plan = start_plan(session, who, template.id, cause="by hand", within=change, on=TODAY)
    return list(session.scalars(select(Task).where(Task.plan_id == plan.id).order_by(Task.id)))  # type: ignore[union-attr]


def facts(session: Session, ids: list[int]) -> list[tuple[object, ...]]:
    """What tasks hold, without their ids."""
    session.expire_all()
    rows = [session.get_one(Task, id_) for id_ in ids]
    return [(row.state, row.due_on, row.owner_id, row.reason, row.snoozed_on, row.original_due_on) for row in rows]


def test_a_task_that_is_put_off_takes_what_waits_for_it_along(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    first, second, third = of_plan(session, harold, template, change)
    before = first.original_due_on
    snooze(session, first.id, LATER, within=change)
    assert (first.due_on, first.reason, first.snoozed_on) == (LATER.until, "She is away", TODAY)
    assert first.original_due_on == before
    assert (second.due_on, third.due_on) == (date(2026, 3, 16), date(2026, 3, 19))
    assert (second.snoozed_on, second.reason) == (None, "")


def test_what_cannot_be_put_off(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> None:
    first, second, _third = of_plan(session, harold, template, change)
    for how, field in ((Snooze(TODAY, "x", TODAY), "until"), (Snooze(LATER.until, " ", TODAY), "reason")):
        with pytest.raises(Invalid) as refusal:
            snooze(session, first.id, how, within=change)
        assert refusal.value.field == field
    with pytest.raises(Conflict):
        snooze(session, first.id, LATER, within=change, expect=first.version + 1)
    with pytest.raises(NotFound):
        snooze(session, 10**9, LATER, within=change)
    with pytest.raises(Blocked, match="waiting"):
        snooze(session, second.id, LATER, within=change)
    complete(session, first.id, Completion(TODAY), within=change)
    assert snooze_many(session, [first.id, second.id, 10**9], LATER, within=change) == {
        first.id: "It is done.",
        10**9: "It is no longer there.",
    }


ACTS: dict[str, tuple[Callable[..., object], Callable[..., object], object]] = {
    "put off": (snooze, snooze_many, LATER),
    "hand over": (hand_over, hand_over_many, Handover(None, "Olive Officer: you know her")),
}


@pytest.mark.parametrize("act", sorted(ACTS))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.integers(0, 6), min_size=1), ended=st.sets(st.integers(0, 6), max_size=3))
def test_many_are_like_one_by_one(
    session: Session,
    template: PlanTemplate,
    change: ChangeSet,
    cast: dict[Person, int],
    act: str,
    chosen: set[int],
    ended: set[int],
) -> None:
    """Two worlds alike: in one each task by itself, in the other all at once."""
    single, many, how = ACTS[act]
    worlds = []
    for _ in range(2):
        who = person(session, change, "Ines Carvalho")
        ids = [task.id for task in of_plan(session, who, template, change)]
        ids += [
            add(session, OwnTask(f"Own {day}", TODAY + timedelta(days=day), cast[OLIVE], who), within=change).id
            for day in range(4)
        ]
        for place in sorted(ended):
            complete(session, ids[place], Completion(TODAY), within=change)
        worlds.append(ids)
    refused = []
    for place in sorted(chosen):
        try:
            single(session, worlds[0][place], how, within=change)
        except Blocked:
            refused.append(place)
    left = many(session, [worlds[1][place] for place in sorted(chosen)], how, within=change)
    assert sorted(worlds[1].index(id_) for id_ in left) == refused  # type: ignore[attr-defined]
    assert facts(session, worlds[0]) == facts(session, worlds[1])


def test_a_word_goes_with_a_task(session: Session, change: ChangeSet, cast: dict[Person, int]) -> None:
    task = add(session, OwnTask("Call", TODAY, cast[OLIVE]), within=change)
    hand_over(session, task.id, Handover(cast[SAM], "Olive Officer: please"), within=change)
    assert (task.owner_id, task.reason) == (cast[SAM], "Olive Officer: please")
    complete(session, task.id, Completion(TODAY), within=change)
    with pytest.raises(Blocked):
        hand_over(session, task.id, Handover(cast[OLIVE]), within=change)


def test_a_member_takes_from_a_queue_once(session: Session, change: ChangeSet, cast: dict[Person, int]) -> None:
    queue = add_queue(session, " Thank-you  calls ", within=change)
    assert queue.name == "Thank-you calls"
    set_members(session, queue.id, [cast[OLIVE], cast[SAM], 10**9], within=change)
    tasks = [add(session, OwnTask(f"Call {n}", TODAY, None), within=change) for n in range(2)]
    for task in tasks:
        task.queue_id = queue.id
    session.flush()
    assert count_in_queues(session, [cast[OLIVE]]) == {cast[OLIVE]: {"Thank-you calls": 2}}
    waiting = in_queues(session, cast[SAM], sees=EVERYTHING)
    assert [(line.task.id, name) for line, name in waiting] == [(task.id, queue.name) for task in tasks]
    take(session, tasks[0].id, by=cast[OLIVE], within=change)
    assert tasks[0].owner_id == cast[OLIVE]
    with pytest.raises(Blocked, match="Somebody else"):
        take(session, tasks[0].id, by=cast[SAM], within=change)
    set_members(session, queue.id, [cast[SAM]], within=change)
    with pytest.raises(NotFound):
        take(session, tasks[1].id, by=cast[OLIVE], within=change)
    assert session.scalars(select(QueueMember.user_id)).all() == [cast[SAM]]
    assert in_queues(session, cast[OLIVE], sees=EVERYTHING) == []


def test_names_of_queues(session: Session, change: ChangeSet) -> None:
    first, second = (add_queue(session, name, within=change) for name in ("Calls", "Letters"))
    for name in ("", "Calls"):
        with pytest.raises(Invalid):
            change_queue(session, second, name=name, active=True, expect=None, within=change)
    with pytest.raises(Conflict):
        change_queue(session, first, name="Phone", active=True, expect=7, within=change)
    change_queue(session, first, name="Phone", active=False, expect=1, within=change)
    assert (first.name, first.is_active) == ("Phone", False)


def test_what_is_left_and_what_is_due(session: Session, change: ChangeSet, cast: dict[Person, int]) -> None:
    ids = [
        add(session, OwnTask(f"{days}", TODAY + timedelta(days=days), cast[OLIVE]), within=change).id
        for days in (1, 0, -1, 5)
    ]
    assert left_between(session, cast[OLIVE], TODAY, TODAY + timedelta(days=1)) == ids[:2]
    due = due_of(session, [cast[OLIVE]], on=TODAY, sees=EVERYTHING, limit=9)
    assert [line.task.id for line in due] == [ids[2], ids[1]]
