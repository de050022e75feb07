"""Steps of plans that are mails: posted once, held for a person, refused by the gate, in trouble; what follows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.requests import Asked
from donors.mail.models import Contact, ContactRefusal, MailTemplate, Outbox
from donors.mail.template import Draft as MailDraft
from donors.mail.template import add_template
from donors.plans.models import RunningPlan, Task
from donors.plans.running.close import Completion
from donors.plans.running.stop import stop_all
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.death import record_death
from donors.workflows.held_mail import Decided, approve_mails, give_up_mails
from donors.workflows.plan_mail import PlanMail, send_plan_mail
from donors.workflows.plans import start_plan
from donors.workflows.restraints import restrict
from donors.workflows.tasks import complete_task
from tests.mail.people import AT, ON, change, reachable, settle


def mail_template(session: Session, **more: Any) -> MailTemplate:
    """A welcome."""
    draft = {"name": "Welcome", "subject": "Welcome", "text_body": "Dear {dear}", "purpose": "news"}
    return add_template(session, MailDraft(**{**draft, **more}), within=change(session))


def step(session: Session, who: Constituent, *, held: bool = False, name: str = "Plan", **more: Any) -> Task:
    """The mail step, open, of a plan that goes on with a call."""
    made = mail_template(session, **{"name": name, **more})
    drafts = (
        Draft("Write", 0, kind="mail", mail_template_id=made.id, is_held=held),
        Draft("Call", 3, links=(Link(1),)),
    )
    template = create(session, TemplateDraft(name, drafts), within=change(session))
    plan = start_plan(session, who.id, template.id, cause="by hand", within=change(session), on=ON)
    assert isinstance(plan, RunningPlan), plan
    return session.scalars(select(Task).where(Task.plan_id == plan.id, Task.kind == "mail")).one()


def carried_out(session: Session, task: Task, days: int = 0) -> PlanMail:
    at = AT + timedelta(days=days)
    return send_plan_mail(session, task, within=change(session, at))


def call(session: Session, task: Task) -> Task:
    """The step after the mail."""
    return session.scalars(select(Task).where(Task.plan_id == task.plan_id, Task.kind == "task")).one()


def test_a_mail_is_posted_once_however_often_the_step_is_carried_out(session: Session) -> None:
    task = step(session, reachable(session), look="letter", policy="at_most_once")
    first = carried_out(session, task)
    assert (first.state, first.reason) == ("posted", "")
    assert carried_out(session, task, days=1) == PlanMail("posted", mail_id=first.mail_id)
    mail = session.scalars(select(Outbox)).one()
    assert (mail.key, mail.state, mail.task_id, mail.policy) == (
        f"plan/{task.plan_id}/{task.id}",
        "todo",
        task.id,
        "at_most_once",
    )
    assert mail.text_body.startswith("Dear Ann\n\n--\nIf you would rather not")
    assert "<p>Dear Ann</p>" in mail.html_body
    assert session.scalars(select(Contact.about)).one() == "Plan"


def test_a_held_mail_is_approved_and_the_plan_goes_on(session: Session) -> None:
    task = step(session, reachable(session), held=True)
    held = carried_out(session, task)
    assert held.state == carried_out(session, task).state == "held"
    assert call(session, task).state == "waiting"
    assert held.mail_id is not None
    assert approve_mails(session, [held.mail_id, 999], within=change(session)) == Decided(done=1, gone=1)
    assert (task.state, task.result, call(session, task).state) == ("done", "sent", "open")
    assert session.get_one(Outbox, held.mail_id).state == "todo"


def test_a_held_mail_is_given_up_and_the_plan_goes_on(session: Session) -> None:
    task = step(session, reachable(session), held=True)
    held = carried_out(session, task)
    assert give_up_mails(session, [held.mail_id or 0], reason="We met.", within=change(session)) == Decided(done=1)
    assert (task.state, task.reason, call(session, task).state) == ("skipped", "We met.", "open")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_mail_to_somebody_restricted_is_given_up_with_others_and_its_step_rests(session: Session) -> None:
    who = reachable(session)
    rests, goes_on = (
        step(session, who, held=True),
        step(session, reachable(session, "b", "b@x.org"), held=True, name="b"),
    )
    held = [carried_out(session, task).mail_id or 0 for task in (rests, goes_on)]
    restrict(session, who, Asked("restriction", ON, "Disputed."), on=ON, within=change(session))
    assert approve_mails(session, held[:1], within=change(session)) == Decided(kept=1)
    assert give_up_mails(session, held, reason="We met.", within=change(session)) == Decided(done=2)
    assert [session.get_one(Outbox, mail_id).state for mail_id in held] == ["dropped", "dropped"]
    assert (rests.state, goes_on.state) == ("waiting", "skipped")


def test_a_step_that_ended_in_another_way_takes_its_held_mail_along(session: Session) -> None:
    by_hand, stopped = (step(session, reachable(session, n, f"{n[0]}@example.org"), held=True, name=n) for n in "ab")
    held = [carried_out(session, task).mail_id or 0 for task in (by_hand, stopped)]
    complete_task(session, by_hand.id, Completion(ON), within=change(session))
    assert session.get_one(Outbox, held[0]).state == "dropped"
    stop_all(session, stopped.constituent_id or 0, reason="moved away", on=ON, within=change(session))
    assert approve_mails(session, held, within=change(session)) == Decided(gone=2)
    assert session.get_one(Outbox, held[1]).last_error == "The step of its plan is cancelled."


def test_the_gate_refuses_and_says_from_when_on_it_will_not(session: Session) -> None:
    settle(session, contact_caps=("email/1/7",))
    who = reachable(session)
    carried_out(session, step(session, who))
    second = step(session, who, name="Second")
    refused = carried_out(session, second, days=2)
    assert (refused.state, refused.again_on) == ("later", ON + timedelta(days=7))
    assert session.scalars(select(ContactRefusal.about)).one() == "Second"
    assert carried_out(session, second, days=7).state == "posted"


def test_nobody_writes_to_the_dead(session: Session) -> None:
    who = reachable(session)
    task = step(session, who)
    record_death(session, who, died_on=None, within=change(session), on=ON)
    assert carried_out(session, task) == PlanMail("refused", "This person has died.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Dear {dear} in {city}", "Not known of this constituent: City."),
        ("{gone}", "Not known of this constituent: gone"),
    ],
)
def test_what_cannot_be_written_is_trouble_and_counts_as_no_contact(session: Session, text: str, says: str) -> None:
    task = step(session, reachable(session))
    session.scalars(select(MailTemplate)).one().text_body = text
    trouble = carried_out(session, task)
    assert trouble.state == "trouble"
    assert says in trouble.reason
    assert session.scalars(select(Outbox)).all() == session.scalars(select(Contact)).all() == []


def test_a_template_that_cannot_be_read_or_is_none_is_trouble(session: Session) -> None:
    task = step(session, reachable(session))
    session.scalars(select(MailTemplate)).one().text_body = "Dear {"
    assert "The template “Plan” cannot be used" in carried_out(session, task).reason
    own = Task(subject="x", original_due_on=ON, due_on=ON, recorded_at=AT, id=0)
    assert carried_out(session, own).state == "trouble"


def test_a_step_that_is_carried_out_again_after_its_mail_was_given_up_writes_another(session: Session) -> None:
    task = step(session, reachable(session), held=True)
    first = carried_out(session, task).mail_id or 0
    session.get_one(Outbox, first).state = "dropped"
    assert carried_out(session, task).state == "held"
    keys = session.scalars(select(Outbox.key).order_by(Outbox.id)).all()
    assert keys == [f"plan/{task.plan_id}/{task.id}", f"plan/{task.plan_id}/{task.id}/after/{first}"]
