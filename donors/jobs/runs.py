"""The shell functions of jobs: each calls the part that does the work, piece by piece. The rules stand there."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from donors.accounts.prune import prune as prune_sign_ins
from donors.constituents.matching.search import ask, search
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.clock import Clock, local_date
from donors.core.db import snapshot
from donors.core.retry import retried
from donors.core.settings import organization
from donors.imports.work import work_imports
from donors.jobs.job import Means, Progress, Run
from donors.jobs.prune import prune_runs
from donors.leads.arrivals import KEEP as KEEP_ARRIVALS
from donors.leads.arrivals import prune_arrivals
from donors.levels.effects.notices import users_to_mail
from donors.mail.deliver import deliver
from donors.mail.steer import prune as prune_mails
from donors.plans.queries.plans import has_starting
from donors.plans.running.remind import remind
from donors.reports.answers import forget
from donors.reports.kept import wanted_by_mail
from donors.reports.send import send_reports
from donors.rollups import verify as verifying
from donors.rollups.keep import compute_waiting, keep
from donors.workflows.digests import morning, post_digests
from donors.workflows.leads import hand_up_late
from donors.workflows.levels import assign_part
from donors.workflows.notices import post_notices
from donors.workflows.plan_acts import act_on_plans
from donors.workflows.plan_deadlines import escalate
from donors.workflows.plans import run_steps
from donors.workflows.refresh import drain, refresh_night
from donors.workflows.starts import answer_night

KEEP = timedelta(days=90)
PART = 2000
PLANS = 500
DIRTY = 1000
WORKERS = 2
TASKS = 500
OWNERS = 100
REPORTS = 5
LEADS = 50


def deliver_mail(means: Means) -> int:
    """One batch of the outbox; without a mail server the mails wait."""
    return 0 if means.courier is None else deliver(means.courier, clock=means.clock)


def hand_up_leads(means: Means) -> int:
    """Some of the leads that nobody has answered in time."""
    site = means.courier.links.site_url if means.courier and means.courier.links else ""

    def some(session: Session) -> int:
        return hand_up_late(session, act=Act(by=None, at=means.clock(), through="job"), site=site, limit=LEADS)

    return retried(some)


def refresh(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """Those whom time alone has moved go into the queue; in a new fiscal year these are everybody.

    Figures are always those of today, also when the run is late.
    """
    today = max(on, _today(session, clock))
    return Progress(None, {"constituents": refresh_night(session, on=today, since=run.since, act=run.act(clock()))})


def levels(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """Assigns the levels of everybody, in parts, under one change set."""
    cursor = run.cursor or {"after": 0, "change": open_change(session, "levels.assign", act=run.act(clock())).id}
    within = session.get_one(ChangeSet, cursor["change"])
    after = assign_part(session, on=max(on, _today(session, clock)), within=within, cause="time", after=cursor["after"])
    return Progress(None if after is None else {**cursor, "after": after})


def start_plans(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """Answers what has happened to everybody, by time or unseen by day, in parts, under one change set."""
    cursor = run.cursor or {"after": 0, "change": open_change(session, "plans.start", act=run.act(clock())).id}
    within = session.get_one(ChangeSet, cursor["change"])
    today = max(on, _today(session, clock))
    after, started = answer_night(session, after=cursor["after"], on=today, within=within)
    return Progress(None if after is None else {**cursor, "after": after}, {"plans": started})


def drain_dirty(means: Means) -> int:
    """Some of those whose figures wait to be refreshed, with their levels; on PostgreSQL two parts at once."""

    def some(session: Session) -> int:
        return drain(session, at=means.clock(), on=_today(session, means.clock), limit=DIRTY, workers=WORKERS)

    return retried(some)


def refresh_funds(means: Means) -> int:
    """The figures of funds, campaigns and portfolios that wait: computed while nobody is kept waiting, then kept."""
    with snapshot() as session:
        found = compute_waiting(session, on=_today(session, means.clock))
    if found is None:
        return 0
    return retried(lambda session: len(found.marks) if keep(session, found) else 0)


def go_on_with_imports(means: Means) -> int:
    """The next parts of the oldest import that waits: checking, writing, refreshing, undoing."""
    return work_imports(means.clock)


def verify(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """Compares all stored figures with the facts, in parts; each difference is kept as a row to be looked at."""
    today = max(on, _today(session, clock))
    found = verifying.verify(session, on=today, at=clock(), after=(run.cursor or {}).get("after", 0))
    counts = {"checked": found.checked, "faults": found.faults}
    return Progress(None if found.next_after is None else {"after": found.next_after}, counts)


def _today(session: Session, clock: Clock) -> date:
    return local_date(clock(), organization(session).zone)


def plan_steps(means: Means) -> int:
    """The tasks of some plans that were asked for in bulk."""
    return retried(lambda session: _some_plans(session, means.clock))


def _some_plans(session: Session, clock: Clock) -> int:
    if not has_starting(session):
        return 0
    return run_steps(session, on=_today(session, clock), limit=PLANS)


def act(means: Means) -> int:
    """Some of the steps of plans that are not tasks for people and whose day has come."""
    return retried(lambda session: _some_acts(session, means.clock))


def _some_acts(session: Session, clock: Clock) -> int:
    by_job = Act(by=None, at=clock(), through="job")
    return act_on_plans(session, on=_today(session, clock), act=by_job, limit=PLANS)


def look_for_duplicates(session: Session, _run: Run, /, *, on: date, clock: Clock) -> Progress:  # noqa: ARG001 - every body takes it
    """Orders a search for duplicates, which the queue carries out."""
    ask(session, at=clock())
    return Progress(None)


def match(means: Means) -> int:
    """Carries out the search for duplicates that was ordered, if one was."""
    return search(means.clock, through="job")


def remind_owners(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """First hands up what is past its deadline and stamps what became due, some at a time; then mails each user."""
    after = (run.cursor or {}).get("after")
    if after is None:
        if escalate(session, on=on, act=run.act(clock()), limit=TASKS) == TASKS:
            return Progress({})
        stamped = remind(session, on=on, limit=TASKS)
        return Progress({} if stamped == TASKS else {"after": 0}, {"tasks": stamped})
    found = morning(session, on=on, after=after, limit=OWNERS)
    if not found:
        return Progress(None)
    change = open_change(session, "tasks.remind", act=run.act(clock()))
    return Progress({"after": found[-1].user_id}, {"mails": post_digests(session, found, on=on, within=change)})


def tell_of_levels(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """One mail for each user and effect with the changes of level that they are told of, some users at a time."""
    users = users_to_mail(session, after=(run.cursor or {}).get("after", 0), limit=OWNERS)
    if not users:
        return Progress(None)
    change = open_change(session, "levels.tell", act=run.act(clock()))
    return Progress({"after": users[-1].id}, {"mails": post_notices(session, users, on=on, within=change)})


def mail_reports(session: Session, run: Run, /, *, on: date, clock: Clock) -> Progress:
    """The main figures of the reports that users keep and want by mail, some at a time; each once a week or a month."""
    found = wanted_by_mail(session, after=(run.cursor or {}).get("after", 0), limit=REPORTS)
    if not found:
        return Progress(None)
    change = open_change(session, "reports.mail", act=run.act(clock()))
    return Progress({"after": found[-1][0].id}, {"mails": send_reports(session, found, on=on, within=change)})


def prune(session: Session, _run: Run, /, *, on: date, clock: Clock) -> Progress:
    """Removes finished runs, sent mails, sign-ins and answers of reports older than 90 days, some at a time.

    Posts to public forms go after two days: they are kept for the limits by network alone.
    """
    before = min(datetime.combine(on, time(), UTC), clock()) - KEEP
    counts = {
        "runs": prune_runs(session, before=before, limit=PART),
        "mails": prune_mails(session, before=before, limit=PART),
        "sign_ins": prune_sign_ins(session, before=before, limit=PART),
        "answers": forget(session, before=before, limit=PART),
        "arrivals": prune_arrivals(session, before=clock() - KEEP_ARRIVALS, limit=PART),
    }
    return Progress({} if any(counts.values()) else None, counts)
