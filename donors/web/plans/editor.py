"""The editor of a template: all as it was typed, so that nothing is lost when something is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from donors.plans.templates.drafts import Draft
from donors.plans.templates.graph import MOST_STEPS
from donors.plans.templates.template import TemplateDraft
from donors.plans.terms import ALL, CALENDAR, OFFICER, QUEUE, START, TASK, USER
from donors.web.criteria.builder import Pairs
from donors.web.criteria.builder import typed as spelled
from donors.web.criteria.tokens import Group, stored

MOST_LINKS = 8
NOTHING = Group()
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Waits:
    """That a step waits for another one: its place and how it must end, as they were chosen."""

    step: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Typed:
    """One step as text. `who` and `escalates` are a role, or `user:7`, or `queue:7`."""

    subject: str = ""
    kind: str = TASK
    note: str = ""
    after: str = START
    days: str = "0"
    way: str = AFTER
    counts: str = CALENDAR
    joins: str = ALL
    who: str = OFFICER
    reminds: bool = True
    deadline_days: str = ""
    escalates: str = ""
    mail: str = ""
    is_held: bool = True
    stage: str = ""
    method: str = ""
    waits: tuple[Waits, ...] = ()
    criteria: Group = NOTHING

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said about it."""
        return not (self.subject.strip() or self.note.strip())


@dataclass(frozen=True)
class Editing:
    """A template as text."""

    name: str = ""
    description: str = ""
    skips_weekends: bool = True
    reschedule: str = "monday"
    allows_copies: bool = False
    cooldown_days: str = "0"
    held_out_percent: str = "0"
    spares_from: str = ""
    steps: tuple[Typed, ...] = (Typed(),)


WORDS = {"subject": 300, "kind": 20, "after": 20, "days": 10, "way": 10, "counts": 20, "joins": 10, "who": 30}
WORDS |= {"note": 2000, "deadline_days": 10, "escalates": 30, "mail": 20, "stage": 20, "method": 30}
"""Names of fields of a step → how much of them is read."""


def read(form: Mapping[str, str], pairs: Pairs = ()) -> Editing:
    """What was sent; `pairs` as it came, for criteria are spelled by the order of their fields."""
    count = min(whole(form.get("steps", "0")) or 0, MOST_STEPS)
    trees = _trees(pairs)
    return Editing(
        name=form.get("name", "")[:200],
        description=form.get("description", "")[:2000],
        skips_weekends="skips_weekends" in form,
        reschedule=form.get("reschedule", "monday")[:20],
        allows_copies="allows_copies" in form,
        cooldown_days=form.get("cooldown_days", "0").strip()[:10],
        held_out_percent=form.get("held_out_percent", "0").strip()[:10],
        spares_from=form.get("spares_from", "")[:20],
        steps=tuple(_step(form, place, trees.get(str(place), NOTHING)) for place in range(1, count + 1)),
    )


def _step(form: Mapping[str, str], place: int, criteria: Group) -> Typed:
    first = Typed()
    words = {name: form.get(f"{name}-{place}", getattr(first, name))[:most] for name, most in WORDS.items()}
    return Typed(
        **words,
        reminds=f"reminds-{place}" in form,
        is_held=f"is_held-{place}" in form,
        waits=_waits(form, place),
        criteria=criteria,
    )


def _waits(form: Mapping[str, str], place: int) -> tuple[Waits, ...]:
    rows = (
        Waits(form.get(f"waits-{place}-{row}", "")[:10], form.get(f"outcome-{place}-{row}", "")[:20])
        for row in range(1, MOST_LINKS + 1)
        if f"waits-{place}-{row}" in form
    )
    return tuple(row for row in rows if row.step)


def _trees(pairs: Pairs) -> dict[str, Group]:
    """The criteria of steps by their places: each begins after a field `tree`."""
    starts = [place for place, (name, _) in enumerate(pairs) if name == "tree"]
    ends = (*starts[1:], len(pairs))
    return {pairs[start][1]: spelled(pairs[start:end]) for start, end in zip(starts, ends, strict=False)}


def of(draft: TemplateDraft) -> Editing:
    """An existing template as text."""
    spares = draft.starts.spares_from_level_id
    return Editing(
        name=draft.name,
        description=draft.description,
        skips_weekends=draft.rule.skips_weekends,
        reschedule=draft.rule.reschedule,
        allows_copies=draft.starts.allows_copies,
        cooldown_days=str(draft.starts.cooldown_days),
        held_out_percent=str(draft.starts.held_out_percent),
        spares_from="" if spares is None else str(spares),
        steps=tuple(_typed(step) for step in draft.steps),
    )


def _typed(step: Draft) -> Typed:
    return Typed(
        subject=step.subject,
        kind=step.kind,
        note=step.note,
        after=step.after,
        days=str(abs(step.days)),
        way=BEFORE if step.days < 0 else AFTER,
        counts=step.counts,
        joins=step.joins,
        who=_person(step.role, {USER: step.owner_id, QUEUE: step.queue_id}),
        reminds=step.reminds,
        deadline_days="" if step.deadline_days is None else str(step.deadline_days),
        escalates=_person(step.escalates_to, {USER: step.escalates_to_id}),
        mail=str(step.mail_template_id or ""),
        is_held=step.is_held,
        stage=str(step.stage_id or ""),
        method=step.method,
        waits=tuple(Waits(str(link.position), link.outcome) for link in step.links),
        criteria=stored(step.criteria) if step.criteria else NOTHING,
    )


def _person(role: str, ids: Mapping[str, int | None]) -> str:
    return f"{role}:{ids[role]}" if role in ids else role


def whole(text: str) -> int | None:
    """The whole number that was typed; none for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
