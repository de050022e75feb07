"""Stays, steps and flows from stage entries: they add up, as of any day, and say who is stuck and why."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.core.changes import ChangeSet
from donors.core.errors import HouseError
from donors.pipeline.asks.decide import Terms
from donors.pipeline.models import DISQUALIFIED, LOST, Pipeline, Prospect, Stage
from donors.pipeline.odds.queries import Which
from donors.pipeline.odds.stays import people, stays
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.board import Page, cards
from donors.pipeline.queries.sieve import Sieve
from donors.reports.funnel import FunnelQuestion, funnel
from donors.reports.velocity import EXPECTED, OWN, own_limits, people_stuck, stuck_cards, velocity
from donors.workflows.advance import add_prospect, advance, leave, take_back
from donors.workflows.asks import open_ask
from tests.cast import DORA, SAM, Person, sign_in
from tests.pipeline.conftest import MakePerson
from tests.pipeline.records import TODAY, ago

STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(1, 20)), max_size=12)


def which(pipeline: Pipeline, sees: object = EVERYTHING) -> Which:
    return Which(sees, pipeline.id)  # type: ignore[arg-type]


def done(session: Session, prospect: Prospect, what: int, on: date, ladder: Sequence[Stage], within: ChangeSet) -> None:
    """A step of a prospect: to a stage, out, or back in; refused ones are none."""
    try:
        with session.begin_nested():
            if what < len(ladder):
                advance(session, prospect.id, Entry(on, ladder[what].id), within=within)
            elif what == len(ladder):
                leave(session, prospect.id, Leaving(on, "gone", LOST), within=within)
            else:
                take_back(session, prospect.id, Entry(on), within=within)
    except HouseError:
        pass


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 4)
@given(steps=STEPS)
def test_then_and_came_less_left_is_now(
    session: Session,
    pipeline: Pipeline,
    stage: dict[str, Stage],
    change: ChangeSet,
    person: MakePerson,
    steps: list[tuple[int, int, int]],
) -> None:
    ladder = list(stage.values())
    with session.begin_nested() as nested:
        held = [
            add_prospect(session, person(f"P{n}"), pipeline.id, Entry(ago(300)), within=change).prospect
            for n in range(4)
        ]
        on = ago(290)
        for who, what, days in steps:
            on = min(on + timedelta(days), TODAY)
            done(session, held[who], what, on, ladder, change)
        for since in (ago(301), ago(250), ago(200), TODAY):
            found = funnel(session, FunnelQuestion(TODAY, since, which(pipeline)))
            for line in found.lines:
                assert line.then + line.entered - line.gone == line.now
            assert sum(line.now for line in found.lines) == sum(one.is_active for one in held)
            for ends, number in found.flows.items():
                assert len(people(session, (since, TODAY), which(pipeline), ends, (0, 50))) == number
        told = Counter(
            {
                stage_id: sum(one.number for one in held_in if one.way is None)
                for stage_id, held_in in stays(session, TODAY, which(pipeline)).items()
            }
        )
        assert +told == Counter(one.stage_id for one in held if one.is_active)
        nested.rollback()


@pytest.fixture
def walked(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], change: ChangeSet, person: MakePerson
) -> list[Prospect]:
    """Twenty-five prospects: one leaves Identification each day from the first to the twentieth, five stay."""
    held = []
    for number in range(25):
        entry = Entry(ago(100))
        one = add_prospect(session, person(f"P{number:02}"), pipeline.id, entry, within=change).prospect
        held.append(one)
        on = ago(100 - number - 1)
        if number < 16:
            advance(session, one.id, Entry(on, stage["Qualification"].id), within=change)
        elif number < 18:
            leave(session, one.id, Leaving(on, "no time", DISQUALIFIED), within=change)
        elif number < 20:
            leave(session, one.id, Leaving(on, "moved away", LOST), within=change)
    return held


def test_curves_limits_and_who_is_stuck(session: Session, pipeline: Pipeline, walked: list[Prospect]) -> None:
    found = velocity(session, TODAY, which(pipeline))
    first, second = found.lines[0], found.lines[1]
    curve = first.curve
    assert (curve.stays, curve.left, curve.median, curve.own_limit) == (25, 20, 13, 20)
    assert dict(curve.ways) == {"forward": 16, "released": 2, "lost": 2}
    assert (first.inside, first.stuck, first.limit) == (5, 5, (20, OWN))
    assert (second.inside, second.curve.own_limit, second.limit) == (16, None, (21, EXPECTED))
    stuck = [one for one, _who in people_stuck(session, found)]
    assert [one.over for one in stuck] == sorted((one.over for one in stuck), reverse=True)
    assert len(stuck) == found.stuck == first.stuck + second.stuck
    pages = [people_stuck(session, found, limit=4, offset=start) for start in range(0, 28, 4)]
    assert [one for page in pages for one, _who in page] == stuck
    assert stuck[0].reason == "100 days in Identification; four of five leave it within 20."
    assert {one.by for one in stuck if one.stage.name == "Qualification"} == {EXPECTED}
    assert own_limits(session, TODAY, pipeline.id) == {first.stage.id: 20}
    shown = cards(session, Sieve(pipeline.id), Page(), on=TODAY, sees=EVERYTHING)
    marked = {one: why.reason for one, why in stuck_cards(session, shown, TODAY).items()}
    assert marked == {one.prospect_id: one.reason for one in stuck}
    before = velocity(session, ago(95), which(pipeline)).lines[0]
    assert (before.curve.left, before.inside, before.stuck) == (5, 20, 0)


def test_the_funnel_counts_ways_and_money(
    session: Session, pipeline: Pipeline, walked: list[Prospect], change: ChangeSet
) -> None:
    open_ask(session, walked[0].id, Terms(5_000_00), on=ago(3), within=change)
    open_ask(session, walked[1].id, Terms(), on=ago(3), within=change)
    found = funnel(session, FunnelQuestion(TODAY, ago(200), which(pipeline)))
    first, second = found.lines[:2]
    assert (first.came["in"], first.left["forward"], first.left["disqualified"], first.left["lost"]) == (25, 16, 2, 2)
    assert (second.came["forward"], second.now, second.asks, second.amount) == (16, 16, 2, 5_000_00)
    assert found.flows == {(None, first.stage.id): 5, (None, second.stage.id): 16}
    assert found.went("forward") == 16


def test_counts_hold_what_the_viewer_sees(
    session: Session, pipeline: Pipeline, walked: list[Prospect], cast: dict[Person, int]
) -> None:
    walked[0].is_confidential = True
    session.flush()
    sam = which(pipeline, sight(cast[SAM], SAM.role))
    assert velocity(session, TODAY, sam).lines[1].inside == 15
    assert sum(funnel(session, FunnelQuestion(TODAY, ago(200), sam)).flows.values()) == 20


def test_pages_files_and_commands(app: Flask, client: FlaskClient, session: Session, walked: list[Prospect]) -> None:
    first_stage = walked[24].stage_id
    session.commit()
    sign_in(client, DORA)
    day = f"as_of={TODAY}"
    page = client.get(f"/reports/velocity?{day}").text
    assert "four of five leave it within 20" in page
    funnel_page = client.get(f"/reports/funnel?{day}&since={ago(200)}").text
    assert "Then and came in, less left, is now" in funnel_page
    behind = client.get(f"/reports/funnel/people?{day}&since={ago(200)}&then=outside&now={first_stage}").text
    assert "5 prospects" in behind
    assert "P24" in behind
    assert client.get(f"/reports/funnel/people?{day}&now=9999").status_code == 404
    assert "must lie before" in client.get(f"/reports/funnel?{day}&since=2030-01-01").text
    assert "Nobody stood in this pipeline" in client.get("/reports/funnel?as_of=2020-01-01&since=2019-01-01").text
    assert "Nobody has been in this pipeline yet" in client.get("/reports/velocity?as_of=2020-01-01").text
    more = {"velocity": (), "funnel": ("--since", str(ago(200)))}
    sent = {"form": "csv"}
    told = {name: client.post(f"/reports/{name}/file?{day}&since={ago(200)}", data=sent).text for name in more}
    for name, asked in more.items():
        ran = app.test_cli_runner().invoke(args=["report", name, "--as-of", str(TODAY), *asked])
        lines = list(csv.DictReader(StringIO(told[name].removeprefix("\ufeff"))))
        assert list(csv.DictReader(StringIO(ran.output))) == lines
