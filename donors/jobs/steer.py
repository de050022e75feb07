"""What an administrator may do with a run: try it again, skip it, or carry it out now."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.claims import insert_new
from donors.core.clock import Clock, local_date
from donors.core.db import transaction
from donors.core.errors import Conflict, Invalid, NotFound
from donors.jobs.claim import Ticket, start, work
from donors.jobs.job import PeriodicJob
from donors.jobs.materialize import materialize, place, row
from donors.jobs.models import JobRun
from donors.jobs.queries import run_of


def retry(session: Session, job: str, period_key: str, *, within: ChangeSet) -> JobRun:
    """Makes a failed or skipped run wait again, from its last cursor. Raises NotFound, Conflict."""
    run = _run(session, job, period_key, state_in=("failed", "skipped"), wanted="todo")
    run.state, run.attempts, run.held_until, run.finished_at = "todo", 0, None, None
    run.next_try_at, run.error = within.at, ""
    return run


def skip(session: Session, job: str, period_key: str, *, within: ChangeSet) -> JobRun:
    """Leaves a run out, also one that was begun: what it has done stays. Raises NotFound, Conflict."""
    run = _run(session, job, period_key, state_in=("todo", "failed"), wanted="skipped")
    run.state, run.held_until, run.finished_at = "skipped", None, within.at
    run.error = within.why or "skipped by hand"
    return run


def _run(session: Session, job: str, period_key: str, *, state_in: tuple[str, ...], wanted: str) -> JobRun:
    run = session.get(JobRun, (job, period_key), with_for_update=True)
    if run is None:
        raise NotFound("job run", f"{job} {period_key}")
    if run.state not in state_in:
        raise Conflict("job run", {"state": run.state}, {"state": wanted})
    return run


def run_now(job: PeriodicJob, *, on: date, clock: Clock, again: bool = False) -> JobRun:
    """Carries out the period of a date to its end, without waiting for its time or for other jobs.

    A run that is done stays done, unless `again`. Returns the run as it stands afterwards. Raises Invalid for a date
    to come.
    """
    key = _wanted(job, on=on, clock=clock, again=again)
    while (ticket := _take(job, key, clock=clock)) is not None:
        if not work(job, ticket, clock=clock):
            break
    with transaction() as session:
        run = run_of(session, job.name, key)
        if run is None:
            raise NotFound("job run", f"{job.name} {key}")
        session.expunge(run)
        return run


def _wanted(job: PeriodicJob, *, on: date, clock: Clock, again: bool) -> str:
    with transaction() as session:
        return want(session, job, on=on, at=clock(), again=again).period_key


def want(session: Session, job: PeriodicJob, *, on: date, at: datetime, again: bool = True) -> JobRun:
    """Makes sure that the run of a date is there and waits for nothing; first all that is due, so that no period is
    left out.

    A run that is done stays done, unless `again`: then it starts anew. Raises Invalid for a date to come.
    """
    here = place(session)
    if on > local_date(at, here.zone):
        raise Invalid("on", on, "lies in the future")
    materialize(session, [job], at=at)
    due = job.when.due(job.when.number(on, here), here)
    insert_new(session, JobRun, [row(job, due, at=at)])
    run = session.get_one(JobRun, (job.name, due.key))
    if run.state != "todo" and (again or run.state != "done"):
        run.state, run.attempts, run.cursor, run.held_until, run.finished_at = "todo", 0, None, None, None
        run.result = None
    if run.state == "todo":
        run.next_try_at = min(run.next_try_at, at)
    return run


def _take(job: PeriodicJob, key: str, *, clock: Clock) -> Ticket | None:
    with transaction() as session:
        run = session.get(JobRun, (job.name, key), with_for_update=True)
        if run is None or run.state != "todo":
            return None
        return start(session, Ticket(job.name, key, run.attempts), at=clock())
