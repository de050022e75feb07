"""Engagement plans and jobs: each case is lived through in the product."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.errors import Blocked
from donors.jobs.job import PeriodicJob
from donors.jobs.schedule import SCHEDULE
from donors.pipeline.assign import Charge, assign
from donors.plans.dates import DateRule
from donors.plans.models import DONE, PlanTemplate, RunningPlan, Step, Task
from donors.plans.running.close import Completion, complete
from donors.plans.running.reopen import reopen
from donors.plans.templates.drafts import Draft, Link, without
from donors.plans.templates.template import TemplateDraft, create, revise
from donors.workflows.plans import start_plan
from tests.peer_cases.cases import Answer, Case, day

Told = Mapping[str, Any]
SOME_MORNING = "2026-03-03"
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
CALLED = {"creator": "starter", "target_owner": "officer"}


class PlanQuirk(StrEnum):
    """Where plans differ; the value is the heading in docs/differences.md."""

    LEAKS = "A template that is edited leaves running plans alone"
    STAYS_OPEN = "What was opened waits again with its parent"
    EMPTY = "A plan has steps"
    TIMES = "The night’s work begins after midnight"
    ERRORS = "What fails stays in sight"


DIFFERENT: Mapping[str, PlanQuirk] = {
    "PLN-018": PlanQuirk.LEAKS,
    "PLN-025": PlanQuirk.STAYS_OPEN,
    "PLN-042": PlanQuirk.LEAKS,
    "PLN-043": PlanQuirk.EMPTY,
    "JOB-001": PlanQuirk.TIMES,
    "JOB-002": PlanQuirk.ERRORS,
    "JOB-003": PlanQuirk.ERRORS,
}
"""Cases that we mean to answer otherwise."""
OF_NO_MEANING = ("priority", "linked_as")
"""Parts of an answer that say nothing here: tasks have no priority, and a plan always belongs to a constituent."""


class Here:
    """The product with the people of a case."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.change = self._changed(None)
        self.users = {name: self._user(name) for name in ("maria", "owen", "zoe")}
        self.change = self._changed(self.users["maria"])

    def _changed(self, by: int | None) -> ChangeSet:
        return open_change(self.session, "peer", act=Act(by=by, at=AT, through="cli"))

    def _user(self, name: str) -> int:
        row = User(email=f"{name}@example.org", name=name, role="administrator", practice=False)
        return insert(self.session, row, within=self.change).id

    def target(self, owner: str | None) -> int:
        """A constituent, with an officer in charge."""
        row = Constituent(kind="person", name="Target", sort_name="target")
        found = insert(self.session, row, within=self.change).id
        if owner:
            assign(self.session, found, Charge(self.users[owner], date(2026, 1, 1)), within=self.change)
        return found

    def template(self, told: Told) -> PlanTemplate:
        """A template. Raises Blocked."""
        steps = tuple(self.draft(one, told) for one in told["tasks"])
        day_after = "friday" if told.get("reschedule_to") == "Friday" else "monday"
        rule = DateRule(told.get("skip_weekends", True), day_after)  # type: ignore[arg-type]
        count = len(self.session.scalars(select(PlanTemplate.id)).all())
        return create(self.session, TemplateDraft(f"Template {count}", steps, rule=rule), within=self.change)

    def draft(self, one: Told, told: Told) -> Draft:
        """A step of a template."""
        keys = [each["key"] for each in told["tasks"]]
        links = (Link(keys.index(one["parent"]) + 1),) if one.get("parent") else ()
        named = one.get("assigned_to")
        role = "user" if named else CALLED[told.get("default_assignee", "creator")]
        follows = told.get("auto_update_children", True) or not links
        return Draft(
            one["key"],
            one.get("days") or 0,
            links,
            role=role,
            owner_id=self.users[named] if named else None,
            reminds=bool(one.get("reminder")),
            after="" if follows else "parent due",
        )

    def start(self, template: PlanTemplate, target: int, on: date) -> RunningPlan:
        """A plan that runs."""
        found = start_plan(self.session, target, template.id, cause="by hand", within=self.change, on=on)
        assert isinstance(found, RunningPlan)
        return found

    def tasks(self, plan: RunningPlan) -> dict[str, Task]:
        """The tasks by the keys of the case."""
        wanted = select(Task).join(Step, Step.id == Task.step_id).where(Task.plan_id == plan.id)
        return {task.subject: task for task in self.session.scalars(wanted.order_by(Step.position))}


def answer(session: Session, case: Case) -> dict[str, Answer]:
    """What the product answers, in the parts that the case asks for."""
    here = Here(session)
    if case.area == "job":
        return _times()
    for word, live in (
        ("apply_on", _applied),
        ("complete", _completed),
        ("set_parents", _parents),
        ("template_delete_task", _deleted),
        ("change_target_to", _fixed),
        ("read", _status),
    ):
        if word in case.when:
            return live(here, case)
    raise ValueError(case.when)


def _applied(here: Here, case: Case) -> dict[str, Answer]:
    plan = here.start(
        here.template(case.given["template"]),
        here.target(case.given["target"].get("owner")),
        _on(case.when["apply_on"]),
    )
    return _shown(here, plan)


def _shown(here: Here, plan: RunningPlan) -> dict[str, Answer]:
    names = {user_id: name for name, user_id in here.users.items()}
    found = here.tasks(plan)
    return {
        "due": {key: task.due_on.isoformat() for key, task in found.items()},
        "owner": {key: names[task.owner_id or 0] for key, task in found.items()},
        "status": {key: task.state for key, task in found.items()},
        "reminder": {key: task.due_on.isoformat() if _reminds(task) else None for key, task in found.items()},
        "reminder_set": {key: _reminds(task) for key, task in found.items()},
    }


def _reminds(task: Task) -> bool:
    return task.reminds and task.state == "open"


def _completed(here: Here, case: Case) -> dict[str, Answer]:
    if "tasks" in case.given:
        return _counted(here, case)
    template, target = here.template(case.given["template"]), here.target("owen")
    plan = here.start(template, target, _on(case.given["applied_on"]))
    for key, values in case.when.get("template_change", {}).items():
        told = case.given["template"]
        changed = [dict(one) | (values if one["key"] == key else {}) for one in told["tasks"]]
        steps = tuple(here.draft(one, {**told, "tasks": changed}) for one in changed)
        revise(here.session, template.id, TemplateDraft(template.name, steps), within=here.change)
    on = _on(case.when["on"])
    task = here.tasks(plan)[case.when["complete"]]
    complete(here.session, task.id, Completion(on), within=here.change)
    if "then_reopen" in case.when:
        reopen(here.session, task.id, within=here.change, on=on)
    return _shown(here, plan)


def _counted(here: Here, case: Case) -> dict[str, Answer]:
    tasks = [{"key": f"Step {number}"} for number in range(case.given["tasks"])]
    plan = here.start(here.template({"tasks": tasks}), here.target(None), _on(SOME_MORNING))
    for task in list(here.tasks(plan).values())[: case.when["complete"]]:
        complete(here.session, task.id, Completion(_on(SOME_MORNING)), within=here.change)
    states = [task.state for task in here.tasks(plan).values()]
    return {"total": len(states), "completed": states.count(DONE)}


def _parents(here: Here, case: Case) -> dict[str, Answer]:
    """A step can name a step of its own template only: another one has no place in it."""
    [(child, parent)] = case.when["set_parents"].items()
    steps = next(steps for steps in case.given.values() if child in steps)
    place = steps.index(parent) + 1 if parent in steps else len(steps) + 1
    drafts = tuple(Draft(key, links=(Link(place),) if key == child else ()) for key in steps)
    try:
        create(here.session, TemplateDraft("Template", drafts), within=here.change)
    except Blocked:
        return {"accepted": False, "reason": "other_template"}
    return {"accepted": True}


def _deleted(here: Here, case: Case) -> dict[str, Answer]:
    told = case.given["template"]
    drafts = [here.draft(one, told) for one in told["tasks"]]
    keys = [draft.subject for draft in drafts]
    left = without(drafts, keys.index(case.when["template_delete_task"]) + 1)
    names = [draft.subject for draft in left]
    return {"parents": {draft.subject: names[draft.links[0].position - 1] for draft in left if draft.links}}


def _fixed(here: Here, _case: Case) -> dict[str, Answer]:
    """The constituent is given when a plan starts, and nothing that can be done to it takes another one."""
    plan = here.start(here.template({"tasks": [{"key": "a"}]}), here.target(None), _on(SOME_MORNING))
    found = here.session.get_one(RunningPlan, plan.id)
    return {"accepted": found.constituent_id != plan.constituent_id, "reason": "target_fixed"}


def _status(here: Here, case: Case) -> dict[str, Answer]:
    count, done = case.given["plan_total"], case.given["plan_completed"]
    tasks = [{"key": f"Step {number}"} for number in range(count)]
    try:
        template = here.template({"tasks": tasks})
    except Blocked:
        return {"status": "refused"}
    plan = here.start(template, here.target(None), _on(SOME_MORNING))
    for task in list(here.tasks(plan).values())[:done]:
        complete(here.session, task.id, Completion(_on(SOME_MORNING)), within=here.change)
    more = tuple(Draft(f"Step {number}") for number in range(case.given["template_total_now"]))
    revise(here.session, template.id, TemplateDraft(template.name, more), within=here.change)
    states = [task.state for task in here.tasks(plan).values()]
    begun = "in_progress" if DONE in states else "not_started"
    return {"status": "completed" if plan.state == DONE else begun}


def _times() -> dict[str, Answer]:
    return {job.name: str(job.when) for job in SCHEDULE if isinstance(job, PeriodicJob)}


def _on(text: str) -> date:
    found = day(text)
    assert found is not None
    return found


def wanted(case: Case) -> dict[str, Answer]:
    """What the peer answers, in the words of the product."""
    found = {part: value for part, value in case.expect.items() if part not in OF_NO_MEANING}
    if "status" in found and isinstance(found["status"], Mapping):
        words = {"waiting": "waiting"}
        found["status"] = {key: words.get(word, "open") for key, word in found["status"].items()}
    if "reminder" in found:
        found["reminder"] = {key: at[:10] if at else None for key, at in found["reminder"].items()}
    return found


def with_the_leak(case: Case) -> Case:
    """The case as if the template had been so from the start: what the peer answers where edits leak."""
    given, when = dict(case.given), dict(case.when)
    changes = when.pop("template_change", {})
    if changes:
        tasks = [dict(one) | changes.get(one["key"], {}) for one in given["template"]["tasks"]]
        given["template"] = {**given["template"], "tasks": tasks}
    elif "template_total_now" in given:
        given["plan_total"] = given["template_total_now"]
    return replace(case, given=given, when=when)
