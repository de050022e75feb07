"""What effects of levels do: start plans, stop them, make tasks. Each act is for many, in few statements."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from donors.core.bulk import load, take_ids
from donors.core.changes import ChangeSet
from donors.core.settings import organization
from donors.levels.decide import Change
from donors.levels.effects.decide import LEAVE, NOTICE, REFUSED, START, STOP, TASK, Rule, Verdict
from donors.plans.dates import DateRule, due
from donors.plans.decide import COPY
from donors.plans.models import OPEN, Task
from donors.plans.running.stop import stop_many
from donors.plans.starting.passed_over import passed_over
from donors.plans.starting.start import Start
from donors.workflows.starting import plans_for
from donors.workflows.step_ends import let_go_of_plans


@dataclass(frozen=True)
class Doing:
    """Under which change set effects run, and on which day."""

    on: date
    within: ChangeSet


def _start(session: Session, rule: Rule, wanted: Sequence[Verdict], doing: Doing) -> Iterator[Verdict]:
    for cause, some in _by_cause(rule, wanted).items():
        what = Start(rule.template_id or 0, doing.on, cause)
        ids = [one.change.constituent_id for one in some]
        why_not = passed_over(session, ids, what.template_id, what.days)
        started = plans_for(session, ids, what, within=doing.within, together=len(wanted))
        for one in some:
            plan_id = started.get(one.change.constituent_id)
            why = why_not.get(one.change.constituent_id)
            refused = replace(one, outcome=REFUSED, why=why.sentence if why else COPY, plans=())
            yield replace(one, plans=(replace(one.plans[0], id=plan_id),)) if plan_id is not None else refused


def _by_cause(rule: Rule, wanted: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for one in wanted:
        found.setdefault(_cause(rule, one.change), []).append(one)
    return found


def _cause(rule: Rule, change: Change) -> str:
    if change.new is not None and rule.occasion != LEAVE:
        return f"level {change.new.name}"
    return f"left level {change.old.name if change.old else ''}"


def _stop(session: Session, rule: Rule, wanted: Sequence[Verdict], doing: Doing) -> Iterator[Verdict]:
    for cause, some in _by_cause(replace(rule, occasion=LEAVE), wanted).items():
        ids = [plan.id for one in some for plan in one.plans if plan.id is not None]
        stopped = stop_many(session, ids, reason=cause, on=doing.on, within=doing.within)
        let_go_of_plans(session, stopped, reason=cause, within=doing.within)
        yield from (replace(one, why=_counted(len(one.plans))) for one in some)


def _counted(plans: int) -> str:
    return "One plan was stopped." if plans == 1 else f"{plans} plans were stopped."


def _task(session: Session, rule: Rule, wanted: Sequence[Verdict], doing: Doing) -> Iterator[Verdict]:
    day = due(doing.on, rule.days, DateRule(closed=organization(session).closed))
    ids = take_ids(session, Task, len(wanted))
    columns = {"created_in": doing.within.id, "subject": rule.words, "recorded_at": doing.within.at, "state": OPEN}
    dated = {**columns, "original_due_on": day.original, "due_on": day.on}
    names = ("id", "constituent_id", "owner_id", "note", *dated)
    rows = [
        (task_id, one.change.constituent_id, one.users[0] if one.users else None, _why(one.change), *dated.values())
        for task_id, one in zip(ids, wanted, strict=True)
    ]
    load(session, Task, names, rows)
    yield from (replace(one, task_id=task_id) for task_id, one in zip(ids, wanted, strict=True))


def _why(change: Change) -> str:
    old, new = (band.name if band else "no level" for band in (change.old, change.new))
    return f"Went from {old} to {new}."


def _notice(_session: Session, _rule: Rule, wanted: Sequence[Verdict], _doing: Doing) -> Sequence[Verdict]:
    return wanted  # the notices are kept with the runs


ACTS: dict[str, Callable[[Session, Rule, Sequence[Verdict], Doing], Iterable[Verdict]]] = {
    START: _start,
    STOP: _stop,
    TASK: _task,
    NOTICE: _notice,
}
"""Act → what carries it out for those whose verdict it is; returns the verdicts with what was made."""
