"""`flask scheduler` and `flask jobs`: the scheduler process, and jobs by hand."""

import logging
import signal
from datetime import date
from threading import Event
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from config import Config
from donors.core.clock import local_date, now
from donors.core.db import transaction
from donors.core.errors import HouseError
from donors.jobs.job import Means, PeriodicJob, QueueJob
from donors.jobs.lag import waiting_since
from donors.jobs.materialize import place
from donors.jobs.queries import job_lines, span
from donors.jobs.queues import work_queue
from donors.jobs.schedule import SCHEDULE, job_named
from donors.jobs.scheduler import Worker, run
from donors.jobs.steer import run_now
from donors.mail.deliver import Courier
from donors.mail.smtp import smtp
from donors.mail.unsubscribe import Links

jobs = AppGroup("jobs", help="Jobs of the scheduler: see them, or carry one out now.")


def register(app: Flask) -> None:
    """Adds the commands to an application."""
    app.cli.add_command(scheduler)
    app.cli.add_command(jobs)


@click.command("scheduler")
@with_appcontext
def scheduler() -> None:
    """Run the scheduler until SIGTERM or Ctrl-C. Any number may run, also on several hosts."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that takes longer than the next one is no news
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy does not cross threads
    run(Worker(SCHEDULE, means(), stop), app.app_context)


@jobs.command("run")
@click.argument("name")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="A date in the period; today if not given.")
@click.option("--again", is_flag=True, help="Also when this period is done already.")
def run_job(name: str, on: object, again: bool) -> None:
    """Carry out one period of a job to its end, or empty a queue."""
    job = job_named(name)
    if job is None:
        raise click.BadParameter(f"There is no job {name}. Jobs: {', '.join(each.name for each in SCHEDULE)}")
    if isinstance(job, QueueJob):
        _empty(job)
        return
    _run_period(job, on.date() if hasattr(on, "date") else _today(), again=again)


def _run_period(job: PeriodicJob, on: date, *, again: bool) -> None:
    try:
        done = run_now(job, on=on, clock=now, again=again)
    except HouseError as error:
        raise click.ClickException(error.message) from error
    counts = ", ".join(f"{name} {count}" for name, count in sorted((done.result or {}).items()))
    click.echo(f"{job.name} {done.period_key}: {done.state}" + (f" ({counts})" if counts else ""))
    if done.state != "done":
        raise click.ClickException(done.error or "It was not carried to its end: another process is at it.")


def _empty(job: QueueJob) -> None:
    handled, working = 0, means()
    while batch := work_queue(job, working):
        handled += batch
    click.echo(f"{job.name}: {handled}")


@jobs.command("list")
def list_jobs() -> None:
    """Show the schedule: when each job runs, its last success, how far it is behind, and why it exists."""
    at = now()
    with transaction() as session:
        lines = job_lines(session, SCHEDULE, at=at, place=place(session))
        since = waiting_since(session, at=at)
    for line in lines:
        behind = f"behind {span((at - since[line.name]).total_seconds())}" if line.name in since else ""
        last = f"{line.last_success:%Y-%m-%d %H:%M} UTC" if line.last_success else "never"
        click.echo(f"{line.name:<12} {line.when:<32} last success {last:<22} {behind:<14} {line.why}")


def means() -> Means:
    """What queues work with, by the configuration of the application."""
    config: Config = current_app.config["HOUSE"]
    host = urlsplit(config.public_url).hostname or "perennial.localdomain"
    links = Links(config.site_url, (config.secret_key, *config.secret_key_fallbacks))
    return Means(now, Courier(smtp(config.smtp_url), host, links=links) if config.smtp_url else None)


def _today() -> date:
    with transaction() as session:
        return local_date(now(), place(session).zone)
