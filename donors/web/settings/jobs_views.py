"""Settings › Jobs: what runs by itself, how it went, and what to do when it did not."""

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from donors.core.changes import open_change
from donors.core.db import current_session
from donors.core.errors import NotFound
from donors.jobs import steer
from donors.jobs.job import PeriodicJob
from donors.jobs.lag import waiting_since
from donors.jobs.materialize import place
from donors.jobs.pulse import SILENT_FOR
from donors.jobs.queries import job_lines, leader, runs, span
from donors.jobs.schedule import SCHEDULE, job_named
from donors.jobs.scheduler import LEADER
from donors.mail.queries import outbox_line, troubled
from donors.web.session import web_act

settings_jobs = Blueprint("settings_jobs", __name__, url_prefix="/settings/jobs")

STATES = ("todo", "done", "failed", "skipped")


@settings_jobs.get("")
def jobs_page() -> str:
    """The schedule, the newest runs, and the mails in trouble."""
    session = current_session()
    job = request.args.get("job") or None
    state = request.args.get("state") if request.args.get("state") in STATES else None
    lease = leader(session, LEADER)
    since = waiting_since(session, at=g.now)
    return render_template(
        "settings/jobs.html",
        lines=job_lines(session, SCHEDULE, at=g.now, place=place(session)),
        behind={name: span((g.now - then).total_seconds()) for name, then in since.items()},
        runs=runs(session, job=job, state=state),
        job=job,
        state=state,
        states=STATES,
        alive=lease is not None and lease.until > g.now - SILENT_FOR,
        seen=lease,
        can_mail=bool(current_app.config["HOUSE"].smtp_url),
        outbox=outbox_line(session),
        troubled=troubled(session),
    )


@settings_jobs.post("/<job>/now")
def now(job: str) -> Response:
    """Lets the run of today, or of this month, begin at once, also when it is not due yet or was done already."""
    session, named = current_session(), job_named(job)
    if not isinstance(named, PeriodicJob):
        raise NotFound("periodic job", job)
    open_change(session, "job.run_now", act=web_act())
    run = steer.want(session, named, on=g.today, at=g.now)
    flash(f"{job} {run.period_key} begins in a moment.", "good")
    return redirect(url_for(".jobs_page", job=job), 303)


@settings_jobs.post("/<job>/<period_key>/retry")
def retry(job: str, period_key: str) -> Response:
    """Lets a failed or skipped run wait again."""
    session = current_session()
    steer.retry(session, job, period_key, within=open_change(session, "job.retry", act=web_act()))
    flash(f"{job} {period_key} will be tried again in a moment.", "good")
    return redirect(url_for(".jobs_page"), 303)


@settings_jobs.post("/<job>/<period_key>/skip")
def skip(job: str, period_key: str) -> Response:
    """Leaves a run out."""
    session = current_session()
    steer.skip(session, job, period_key, within=open_change(session, "job.skip", act=web_act("skipped by hand")))
    flash(f"{job} {period_key} is skipped.", "good")
    return redirect(url_for(".jobs_page"), 303)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(settings_jobs)
