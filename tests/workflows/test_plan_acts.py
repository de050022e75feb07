"""Steps that the program carries out: each kind on its day, late ones in order, and what is in the way of them."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.core.changes import Act, ChangeSet
from donors.core.settings import Organization, set_organization
from donors.core.undo import undo
from donors.mail.models import Contact, ContactRefusal, Outbox
from donors.pipeline.assign import Charge, assign
from donors.pipeline.models import Move, Prospect
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry
from donors.plans.models import RunningPlan, Step, TaskQueue
from donors.plans.running.pause import pause, resume
from donors.plans.templates.drafts import Draft
from donors.workflows.advance import add_prospect, advance
from donors.workflows.death import record_death, remove_constituent
from donors.workflows.held_mail import approve_mails, give_up_mails
from donors.workflows.moves import drop_move, log_move
from donors.workflows.optout import reaching_ends
from donors.workflows.plan_acts import try_again
from donors.workflows.plans import restart_plan
from tests.cast import OLIVE, SAM, Person
from tests.workflows.plan_world import START, World, after


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    return World(session, cast[OLIVE])


def mail(world: World, subject: str = "Write", days: int = 0, *parents: int, **values: object) -> Draft:
    more = {"kind": "mail", "mail_template_id": world.mail.id} | values
    return after(subject, days, *parents, **more)


def outbox(session: Session) -> list[tuple[str, str]]:
    return [(row.to_address, row.state) for row in session.scalars(select(Outbox).order_by(Outbox.id))]


def test_a_mail_leaves_on_its_day_and_what_follows_opens(world: World, session: Session) -> None:
    plan = world.plan(mail(world, "Write", 2), after("Call", 3, 1))
    assert world.run(march(4)) == 0
    assert world.run(march(5)) == 1
    assert outbox(session) == [("anna@example.org", "todo")]
    found = world.tasks(plan)
    assert (found["Write"].state, found["Write"].result, found["Write"].done_on) == ("done", "sent", march(5))
    assert (found["Call"].state, found["Call"].due_on) == ("open", march(9))
    assert world.run(march(20)) == 0
    assert [row.key for row in session.scalars(select(Contact))] == [f"plan/{plan.id}/{found['Write'].id}"]


def test_waits_end_on_their_day_however_late_the_program_comes(world: World) -> None:
    plan = world.plan(
        Draft("A week", 7, kind="wait"), after("Another", 7, 1, kind="wait"), after("Call", 1, 2), after("Post", 2, 2)
    )
    assert world.run(date(2026, 4, 30)) == 2
    found = world.tasks(plan)
    assert (found["A week"].done_on, found["Another"].done_on) == (march(10), march(17))
    assert (found["Call"].state, found["Call"].due_on) == ("open", march(18))


def test_a_mail_that_is_held_ends_its_step_when_it_is_approved_or_given_up(world: World, session: Session) -> None:
    plan = world.plan(mail(world, "Write", 0, is_held=True), after("Call", 1, 1))
    other = world.plan(mail(world, "Write", 0, is_held=True), after("Call", 1, 1))
    assert world.run() == 2
    assert world.run(march(9)) == 0
    assert [state for _to, state in outbox(session)] == ["held", "held"]
    assert world.states(plan) == {"Write": "open", "Call": "waiting"}
    first, second = session.scalars(select(Outbox.id).order_by(Outbox.id)).all()
    approve_mails(session, [first], within=world.change())
    assert world.states(plan) == {"Write": "done", "Call": "open"}
    give_up_mails(session, [second], reason="she is away", within=world.change())
    assert world.states(other) == {"Write": "skipped", "Call": "open"}
    assert world.tasks(other)["Write"].reason == "she is away"


def test_what_the_gate_refuses_is_skipped_with_the_reason(world: World, session: Session) -> None:
    silent = world.person("Bo Silent", "bo@example.org")
    plan = world.plan(mail(world), after("Call", 1, 1), who=silent)
    world.constituent(silent).do_not_contact = True
    session.flush()
    world.run()
    written = world.tasks(plan)["Write"]
    assert (written.state, written.result, written.reason) == ("skipped", "refused", "This person wants no contact.")
    assert world.states(plan)["Call"] == "open"
    assert outbox(session) == []
    assert len(session.scalars(select(ContactRefusal)).all()) == 1


def test_what_is_too_much_now_is_put_off(world: World, session: Session) -> None:
    set_organization(
        session, Organization(sender_address="us@example.org", contact_caps=("email/1/7",)), within=world.change()
    )
    news = world.template_of_mail("News", purpose="news").id
    plan = world.plan(mail(world, "First", 0, mail_template_id=news), mail(world, "Second", 1, mail_template_id=news))
    assert world.run(march(4)) == 2
    found = world.tasks(plan)
    assert (found["First"].state, found["Second"].state, found["Second"].due_on) == ("done", "open", march(11))
    assert "At most 1 contact by e-mail in 7 days" in found["Second"].reason
    assert world.run(march(10)) == 0
    assert world.run(march(11)) == 1
    assert world.states(plan)["Second"] == "done"


def test_what_cannot_be_written_is_trouble_until_it_is_tried_again(world: World, session: Session) -> None:
    plan = world.plan(mail(world, "Write", 0), after("Call", 1, 1))
    world.mail.text_body = "You live in {city}."
    world.run()
    written = world.tasks(plan)["Write"]
    assert written.state == "open"
    assert "Not known of this constituent: City" in written.trouble
    assert world.run(march(4)) == 0
    world.mail.text_body = "Dear {name}."
    try_again(session, written.id, within=world.change())
    assert world.run() == 1
    assert (written.state, written.trouble) == ("done", "")


def test_a_step_whose_followers_cannot_be_told_is_trouble_and_leaves_nothing_half_done(
    world: World, session: Session
) -> None:
    sound, broken = (world.plan(mail(world, "Write", 0), after("Call", 1, 1)) for _ in range(2))
    step = session.get_one(Step, world.tasks(broken)["Call"].step_id)
    step.criteria = {"field": "a figure that is gone", "operator": "is", "value": 1}
    world.run()
    written = world.tasks(broken)["Write"]
    assert (written.state, written.result) == ("open", "")
    assert "a figure that is gone" in written.trouble
    assert world.states(sound) == {"Write": "done", "Call": "open"}
    assert session.scalars(select(Outbox.task_id)).all() == [world.tasks(sound)["Write"].id]


def test_looking_without_anything_to_do_writes_nothing(world: World, session: Session) -> None:
    world.plan(mail(world, "Write", 1))
    acts = select(ChangeSet.id).where(ChangeSet.kind == "plan.act")
    assert (world.run(), session.scalars(acts).all()) == (0, [])
    assert world.run(march(4)) == 1
    assert len(session.scalars(acts).all()) == 1


def test_a_note_is_a_mail_to_its_owner_about_the_constituent(world: World, session: Session) -> None:
    plan = world.plan(Draft("She has come back", kind="note", note="Say hello.", role="starter"))
    world.run()
    [letter] = session.scalars(select(Outbox)).all()
    assert (letter.constituent_id, letter.subject) == (None, "She has come back")
    assert "Anna Berg" in letter.text_body
    assert "Say hello." in letter.text_body
    assert plan.state == "done"


def test_a_move_is_planned_at_once_and_ends_its_step_when_it_is_made(world: World, session: Session) -> None:
    plan = world.plan(
        Draft("Visit her", 10, kind="move", method="visit"),
        after("Thank", 1, 1, outcome="reached"),
        after("Try again", 1, 1, outcome="no answer"),
    )
    world.run()
    [move] = session.scalars(select(Move)).all()
    assert (move.state, move.purpose, move.method, move.due_on) == ("planned", "Visit her", "visit", march(13))
    world.on = march(12)
    report = Report(march(12), "visit", "no_answer", planned_id=move.id)
    log_move(session, world.anna, report, within=world.change(), on=march(12))
    assert world.states(plan) == {"Visit her": "done", "Thank": "skipped", "Try again": "open"}
    assert world.tasks(plan)["Thank"].reason == "Not needed: “Visit her” ended as no answer."


def test_a_move_that_is_dropped_skips_its_step_and_a_step_that_ends_drops_its_move(
    world: World, session: Session
) -> None:
    plan = world.plan(Draft("Visit", 1, kind="move"), Draft("Phone", 1, kind="move"))
    world.run()
    visit, phone = session.scalars(select(Move).order_by(Move.id)).all()
    drop_move(session, visit.id, reason="she moved away", within=world.change(), on=START)
    assert world.states(plan) == {"Visit": "skipped", "Phone": "open"}
    record_death(session, world.constituent(world.anna), died_on=None, within=world.change(), on=START)
    assert (plan.state, phone.state) == ("stopped", "dropped")


def test_a_stage_is_proposed_and_the_step_ends_when_it_is_entered(world: World, session: Session) -> None:
    plan = world.plan(Draft("Cultivate", kind="stage", stage_id=world.stages["Cultivation"]), after("Call", 1, 1))
    pipeline = session.scalars(select(Prospect)).first()
    assert pipeline is None
    world.run()
    assert world.tasks(plan)["Cultivate"].acted_on == START
    assert world.run(march(9)) == 0
    stage = world.stages["Cultivation"]
    added = add_prospect(session, world.anna, 1, Entry(on=march(9)), within=world.change())
    assert world.states(plan)["Cultivate"] == "open"
    advance(session, added.prospect.id, Entry(on=march(9), stage_id=stage), within=world.change())
    assert world.states(plan) == {"Cultivate": "done", "Call": "open"}


def test_who_stands_in_the_stage_already_needs_no_proposal(world: World, session: Session) -> None:
    entry = Entry(on=START, stage_id=world.stages["Cultivation"])
    add_prospect(session, world.anna, 1, entry, within=world.change())
    plan = world.plan(Draft("Cultivate", kind="stage", stage_id=world.stages["Cultivation"]))
    world.run()
    assert plan.state == "done"


def test_late_work_is_handed_up_after_its_deadline_once(
    world: World, session: Session, cast: dict[Person, int]
) -> None:
    assign(session, world.anna, Charge(cast[SAM], date(2026, 1, 1), "secondary"), within=world.change())
    plan = world.plan(Draft("Call", 1, deadline_days=2, escalates_to="second"), Draft("Write", 1))
    assert world.escalate(march(6)) == 0
    assert world.escalate(march(7)) == 1
    assert world.escalate(march(8)) == 0
    call = world.tasks(plan)["Call"]
    assert (call.owner_id, call.escalated_on) == (cast[SAM], march(7))
    assert "its deadline has passed" in call.note


def test_a_queue_owns_what_is_for_it(world: World, session: Session) -> None:
    queue = TaskQueue(name="Front desk", created_in=world.change().id)
    session.add(queue)
    session.flush()
    plan = world.plan(Draft("Call", role="queue", queue_id=queue.id))
    call = world.tasks(plan)["Call"]
    assert (call.owner_id, call.queue_id) == (None, queue.id)


def test_nothing_of_a_paused_plan_is_carried_out(world: World, session: Session) -> None:
    plan = world.plan(mail(world, "Write", 2), after("Call", 1, 1))
    pause(session, plan.id, on=march(4), within=world.change())
    assert world.run(march(10)) == 0
    resume(session, plan.id, on=march(10), shifts=True, within=world.change())
    assert world.tasks(plan)["Write"].due_on == march(11)
    assert world.run(march(10)) == 0
    assert world.run(march(11)) == 1


def test_who_refuses_a_channel_is_not_planned_with_on_it(world: World, session: Session) -> None:
    plan = world.plan(
        mail(world, "Write", 5),
        after("Ring", 1, 1, method="call"),
        Draft("Visit", 3, kind="move", method="visit"),
        Draft("Phone", 3, kind="move", method="call"),
    )
    world.run()
    row = world.constituent(world.anna)
    withdraw(session, row, said=Said("email", START, "letter"), within=world.change())
    assert reaching_ends(session, [row.id], within=world.change()) == 1
    written = world.tasks(plan)["Write"]
    assert (written.state, written.reason) == ("cancelled", "This person has refused contact by email.")
    assert world.states(plan) == {"Write": "cancelled", "Ring": "open", "Visit": "open", "Phone": "open"}
    row.do_not_contact = True
    assert reaching_ends(session, [row.id], within=world.change()) == 2
    assert world.states(plan) == {"Write": "cancelled", "Ring": "cancelled", "Visit": "open", "Phone": "cancelled"}
    moves = {move.purpose: move.state for move in session.scalars(select(Move))}
    assert moves == {"Visit": "planned", "Phone": "dropped"}
    assert reaching_ends(session, [row.id], within=world.change()) == 0


def test_a_removed_constituent_has_no_running_plans(world: World, session: Session) -> None:
    plan = world.plan(Draft("Call"))
    assert remove_constituent(session, world.constituent(world.anna), within=world.change(), on=START) == 1
    assert (plan.state, plan.ended_reason) == ("stopped", "removed")


def test_a_plan_that_starts_again_begins_anew(world: World, session: Session) -> None:
    plan = world.plan(Draft("Call", 2), after("Write", 2, 1))
    world.complete(world.tasks(plan)["Call"])
    world.on = march(10)
    fresh = restart_plan(session, plan.id, within=world.change(), on=march(10))
    assert isinstance(fresh, RunningPlan)
    assert (plan.state, plan.ended_reason, fresh.started_on) == ("stopped", "started again", march(10))
    assert world.states(fresh) == {"Call": "open", "Write": "waiting"}
    assert world.states(plan) == {"Call": "done", "Write": "cancelled"}


def test_what_the_program_did_can_be_undone(world: World, session: Session) -> None:
    plan = world.plan(Draft("A day", 1, kind="wait"), after("Call", 1, 1))
    world.run(march(9))
    acts = session.scalars(select(ChangeSet).where(ChangeSet.kind == "plan.act").order_by(ChangeSet.id)).all()
    undo(session, acts[0], act=Act(by=None, at=world.change().at, through="web"))
    assert world.states(plan) == {"A day": "open", "Call": "waiting"}
    assert world.run() == 1
