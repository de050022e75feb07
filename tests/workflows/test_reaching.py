"""Calls and letters: contacts when they were made, asked about before they are planned."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.constituents.models import Constituent
from donors.core.changes import Act
from donors.core.clock import now
from donors.mail.models import Contact, ContactRefusal
from donors.pipeline.models import Move
from donors.pipeline.move import Plan
from donors.pipeline.move_report import Report
from donors.plans.models import RunningPlan, Task
from donors.plans.running.close import Completion
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.moves import log_move
from donors.workflows.plan_acts import act_on_plans
from donors.workflows.plans import start_plan
from donors.workflows.reaching import Barred, ask_for_step, plan_by_hand
from donors.workflows.tasks import close_tasks, complete_task
from donors.workflows.undo import undo_change
from tests.cast import OLIVE, Person, sign_in
from tests.constituents.people import person
from tests.mail.people import AT, ON, change, reachable, sent, settle
from tests.mail.people import asked as mail_to


def silent(session: Session) -> Constituent:
    """Somebody who has refused calls."""
    who = person(session, "Sil Ent")
    withdraw(session, who, said=Said("phone", ON, "call"), within=change(session))
    return who


def test_a_call_and_a_letter_are_contacts_a_visit_is_none_and_undo_takes_them_back(session: Session) -> None:
    who = person(session)
    within = change(session)
    for method in ("call", "letter", "visit"):
        log_move(session, who.id, Report(ON, method, "reached", purpose="Thank her"), within=within, on=ON)
    kept = select(Contact.channel, Contact.about, Contact.happened_on).order_by(Contact.id)
    assert session.execute(kept).all() == [("phone", "Thank her", ON), ("post", "Thank her", ON)]
    undo_change(session, within, act=Act(None, AT, "web"), on=ON)
    assert session.execute(kept).all() == []


def test_nobody_plans_a_call_with_whom_refused_calls_but_a_visit(session: Session) -> None:
    who = silent(session)
    with pytest.raises(Barred, match="refused contact by phone"):
        plan_by_hand(session, who.id, Plan("Catch up", ON, "call"), within=change(session))
    report = Report(ON, "visit", "reached", next_move=Plan("Catch up", ON, "call"))
    with pytest.raises(Barred):
        log_move(session, who.id, report, within=change(session), on=ON)
    assert plan_by_hand(session, who.id, Plan("Catch up", ON, "visit"), within=change(session)).method == "visit"
    assert plan_by_hand(session, who.id, Plan("Write", ON, "letter"), within=change(session)).method == "letter"


def test_a_call_of_a_plan_keeps_to_the_limits_of_all_contacts(session: Session) -> None:
    settle(session, contact_caps=("all/1/7",))
    who = reachable(session)
    sent(session, mail_to(who))
    soon, later = (Task(id=days, constituent_id=who.id, subject="Call", due_on=ON + timedelta(days)) for days in (2, 7))
    answer = ask_for_step(session, soon, "call", within=change(session))
    assert (answer.allowed, answer.again_on) == (False, ON + timedelta(days=7))
    assert session.scalars(select(ContactRefusal.about)).all() == ["Call"]
    assert ask_for_step(session, soon, "visit", within=change(session)).allowed
    assert ask_for_step(session, later, "call", within=change(session)).allowed
    assert len(session.scalars(select(ContactRefusal)).all()) == 1


def test_what_is_refused_on_the_page_is_kept_with_its_reason(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    who_id = silent(session).id
    session.commit()
    sign_in(client, OLIVE)
    typed = {"constituent": str(who_id), "purpose": "Catch up", "method": "call", "due_on": now().date().isoformat()}
    answer = client.post(f"/pipeline/moves/new?constituent={who_id}", data=typed)
    assert answer.status_code == 422
    assert "refused contact by phone" in answer.text
    assert session.scalars(select(ContactRefusal.about)).all() == ["Catch up"]
    assert session.scalars(select(Move)).all() == []


def called(session: Session, who: Constituent, name: str = "Plan") -> Task:
    """The call of a plan that was started, after the scheduler has looked at it."""
    draft = TemplateDraft(name, (Draft("Call her", 2, kind="move", method="call"),))
    template = create(session, draft, within=change(session))
    plan = start_plan(session, who.id, template.id, cause="by hand", within=change(session), on=ON)
    assert isinstance(plan, RunningPlan), plan
    act_on_plans(session, on=ON, act=Act(by=None, at=AT, through="job"))
    return session.scalars(select(Task).where(Task.plan_id == plan.id)).one()


def test_a_call_of_a_plan_waits_for_the_day_on_which_it_is_not_one_too_many(session: Session) -> None:
    settle(session, contact_caps=("all/1/7",))
    who = reachable(session)
    sent(session, mail_to(who))
    task = called(session, who)
    assert session.scalars(select(Move.due_on).where(Move.task_id == task.id)).one() == ON + timedelta(days=7)
    assert session.scalars(select(ContactRefusal.about)).all() == ["Call her"]


def test_a_call_that_nobody_wants_is_passed_over_with_the_reason(session: Session) -> None:
    task = called(session, silent(session))
    assert (task.state, task.result, task.reason) == ("skipped", "refused", "This person has refused contact by phone.")
    assert session.scalars(select(Move)).all() == []


@pytest.mark.parametrize(("result", "contacts"), [("reached", 1), ("no answer", 0)])
def test_a_call_of_a_plan_counts_once_whichever_way_it_ends_and_for_many_alike(
    session: Session, result: str, contacts: int
) -> None:
    alone, together, logged = (called(session, person(session, f"{name} Berg"), name) for name in ("A", "B", "C"))
    how = Completion(ON, result=result)
    complete_task(session, alone.id, how, within=change(session))
    close_tasks(session, [together.id], how, within=change(session))
    move = session.scalars(select(Move).where(Move.task_id == logged.id)).one()
    outcome = {"reached": "positive", "no answer": "no_answer"}[result]
    report = Report(ON, "call", outcome, planned_id=move.id)
    log_move(session, logged.constituent_id or 0, report, within=change(session), on=ON)
    assert {task.state for task in (alone, together, logged)} == {"done"}
    ids = [task.constituent_id for task in (alone, together, logged)]
    assert sorted(session.scalars(select(Contact.constituent_id))) == (sorted(ids) if contacts else [])  # type: ignore[type-var]
