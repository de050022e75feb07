"""Rules of plans without any database: due dates, what a closed task frees, and what is wrong with a template.

Dates: a step is due so many days after its parent step; a step without parent, after the start. The days of all
ancestors are added up and the weekend is corrected once, on the result: a correction is not counted again further down.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from donors.core.calendar import NEVER_CLOSED, Closed, Reschedule, off_closed

MOST_STEPS = 200
MOST_DAYS = 999
ROLES = ("officer", "starter", "user")
RESCHEDULES = ("monday", "friday")
COPY = "A plan of this template is running already; it can be started again when that one has ended."
RETIRED = "The template is retired: no new plans start from it."


@dataclass(frozen=True)
class DateRule:
    """What a template version says about dates; see `TemplateVersion`. `closed` are the organization's closed days."""

    skips_weekends: bool = True
    reschedule: Reschedule = "monday"
    follows_completion: bool = True
    closed: Closed = NEVER_CLOSED


@dataclass(frozen=True)
class Node:
    """A step as the date rules see it. `parent` is the key of another one, or none."""

    key: int
    days_after: int
    parent: int | None = None


@dataclass(frozen=True)
class Due:
    """A due date: before weekends moved it, and the one that counts."""

    original: date
    on: date


@dataclass(frozen=True)
class Freed:
    """What happens to one waiting task: whether it opens, and its new date (none: it stays)."""

    key: int
    opens: bool
    due: Due | None


@dataclass(frozen=True)
class Draft:
    """A step as somebody writes it. `parent` is the position (from 1) of another step of the same draft, or none."""

    subject: str
    days_after: int = 0
    parent: int | None = None
    note: str = ""
    role: str = "officer"
    owner_id: int | None = None
    reminds: bool = True


@dataclass(frozen=True)
class Problem:
    """What is wrong with a draft, and where: the position of the step (from 1; none: the whole), field, sentence."""

    position: int | None
    field: str
    sentence: str


def due(after: date, days: int, rule: DateRule) -> Due:
    """The date so many days after another one, with the weekend corrected once."""
    original = after + timedelta(days=days)
    return Due(original, off_closed(original, rule.reschedule, rule.closed) if rule.skips_weekends else original)


def lineage(key: int, nodes: Mapping[int, Node]) -> tuple[Node, ...]:
    """A step and its ancestors, the step first. Raises ValueError on a cycle."""
    found: list[Node] = []
    here: int | None = key
    while here is not None:
        if len(found) > len(nodes):
            raise ValueError("the parents of a step lead back to it")
        found.append(nodes[here])
        here = nodes[here].parent
    return tuple(found)


def due_dates(steps: Sequence[Node], *, on: date, rule: DateRule) -> dict[int, Due]:
    """The first due date of every step of a plan that starts on a day."""
    nodes = {step.key: step for step in steps}
    return {key: due(on, sum(step.days_after for step in lineage(key, nodes)), rule) for key in nodes}


def freed(
    steps: Sequence[Node], closed: int, waiting: Collection[int], *, on: date, rule: DateRule
) -> tuple[Freed, ...]:
    """What changes below a task that was closed on a day.

    Its waiting children open. When dates follow completion, children and the waiting steps below them are counted
    from that day. What is open or closed already is left alone, and so is everything below it.
    """
    found = []
    for key, days, depth in _below(steps, closed, waiting):
        moved = due(on, days, rule) if rule.follows_completion else None
        if depth == 1 or moved is not None:
            found.append(Freed(key, opens=depth == 1, due=moved))
    return tuple(found)


def moved(steps: Sequence[Node], parent: int, waiting: Collection[int], *, to: date, rule: DateRule) -> dict[int, Due]:
    """The dates of the waiting steps below one whose due date was set by hand."""
    return {key: due(to, days, rule) for key, days, _depth in _below(steps, parent, waiting)}


def _below(steps: Sequence[Node], top: int, waiting: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """Key, days since the top, and depth of the waiting steps below it, parents first."""
    level = [(top, 0)]
    depth = 0
    while level:
        depth += 1
        level = [
            (step.key, days + step.days_after)
            for key, days in level
            for step in steps
            if step.parent == key and step.key in waiting
        ]
        yield from ((key, days, depth) for key, days in level)


def problems(drafts: Sequence[Draft]) -> tuple[Problem, ...]:
    """Everything that keeps a template from being saved, in order of its steps."""
    if not drafts:
        return (Problem(None, "steps", "The template has no steps: a plan made from it would be done at once."),)
    if len(drafts) > MOST_STEPS:
        return (Problem(None, "steps", f"The template has {len(drafts)} steps; at most {MOST_STEPS} are allowed."),)
    found = []
    for position, draft in enumerate(drafts, start=1):
        place = f"Step {position}" + (f" “{draft.subject}”" if draft.subject.strip() else "")
        found += [Problem(position, field, f"{place}: {what}") for field, what in _wrong(position, draft, drafts)]
    return tuple(found)


def _wrong(position: int, draft: Draft, drafts: Sequence[Draft]) -> Iterator[tuple[str, str]]:
    if not draft.subject.strip():
        yield "subject", "it has no subject. Say what is to be done."
    if not 0 <= draft.days_after <= MOST_DAYS:
        yield "days_after", f"the days after must be a whole number from 0 to {MOST_DAYS}."
    if draft.role not in ROLES or (draft.role == "user" and draft.owner_id is None):
        yield "role", "nobody is named to do it. Choose a person or a role."
    if draft.parent is not None:
        yield from (("parent", what) for what in _wrong_parent(position, draft.parent, drafts))


def _wrong_parent(position: int, parent: int, drafts: Sequence[Draft]) -> Iterator[str]:
    if not 1 <= parent <= len(drafts):
        yield f"it waits for step {parent}, which this template does not have."
        return
    way = [position]
    here: int | None = parent
    while here is not None and here not in way and 1 <= here <= len(drafts):
        way.append(here)
        here = drafts[here - 1].parent
    if here == position:
        circle = " → ".join(str(step) for step in [*way, position])
        yield f"it waits for itself ({circle}). Choose another step to wait for."


def without(drafts: Sequence[Draft], position: int) -> tuple[Draft, ...]:
    """The draft without one step: the steps that waited for it wait for its own parent, and positions close up."""
    gone = drafts[position - 1]

    def lifted(parent: int | None) -> int | None:
        parent = gone.parent if parent == position else parent
        return parent - 1 if parent is not None and parent > position else parent

    kept = [draft for place, draft in enumerate(drafts, start=1) if place != position]
    return tuple(
        Draft(
            draft.subject, draft.days_after, lifted(draft.parent), draft.note, draft.role, draft.owner_id, draft.reminds
        )
        for draft in kept
    )
