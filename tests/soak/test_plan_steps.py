"""Kills of the program's own scheduler while it makes the tasks of plans that were started in bulk."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.plans.models import RunningPlan, Task
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.plans import start_plans
from tests.cast import OLIVE, Person
from tests.harness.mail import Mailbox
from tests.soak.killing import let_finish, pack, torment
from tests.soak.people import make_people, waiting

KILLS = 50
PEOPLE = 150
STEPS = (Draft("Call", 2), Draft("Write", 3), Draft("Visit", 10, links=(Link(1),)))


def starter(user_id: int) -> Callable[[], None]:
    """What starts a plan for many new people at each call."""
    with transaction() as session:
        change = open_change(session, "soak.template", act=Act(by=user_id, at=now(), through="web"))
        template_id = create(session, TemplateDraft("Welcome", STEPS), within=change).id

    def feed() -> None:
        with transaction() as session:
            change = open_change(session, "soak.people", act=Act(by=user_id, at=now(), through="web"))
            ids = make_people(session, PEOPLE, within=change)
            start_plans(session, ids, Start(template_id, date(2026, 6, 10), "by hand"), within=change)

    return feed


@pytest.mark.soak
def test_every_plan_gets_every_task_once(app: Flask, cast: dict[Person, int], mailbox: Mailbox, tmp_path: Path) -> None:
    with app.app_context():
        feed = starter(cast[OLIVE])
        with pack(app, mailbox, tmp_path, way="real", seed=random.randrange(10**6)) as workers:
            torment(workers, feed, kills=KILLS)
            let_finish(waiting)
        with transaction() as session:
            plans = list(session.scalars(select(RunningPlan.id)))
            tasks = Counter(session.scalars(select(Task.plan_id)))
    assert len(plans) == PEOPLE * (KILLS + 1)
    assert tasks == {plan: len(STEPS) for plan in plans}
