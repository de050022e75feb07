"""From what was typed in the editor to a template, with everything that is wrong named at its place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from donors.core.calendar import Reschedule
from donors.core.criteria.parse import to_json
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.core.settings import Organization
from donors.plans.dates import DateRule
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.graph import problems
from donors.plans.templates.template import StartRule, TemplateDraft
from donors.plans.terms import MAIL, MOVE, QUEUE, STAGE, USER, is_for_people
from donors.web.criteria.builder import finished
from donors.web.criteria.tokens import Group, criteria_of
from donors.web.plans.editor import BEFORE, Editing, Typed, whole

Wrong = dict[tuple[int, str], str]
"""Place of the step (0: the whole) and field of the form → what is wrong there."""

FIELDS = {
    "role": "who",
    "owner_id": "who",
    "queue_id": "who",
    "links": "waits",
    "joins": "waits",
    "mail_template_id": "mail",
    "stage_id": "stage",
    "escalates_to": "escalates",
    "escalates_to_id": "escalates",
}
"""Field of a step → field of the form."""


def drafted(editing: Editing, known: FieldSet, here: Organization) -> tuple[TemplateDraft, Wrong]:
    """The template that was typed, and what is wrong with it. Empty rows at the end fall away."""
    wrong: Wrong = {}
    if not editing.name.strip():
        wrong[0, "name"] = "Give the template a name."
    steps = tuple(_draft(step, place, (known, here), wrong) for place, step in enumerate(kept(editing).steps, start=1))
    numbers = {name: _number(editing, name, wrong) for name in ("cooldown_days", "held_out_percent")}
    starts = StartRule(editing.allows_copies, **numbers, spares_from_level_id=whole(editing.spares_from))
    for problem in problems(steps):
        wrong.setdefault((problem.position or 0, FIELDS.get(problem.field, problem.field)), problem.sentence)
    rule = DateRule(editing.skips_weekends, cast(Reschedule, editing.reschedule))
    return TemplateDraft(editing.name, steps, editing.description, rule, starts), wrong


def kept(editing: Editing) -> Editing:
    """Without the empty rows at the end."""
    steps = list(editing.steps)
    while steps and steps[-1].is_empty:
        steps.pop()
    return replace(editing, steps=tuple(steps))


def _number(editing: Editing, name: str, wrong: Wrong) -> int:
    typed = getattr(editing, name)
    found = whole(typed) if typed else 0
    if found is None:
        wrong[0, name] = f"“{typed}” is no whole number. Write it in digits."
    return found or 0


def _draft(step: Typed, place: int, reading: tuple[FieldSet, Organization], wrong: Wrong) -> Draft:
    where = f"Step {place}" + (f" “{step.subject}”" if step.subject.strip() else "")
    days = whole(step.days) if step.days else 0
    deadline = whole(step.deadline_days)
    for name, typed, read in (("days", step.days, days), ("deadline_days", step.deadline_days, deadline)):
        if typed and read is None:
            wrong[place, name] = f"{where}: “{typed}” is no whole number. Write the days in digits."
    if not is_for_people(step.kind, is_held=step.is_held):
        deadline = None  # the program does it by itself; what was typed for another kind is left out
    role, number = _person(step.who)
    escalates, escalates_id = _person(step.escalates)
    return Draft(
        subject=step.subject,
        kind=step.kind,
        note=step.note,
        after=step.after,
        days=-(days or 0) if step.way == BEFORE else days or 0,
        counts=step.counts,
        joins=step.joins,
        links=tuple(Link(whole(row.step) or 0, row.outcome) for row in step.waits),
        criteria=_criteria(step.criteria, (place, where), reading, wrong),
        role=role,
        owner_id=number if role == USER else None,
        queue_id=number if role == QUEUE else None,
        reminds=step.reminds,
        deadline_days=deadline,
        escalates_to=escalates if deadline is not None else "",
        escalates_to_id=escalates_id if deadline is not None else None,
        **_substance(step),
    )


def _substance(step: Typed) -> dict[str, Any]:
    """What only one kind of step has; what was typed while it was of another kind is left out."""
    return {
        "mail_template_id": whole(step.mail) if step.kind == MAIL else None,
        "is_held": step.is_held and step.kind == MAIL,
        "stage_id": whole(step.stage) if step.kind == STAGE else None,
        "method": step.method if step.kind == MOVE else "",
    }


def _person(typed: str) -> tuple[str, int | None]:
    role, _, number = typed.partition(":")
    return role, whole(number)


def _criteria(
    group: Group, place: tuple[int, str], reading: tuple[FieldSet, Organization], wrong: Wrong
) -> dict[str, Any] | None:
    """Criteria in their stored form; none where nothing is asked."""
    if not finished(group):
        return None
    known, here = reading
    try:
        return to_json(criteria_of(group, known, here), known, here)
    except Invalid as error:
        wrong[place[0], "criteria"] = f"{place[1]}: {error.message}"
        return None


def placed(error: Invalid) -> tuple[int, str]:
    """Where in the form an error of the domain stands."""
    return (0, error.field if error.field in ("name", "cooldown_days", "held_out_percent", "reschedule") else "name")


def by_step(wrong: Mapping[tuple[int, str], str]) -> frozenset[int]:
    """The steps in which something is wrong."""
    return frozenset(place for place, _ in wrong if place)
