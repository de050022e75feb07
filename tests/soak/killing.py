"""The kill harness: real scheduler processes, SIGKILL at random moments, and a count of what is lost or doubled."""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, text

from donors.core.clock import now
from donors.core.db import transaction
from donors.jobs.models import JobRun
from donors.mail.models import Outbox
from tests.harness.mail import Mailbox
from tests.soak import worker

STEPS_FOR_A_KILL = 20
STOPPED_FOR = 4.0
"""Seconds that a stopped process stays so: longer than it may hold what it has claimed."""
PATIENCE = 120

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.soak.worker"])


@dataclass(frozen=True)
class Tally:
    """What came of it. `wanted` and `made` count effects; `resent` counts second copies of a mail, by Message-ID."""

    kills: int
    stops: int
    wanted: int
    made: int
    lost: int
    doubled: int
    mails: int
    mails_lost: int
    resent: int


class Pack:
    """Some processes, one for each set of arguments; each one that is killed is replaced by its like."""

    def __init__(self, arguments: Sequence[tuple[str, ...]], *, seed: int) -> None:
        self.arguments = arguments
        self.chance = random.Random(seed)
        self.members = [self._start(place) for place in range(len(arguments))]

    def _start(self, place: int) -> BaseProcess:
        member = processes.Process(target=worker.main, args=self.arguments[place])
        member.start()
        return member

    def kill_one(self) -> None:
        """Ends one process without a word, and starts another in its place."""
        time.sleep(self.chance.uniform(0.05, 0.4))
        place = self.chance.randrange(len(self.members))
        self.members[place].kill()
        self.members[place].join()
        self.members[place] = self._start(place)

    def stop_one(self) -> None:
        """Freezes one process for longer than its claims last, then lets it go on."""
        victim = self.chance.choice(self.members)
        assert victim.pid
        os.kill(victim.pid, signal.SIGSTOP)
        time.sleep(STOPPED_FOR)
        os.kill(victim.pid, signal.SIGCONT)

    def end(self) -> list[int | None]:
        """Asks all to end and returns their exit codes."""
        for member in self.members:
            member.terminate()
        for member in self.members:
            member.join(30)
        return [member.exitcode for member in self.members]


def kill_and_count(
    app: Flask, mailbox: Mailbox, folder: Path, *, kills: int, stops: int = 0, way: str = "claimed", seed: int = 1
) -> Tally:
    """Runs a pack of three on the app's database, kills and stops its members, lets the rest finish, and counts."""
    periods = 0 if way == "naive" else max(12, kills // 2)
    with app.app_context():
        _prepare(periods)
        with pack(app, mailbox, folder, way=way, seed=seed) as workers:
            torment(workers, lambda: _feed(STEPS_FOR_A_KILL), kills=kills, stops=stops)
            let_finish(_left)
        return _count(mailbox, kills=kills, stops=stops)


@contextmanager
def pack(app: Flask, mailbox: Mailbox, folder: Path, *, way: str | Sequence[str], seed: int) -> Iterator[Pack]:
    """A pack on the app's database, three of one way or one of each; at the end all have to end in peace."""
    ways = (way, way, way) if isinstance(way, str) else way
    here = (app.config["SQLALCHEMY_DATABASE_URI"], str(folder), mailbox.url)
    workers = Pack([(*here, each) for each in ways], seed=seed)
    try:
        yield workers
    finally:
        codes = workers.end()
    assert codes == [0] * len(codes), "a worker did not end in peace"


def torment(workers: Pack, feed: Callable[[], None], *, kills: int, stops: int = 0) -> None:
    """Gives the pack something to do and kills one, so many times; and freezes one after some of the kills."""
    feed()
    time.sleep(1)
    for turn in range(kills):
        feed()
        workers.kill_one()
        if turn < stops:
            workers.stop_one()


def _prepare(periods: int) -> None:
    """Makes the tables, and for each periodic job a run that was done so many hours ago: the rest is missing."""
    past = now() - timedelta(hours=periods)
    with transaction() as session:
        session.execute(text("CREATE TABLE trace (job TEXT, period TEXT, part BIGINT)"))
        session.execute(text("CREATE TABLE due_step (id BIGINT PRIMARY KEY, state TEXT)"))
        for job in worker.PERIODIC if periods else ():
            session.add(_done(job, past))


def _done(job: str, at: datetime) -> JobRun:
    same = {"due_at": at, "next_try_at": at, "created_at": at, "finished_at": at}
    return JobRun(job=job, period_key=f"{at:%Y-%m-%dT%H}", on=at.date(), state="done", **same)


def _feed(steps: int) -> None:
    with transaction() as session:
        first = session.execute(text("SELECT coalesce(max(id), 0) + 1 FROM due_step")).scalar_one()
        rows = [{"id": first + step} for step in range(steps)]
        session.execute(text("INSERT INTO due_step VALUES (:id, 'due')"), rows)


def let_finish(look: Callable[[], Sequence[int]]) -> None:
    """Waits until `look` finds nothing left of anything; fails when it finds the same for too long."""
    quiet, before, end = 0, None, 0.0
    while quiet < 3:  # three looks in a row: a run may be about to be made
        left = look()
        quiet = quiet + 1 if not any(left) else 0
        if left != before:
            before, end = left, time.monotonic() + PATIENCE
        elif time.monotonic() > end:
            raise AssertionError(f"never done: {left}")
        time.sleep(0.2)


def _left() -> tuple[int, ...]:
    with transaction() as session:
        runs = select(func.count()).select_from(JobRun).where(JobRun.state == "todo")
        mails = select(func.count()).select_from(Outbox).where(Outbox.state == "todo")
        steps = text("SELECT count(*) FROM due_step WHERE state = 'due'")
        return tuple(int(session.execute(each).scalar_one()) for each in (runs, steps, mails))


def _count(mailbox: Mailbox, *, kills: int, stops: int) -> Tally:
    with transaction() as session:
        found = session.execute(text("SELECT job, period, part, count(*) FROM trace GROUP BY 1, 2, 3"))
        traces = {(job, period, part): number for job, period, part, number in found}
        steps = session.execute(text("SELECT id FROM due_step")).scalars().all()
        runs = session.execute(select(JobRun.job, JobRun.period_key).where(JobRun.parts > 0)).all()
        expected = {("step", str(step), 0) for step in steps}
        expected |= {(job, period, part) for job, period in runs for part in range(worker.PARTS)}
        letters = set(session.scalars(select(Outbox.key)))
        _no_gap([key for job, key in runs if job == worker.PERIODIC[0]])
    received = Counter(str(message["Message-ID"]).strip("<>").partition("@")[0] for message in list(mailbox.messages))
    return Tally(
        kills=kills,
        stops=stops,
        wanted=len(expected),
        made=sum(traces.values()),
        lost=len(expected - set(traces)),
        doubled=sum(number - 1 for number in traces.values()),
        mails=len(letters),
        mails_lost=len(letters - set(received)),
        resent=sum(number - 1 for number in received.values()),
    )


def _no_gap(keys: list[str]) -> None:
    """Every hour from the first to the last was done."""
    hours = sorted(datetime.fromisoformat(key + ":00+00:00") for key in keys)
    missing = [hour for hour, later in pairwise(hours) if later - hour != timedelta(hours=1)]
    assert missing == []
