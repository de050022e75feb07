"""Kills of the program's own scheduler while it makes the tasks of plans that were started in bulk."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from donors.constituents.models import Constituent
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.plans.decide import Draft
from donors.plans.models import RunningPlan, Task
from donors.plans.template import TemplateDraft, create
from donors.workflows.plans import start_plans
from tests.cast import OLIVE, Person
from tests.harness.mail import Mailbox
from tests.soak.killing import let_finish, pack, torment

KILLS = 50
PEOPLE = 150
STEPS = (Draft("Call", 2), Draft("Write", 3), Draft("Visit", 10, parent=1))


def starter(user_id: int) -> Callable[[], None]:
    """What starts a plan for many new people at each call."""
    with transaction() as session:
        change = open_change(session, "soak.template", act=Act(by=user_id, at=now(), through="web"))
        template_id = create(session, TemplateDraft("Welcome", STEPS), within=change).id

    def feed() -> None:
        with transaction() as session:
            change = open_change(session, "soak.people", act=Act(by=user_id, at=now(), through="web"))
            rows = [Constituent(kind="person", name=f"P{n}", sort_name=f"p{n}") for n in range(PEOPLE)]
            for row in rows:
                row.created_in = change.id
            session.add_all(rows)
            session.flush()
            ids = [row.id for row in rows]
            start_plans(session, ids, template_id, cause="by hand", within=change, on=date(2026, 6, 10))

    return feed


def waiting() -> Sequence[int]:
    """How many plans have no tasks yet."""
    with transaction() as session:
        starting = select(func.count()).select_from(RunningPlan).where(RunningPlan.state == "starting")
        return (session.scalar(starting) or 0,)


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
