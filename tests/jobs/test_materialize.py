"""Runs are made for every period once; missed time is caught up by the job's policy."""

from datetime import timedelta

from flask import Flask

from donors.core.changes import Act, open_change
from donors.core.db import transaction
from donors.core.settings import Organization, set_organization
from donors.jobs.claim import take
from donors.jobs.job import MaxAge, RunLatest
from tests.jobs.bodies import Hands, by_name, daily, in_parts, made, states


def test_the_first_time_only_the_latest_period_is_made(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    assert made(job, at=clock()) == 1
    assert made(job, at=clock()) == 0
    assert states("refresh") == {"2026-06-10": "todo"}


def test_every_missed_day_is_made_after_a_stop(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    made(job, at=clock())
    clock.move(days=3)
    assert made(job, at=clock()) == 3
    assert states("refresh") == dict.fromkeys(("2026-06-10", "2026-06-11", "2026-06-12", "2026-06-13"), "todo")


def test_a_clock_that_jumps_back_makes_nothing(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    made(job, at=clock())
    clock.move(days=-2)
    assert made(job, at=clock()) == 0


def test_run_latest_skips_all_but_the_last(context: Flask, clock: Hands) -> None:
    job = daily("remind", in_parts(1), policy=RunLatest())
    made(job, at=clock())
    clock.move(days=3)
    made(job, at=clock())
    assert states("remind") == {
        "2026-06-10": "skipped",
        "2026-06-11": "skipped",
        "2026-06-12": "skipped",
        "2026-06-13": "todo",
    }


def test_run_latest_lets_a_run_that_was_begun_go_on(context: Flask, clock: Hands) -> None:
    job = daily("remind", in_parts(2), policy=RunLatest())
    made(job, at=clock())
    with transaction() as session:
        assert take(session, by_name(job), at=clock())
    clock.move(days=1)
    made(job, at=clock())
    assert states("remind") == {"2026-06-10": "todo", "2026-06-11": "todo"}


def test_max_age_skips_what_is_too_old(context: Flask, clock: Hands) -> None:
    job = daily("tell", in_parts(1), policy=MaxAge(timedelta(days=2)))
    made(job, at=clock())
    clock.move(days=4)
    made(job, at=clock())
    assert states("tell") == {
        "2026-06-10": "todo",
        "2026-06-11": "skipped",
        "2026-06-12": "skipped",
        "2026-06-13": "todo",
        "2026-06-14": "todo",
    }


def test_the_organization_may_move_to_another_zone(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    move_to("Pacific/Auckland", clock)
    clock.move(hours=6)  # there it is the next day already
    made(job, at=clock())
    move_to("America/Los_Angeles", clock)
    for _ in range(80):
        clock.move(hours=1)
        made(job, at=clock())
    assert list(states("refresh")) == ["2026-06-11", "2026-06-12", "2026-06-13"]


def move_to(zone: str, clock: Hands) -> None:
    with transaction() as session:
        change = open_change(session, "organization.change", act=Act(by=None, at=clock(), through="setup"))
        set_organization(session, Organization(zone=zone), within=change)
