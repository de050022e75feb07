"""Leases: one holder at a time by the database's clock."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from donors.core.claims import database_now
from donors.core.db import transaction
from donors.jobs.lease import hold, release
from donors.jobs.models import Lease


def held(owner: str) -> int | None:
    with transaction() as session:
        return hold(session, "scheduler", owner=owner)


def run_out() -> None:
    with transaction() as session:
        session.execute(update(Lease).values(until=database_now(session) - timedelta(seconds=1)))


def test_one_holds_it_until_it_runs_out(context: Flask) -> None:
    assert held("a") == 1
    assert held("b") is None
    assert held("a") == 1
    run_out()
    assert held("b") == 2
    assert held("a") is None


def test_who_holds_it_may_be_late(context: Flask) -> None:
    assert held("a") == 1
    run_out()
    assert held("a") == 1
    assert held("b") is None


def test_it_can_be_given_up(context: Flask) -> None:
    assert held("a") == 1
    with transaction() as session:
        release(session, "scheduler", owner="b")  # not b's to give
    assert held("b") is None
    with transaction() as session:
        release(session, "scheduler", owner="a")
    assert held("b") == 2


def test_the_database_has_a_clock_of_its_own(context: Flask) -> None:
    with transaction() as session:
        earlier, later = database_now(session), database_now(session)
        assert earlier.tzinfo is not None
        assert timedelta() <= later - earlier < timedelta(minutes=1)
