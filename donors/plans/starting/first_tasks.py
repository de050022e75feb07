"""The tasks of plans that begin: every step at once, with its first date, its owner, and whether it is open."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.plans.dates import Days, Due, Moving, due_dates, moved
from donors.plans.decide import UNFIT, Following, following
from donors.plans.models import OPEN, SKIPPED, WAITING, RunningPlan, Step
from donors.plans.queries.anchors import kept_days
from donors.plans.queries.editions import Edition
from donors.plans.queries.fitting import fitting
from donors.plans.reasons import because
from donors.plans.terms import NOT_NEEDED

Fits = Mapping[int, Collection[int]]
"""Step with criteria → the constituents for whom they hold."""


@dataclass(frozen=True)
class Owner:
    """Who gets a task, or in which queue it waits; `note` says why when it is not the one that the step names."""

    user_id: int | None
    note: str = ""
    queue_id: int | None = None


OwnerOf = Callable[[RunningPlan, Step, date], Owner]
"""Resolves the role of a step for a plan, on the day on which it is due: who is away then is stood in for."""


@dataclass(frozen=True)
class Beginning:
    """How plans of a version begin that are counted from the same days."""

    dates: Mapping[int, Due]
    follows: Following
    moved: Mapping[int, Due]


def beginning(edition: Edition, days: Days, fits: Callable[[int], bool]) -> Beginning:
    """First dates and what is open at once; steps after one that did not fit are counted from the start."""
    dates = due_dates(edition.nodes, days, edition.rule)
    follows = following(edition.nodes, {}, set(edition.steps), fits)
    if not follows.unfit:
        return Beginning(dates, follows, {})
    over = set(follows.passed_over)
    moving = Moving(
        new=dict.fromkeys(follows.unfit, days.start),
        known={key: due.on for key, due in dates.items() if key not in over},
        waiting=set(edition.steps) - over,
        opening=follows.opens,
    )
    return Beginning(dates, follows, moved(edition.nodes, moving, edition.rule))


def held_criteria(session: Session, edition: Edition, ids: Collection[int], *, on: date) -> Fits:
    """Which criteria hold for whom, of the steps that have any."""
    asking = {key: step.criteria for key, step in edition.steps.items() if step.criteria}
    return {key: fitting(session, criteria, ids, on=on) for key, criteria in asking.items()}


def fits_for(fits: Fits, constituent_id: int) -> Callable[[int], bool]:
    """Whether the criteria of a step hold for one constituent."""
    return lambda step_id: step_id not in fits or constituent_id in fits[step_id]


def task_rows(
    plans: Sequence[RunningPlan], edition: Edition, fits: Fits, owner_of: OwnerOf
) -> Iterator[dict[str, Any]]:
    """The tasks of plans of one version as rows, without `created_in` and `recorded_at`."""
    known: dict[Any, list[tuple[Step, dict[str, Any]]]] = {}
    owned: dict[tuple[int, Owner], dict[str, Any]] = {}
    for plan in plans:
        here = plan.constituent_id
        key = (plan.started_on, tuple(sorted(plan.anchors.items())), tuple(here in holds for holds in fits.values()))
        if key not in known:
            known[key] = _same(plan, edition, beginning(edition, kept_days(plan), fits_for(fits, here)))
        own = {"constituent_id": here, "plan_id": plan.id}
        for step, same in known[key]:
            owner = owner_of(plan, step, same["due_on"])
            told = owned.get((step.id, owner))
            if told is None:
                told = owned[step.id, owner] = _owner(step, owner)
            yield {**own, **same, **told}


def _same(plan: RunningPlan, edition: Edition, begins: Beginning) -> list[tuple[Step, dict[str, Any]]]:
    """What is the same of a step for all plans that begin alike."""
    return [(step, _row(plan, step, begins, edition)) for step in edition.steps.values()]


def _row(plan: RunningPlan, step: Step, begins: Beginning, edition: Edition) -> dict[str, Any]:
    first = begins.dates[step.id]
    return {
        "step_id": step.id,
        "kind": step.kind,
        "subject": step.subject,
        "original_due_on": first.original,
        "due_on": begins.moved.get(step.id, first).on,
        "deadline_days": step.deadline_days,
        "reminds": step.reminds,
    } | _state(plan, step, begins, edition)


def _state(plan: RunningPlan, step: Step, begins: Beginning, edition: Edition) -> dict[str, Any]:
    skipped = {"state": SKIPPED, "done_on": plan.started_on}
    follows = begins.follows
    if step.id in follows.unfit:
        return skipped | {"reason": UNFIT, "result": ""}
    if step.id in follows.not_needed:
        before = edition.steps[follows.not_needed[step.id]]
        ended = NOT_NEEDED if before.id in follows.not_needed else SKIPPED
        return skipped | {"reason": because(before.subject, ended), "result": NOT_NEEDED}
    return {"state": OPEN if step.id in follows.opens else WAITING, "done_on": None, "reason": "", "result": ""}


def _owner(step: Step, owner: Owner) -> dict[str, Any]:
    note = "\n".join(part for part in (step.note, owner.note) if part)
    return {"owner_id": owner.user_id, "queue_id": owner.queue_id, "note": note}
