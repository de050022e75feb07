"""Plans: starting one of six steps for everybody, beside the bare insert of the same rows; a tick of the scheduler
among ten open steps for each constituent, of which a hundred are due.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from threading import Event
from typing import Any

from sqlalchemy import select, text

from bench.cost import Cost
from bench.line import Here, Line
from bench.world import ACT, TODAY, fill, vacuum
from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.bulk import load, look_over, table_of
from donors.core.changes import insert, open_change
from donors.core.db import Base, transaction
from donors.jobs.job import Means
from donors.jobs.schedule import SCHEDULE
from donors.jobs.scheduler import Worker, tick
from donors.plans.models import RunningPlan, Task
from donors.plans.starting.start import Start
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import TemplateDraft, create
from donors.workflows.plans import run_steps, start_plans

SIX = (
    Draft("Call", 2),
    Draft("Letter", 3, (Link(1),)),
    Draft("Visit", 14, (Link(2),)),
    Draft("Thank", 1, (Link(3),)),
    Draft("Invite", 30, (Link(3),)),
    Draft("Look again", 90, (Link(4), Link(5))),
)
PART = 500
"""Plans whose tasks are made in one transaction, as the scheduler does it."""
OPEN, DUE = 10, 100
"""Open steps for each constituent, and how many of all are due."""


def measure(here: Here) -> Iterator[Line]:
    """A start for everybody, then the ticks."""
    fill(here.size, ())
    template_id = _template(SIX)
    cost = _start(here, template_id)
    base = _insert(here)
    yield here.line("a plan of six steps for everybody", cost, beside="bare insert of its rows", base=base, held="2.5")
    _empty()
    few = _tick(here)
    _open_steps(_template((Draft("Call", 400),), "Long"))
    many = _tick(here)
    held = f"a tick with {DUE} due steps, and nothing else open"
    yield here.line(f"a tick with {DUE} due steps among {OPEN} open ones for each", many, beside=held, base=few)


def _template(steps: Sequence[Draft], name: str = "Six steps") -> int:
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        if session.scalar(select(User.id).limit(1)) is None:
            insert(session, User(email="ada@example.org", name="Ada", role="administrator"), within=change)
        return create(session, TemplateDraft(name, tuple(steps)), within=change).id


def _start(here: Here, template_id: int) -> Cost:
    with transaction() as session:
        ids = list(session.scalars(select(Constituent.id).order_by(Constituent.id)))
    with here.meter.measured() as cost:
        with transaction() as session:
            change = open_change(session, "bench", act=ACT)
            start_plans(session, ids, Start(template_id, TODAY, "bench"), within=change)
        while _made():
            pass
    return cost


def _made() -> int:
    with transaction() as session:
        return run_steps(session, on=TODAY, limit=PART)


def _insert(here: Here) -> Cost:
    """The same rows, read back, taken out, and written again in parts as large."""
    plans, tasks = _rows(RunningPlan), _rows(Task)
    _empty()
    with here.meter.measured() as cost:
        for first in range(0, len(plans), PART):
            _write(RunningPlan, plans[first : first + PART])
        for first in range(0, len(tasks), PART * len(SIX)):
            _write(Task, tasks[first : first + PART * len(SIX)])
    return cost


def _rows(model: type[Base]) -> list[tuple[Any, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(select(table_of(model)).order_by(table_of(model).c.id))]


def _write(model: type[Base], rows: Sequence[tuple[Any, ...]]) -> None:
    with transaction() as session:
        load(session, model, table_of(model).c.keys(), rows)


def _empty() -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM task"))
        session.execute(text("DELETE FROM running_plan"))
    vacuum("task", "running_plan")


OPEN_PLANS = """
INSERT INTO running_plan (constituent_id, template_id, version_id, copy, started_on, cause, state, anchors, held_out,
    ended_reason, recorded_at, created_in, version)
SELECT constituent.id, {template}, (SELECT max(id) FROM template_version), number.i, '{on}', 'bench', 'running', '{{}}',
    false, '', '{on} 12:00:00.000000', 1, 1
FROM constituent CROSS JOIN number
"""
OPEN_TASKS = """
INSERT INTO task (constituent_id, plan_id, step_id, kind, owner_id, subject, note, original_due_on, due_on, state,
    outcome, result, reason, trouble, reminds, recorded_at, created_in, version)
SELECT constituent_id, id, (SELECT max(id) FROM step), 'task', (SELECT min(id) FROM app_user), 'Call', '', '{due}',
    '{due}', 'open', '', '', '', '', true, '{on} 12:00:00.000000', 1, 1
FROM running_plan WHERE template_id = {template}
"""


def _open_steps(template_id: int) -> None:
    """Many plans with a step that is open, and due much later."""
    on, due = TODAY.isoformat(), (TODAY + timedelta(400)).isoformat()
    numbers = f"WITH RECURSIVE number(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i < {OPEN - 1}) "
    plans = OPEN_PLANS.format(template=template_id, on=on)
    with transaction() as session:
        session.execute(text(numbers + plans))
        session.execute(text(OPEN_TASKS.format(template=template_id, on=on, due=due)))
        look_over(session, RunningPlan, Task)
    vacuum("task", "running_plan")


def _tick(here: Here) -> Cost:
    """One tick of a morning with so many steps that are due, after the work of its night."""
    morning = datetime.combine(TODAY, time(12), UTC)
    worker = Worker(SCHEDULE, Means(lambda: morning), Event())
    tick(worker)
    template_id = _template((Draft("Wait", kind="wait"), Draft("Call", 7, (Link(1),))), f"Due {here.rounds}")
    here.rounds += 1
    with transaction() as session:
        ids = list(session.scalars(select(Constituent.id).order_by(Constituent.id).limit(DUE)))
        change = open_change(session, "bench", act=ACT)
        start_plans(session, ids, Start(template_id, TODAY, "bench"), within=change)
        run_steps(session, on=TODAY)
    with here.meter.measured() as cost:
        tick(worker)
    return cost
