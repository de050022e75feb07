"""The scheduler process: ticks, queues, and how it ends."""

import signal
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import transaction
from donors.core.errors import Conflict, Invalid, NotFound
from donors.jobs.job import Means, PeriodicJob, QueueJob, RunAll
from donors.jobs.materialize import place
from donors.jobs.models import QueueState
from donors.jobs.periods import Monthly
from donors.jobs.prune import prune_runs
from donors.jobs.queries import job_lines, runs
from donors.jobs.queues import work_queue
from donors.jobs.schedule import SCHEDULE
from donors.jobs.scheduler import Worker, plan, tick
from donors.jobs.steer import retry, run_now, skip
from tests.harness.processes import FLASK, start
from tests.jobs.bodies import Hands, daily, in_parts, made, only_run, states, trace


def worker(*jobs: PeriodicJob | QueueJob, clock: Hands, name: str = "one") -> Worker:
    return Worker(jobs, Means(clock), Event(), name)


def test_a_tick_makes_and_does_all_that_is_due(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(2))
    assert tick(worker(job, clock=clock)) == 2
    clock.move(days=3)
    assert tick(worker(job, clock=clock)) == 6
    assert set(states("refresh").values()) == {"done"}
    assert len(trace()) == 8


def test_only_the_leader_plans_but_all_work(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    plan(worker(job, clock=clock, name="leader"))
    clock.move(days=1)
    assert tick(worker(job, clock=clock, name="follower")) == 1
    assert list(states("refresh")) == ["2026-06-10"]


def test_it_ends_between_two_parts(context: Flask, clock: Hands) -> None:
    stop = Event()
    job = daily("refresh", in_parts(5, before=lambda run: stop.set() if run.parts == 1 else None))
    tick(Worker([job], Means(clock), stop, "one"))
    assert (only_run("refresh", "2026-06-10").parts, len(trace())) == (2, 2)
    tick(worker(job, clock=clock))
    assert len(trace()) == 5


def test_a_queue_is_emptied_and_takes_turns_with_runs(context: Flask, clock: Hands) -> None:
    order: list[str] = []
    waiting = [1, 1, 1]

    def one(_means: Means) -> int:
        order.append("queue")
        return waiting.pop() if waiting else 0

    job = daily("refresh", in_parts(2, before=lambda run: order.append(run.job)))
    tick(worker(job, QueueJob("drain", one, "why"), clock=clock))
    assert order == ["refresh", "queue", "refresh", "queue", "queue", "queue"]
    assert state("drain").handled == 3


def state(job: str) -> QueueState:
    with transaction() as session:
        found = session.get_one(QueueState, job)
        session.expunge(found)
        return found


def test_a_queue_that_fails_waits_longer_each_time_and_holds_nobody_up(context: Flask, clock: Hands) -> None:
    faults = [OSError("no"), OSError("no")]

    def failing(_means: Means) -> int:
        if faults:
            raise faults.pop()
        return 0 if state("drain").handled else 1

    queue, means = QueueJob("drain", failing, "why"), Means(clock)
    assert work_queue(queue, means) == 0
    assert (state("drain").failures, state("drain").error) == (1, "OSError: no")
    assert work_queue(queue, means) == 0
    assert len(faults) == 1  # it was left alone
    clock.move(seconds=2)
    work_queue(queue, means)
    clock.move(seconds=2)
    work_queue(queue, means)
    assert state("drain").failures == 2
    clock.move(seconds=2)
    assert work_queue(queue, means) == 1
    assert (state("drain").failures, state("drain").error) == (0, "")


def by_hand(session: Session, clock: Hands) -> ChangeSet:
    return open_change(session, "job.test", act=Act(by=1, at=clock(), through="web"))


def test_a_run_can_be_skipped_and_tried_again(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    made(job, at=clock())
    with transaction() as session:
        skip(session, "refresh", "2026-06-10", within=by_hand(session, clock))
    assert tick(worker(job, clock=clock)) == 0
    with transaction() as session:
        retry(session, "refresh", "2026-06-10", within=by_hand(session, clock))
    assert tick(worker(job, clock=clock)) == 1
    with transaction() as session:
        change = by_hand(session, clock)
        with pytest.raises(Conflict):
            retry(session, "refresh", "2026-06-10", within=change)
        with pytest.raises(Conflict):
            skip(session, "refresh", "2026-06-10", within=change)
        with pytest.raises(NotFound):
            skip(session, "refresh", "2026-06-11", within=change)


def test_a_period_can_be_done_by_hand_and_is_not_done_again(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(2))
    tick(worker(job, clock=clock))
    assert run_now(job, on=date(2026, 5, 1), clock=clock).state == "done"
    assert run_now(job, on=date(2026, 5, 1), clock=clock).parts == 2
    assert run_now(job, on=date(2026, 5, 1), clock=clock, again=True).parts == 4
    with pytest.raises(Invalid):
        run_now(job, on=date(2026, 6, 11), clock=clock)
    assert list(states("refresh")) == ["2026-05-01", "2026-06-10"]


def test_a_run_by_hand_leaves_no_gap_behind_it(context: Flask, clock: Hands) -> None:
    job = daily("refresh", in_parts(1))
    tick(worker(job, clock=clock))
    clock.move(days=5)
    run_now(job, on=date(2026, 6, 14), clock=clock)
    tick(worker(job, clock=clock))
    assert list(states("refresh")) == [f"2026-06-{day}" for day in range(10, 16)]


def test_a_run_by_hand_that_fails_says_so(context: Flask, clock: Hands) -> None:
    def before(_run: object) -> None:
        raise OSError("the disk is full")

    failed = run_now(daily("refresh", in_parts(1, before=before)), on=date(2026, 6, 10), clock=clock)
    assert (failed.state, failed.error) == ("todo", "OSError: the disk is full")


def test_old_runs_are_pruned_but_for_the_last(context: Flask, clock: Hands) -> None:
    job = PeriodicJob("verify", Monthly(1, daily("x", in_parts(1)).when.at), in_parts(1), RunAll(), "why")  # type: ignore[union-attr]
    for _ in range(4):
        tick(worker(job, clock=clock))
        clock.move(days=31)
    with transaction() as session:
        assert prune_runs(session, before=clock(), limit=2) == 2
        assert prune_runs(session, before=clock(), limit=9) == 1
    assert len(states("verify")) == 1


def test_what_the_page_shows(context: Flask, clock: Hands) -> None:
    jobs = (daily("refresh", in_parts(2)), QueueJob("drain", lambda _means: 0, "why"))
    tick(worker(*jobs, clock=clock))
    with transaction() as session:
        refresh, drain = job_lines(session, jobs, at=clock(), place=place(session))
        assert (refresh.when, refresh.last_success, drain.last_success) == ("daily at 00:30", clock(), None)
        assert refresh.next_at
        assert f"{refresh.next_at:%Y-%m-%d %H:%M}" == "2026-06-11 00:30"
        (run,) = runs(session, job="refresh")
        assert (run.word, run.took, run.counts) == ("done", 0, (("traces", 2),))


def test_every_job_of_the_schedule_says_why() -> None:
    assert len({job.name for job in SCHEDULE}) == len(SCHEDULE)
    assert all(job.why.endswith(".") for job in SCHEDULE)
    names = {job.name for job in SCHEDULE}
    assert all(set(job.after) <= names for job in SCHEDULE if isinstance(job, PeriodicJob))


def test_the_real_process_ends_on_sigterm(database: str, tmp_path: Path) -> None:
    log = tmp_path / "scheduler.log"
    process = start((*FLASK, "scheduler"), log, DATABASE_URL=database, INSTANCE_DIR=str(tmp_path), SMTP_URL="")
    try:
        _wait_for("started", log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "stopped" in log.read_text()
    finally:
        process.kill()
        process.wait()


def _wait_for(word: str, log: Path) -> None:
    patience = Event()
    for _ in range(300):
        if word in log.read_text():
            return
        patience.wait(0.1)
    raise AssertionError(log.read_text())
