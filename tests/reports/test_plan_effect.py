"""What plans bring about: steps, punctuality, giving beside those held out, and the interval of the difference."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.core.interval import difference
from donors.plans.models import CANCELLED, DONE, SKIPPED, RunningPlan, Task
from donors.plans.starting.held_out import is_held_out
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import StartRule, TemplateDraft, create
from donors.reports.plan_effect import LEAST, EffectQuestion, plan_effect
from donors.workflows.plans import start_plan
from donors.workflows.starting import plans_for
from tests.cast import DORA, SAM, Person, sign_in
from tests.workflows.start_world import TODAY, World

START = TODAY - timedelta(100)


def test_the_difference_has_the_interval_that_newcombe_gives() -> None:
    found = difference((56, 70), (48, 80))
    assert found is not None
    assert [round(one, 4) for one in found] == [0.2, 0.0524, 0.3339]
    assert difference((0, 0), (3, 4)) is None


shares = st.integers(1, 500).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases)))


@given(shares, shares)
def test_the_interval_holds_the_difference_and_turns_with_it(one: tuple[int, int], other: tuple[int, int]) -> None:
    there, back = difference(one, other), difference(other, one)
    assert there is not None
    assert back is not None
    assert -1 <= there[1] <= there[0] <= there[2] <= 1
    assert there[0] == pytest.approx(-back[0])
    assert (there[1], there[2]) == pytest.approx((-back[2], -back[1]))


@pytest.fixture
def world(session: Session) -> World:
    """The small world."""
    return World(session)


def started(world: World, people: int, percent: int = 50) -> tuple[int, list[int]]:
    """A template that holds out some percent, started for people a hundred days ago."""
    steps = (Draft("Call", 2), Draft("Write", 9, (Link(1),)))
    draft = TemplateDraft("Measured", steps, starts=StartRule(held_out_percent=percent))
    template = create(world.session, draft, within=world.change)
    ids = [world.person(f"P{number}") for number in range(people)]
    for one in ids:
        plans_for(world.session, [one], Start(template.id, START, "rule"), within=world.change)
    return template.id, ids


def question(template_id: int, days: int = 90) -> EffectQuestion:
    """The question of today."""
    return EffectQuestion(template_id, START - timedelta(10), TODAY, days, EVERYTHING)


def test_gifts_within_the_days_count_for_each_group(world: World) -> None:
    template, ids = started(world, 80)
    held = [one for one in ids if is_held_out(one, template, 50)]
    treated = [one for one in ids if one not in held]
    world.gives(treated[0], 10_000, START)  # what may have started the plan
    world.gives(treated[1], 10_000, START + timedelta(1))
    world.gives(treated[1], 5_000, START + timedelta(90))
    world.gives(treated[2], 20_000, START + timedelta(91))
    world.gives(held[0], 7_000, START + timedelta(30))
    found = plan_effect(world.session, question(template))
    assert (found.treated.people, found.treated.gave, found.treated.money) == (len(treated), 1, 15_000)
    assert (found.held_out.people, found.held_out.gave, found.held_out.money) == (len(held), 1, 7_000)
    assert found.plans == len(treated)
    assert found.enough == (min(len(held), len(treated)) >= LEAST)
    assert (found.difference is not None) == found.enough
    assert plan_effect(world.session, question(template, 120)).too_early == 80


def test_who_was_in_no_lot_has_the_plan_but_is_not_compared(world: World) -> None:
    template, ids = started(world, 10)
    by_hand = world.person("Chosen")
    start_plan(world.session, by_hand, template, cause="by hand", within=world.change, on=START)
    world.gives(by_hand, 50_000, START + timedelta(3))
    found = plan_effect(world.session, question(template))
    held = sum(is_held_out(one, template, 50) for one in ids)
    assert (found.treated.people, found.treated.gave) == (11 - held, 1)
    assert (found.by_lot.people, found.by_lot.gave) == (10 - held, 0)
    assert found.held_out.people == held


def test_a_second_plan_counts_once_and_few_say_nothing(world: World) -> None:
    template, ids = started(world, 10)
    for plan in world.session.scalars(select(RunningPlan)):
        plan.state = DONE
    world.session.flush()
    plans_for(world.session, ids, Start(template, START + timedelta(5), "rule"), within=world.change)
    found = plan_effect(world.session, question(template))
    assert found.treated.people + found.held_out.people == 10
    assert found.difference is None
    assert not found.enough


def test_steps_tell_where_plans_end_and_how_late_they_are(world: World) -> None:
    template, _ids = started(world, 6, percent=0)
    tasks = world.session.scalars(select(Task).order_by(Task.id)).all()
    calls, letters = [one for one in tasks if one.subject == "Call"], [one for one in tasks if one.subject == "Write"]
    for task, days in zip(calls[:4], (-1, 0, 3, 8), strict=True):
        task.state, task.done_on = DONE, task.due_on + timedelta(days)
    calls[4].state = letters[0].state = SKIPPED
    letters[5].state = CANCELLED
    world.session.flush()
    call, letter = plan_effect(world.session, question(template)).steps
    assert (call.subject, call.all, call.done, call.skipped, call.cancelled, call.ahead) == ("Call", 6, 4, 1, 0, 1)
    assert (call.on_time, call.punctual, call.late) == (2, 0.5, 6)
    assert call.reached == pytest.approx(5 / 6)
    assert (letter.done, letter.skipped, letter.cancelled, letter.ahead, letter.late) == (0, 1, 1, 4, None)


def test_nobody_counts_whom_the_viewer_does_not_see(world: World, cast: dict[Person, int]) -> None:
    template = create(world.session, TemplateDraft("T", (Draft("Call", 2),)), within=world.change).id
    for confidential in (True, False):
        who = world.person("Who", confidential=confidential)
        plans_for(world.session, [who], Start(template, START), within=world.change)
    seen = EffectQuestion(template, START, TODAY, 30, sight(cast[SAM], SAM.role))
    assert (plan_effect(world.session, seen).plans, plan_effect(world.session, question(template)).plans) == (1, 2)


def test_page_file_and_command_say_the_same(
    app: Flask, client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    world = World(session)
    template, _ids = started(world, 12)
    session.commit()
    sign_in(client, DORA)
    address = f"template={template}&since={START.isoformat()}"
    page = client.get(f"/reports/plans?{address}").text
    assert "Not enough data yet" in page
    assert "1. Call" in page
    told = client.post(f"/reports/plans/file?{address}", data={"form": "csv"}).text.removeprefix("\ufeff")
    lines = list(csv.DictReader(StringIO(told)))
    assert [line["part"] for line in lines] == ["step 1", "step 2", "gave", "gave", "gave", "gave"]
    ran = app.test_cli_runner().invoke(args=["report", "plans", "--template", "Measured", "--since", START.isoformat()])
    assert ran.exit_code == 0, ran.output
    assert next(iter(csv.DictReader(StringIO(ran.output)))) == lines[0]
    whole = app.test_cli_runner().invoke(args=["report", "plans", "--template", "Measured", "--format", "json"])
    assert json.loads(whole.output)["template"] == "Measured"
    assert client.get("/reports/plans?template=999").status_code == 404
    assert "That is no day" in client.get(f"/reports/plans?template={template}&since=soon").text


def test_without_a_template_the_page_says_so(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, DORA)
    assert "There is no template yet" in client.get("/reports/plans").text
