"""What runs in the processes that are killed: the real scheduler, on jobs that leave a trace of all they do.

The table `trace` has no key, so that an effect that happens twice is seen. Pauses stand where a crash would hurt most.
"""

import random
import signal
import time
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from types import FrameType

from sqlalchemy import text
from sqlalchemy.orm import Session

from donors.core.changes import Act, open_change
from donors.core.clock import Clock, now
from donors.core.db import is_sqlite, transaction
from donors.jobs.job import Job, Means, PeriodicJob, Progress, QueueJob, Run, RunAll
from donors.jobs.periods import Hourly
from donors.jobs.runs import deliver_mail
from donors.jobs.schedule import SCHEDULE
from donors.jobs.scheduler import Worker, run
from donors.mail.deliver import Courier
from donors.mail.outbox import Letter, post
from donors.mail.smtp import Send, smtp
from tests.harness.application import application, configuration
from tests.soak.pages import serve

PARTS = 4
BATCH = 5
PERIODIC = ("first", "second", "third")
LONGEST_PAUSE = 0.01
HOLD = timedelta(seconds=2)


def pause() -> None:
    """Widens a window in which a crash could do harm."""
    time.sleep(random.uniform(0, LONGEST_PAUSE))


def leave(session: Session, job: str, period: str, part: int) -> None:
    """Leaves a trace."""
    values = {"job": job, "period": period, "part": part}
    session.execute(text("INSERT INTO trace VALUES (:job, :period, :part)"), values)


def part_of(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """One part of a periodic job."""
    part = int((run.cursor or {}).get("part", 0))
    pause()
    leave(session, run.job, run.period_key, part)
    session.flush()
    pause()
    return Progress({"part": part + 1} if part + 1 < PARTS else None, {"parts": 1})


def due_steps(session: Session) -> list[int]:
    """Some steps that are due, locked."""
    lock = "" if is_sqlite(session) else " FOR UPDATE SKIP LOCKED"
    found = session.execute(text(f"SELECT id FROM due_step WHERE state = 'due' ORDER BY id LIMIT {BATCH}{lock}"))
    return [int(step) for (step,) in found]


def write(session: Session, step: int) -> None:
    """The effect of a step."""
    leave(session, "step", str(step), 0)


def advance(session: Session, step: int) -> None:
    """Notes that the step is done."""
    session.execute(text("UPDATE due_step SET state = 'done' WHERE id = :id"), {"id": step})


def claimed(means: Means) -> int:
    """Claim, effect, mail and advance in one transaction."""
    with transaction() as session:
        steps = due_steps(session)
        if not steps:
            return 0
        change = open_change(session, "soak.steps", act=Act(by=None, at=means.clock(), through="job"))
        for step in steps:
            write(session, step)
            pause()
            letter = Letter(f"step/{step}", "ada@example.org", f"Step {step}", "It is due.")
            post(session, letter, within=change)
            advance(session, step)
        pause()
    return len(steps)


def naive(means: Means) -> int:
    """The usual way, which is wrong: read what is due, write, advance, each in a transaction of its own."""
    with transaction() as session:
        steps = due_steps(session)
    for step in steps:
        pause()
        with transaction() as session:
            write(session, step)
        pause()
        with transaction() as session:
            advance(session, step)
    return len(steps)


WAYS = {"claimed": claimed, "naive": naive}
OF_PLANS = ("plan_steps", "plan_acts", "deliver")


def schedule(way: str) -> tuple[Job, ...]:
    """The jobs of a worker; `real` are those of the program, `plans` those of them that work on plans."""
    if way == "real":
        return SCHEDULE
    if way == "plans":
        return tuple(job for job in SCHEDULE if job.name in OF_PLANS)
    steps = QueueJob("steps", WAYS[way], why="effects of a queue")
    if way == "naive":
        return (steps,)
    periodic = [PeriodicJob(name, Hourly(), part_of, RunAll(), why="effects of periods") for name in PERIODIC]
    return (*periodic, steps, QueueJob("deliver", deliver_mail, why="mails"))


def slow(send: Send) -> Send:
    """Sends with a pause after the server said 250: the one window that cannot be closed."""

    def sending(message: EmailMessage) -> None:
        pause()
        send(message)
        pause()

    return sending


def main(url: str, folder: str, mail_url: str, way: str) -> None:
    """One process, until SIGTERM: a scheduler, or a web worker (`web:` and its port)."""
    if way.startswith("web:"):
        serve(url, folder, int(way.removeprefix("web:")))
        return
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    app = application(configuration(url, Path(folder)))
    courier = Courier(slow(smtp(mail_url)), "test.example.org", HOLD)
    run(Worker(schedule(way), Means(now, courier), stop), app.app_context)
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
