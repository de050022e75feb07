"""Running plans carried over to the newest version of their template: what has ended stays, the rest goes by it."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.plans.models import PlanTemplate, RunningPlan, Step, Task
from donors.plans.queries.templates import newest_version
from donors.plans.running.carry import Carried, carried
from donors.plans.running.close import Completion, complete
from donors.plans.running.stop import stop
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, revise
from donors.workflows.carry import carry_plans
from donors.workflows.plans import start_plan
from donors.workflows.undo import undo_change
from tests.cast import OLIVE, Person
from tests.plans.conftest import CHAIN, NOW, TODAY, person

NEW = (
    Draft("Call", 2),
    Draft("Letter", 10, links=(Link(1),), note="By hand"),
    Draft("Thanks", 1),
    Draft("Report", 20, links=(Link(2), Link(3))),
)
LATER = date(2026, 3, 20)


def started(session: Session, who: int, template: PlanTemplate, change: ChangeSet) -> RunningPlan:
    plan = start_plan(session, who, template.id, cause="by hand", within=change, on=TODAY)
    assert isinstance(plan, RunningPlan)
    return plan


def shown(session: Session, plan: RunningPlan) -> list[tuple[str, str, date]]:
    found = select(Task).join(Step, Step.id == Task.step_id).where(Task.plan_id == plan.id)
    rows = session.scalars(found.order_by(Step.version_id.desc(), Step.position))
    return [(task.subject, task.state, task.due_on) for task in rows]


def first_task(session: Session, plan: RunningPlan) -> int:
    return session.scalars(select(Task.id).where(Task.plan_id == plan.id).order_by(Task.id)).first() or 0


def test_what_a_plan_meets() -> None:
    assert carried(CHAIN, NEW, {2, 3}) == Carried(("Visit",), ("Thanks", "Report"), ("Letter",))
    assert carried(CHAIN, NEW, set()) == Carried((), ("Thanks", "Report"), ())
    assert carried(CHAIN, CHAIN, {1, 2, 3}) == Carried((), (), ())


def test_done_stays_done_gone_is_cancelled_and_new_comes_up_today_at_the_earliest(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    plan = started(session, harold, template, change)
    complete(session, first_task(session, plan), Completion(date(2026, 3, 12), "reached"), within=change)
    revise(session, template.id, TemplateDraft("Welcome", NEW), within=change)
    assert carry_plans(session, [plan.id], on=LATER, within=change) == {}
    assert plan.version_id == newest_version(session, template.id).id
    assert shown(session, plan) == [
        ("Call", "done", date(2026, 3, 5)),
        ("Letter", "open", date(2026, 3, 23)),  # ten days after the 12th is a Sunday
        ("Thanks", "open", LATER),  # the 4th is past
        ("Report", "waiting", date(2026, 4, 13)),  # twenty days after the later of both, a Saturday
        ("Visit", "cancelled", date(2026, 3, 19)),
    ]
    letter = session.scalars(select(Task).where(Task.subject == "Letter")).one()
    assert letter.note == "By hand"
    complete(session, letter.id, Completion(LATER), within=change)
    assert shown(session, plan)[3][1] == "waiting"


def test_a_plan_with_nothing_left_is_done(
    session: Session, harold: int, template: PlanTemplate, change: ChangeSet
) -> None:
    plan = started(session, harold, template, change)
    complete(session, first_task(session, plan), Completion(TODAY), within=change)
    revise(session, template.id, TemplateDraft("Welcome", (Draft("Call", 2),)), within=change)
    carry_plans(session, [plan.id], on=LATER, within=change)
    assert (plan.state, plan.ended_on) == ("done", LATER)


def test_why_some_stay(session: Session, harold: int, template: PlanTemplate, change: ChangeSet) -> None:
    plan = started(session, harold, template, change)
    assert carry_plans(session, [plan.id, 99_999], on=TODAY, within=change) == {
        plan.id: "It runs on the newest version already.",
        99_999: "It is no longer there.",
    }
    anchored = TemplateDraft("Welcome", (*CHAIN, Draft("Seat plan", -3, after="event")))
    revise(session, template.id, anchored, within=change)
    assert "event, which is not known" in carry_plans(session, [plan.id], on=TODAY, within=change)[plan.id]
    stop(session, plan.id, reason="moved", on=TODAY, within=change)
    assert carry_plans(session, [plan.id], on=TODAY, within=change) == {plan.id: "It is stopped."}


@pytest.mark.parametrize("at_once", [True, False])
def test_many_are_carried_as_one_by_one_and_it_can_be_undone(
    session: Session, template: PlanTemplate, change: ChangeSet, cast: dict[Person, int], at_once: bool
) -> None:
    plans = [started(session, person(session, change, f"Person {n}"), template, change) for n in range(4)]
    for plan in plans[:2]:
        complete(session, first_task(session, plan), Completion(TODAY), within=change)
    before = [shown(session, plan) for plan in plans]
    revise(session, template.id, TemplateDraft("Welcome", NEW), within=change)
    session.commit()
    move = open_change(session, "plan.carry", act=Act(by=cast[OLIVE], at=NOW, through="web"))
    for ids in [[plan.id for plan in plans]] if at_once else [[plan.id] for plan in plans]:
        assert carry_plans(session, ids, on=LATER, within=move) == {}
    after = [shown(session, plan) for plan in plans]
    assert after[0] == after[1]
    assert after[2] == after[3]
    assert [row[1] for row in after[0]] == ["done", "open", "open", "waiting", "cancelled"]
    assert [row[1] for row in after[2]] == ["open", "waiting", "open", "waiting", "cancelled"]
    undo_change(session, move, act=Act(by=cast[OLIVE], at=NOW, through="web"), on=LATER)
    session.expire_all()
    assert [shown(session, plan) for plan in plans] == before
