"""What is said when a task has ended: how, and what follows."""

from flask import g

from donors.core.db import current_session
from donors.plans.models import Task
from donors.plans.queries.after import after
from donors.web.filters import day


def ended(task: Task, *, skipped: bool) -> str:
    """“Thank by phone: no answer. Next: Call once more, Dec 2.”, or that the plan ends here."""
    said = " is skipped" if skipped else f": {task.result}" if task.result else " is done"
    return f"{task.subject}{said}. {_next(task)}".strip()


def _next(task: Task) -> str:
    found = after(current_session(), task)
    if found.over:
        return "The plan ends here; what else it had is not needed." if found.short else "The plan is done."
    if not found.opened:
        return ""
    return f"Next: {' and '.join(f'{one.subject}, {day(one.due_on, on=g.today)}' for one in found.opened[:3])}."
