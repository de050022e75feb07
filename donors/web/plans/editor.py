"""The editor of a template: steps as they were typed, so that nothing is lost when something is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from donors.core.calendar import Reschedule
from donors.plans.dates import DateRule
from donors.plans.drafts import Draft, Link, without
from donors.plans.graph import MOST_DAYS, MOST_STEPS, Problem, problems
from donors.plans.template import TemplateDraft
from donors.plans.terms import PARENT_DUE


@dataclass(frozen=True)
class Typed:
    """One step as text. `who` is officer, starter, or the id of a user."""

    subject: str = ""
    days: str = "0"
    parent: str = ""
    who: str = "officer"
    note: str = ""
    reminds: bool = True
    follows: bool = True


@dataclass(frozen=True)
class Editing:
    """A template as text."""

    name: str = ""
    description: str = ""
    skips_weekends: bool = True
    reschedule: str = "monday"
    steps: tuple[Typed, ...] = (Typed(),)


def read(form: Mapping[str, str]) -> Editing:
    """What was sent. Rows without a subject at the end fall away only when the template is saved."""
    count = min(_whole(form.get("steps", "0")) or 0, MOST_STEPS)
    return Editing(
        name=form.get("name", "")[:200],
        description=form.get("description", "")[:2000],
        skips_weekends="skips_weekends" in form,
        reschedule=form.get("reschedule", "monday"),
        steps=tuple(_step(form, place) for place in range(1, count + 1)),
    )


def _step(form: Mapping[str, str], place: int) -> Typed:
    return Typed(
        subject=form.get(f"subject-{place}", "")[:300],
        days=form.get(f"days-{place}", "").strip()[:10],
        parent=form.get(f"parent-{place}", "").strip()[:10],
        who=form.get(f"who-{place}", "officer")[:20],
        note=form.get(f"note-{place}", "")[:2000],
        reminds=f"reminds-{place}" in form,
        follows=f"follows-{place}" in form,
    )


def of(draft: TemplateDraft) -> Editing:
    """An existing template as text."""
    return Editing(
        draft.name,
        draft.description,
        draft.rule.skips_weekends,
        draft.rule.reschedule,
        tuple(_typed(step) for step in draft.steps),
    )


def _typed(step: Draft) -> Typed:
    who = str(step.owner_id) if step.role == "user" else step.role
    parent = str(step.links[0].position) if step.links else ""
    follows = step.after != PARENT_DUE
    return Typed(step.subject, str(step.days), parent, who, step.note, step.reminds, follows)


def draft_of(editing: Editing) -> TemplateDraft:
    """The template that was typed. Numbers that are none are out of bounds, which `problems` then names."""
    rule = DateRule(editing.skips_weekends, cast(Reschedule, editing.reschedule))
    steps = tuple(_draft(step) for step in _kept(editing).steps)
    return TemplateDraft(editing.name, steps, editing.description, rule)


def _draft(step: Typed) -> Draft:
    days = 0 if step.days == "" else _whole(step.days)
    links = () if step.parent == "" else (Link(_whole(step.parent) or 0),)
    owner_id = _whole(step.who)
    role = "user" if owner_id is not None else step.who
    after = "" if step.follows or not links else PARENT_DUE
    number = MOST_DAYS + 1 if days is None else days
    return Draft(step.subject, number, links, step.note, role, owner_id, step.reminds, after=after)


def _kept(editing: Editing) -> Editing:
    """Without the empty rows at the end."""
    steps = list(editing.steps)
    while steps and not steps[-1].subject.strip() and not steps[-1].note.strip():
        steps.pop()
    return replace(editing, steps=tuple(steps))


def wrong(editing: Editing) -> dict[tuple[int | None, str], Problem]:
    """Position and field → what is wrong there."""
    return {(problem.position, problem.field): problem for problem in problems(draft_of(editing).steps)}


def with_row(editing: Editing) -> Editing:
    """One more step, which waits for the one before."""
    parent = str(len(editing.steps)) if editing.steps else ""
    return replace(editing, steps=(*editing.steps, Typed(parent=parent)))


def without_row(editing: Editing, position: int) -> Editing:
    """One step less: those that waited for it wait for its own parent."""
    if not 1 <= position <= len(editing.steps):
        return editing
    drafts = tuple(_draft(step) for step in editing.steps)
    lifted = without(drafts, position)
    left = [step for place, step in enumerate(editing.steps, start=1) if place != position]
    parents = [str(step.links[0].position) if step.links else "" for step in lifted]
    return replace(
        editing, steps=tuple(replace(step, parent=parent) for step, parent in zip(left, parents, strict=True))
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
