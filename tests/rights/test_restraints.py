"""An objection ends fundraising and nothing else, a restriction freezes a record, and the register says by when."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.contact import add_point
from donors.constituents.edit import edit
from donors.constituents.models import Constituent
from donors.constituents.records import Email
from donors.constituents.requests import Asked, answer_due, due_soon, register_page, requests_of, take, waiting_for
from donors.constituents.restraint import OBJECTION, RESTRICTION, why_left_alone
from donors.core.errors import Blocked, Invalid
from donors.mail.decide import Facts, may_reach
from donors.mail.facts import facts_of, facts_of_many
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import pipelines
from donors.pipeline.standard import install_standard
from donors.plans.dates import Days
from donors.plans.models import RunningPlan, Task
from donors.plans.queries.templates import newest_version
from donors.plans.running.close import Completion
from donors.plans.running.pause import resume
from donors.plans.running.task import OwnTask
from donors.plans.running.task import add as add_task
from donors.plans.starting.eligible import barred, may_start, why_not
from donors.plans.templates.template import template_by_id
from donors.research.rate import Judged
from donors.workflows.advance import add_prospect
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.plans import start_plan
from donors.workflows.ratings import rate
from donors.workflows.restraints import end_restraint, follow_objection, restrict
from donors.workflows.tasks import close_tasks, complete_task, skip_task
from tests.constituents.people import TODAY, change, person
from tests.rights.whole_life import template


def test_a_month_ends_on_the_same_day_or_on_the_last_there_is() -> None:
    assert answer_due(date(2026, 3, 2)) == date(2026, 4, 2)
    assert answer_due(date(2026, 1, 31)) == date(2026, 2, 28)
    assert answer_due(date(2026, 12, 15)) == date(2027, 1, 15)


def test_who_objects_gets_receipts_and_answers_only() -> None:
    facts = Facts(objected=True, consent=True)
    assert not may_reach(facts, channel="email").allowed
    assert may_reach(facts, channel="email", answers=True, needs_consent=False).allowed
    for frozen in (Facts(restricted=True, consent=True), Facts(erased=True, consent=True)):
        assert not may_reach(frozen, channel="email", answers=True).allowed


def test_an_objection_ends_what_is_under_way_and_begins_nothing(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ben Cole")
    install_standard(session, within=change(session))
    pipeline = pipelines(session)[0].id
    plan_of = template(session)
    for one in (anna, other):
        add_prospect(session, one.id, pipeline, Entry(TODAY), within=change(session))
        start_plan(session, one.id, plan_of, cause="by hand", within=change(session), on=TODAY)
    _request, ended = follow_objection(
        session, anna, Asked("objection", TODAY, "By letter."), on=TODAY, within=change(session)
    )
    assert (ended.plans, ended.prospects) == (1, 1)
    states = dict(session.execute(select(RunningPlan.constituent_id, RunningPlan.state)).all())
    assert states == {anna.id: "stopped", other.id: "running"}
    assert session.scalars(select(Prospect.constituent_id).where(Prospect.is_active)).all() == [other.id]
    why = why_left_alone(anna)
    given = Days(TODAY, {})
    assert why in why_not(session, anna.id, plan_of, given)
    assert barred(session, [anna.id, other.id]) == {anna.id: why}
    conditions = may_start(session, template_by_id(session, plan_of), newest_version(session, plan_of), given)
    assert session.scalars(select(Constituent.id).where(Constituent.id == anna.id, *conditions)).all() == []
    with pytest.raises(Blocked):
        rate(session, anna.id, Judged("interest", TODAY, "news", 3), within=change(session))
    edit(session, anna, values={"nickname": "Ann"}, within=change(session))
    one, many = facts_of(session, anna.id, channel="post", on=TODAY), facts_of_many(session, [anna.id], on=TODAY)
    assert one == many[anna.id]["post"]
    assert one.objected
    end_restraint(session, anna, OBJECTION, why="Said so by phone.", on=TODAY, within=change(session))
    assert (why_left_alone(anna), requests_of(session, anna.id)[0].lifted_on) == ("", TODAY)


def test_a_restricted_record_is_seen_and_not_touched(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    plan = start_plan(session, anna.id, template(session), cause="by hand", within=change(session), on=TODAY)
    _request, resting = restrict(
        session, anna, Asked("restriction", TODAY, "Disputed."), on=TODAY, within=change(session)
    )
    assert resting == 1
    step = session.scalars(select(Task).where(Task.plan_id == plan.id)).one()
    own = add_task(session, OwnTask("Check the address", TODAY, None, anna.id), within=change(session))
    refused = (
        lambda: complete_task(session, step.id, Completion(TODAY), within=change(session)),
        lambda: skip_task(session, step.id, Completion(TODAY, "Never mind"), within=change(session)),
        lambda: resume(session, plan.id, on=TODAY, shifts=False, within=change(session)),
        lambda: edit(session, anna, values={"nickname": "Ann"}, within=change(session)),
        lambda: add_point(session, anna, given=Email("a@x.org"), within=change(session)),
        lambda: merge_constituents(session, Pair(other.id, anna.id), within=change(session), on=TODAY),
        lambda: restrict(session, anna, Asked("restriction", TODAY), on=TODAY, within=change(session)),
    )
    for act in refused:
        with pytest.raises(Blocked):
            act()
    left = close_tasks(session, [step.id, own.id], Completion(TODAY), within=change(session))
    assert (list(left), own.state) == ([step.id], "done")
    assert facts_of(session, anna.id, channel="email", on=TODAY).restricted
    with pytest.raises(Invalid):
        end_restraint(session, anna, RESTRICTION, why=" ", on=TODAY, within=change(session))
    end_restraint(session, anna, RESTRICTION, why="Settled.", on=TODAY, within=change(session))
    assert resume(session, plan.id, on=TODAY, shifts=False, within=change(session)).state == "running"
    edit(session, anna, values={"nickname": "Ann"}, within=change(session))


def test_an_objection_holds_after_a_merge(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    follow_objection(session, other, Asked("objection", TODAY), on=TODAY, within=change(session))
    merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    assert anna.objected_on == TODAY
    assert [one.kind for one in requests_of(session, anna.id)] == ["objection"]


def test_what_was_asked_and_what_is_said_of_it_later_stand_together(session: Session) -> None:
    anna = person(session, "Anna Berg")
    take(session, anna, Asked("objection", TODAY, "By letter."), on=TODAY, within=change(session))
    later = Asked("objection", TODAY, "Called too.")
    request, _ended = follow_objection(session, anna, later, on=TODAY, within=change(session))
    assert (request.note, waiting_for(session, anna.id, "objection")) == ("By letter.\nCalled too.", None)


def test_the_register_shows_what_is_due_first(session: Session) -> None:
    anna, ben = person(session, "Anna Berg"), person(session, "Bén Cole")
    late, fresh = date(2026, 2, 3), date(2026, 3, 1)
    take(session, anna, Asked("access", fresh), on=TODAY, within=change(session))
    take(session, ben, Asked("erasure", late), on=TODAY, within=change(session))
    shown = register_page(session, sees=EVERYTHING, is_open=True)
    assert [one.name for one in shown.rows] == ["Bén Cole", "Anna Berg"]
    found = register_page(session, sees=EVERYTHING, is_open=True, q="ben c")
    assert [one.name for one in found.rows] == ["Bén Cole"]
    assert register_page(session, sees=EVERYTHING, is_open=True, q="Zoe").total == 0
    assert [one.name for one in due_soon(session, sees=EVERYTHING, on=TODAY, limit=5)] == ["Bén Cole"]
    assert register_page(session, sees=EVERYTHING, is_open=False).total == 0
    with pytest.raises(Invalid):
        take(session, anna, Asked("access", date(2026, 3, 3)), on=TODAY, within=change(session))
