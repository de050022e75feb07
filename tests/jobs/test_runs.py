"""The shells of jobs: what is due is mailed each morning, plans started in bulk get their tasks once."""

from datetime import date

from flask import Flask
from sqlalchemy import delete

from donors.constituents.models import Constituent
from donors.core.changes import Act, insert, open_change
from donors.core.db import transaction
from donors.giving.gift_input import GiftInput
from donors.jobs.claim import work_one
from donors.jobs.job import Means, PeriodicJob, QueueJob
from donors.jobs.queues import work_queue
from donors.jobs.schedule import job_named
from donors.levels.models import Standing
from donors.mail.models import Outbox
from donors.plans.models import Task
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.rollups.models import rollup_value
from donors.rollups.queries import values_of
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gift
from donors.workflows.plans import start_plans
from tests.cast import OLIVE, SAM, Person
from tests.jobs.bodies import Hands, by_name, made, only_run


def periodic(name: str) -> PeriodicJob:
    job = job_named(name)
    assert isinstance(job, PeriodicJob)
    return job


def do(name: str, clock: Hands) -> dict[str, int]:
    """Makes what is due of a job, does it, and returns the counts of the run."""
    made(periodic(name), at=clock())
    while work_one(by_name(periodic(name)), clock=clock):
        pass
    return dict(only_run(name, clock().date().isoformat()).result or {})


def add_task(subject: str, owner_id: int, due_on: date, clock: Hands) -> None:
    with transaction() as session:
        change = open_change(session, "test.task", act=Act(by=owner_id, at=clock(), through="web"))
        task = Task(subject=subject, owner_id=owner_id, original_due_on=due_on, due_on=due_on, recorded_at=clock())
        insert(session, task, within=change)


def mails() -> list[tuple[str, str, str]]:
    with transaction() as session:
        found = session.query(Outbox).order_by(Outbox.id)
        return [(mail.key, mail.subject, mail.text_body) for mail in found]


def test_owners_hear_once_of_what_became_due(context: Flask, cast: dict[Person, int], clock: Hands) -> None:
    olive, sam = cast[OLIVE], cast[SAM]
    add_task("Call Mrs. Hale", olive, date(2026, 6, 9), clock)
    add_task("Write to the Nakamuras", olive, date(2026, 6, 10), clock)
    add_task("Later", olive, date(2026, 6, 11), clock)
    add_task("Visit", sam, date(2026, 6, 10), clock)
    assert do("reminders", clock) == {"tasks": 3, "mails": 2}
    clock.move(days=1)
    assert do("reminders", clock) == {"tasks": 1, "mails": 2}
    first, second, third, fourth = mails()
    assert first[:2] == (f"digest/{olive}/2026-06-10", "Your tasks: 1 due today, 1 late")
    assert "Due today (1)\n- Write to the Nakamuras\n\nLate (1)\n- 2026-06-09  Call Mrs. Hale (1 day late)" in first[2]
    assert second[:2] == (f"digest/{sam}/2026-06-10", "Your tasks: 1 due today")
    assert third[:2] == (f"digest/{olive}/2026-06-11", "Your tasks: 1 due today, 2 late")
    assert fourth[:2] == (f"digest/{sam}/2026-06-11", "Your tasks: 1 late")


def test_nothing_due_writes_nothing(context: Flask, cast: dict[Person, int], clock: Hands) -> None:
    assert do("reminders", clock) == {"tasks": 0, "mails": 0}
    assert mails() == []


def test_plans_started_in_bulk_get_their_tasks_once(context: Flask, cast: dict[Person, int], clock: Hands) -> None:
    queue = job_named("plan_steps")
    assert queue
    assert not isinstance(queue, PeriodicJob)
    assert work_queue(queue, Means(clock)) == 0
    with transaction() as session:
        change = open_change(session, "test.plans", act=Act(by=cast[OLIVE], at=clock(), through="web"))
        people = [Constituent(kind="person", name=f"Person {n}", sort_name=f"person {n}") for n in range(3)]
        ids = [insert(session, each, within=change).id for each in people]
        template = create(session, TemplateDraft("Welcome", (Draft("Call", 2), Draft("Write", 3))), within=change)
        start_plans(session, ids, Start(template.id, date(2026, 6, 10), "by hand"), within=change)
    assert work_queue(queue, Means(clock)) == 3
    assert work_queue(queue, Means(clock)) == 0
    with transaction() as session:
        assert session.query(Task).count() == 6


def person(clock: Hands) -> int:
    """The id of somebody who gave 50 dollars a year ago less a day; figures and levels wait for the night."""
    with transaction() as session:
        act = Act(by=None, at=clock(), through="setup")
        begin(session, within=open_change(session, "test.begin", act=act))
        change = open_change(session, "test.people", act=act)
        ada = insert(session, Constituent(kind="person", name="Ada", sort_name="ada"), within=change)
        record_gift(session, GiftInput(ada.id, 5000, date(2025, 6, 10)), act=act, on=date(2025, 6, 10))
        return ada.id


def night(clock: Hands) -> dict[str, int]:
    """The nightly refresh with what it left to the queue; returns its counts."""
    found, queue = do("refresh", clock), job_named("drain")
    assert isinstance(queue, QueueJob)
    while work_queue(queue, Means(clock)):
        pass
    return found


def figures(constituent_id: int) -> dict[str, int | None]:
    with transaction() as session:
        return dict(values_of(session, constituent_id))


def test_time_alone_moves_figures(context: Flask, clock: Hands) -> None:
    ada = person(clock)
    night(clock)
    assert figures(ada)["last_365_days_total"] == 5000
    clock.move(days=1)
    assert night(clock) == {"constituents": 1}
    assert not figures(ada)["last_365_days_total"]


def test_levels_are_looked_at_every_night(context: Flask, clock: Hands) -> None:
    ada = person(clock)
    night(clock)
    with transaction() as session:
        session.execute(delete(Standing))
    do("levels", clock)
    with transaction() as session:
        assert session.query(Standing).filter_by(constituent_id=ada, to_on=None).count() > 0


def test_a_verification_finds_what_was_changed_behind_its_back(context: Flask, clock: Hands) -> None:
    person(clock)
    night(clock)
    assert verified(clock)["faults"] == 0
    clock.move(days=22)
    night(clock)
    with transaction() as session:
        session.execute(rollup_value.update().values(n01=42))
    assert verified(clock)["faults"] > 0


def verified(clock: Hands) -> dict[str, int]:
    made(periodic("verify"), at=clock())
    while work_one(by_name(periodic("verify")), clock=clock):
        pass
    return dict(only_run("verify", f"{clock():%Y-%m}").result or {})
