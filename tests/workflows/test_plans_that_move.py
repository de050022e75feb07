"""Plans that rest, go on, move, branch, open again and are closed many at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.errors import Blocked, Invalid, NotFound
from donors.plans.models import RunningPlan
from donors.plans.running.pause import pause, resume, shift
from donors.plans.running.reopen import reopen
from donors.plans.starting.start import Start, start
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import StartRule, TemplateDraft, create
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.plans import owners
from tests.cast import OLIVE, Person
from tests.workflows.plan_world import START, World, after, branched

ELSEWHERE: dict[str, Any] = {"field": "city", "operator": "equals", "value": "Amherst"}


def march(day: int) -> date:
    return date(2026, 3, day)


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    return World(session, cast[OLIVE])


def test_a_result_opens_one_branch_and_says_why_the_other_is_not_needed(world: World) -> None:
    plan = branched(world)
    found = world.tasks(plan)
    world.complete(found["Call"], march(5), result="no answer")
    assert world.states(plan) == {"Call": "done", "Letter": "open", "Visit": "skipped", "Card": "waiting"}
    assert (found["Visit"].result, found["Visit"].reason) == (
        "not needed",
        "Not needed: “Call” ended as no answer.",
    )
    world.complete(found["Letter"], march(9))
    assert (found["Card"].state, found["Card"].due_on) == ("open", march(10))
    world.complete(found["Card"], march(10))
    assert (plan.state, plan.ended_on) == ("done", march(10))


def test_where_later_steps_ask_how_it_went_it_must_be_said(world: World) -> None:
    plan = branched(world)
    call = world.tasks(plan)["Call"]
    with pytest.raises(Invalid, match="later steps ask for it"):
        world.complete(call)
    with pytest.raises(Invalid, match="not a way to end"):
        world.complete(call, result="gone fishing")
    assert call.state == "open"


def test_an_answer_that_leads_nowhere_ends_the_plan(world: World) -> None:
    plan = branched(world)
    world.complete(world.tasks(plan)["Call"], result="declined")
    assert world.states(plan) == {"Call": "done", "Letter": "skipped", "Visit": "skipped", "Card": "skipped"}
    assert world.tasks(plan)["Card"].reason == "Not needed: “Letter” was not needed."
    assert plan.state == "done"


def test_another_result_after_a_step_is_opened_again_takes_the_other_branch(world: World, session: Session) -> None:
    plan = branched(world)
    call = world.tasks(plan)["Call"]
    world.complete(call, result="declined")
    reopen(session, call.id, within=world.change(), on=world.on)
    assert plan.state == "running"
    assert world.states(plan) == {"Call": "open", "Letter": "waiting", "Visit": "waiting", "Card": "waiting"}
    world.complete(call, result="reached")
    assert world.states(plan) == {"Call": "done", "Letter": "skipped", "Visit": "open", "Card": "waiting"}


def test_what_was_done_stays_done_when_its_parent_is_opened_again(world: World, session: Session) -> None:
    plan = branched(world)
    found = world.tasks(plan)
    world.complete(found["Call"], result="no answer")
    world.complete(found["Letter"])
    reopen(session, found["Call"].id, within=world.change(), on=world.on)
    assert world.states(plan) == {"Call": "open", "Letter": "done", "Visit": "waiting", "Card": "open"}


def test_all_of_opens_with_the_last_and_any_of_with_the_first(world: World) -> None:
    plan = world.plan(
        Draft("Call", 1), Draft("Letter", 2), after("Both", 1, 1, 2), after("Either", 1, 1, 2, joins="any")
    )
    found = world.tasks(plan)
    assert (found["Both"].due_on, found["Either"].due_on) == (march(6), march(5))
    world.complete(found["Call"], march(10))
    assert (found["Both"].state, found["Either"].state, found["Either"].due_on) == ("waiting", "open", march(11))
    world.complete(found["Letter"], march(12))
    assert (found["Both"].state, found["Both"].due_on) == ("open", march(13))


def test_criteria_are_asked_when_a_step_becomes_ready(world: World) -> None:
    plan = world.plan(
        Draft("Call", 1),
        after("Invite to Amherst", 1, 1, criteria=ELSEWHERE),
        after("Invite", 1, 2),
        Draft("Meet in Amherst", criteria=ELSEWHERE),
    )
    assert world.states(plan)["Meet in Amherst"] == "skipped"
    world.complete(world.tasks(plan)["Call"], march(5))
    meeting = world.tasks(plan)["Invite to Amherst"]
    assert (meeting.state, meeting.reason) == ("skipped", "The criteria of this step did not hold.")
    invite = world.tasks(plan)["Invite"]
    assert (invite.state, invite.due_on) == ("open", march(6))


def test_days_before_an_anchor_that_is_given_or_known(world: World, session: Session) -> None:
    world.constituent(world.anna).born_on = date(1960, 2, 29)
    steps = (
        Draft("Invite", -10, after="event", counts="working"),
        Draft("Ask", -30, after="fiscal year end"),
        Draft("Card", -1, after="birthday"),
    )
    template = create(session, TemplateDraft("Days", steps), within=world.change())
    owner_of = owners(session, [world.anna], on=START)
    with pytest.raises(Blocked, match="counted from the event, which is not known"):
        start(session, world.anna, Start(template.id, START), owner_of, within=world.change())
    what = Start(template.id, START, anchors={"event": date(2026, 6, 19)})
    plan = start(session, world.anna, what, owner_of, within=world.change())
    dates = {subject: task.due_on for subject, task in world.tasks(plan).items()}
    assert dates == {"Invite": date(2026, 6, 5), "Ask": date(2026, 12, 1), "Card": date(2027, 3, 1)}
    assert plan.anchors == {"event": "2026-06-19", "fiscal year end": "2026-12-31", "birthday": "2027-02-28"}


def test_a_pause_keeps_everything_from_being_open(world: World, session: Session) -> None:
    plan = branched(world)
    pause(session, plan.id, on=march(4), within=world.change())
    assert (plan.state, plan.paused_on, world.states(plan)["Call"]) == ("paused", march(4), "waiting")
    with pytest.raises(Blocked, match="It is paused"):
        pause(session, plan.id, on=march(4), within=world.change())
    resume(session, plan.id, on=march(14), shifts=True, within=world.change())
    assert (plan.state, plan.paused_on) == ("running", None)
    assert [task.due_on for task in world.tasks(plan).values()] == [march(16), march(16), march(23), march(19)]
    assert world.states(plan)["Call"] == "open"


def test_dates_may_stay_over_a_pause(world: World, session: Session) -> None:
    plan = branched(world)
    before = [task.due_on for task in world.tasks(plan).values()]
    pause(session, plan.id, on=march(4), within=world.change())
    resume(session, plan.id, on=march(14), shifts=False, within=world.change())
    assert [task.due_on for task in world.tasks(plan).values()] == before
    with pytest.raises(Blocked, match="It is running"):
        resume(session, plan.id, on=march(14), shifts=False, within=world.change())


def test_what_is_done_while_a_plan_is_paused_opens_what_follows_when_it_goes_on(world: World, session: Session) -> None:
    plan = branched(world)
    pause(session, plan.id, on=march(4), within=world.change())
    world.complete(world.tasks(plan)["Call"], march(5), result="reached")
    assert world.states(plan) == {"Call": "done", "Letter": "skipped", "Visit": "waiting", "Card": "waiting"}
    resume(session, plan.id, on=march(6), shifts=False, within=world.change())
    assert world.states(plan)["Visit"] == "open"


def test_all_that_is_left_moves_to_working_days(world: World, session: Session) -> None:
    plan = branched(world)
    world.complete(world.tasks(plan)["Call"], march(4), result="reached")
    shift(session, plan.id, 3, within=world.change())
    found = world.tasks(plan)
    assert (found["Visit"].due_on, found["Card"].due_on) == (march(16), march(16))
    assert found["Call"].due_on == march(4)
    for days in (0, 1000):
        with pytest.raises(Invalid):
            shift(session, plan.id, days, within=world.change())
    with pytest.raises(NotFound):
        shift(session, 999_999, 1, within=world.change())


def test_several_copies_where_a_template_allows_them(world: World, session: Session) -> None:
    draft = TemplateDraft("Ask", (Draft("Call", 1),), starts=StartRule(allows_copies=True))
    template = create(session, draft, within=world.change())
    owner_of = owners(session, [world.anna], on=START)
    found = [
        start(session, world.anna, Start(template.id, START), owner_of, within=world.change()).copy for _ in range(3)
    ]
    assert found == [0, 1, 2]


def test_a_cool_down_lies_between_two_starts(world: World, session: Session) -> None:
    draft = TemplateDraft("Ask", (Draft("Call"),), starts=StartRule(cooldown_days=30))
    template = create(session, draft, within=world.change())
    owner_of = owners(session, [world.anna], on=START)
    plan = start(session, world.anna, Start(template.id, START), owner_of, within=world.change())
    world.complete(world.tasks(plan)["Call"])
    soon, later = START + timedelta(days=29), START + timedelta(days=30)
    with pytest.raises(Blocked, match="the next may on 2026-04-02"):
        start(session, world.anna, Start(template.id, soon), owner_of, within=world.change())
    assert start(session, world.anna, Start(template.id, later), owner_of, within=world.change()).state == "running"


def test_copies_of_two_who_are_merged_all_go_on(world: World, session: Session) -> None:
    draft = TemplateDraft("Ask", (Draft("Call", 1),), starts=StartRule(allows_copies=True))
    template = create(session, draft, within=world.change())
    other = world.person("Anna Bergh", "bergh@example.org")
    owner_of = owners(session, [world.anna, other], on=START)
    for one in (world.anna, other, other):
        start(session, one, Start(template.id, START), owner_of, within=world.change())
    merge_constituents(session, Pair(world.anna, other), within=world.change(), on=START)
    found = session.execute(select(RunningPlan.constituent_id, RunningPlan.copy, RunningPlan.state)).all()
    assert sorted(found) == [(world.anna, copy, "running") for copy in (0, 1, 2)]
