"""Carrying running plans over to the newest version of their template: one or many, by the same rules.

A step is the one of the same name in the other version (`compare.pairing`). What has ended stays ended, as the step
that it became. What is open or waits takes over the words of its step, and another date where it is counted otherwise.
Steps that are gone are cancelled. New ones come up as in a plan that begins. No date that is new lies before the day
of the move.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from donors.core.calendar import off_closed
from donors.core.changes import ChangeSet, insert_many
from donors.plans.dates import Days, Due, counted_from, due, in_order, unknown_anchors
from donors.plans.models import CANCELLED, ONGOING, STARTING, UNDONE, WAITING, RunningPlan, Step, Task
from donors.plans.queries.anchors import anchors_kept, days_of, kept_days
from donors.plans.queries.editions import Edition, edition
from donors.plans.queries.templates import drafts_of, newest_version
from donors.plans.running.course import Course, courses, write
from donors.plans.running.follow import follow
from donors.plans.starting.eligible import UNKNOWN
from donors.plans.starting.first_tasks import OwnerOf
from donors.plans.templates.compare import Pairing, pairing
from donors.plans.templates.describe import facts, timing
from donors.plans.templates.drafts import Draft
from donors.plans.terms import ANCHORS

GONE = "Version {number} does not have this step any more."


@dataclass(frozen=True)
class Carried:
    """What a plan meets when it is carried over: the subjects of steps that are cancelled, come new, or change."""

    gone: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """From one version to another: which step becomes which (by ids), which are new, which are counted otherwise."""

    version_id: int
    number: int
    to: Edition
    became: Mapping[int, int]
    new: frozenset[int]
    counted_anew: frozenset[int]


def carried(old: Sequence[Draft], new: Sequence[Draft], undone: Collection[int]) -> Carried:
    """What a plan meets; `undone` are the positions of its steps that are open or wait."""
    pairs = pairing(old, new)
    changed = [
        there for here, there in pairs.kept.items() if here in undone and _differs(old[here - 1], new[there - 1])
    ]
    return Carried(
        gone=tuple(old[place - 1].subject for place in pairs.gone if place in undone),
        new=tuple(new[place - 1].subject for place in pairs.new),
        changed=tuple(new[place - 1].subject for place in sorted(changed)),
    )


def _differs(old: Draft, new: Draft) -> bool:
    return facts(old) != facts(new) or old.criteria != new.criteria


def carry_over(
    session: Session, plan_ids: Collection[int], owner_of: OwnerOf, *, on: date, within: ChangeSet
) -> dict[int, str]:
    """Carries plans of any templates over; returns plan → why not, for those that were left as they are."""
    found = courses(session, plan_ids)
    refused = {plan_id: "It is no longer there." for plan_id in set(plan_ids) - {one.plan.id for one in found}}
    ways: dict[int, Way | None] = {}
    moving: list[tuple[Course, Way]] = []
    for course in found:
        version_id = course.plan.version_id
        if version_id not in ways:
            ways[version_id] = way_to_newest(session, course.plan)
        way = ways[version_id]
        reason = why_not_carried(session, course.plan, way)
        if reason or way is None:
            refused[course.plan.id] = reason
        else:
            moving.append((course, way))
    dates = {course.plan.id: dates_anew(session, course, way, on=on) for course, way in moving}
    for course, way in moving:
        _rename(course, way, dates[course.plan.id], on=on, within=within)
        _keep_anchors(session, course, way)
    write(session, [course for course, _ in moving], within=within)
    going = [(course.plan, way) for course, way in moving if course.plan.state != STARTING]
    _add(session, going, dates, owner_of, within=within)
    again = courses(session, [plan.id for plan, _ in going])
    follow(session, again, {course.plan.id: () for course in again}, on=on)
    write(session, again, within=within)
    return refused


def way_to_newest(session: Session, plan: RunningPlan) -> Way | None:
    """From the version of a plan to the newest; none when that is the newest."""
    newest = newest_version(session, plan.template_id)
    if newest.id == plan.version_id:
        return None
    old, new = drafts_of(session, plan.version_id), drafts_of(session, newest.id)
    before, to = edition(session, plan.version_id), edition(session, newest.id)
    pairs = pairing(old, new)
    here = {step.position: step.id for step in before.steps.values()}
    there = {step.position: step.id for step in to.steps.values()}
    return Way(
        version_id=newest.id,
        number=newest.number,
        to=to,
        became={here[one]: there[other] for one, other in pairs.kept.items()},
        new=frozenset(there[place] for place in pairs.new),
        counted_anew=frozenset(there[place] for place in _counted_anew(old, new, pairs)),
    )


def _counted_anew(old: Sequence[Draft], new: Sequence[Draft], pairs: Pairing) -> list[int]:
    """Positions of kept steps whose date is counted in another way."""
    found = []
    for here, there in pairs.kept.items():
        before, after = old[here - 1], new[there - 1]
        followed = [pairs.kept.get(link.position) for link in before.links]
        if timing(before) != timing(after) or followed != [link.position for link in after.links]:
            found.append(there)
    return found


def why_not_carried(session: Session, plan: RunningPlan, way: Way | None) -> str:
    """Why a plan stays as it is; nothing where it can be carried over."""
    if plan.state not in ONGOING or plan.held_out:
        return f"It is {plan.state}."
    if way is None:
        return "It runs on the newest version already."
    unknown = unknown_anchors(way.to.nodes, _known_days(session, plan))
    return UNKNOWN.format(anchor=unknown[0]) if unknown else ""


def _known_days(session: Session, plan: RunningPlan) -> Days:
    """The days from which steps can be counted: those that the plan keeps, and those that are known of everybody."""
    return days_of(session, [plan.constituent_id], kept_days(plan))[plan.constituent_id]


def dates_anew(session: Session, course: Course, way: Way, *, on: date) -> dict[int, Due]:
    """Step of the new version → its date, of those that are new or counted otherwise and have not ended."""
    rule, days = way.to.rule, _known_days(session, course.plan)
    first = off_closed(on, "monday", rule.closed) if rule.skips_weekends else on
    ended = {there for here, there in way.became.items() if course.tasks and course.tasks[here].state not in UNDONE}
    asked = (way.new | way.counted_anew) - ended
    known = {way.became[here]: day for here, day in course.days().items() if here in way.became}
    known = {step_id: day for step_id, day in known.items() if step_id not in asked}
    found = {}
    for node in in_order(way.to.nodes):
        if node.key in asked:
            before = {parent: known[parent] for parent in node.parents if parent in known}
            counted = due(counted_from(node, before, days), node.days, rule, node.counts)
            found[node.key] = Due(counted.original, max(counted.on, first))
            known[node.key] = max(counted.original, on)
    return found


def _rename(course: Course, way: Way, dates: Mapping[int, Due], *, on: date, within: ChangeSet) -> None:
    """Notes for every task the step that it becomes, or that its step is gone."""
    course.of_plan |= {"version_id": way.version_id}
    for step_id, task in course.tasks.items():
        there = way.became.get(step_id)
        if there is None and task.state in UNDONE:
            gone = GONE.format(number=way.number)
            course.change(step_id, state=CANCELLED, reason=gone, done_on=on, done_by=within.by_id)
        elif there is not None:
            course.change(step_id, step_id=there, **_words(way.to.steps[there], task))
            if there in dates and task.state in UNDONE:
                course.change(step_id, due_on=dates[there].on, reminded_on=None, escalated_on=None)


def _keep_anchors(session: Session, course: Course, way: Way) -> None:
    """Notes the anchors that the new version asks for beside those that the plan keeps already."""
    asked = {node.after for node in way.to.nodes}
    if asked & set(ANCHORS):
        course.of_plan |= {"anchors": anchors_kept(_known_days(session, course.plan), asked)}


def _words(step: Step, task: Task) -> dict[str, Any]:
    """What an undone task takes over from its step; one that has ended keeps what it was."""
    if task.state not in UNDONE:
        return {}
    taken = ("subject", "kind", "deadline_days", "reminds")
    return {name: getattr(step, name) for name in taken} | {"note": step.note or task.note}


def _add(
    session: Session,
    going: Sequence[tuple[RunningPlan, Way]],
    dates: Mapping[int, Mapping[int, Due]],
    owner_of: OwnerOf,
    *,
    within: ChangeSet,
) -> None:
    """Makes the tasks of new steps; they wait until what follows is known."""
    rows = [
        _task(plan, way.to.steps[step_id], dates[plan.id][step_id], owner_of, within)
        for plan, way in going
        for step_id in sorted(way.new)
    ]
    insert_many(session, rows, within=within)


def _task(plan: RunningPlan, step: Step, first: Due, owner_of: OwnerOf, within: ChangeSet) -> Task:
    owner = owner_of(plan, step, first.on)
    return Task(
        constituent_id=plan.constituent_id,
        plan_id=plan.id,
        step_id=step.id,
        kind=step.kind,
        owner_id=owner.user_id,
        queue_id=owner.queue_id,
        subject=step.subject,
        note="\n".join(part for part in (step.note, owner.note) if part),
        original_due_on=first.original,
        due_on=first.on,
        state=WAITING,
        deadline_days=step.deadline_days,
        reminds=step.reminds,
        recorded_at=within.at,
    )
