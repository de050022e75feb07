"""The page of one running plan, put together: its course drawn, its tasks, the forms of what can be done with it."""

from typing import Any

from flask import g, render_template
from wtforms import Form

from donors.core.db import current_session
from donors.mail.queries import never_left
from donors.plans.models import CLOSED, DONE
from donors.plans.queries.plans import PlanLine, plan, why_paused
from donors.plans.queries.tasks import TaskLine, tasks_of_plan
from donors.plans.queries.templates import drafts_of, rule_of, steps_of
from donors.plans.terms import SENT
from donors.web.plans.drawn import course
from donors.web.plans.forms import ReasonForm, ResumeForm, ShiftForm, StopForm
from donors.web.session import viewer

FORMS: dict[str, type[Form]] = {
    "pause": ReasonForm,
    "resume": ResumeForm,
    "shift": ShiftForm,
    "stop": StopForm,
    "restart": ReasonForm,
}
"""Act on a whole plan → its form."""


def plan_of(plan_id: int) -> PlanLine:
    """A plan that the viewer may see. Raises NotFound."""
    return plan(current_session(), plan_id, sees=viewer().sees)


def page(plan_id: int, sent: Form | None = None, act: str = "") -> str:
    """The page, with the form that was refused as it was typed."""
    session, line = current_session(), plan_of(plan_id)
    version_id = line.plan.version_id
    places = {step.id: step.position for step in steps_of(session, version_id)}
    lines = tasks_of_plan(session, plan_id, sees=viewer().sees)
    tasks = {places[each.task.step_id]: each for each in lines if each.task.step_id in places}
    shown, rule = {place: each.task for place, each in tasks.items()}, rule_of(session, version_id)
    return render_template(
        "plans/plan.html",
        line=line,
        picture=course(drafts_of(session, version_id), shown, line.plan.started_on, today=g.today, rule=rule),
        tasks=tasks,
        apart=[each for each in lines if each.task.step_id not in places],
        paused_why=why_paused(session, plan_id),
        unsent=never_left(session, [each.task.id for each in lines if each.task.result == SENT]),
        progress=_progress(lines),
        opened=act,
        forms=_forms(line, sent, act),
    )


def _forms(line: PlanLine, sent: Form | None, act: str) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for name, form in FORMS.items():
        made = sent if name == act and sent is not None else form(data={"version": line.plan.version})
        for field in made:
            field.id = f"{name}-{field.name}"
        forms[name] = made
    return forms


def _progress(lines: list[TaskLine]) -> str:
    states: list[Any] = [each.task.state for each in lines]
    closed, done = sum(state in CLOSED for state in states), states.count(DONE)
    if not states:
        return ""
    over = f", {closed - done} passed over" if closed > done else ""
    return f"{done} of {len(states)} done{over}."
