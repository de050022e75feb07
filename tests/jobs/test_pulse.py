"""The pulse of the house: what monitoring is told, and how far jobs are behind."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from donors.core.claims import insert_new
from donors.core.db import transaction
from donors.jobs.lag import waiting_since
from donors.jobs.lease import hold
from donors.jobs.models import QueueState
from donors.jobs.pulse import pulse
from donors.jobs.scheduler import LEADER
from donors.jobs.steer import want
from donors.mail.deliver import Courier, deliver
from donors.mail.smtp import NotTaken
from tests.cast import ADA, DORA, Person, sign_in
from tests.jobs.bodies import Hands, daily, in_parts, made, states
from tests.mail.letters import Wire, letter, put

pytestmark = pytest.mark.usefixtures("context")


def test_lag_is_the_age_of_the_oldest_thing_that_waits(clock: Hands) -> None:
    with transaction() as session:
        assert waiting_since(session, at=clock()) == {}
    made(daily("prune", in_parts(1)), at=clock())
    put(letter(), clock=clock)
    written = clock()
    clock.move(minutes=20)
    with transaction() as session:
        since = waiting_since(session, at=clock())
    assert since["prune"].isoformat() == "2026-06-10T00:30:00+00:00"
    assert since["deliver"] == written


def test_a_mail_that_may_not_go_yet_is_no_lag(clock: Hands) -> None:
    put(letter(), clock=clock)
    deliver(Courier(Wire(NotTaken("451 later", final=False)), "give.example.org"), clock=clock)
    with transaction() as session:
        assert "deliver" not in waiting_since(session, at=clock())


def test_what_is_wrong_is_said(clock: Hands) -> None:
    with transaction() as session:
        hold(session, LEADER, owner="a", length=timedelta(days=36500))  # seen by the real clock, asked by ours
        found = pulse(session, at=clock())
        assert (found.state, found.troubles) == ("good", ())
    made(daily("prune", in_parts(1)), at=clock())
    with transaction() as session:
        insert_new(session, QueueState, [{"job": "funds", "failures": 3}])
        found = pulse(session, at=clock())
    assert found.state == "bad"
    assert found.troubles == ("The job prune is 690 minutes behind.", "The queue funds fails again and again.")


def test_what_can_wait_is_no_alarm(clock: Hands) -> None:
    put(letter(), clock=clock)
    deliver(Courier(Wire(NotTaken("550 no such user", final=True)), "give.example.org"), clock=clock)
    with transaction() as session:
        hold(session, LEADER, owner="a", length=timedelta(days=36500))
        found = pulse(session, at=clock())
    assert (found.state, found.dead_mails) == ("look", 1)


def test_monitoring_asks_without_a_sign_in(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["troubles"] == ["No scheduler runs."]
    with transaction() as session:
        hold(session, LEADER, owner="a")
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["state"], answer.json["runs_parked"]) == ("good", 0)


def test_run_now_makes_the_run_of_today_wait_for_nothing(
    context: Flask, client: FlaskClient, cast: dict[Person, int]
) -> None:
    sign_in(client, DORA)
    assert client.post("/settings/jobs/levels/now").status_code == 403
    sign_in(client, ADA)
    assert client.post("/settings/jobs/levels/now").status_code == 303
    assert "todo" in states("levels").values()
    assert client.post("/settings/jobs/drain/now").status_code == 404
    assert client.post("/settings/jobs/nothing/now").status_code == 404
    page = client.get("/settings/jobs").text
    assert "Run levels now" in page
    assert "Run drain now" not in page


def test_a_run_that_is_not_due_yet_begins_too(session: Session, clock: Hands) -> None:
    job = daily("early", in_parts(1))
    clock.move(hours=-12, minutes=-1)
    run = want(session, job, on=clock().date(), at=clock())
    assert run.period_key == "2026-06-09"
    clock.move(minutes=2)
    run = want(session, job, on=clock().date(), at=clock())
    assert run.period_key == "2026-06-10"
    assert run.due_at > clock() >= run.next_try_at
