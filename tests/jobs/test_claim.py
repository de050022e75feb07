"""One part of a run: claim, effect and cursor together or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from donors.core.changes import open_change
from donors.core.clock import Clock
from donors.core.db import transaction
from donors.jobs.claim import take, work, work_one
from donors.jobs.decide import MOST_ATTEMPTS
from donors.jobs.job import CODE, PeriodicJob, Progress, Run
from donors.jobs.models import JobRun
from tests.jobs.bodies import Hands, by_name, daily, in_parts, leave, made, only_run, states, trace


class Killed(BaseException):
    """Stands for a process that ends in the middle: nothing of ours runs any more."""


def all_of(*jobs: PeriodicJob, clock: Clock) -> int:
    """Works until nothing is left and counts the turns."""
    turns = 0
    while work_one(by_name(*jobs), clock=clock):
        turns += 1
    return turns


def let_go_of_holds() -> None:
    """As if the seconds had passed for which others keep away."""
    with transaction() as session:
        session.execute(update(JobRun).values(held_until=None))


def test_a_run_goes_through_its_parts_and_is_done(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(3))
    made(job, at=clock())
    assert all_of(job, clock=clock) == 3
    run = only_run("refresh", "2026-06-10")
    assert (run.state, run.parts, run.attempts, run.cursor, run.result) == ("done", 3, 0, None, {"traces": 3})
    assert run.started_at == run.finished_at == clock()
    assert trace() == [("refresh", "2026-06-10", part) for part in range(3)]


def test_a_part_that_fails_leaves_nothing_and_is_tried_again_later(context: Flask, clock: Hands) -> None:
    faults = [OSError("the disk is full")]

    def body(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
        leave(session, run.job, run.period_key, run.parts)
        if faults:
            raise faults.pop()
        return Progress(None)

    job = daily("refresh", body)
    made(job, at=clock())
    assert all_of(job, clock=clock) == 1
    run = only_run("refresh", "2026-06-10")
    assert (run.state, run.attempts, run.error) == ("todo", 1, "OSError: the disk is full")
    assert trace() == []
    clock.move(seconds=31)
    assert all_of(job, clock=clock) == 1
    assert only_run("refresh", "2026-06-10").error == ""
    assert trace() == [("refresh", "2026-06-10", 0)]


def failing_on(key: str, how: Callable[[], BaseException]) -> Callable[[Run], None]:
    def before(run: Run) -> None:
        if run.period_key == key:
            raise how()

    return before


def test_after_five_attempts_a_run_is_failed_and_the_next_period_goes_on(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1, before=failing_on("2026-06-10", lambda: ValueError("no"))))
    made(job, at=clock())
    clock.move(days=1)
    made(job, at=clock())
    for _ in range(MOST_ATTEMPTS - 1):
        assert all_of(job, clock=clock) == 1
        assert states("refresh") == {"2026-06-10": "todo", "2026-06-11": "todo"}  # the second waits for the first
        clock.move(hours=1)
    assert all_of(job, clock=clock) == 2
    assert states("refresh") == {"2026-06-10": "failed", "2026-06-11": "done"}
    assert trace() == [("refresh", "2026-06-11", 0)]


def test_attempts_of_a_run_that_kills_its_process_count_too(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1, before=failing_on("2026-06-10", Killed)))
    made(job, at=clock())
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with pytest.raises(Killed):
            all_of(job, clock=clock)
        assert only_run("refresh", "2026-06-10").attempts == attempt
        assert all_of(job, clock=clock) == 0  # held for a moment
        let_go_of_holds()
    assert all_of(job, clock=clock) == 0
    run = only_run("refresh", "2026-06-10")
    assert (run.state, run.finished_at) == ("failed", clock())
    assert trace() == []


def test_success_clears_the_count_of_attempts(context: Flask, clock: Hands) -> None:
    def every_second_time(run: Run) -> None:
        if run.parts == len(seen):
            seen.append(run.parts)
            raise ValueError

    seen: list[int] = []
    job = daily("refresh", in_parts(8, before=every_second_time))
    made(job, at=clock())
    for _ in range(20):
        all_of(job, clock=clock)
        clock.move(hours=1)
    assert states("refresh") == {"2026-06-10": "done"}
    assert len(trace()) == 8


def test_a_job_waits_for_the_one_before_it(context: Flask, clock: Hands) -> None:
    order: list[str] = []
    levels = daily("levels", in_parts(1, before=lambda run: order.append(run.job)), after=("refresh",))
    refresh = daily("refresh", in_parts(2, before=lambda run: order.append(run.job)))
    made(levels, refresh, at=clock())
    all_of(levels, refresh, clock=clock)
    assert order == ["refresh", "refresh", "levels"]


def test_a_failed_run_does_not_hold_those_after_it(context: Flask, clock: Hands) -> None:
    levels = daily("levels", in_parts(1), after=("refresh",))
    refresh = daily("refresh", in_parts(1, before=failing_on("2026-06-10", lambda: ValueError("no"))))
    made(levels, refresh, at=clock())
    for _ in range(MOST_ATTEMPTS):
        all_of(levels, refresh, clock=clock)
        clock.move(hours=1)
    all_of(levels, refresh, clock=clock)
    assert states("levels") == {"2026-06-10": "done"}


def test_runs_of_unknown_jobs_and_newer_programs_are_left_alone(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    made(job, daily("gone", in_parts(1)), at=clock())
    with transaction() as session:
        session.execute(update(JobRun).where(JobRun.job == "refresh").values(code_min=CODE + 1))
    assert all_of(job, clock=clock) == 0


def test_a_body_learns_what_was_done_before(context: Flask, clock: Hands) -> None:
    since: list[date | None] = []
    job = daily("refresh", in_parts(1, before=lambda run: since.append(run.since)))
    made(job, at=clock())
    all_of(job, clock=clock)
    clock.move(days=2)
    made(job, at=clock())
    all_of(job, clock=clock)
    assert since == [None, date(2026, 6, 10), date(2026, 6, 11)]


def test_parts_have_request_keys_of_their_own(context: Flask, clock: Hands) -> None:
    def body(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
        change = open_change(session, "test", act=run.act(clock()))
        return Progress({"change": change.id} if run.parts < 2 else None)

    job = daily("refresh", body)
    made(job, at=clock())
    all_of(job, clock=clock)
    assert only_run("refresh", "2026-06-10").parts == 3


def test_a_process_that_was_stopped_finds_its_run_taken(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(2))
    made(job, at=clock())
    with transaction() as session:
        old = take(session, by_name(job), at=clock())
    assert old
    let_go_of_holds()
    with transaction() as session:
        new = take(session, by_name(job), at=clock())
    assert new
    assert new.attempt == 2
    assert not work(job, old, clock=clock)
    assert trace() == []
    assert work(job, new, clock=clock)
    assert not work(job, new, clock=clock)
    assert trace() == [("refresh", "2026-06-10", 0)]


def test_a_body_that_rolls_back_and_goes_on_is_not_believed_when_overtaken(context: Flask, clock: Hands) -> None:
    def body(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
        session.rollback()  # lets the row go
        session.execute(update(JobRun).values(attempts=7))  # as another process would, by then
        leave(session, run.job, run.period_key, 0)
        return Progress(None)

    job = daily("refresh", body)
    made(job, at=clock())
    all_of(job, clock=clock)
    assert trace() == []


def test_threads_never_double(context: Flask, clock: Hands) -> None:
    jobs = by_name(daily("refresh", in_parts(4)), daily("levels", in_parts(3), after=("refresh",)))
    made(*jobs.values(), at=clock())
    clock.move(days=9)
    together = Barrier(4)

    def worker() -> None:
        with context.app_context():
            together.wait()
            while True:
                materialized = made(*jobs.values(), at=clock())
                if not work_one(jobs, clock=clock) and not materialized and not open_runs():
                    return

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(worker) for _ in range(4)]:
            future.result(timeout=120)
    days = [f"2026-06-{day}" for day in range(10, 20)]
    wanted = [("levels", day, part) for day in days for part in range(3)]
    assert trace() == wanted + [("refresh", day, part) for day in days for part in range(4)]


def open_runs() -> int:
    with transaction() as session:
        return session.query(JobRun).filter_by(state="todo").count()


def test_the_wait_grows(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1, before=failing_on("2026-06-10", lambda: ValueError("no"))))
    made(job, at=clock())
    waits = []
    for _ in range(MOST_ATTEMPTS - 1):
        all_of(job, clock=clock)
        waits.append((only_run("refresh", "2026-06-10").next_try_at - clock()) / timedelta(seconds=1))
        clock.move(hours=1)
    assert waits == [30, 60, 120, 240]
    assert datetime(2026, 6, 10, 16, tzinfo=UTC) == clock()
