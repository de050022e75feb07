"""Plans on the database: started once, freed step by step, ended, stopped, opened again."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import EVERYTHING
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Invalid
from donors.pipeline.assign import Charge, assign
from donors.plans.dates import Days, Due
from donors.plans.models import PlanTemplate, RunningPlan, Step, Task
from donors.plans.queries.plans import PlanFilter, has_starting, plans
from donors.plans.queries.templates import drafts_of, newest_version
from donors.plans.running.close import Completion, complete, skip
from donors.plans.running.reopen import reopen
from donors.plans.running.stop import stop
from donors.plans.running.task import re_date
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create, revise, set_active
from donors.workflows.plan_preview import outlook, owners_of_drafts
from donors.workflows.plans import Refusal, run_steps, start_plan, start_plans
from tests.cast import ADA, DORA, OLIVE, SAM, Person
from tests.plans.conftest import CHAIN, NOW, TODAY, person


def started(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> RunningPlan:
    plan = start_plan(session, harold, template.id, cause="by hand", within=change, on=TODAY)
    assert isinstance(plan, RunningPlan)
    return plan


def steps(session: Session, plan: RunningPlan) -> list[Task]:
    found = select(Task).join(Step, Step.id == Task.step_id).where(Task.plan_id == plan.id).order_by(Step.position)
    return list(session.scalars(found))


def shown(session: Session, plan: RunningPlan) -> list[tuple[str, str, date]]:
    return [(task.subject, task.state, task.due_on) for task in steps(session, plan)]


def march(day: int) -> date:
    return date(2026, 3, day)


def test_a_start_makes_all_tasks_with_their_dates(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    plan = started(session, harold, template, change)
    assert shown(session, plan) == [
        ("Call", "open", march(5)),
        ("Letter", "waiting", march(9)),  # the 8th is a Sunday
        ("Visit", "waiting", march(12)),  # counted from the start, not from the moved Monday
    ]
    assert [task.original_due_on for task in steps(session, plan)] == [march(5), march(8), march(12)]


def test_completing_frees_the_next_and_the_last_one_ends_the_plan(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    plan = started(session, harold, template, change)
    call, letter, visit = steps(session, plan)
    complete(session, call.id, Completion(march(10), "reached"), within=change)
    assert shown(session, plan) == [
        ("Call", "done", march(5)),
        ("Letter", "open", march(13)),
        ("Visit", "waiting", march(17)),
    ]
    assert letter.original_due_on == march(8)
    complete(session, letter.id, Completion(march(13)), within=change)
    assert plan.state == "running"
    complete(session, visit.id, Completion(march(20)), within=change)
    assert (plan.state, plan.ended_on) == ("done", march(20))


def test_out_of_order(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> None:
    plan = started(session, harold, template, change)
    call, letter, visit = steps(session, plan)
    complete(session, letter.id, Completion(march(4)), within=change)
    assert (call.state, visit.state) == ("open", "open")
    complete(session, call.id, Completion(march(6)), within=change)
    assert letter.state == "done"
    complete(session, visit.id, Completion(march(6)), within=change)
    assert plan.state == "done"


def test_a_skipped_step_lets_the_others_go_on(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    plan = started(session, harold, template, change)
    call, letter, _visit = steps(session, plan)
    skip(session, call.id, Completion(march(4), "she wrote first"), within=change)
    assert (call.state, call.reason, letter.state) == ("skipped", "she wrote first", "open")


def test_what_was_opened_waits_when_its_parent_is_opened_again(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    """Better than PLN-025, which leaves the letter open: it waits again, for nothing was done on it."""
    plan = started(session, harold, template, change)
    call, letter, visit = steps(session, plan)
    complete(session, call.id, Completion(march(10)), within=change)
    reopen(session, call.id, within=change, on=march(10))
    assert [task.state for task in (call, letter, visit)] == ["open", "waiting", "waiting"]
    complete(session, call.id, Completion(march(11)), within=change)
    complete(session, letter.id, Completion(march(12)), within=change)
    reopen(session, call.id, within=change, on=march(12))
    assert [task.state for task in (call, letter, visit)] == ["open", "done", "open"]


def test_a_plan_that_was_done_runs_again_unless_a_newer_copy_does(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    plan = started(session, harold, template, change)
    for task in steps(session, plan):
        complete(session, task.id, Completion(march(10)), within=change)
    last = steps(session, plan)[-1]
    reopen(session, last.id, within=change, on=march(10))
    assert (plan.state, plan.ended_on) == ("running", None)
    complete(session, last.id, Completion(march(11)), within=change)
    started(session, harold, template, change)
    with pytest.raises(Blocked, match="newer copy"):
        reopen(session, last.id, within=change, on=TODAY)


def test_a_closed_task_is_not_closed_twice(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    call = steps(session, started(session, harold, template, change))[0]
    complete(session, call.id, Completion(march(10)), within=change)
    with pytest.raises(Blocked, match="done already"):
        complete(session, call.id, Completion(march(10)), within=change)


def test_one_open_copy(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> None:
    plan = started(session, harold, template, change)
    again = start_plan(session, harold, template.id, cause="level Patron", within=change, on=TODAY)
    assert isinstance(again, Refusal)
    assert "running already" in again.reasons[0]
    stop(session, plan.id, reason="moved away", on=TODAY, within=change)
    started(session, harold, template, change)


def test_who_may_have_no_plan(session: Session, template: PlanTemplate, change: ChangeSet) -> None:
    for name, values in (
        ("Anonymous", {"is_unknown_giver": True}),
        ("Ruth", {"is_deceased": True}),
        ("Gone", {"deleted_at": NOW}),
    ):
        found = start_plan(
            session, person(session, change, name, **values), template.id, cause="", within=change, on=TODAY
        )
        assert isinstance(found, Refusal)
    set_active(session, template.id, active=False, within=change)
    found = start_plan(session, person(session, change, "Ines"), template.id, cause="", within=change, on=TODAY)
    assert isinstance(found, Refusal)


def test_a_stop_cancels_what_is_left(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> None:
    plan = started(session, harold, template, change)
    complete(session, steps(session, plan)[0].id, Completion(march(5)), within=change)
    with pytest.raises(Invalid):
        stop(session, plan.id, reason=" ", on=TODAY, within=change)
    stop(session, plan.id, reason="moved away", on=march(6), within=change)
    assert [task.state for task in steps(session, plan)] == ["done", "cancelled", "cancelled"]
    assert (plan.state, plan.ended_reason) == ("stopped", "moved away")
    with pytest.raises(Blocked):
        reopen(session, steps(session, plan)[1].id, within=change, on=TODAY)


def test_a_running_plan_stays_on_its_version(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    """Better than PLN-018 and PLN-042: neither days nor the number of steps leak into plans that run."""
    plan = started(session, harold, template, change)
    longer = TemplateDraft("Welcome", (*CHAIN[:2], Draft("Visit", 30, links=(Link(2),)), Draft("Card", 1)))
    revise(session, template.id, longer, within=change)
    assert newest_version(session, template.id).number == 2
    complete(session, steps(session, plan)[0].id, Completion(march(10)), within=change)
    assert shown(session, plan)[2] == ("Visit", "waiting", march(17))
    assert len(steps(session, plan)) == 3


def test_dates_set_by_hand(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> None:
    plan = started(session, harold, template, change)
    call = steps(session, plan)[0]
    re_date(session, call.id, march(10), within=change)
    assert [task.due_on for task in steps(session, plan)] == [march(10), march(13), march(17)]


def test_roles(session: Session, harold: int, change: ChangeSet, cast: dict[Person, int]) -> None:
    assign(session, harold, Charge(cast[SAM], date(2026, 1, 1)), within=change)
    drafts = (Draft("a"), Draft("b", role="starter"), Draft("c", role="user", owner_id=cast[DORA]))
    template = create(session, TemplateDraft("Roles", drafts), within=change)
    owners = [task.owner_id for task in steps(session, started(session, harold, template, change))]
    assert owners == [cast[SAM], cast[OLIVE], cast[DORA]]


def test_stand_ins(session: Session, harold: int, change: ChangeSet, cast: dict[Person, int]) -> None:
    session.execute(update(User).where(User.id == cast[DORA]).values(deactivated_at=NOW))
    drafts = (Draft("a"), Draft("b", role="user", owner_id=cast[DORA]))
    template = create(session, TemplateDraft("Roles", drafts), within=change)
    first, second = steps(session, started(session, harold, template, change))
    assert (first.owner_id, first.note) == (cast[OLIVE], "No officer is assigned.")
    assert (second.owner_id, second.note) == (cast[ADA], "Meant for Dora Director, who is no longer active.")


def test_an_outlook_shows_what_a_start_makes(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet, cast: dict[Person, int]
) -> None:
    assert outlook(session, harold, template.id, Days(TODAY), at=change.at).reasons == ()
    drafts = drafts_of(session, newest_version(session, template.id).id)
    due = {place: Due(TODAY, TODAY) for place, _ in enumerate(drafts, start=1)}
    seen = owners_of_drafts(session, harold, drafts, due, start=TODAY, by=cast[OLIVE])
    plan = started(session, harold, template, change)
    made = {session.get_one(Step, task.step_id).position: task.owner_id for task in steps(session, plan)}
    assert {place: owner.user_id for place, owner in seen.items()} == made
    assert outlook(session, harold, template.id, Days(TODAY), at=change.at).reasons != ()


def rows(session: Session) -> list[tuple[object, ...]]:
    columns = (Task.constituent_id, Task.step_id, Task.owner_id, Task.note, Task.state, Task.due_on)
    return sorted(tuple(row) for row in session.execute(select(*columns, Task.original_due_on, Task.reminds)))


def test_many_at_once_are_the_same_as_one_by_one(
    session: Session, template: PlanTemplate, change: ChangeSet, cast: dict[Person, int]
) -> None:
    ids = [person(session, change, f"Person {number}") for number in range(12)]
    dead = person(session, change, "Ruth", is_deceased=True)
    for constituent_id in ids[::3]:
        assign(session, constituent_id, Charge(cast[SAM], date(2026, 1, 1)), within=change)
    with session.begin_nested() as one_by_one:
        for constituent_id in ids:
            started(session, constituent_id, template, change)
        expected = rows(session)
        one_by_one.rollback()
    assert start_plans(session, [*ids, dead, ids[0]], Start(template.id, TODAY, "list"), within=change) == 12
    assert start_plans(session, ids, Start(template.id, TODAY, "list"), within=change) == 0
    assert has_starting(session)
    assert [run_steps(session, on=TODAY, limit=5) for _ in range(4)] == [5, 5, 2, 0]
    assert rows(session) == expected
    assert not has_starting(session)


def test_who_died_before_the_tasks_were_made_gets_none(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    start_plans(session, [harold], Start(template.id, TODAY, "list"), within=change)
    session.get_one(Constituent, harold).is_deceased = True
    session.flush()
    run_steps(session, on=TODAY)
    assert rows(session) == []
    (line,) = plans(session, PlanFilter(ended=True), sees=EVERYTHING)
    assert (line.plan.state, line.plan.ended_reason) == ("stopped", "Harold Nakamura is deceased.")


def test_ten_tasks_five_done(session: Session, harold: int, change: ChangeSet) -> None:
    """PLN-035, PLN-039"""
    template = create(session, TemplateDraft("Ten", tuple(Draft(f"Step {n}") for n in range(10))), within=change)
    plan = started(session, harold, template, change)
    for task in steps(session, plan)[:5]:
        complete(session, task.id, Completion(TODAY), within=change)
    (line,) = plans(session, PlanFilter(), sees=EVERYTHING)
    assert [mark.state for mark in line.marks].count("done") == 5
    assert (len(line.marks), line.plan.state) == (10, "running")
