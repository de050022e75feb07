"""What the buttons of the editor do: a step more or less, higher or lower, a step to wait for, a condition."""

from collections.abc import Callable
from dataclasses import replace

from donors.plans.dates import OF_PARENTS
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.graph import MOST_STEPS, excludes
from donors.plans.terms import ALL, ANY, PARENT_DONE, START
from donors.web.criteria.builder import acted as pressed
from donors.web.plans.editor import MOST_LINKS, Editing, Typed, Waits, whole


def acted(editing: Editing, act: str) -> tuple[Editing, int] | None:
    """What was typed after a button that changes the form, and the step it was about (0: none).

    None for a button that does not change it.
    """
    word, _, rest = act.partition(":")
    place, _, inner = rest.partition(":")
    at = whole(place) or 0
    if word == "look":
        return editing, at
    if word == "add":
        return with_row(editing, at)
    if not 1 <= at <= len(editing.steps):
        return None
    changed = _CHANGES.get(word)
    return None if changed is None else changed(editing, at, inner)


def with_row(editing: Editing, after: int = 0) -> tuple[Editing, int]:
    """One more step below one (0: at the end), which waits for the one before it; those below close up."""
    place = (after or len(editing.steps)) + 1
    waits = (Waits(str(place - 1)),) if place > 1 else ()
    steps = [_renumbered(step, lambda number: number + (number >= place)) for step in editing.steps]
    steps.insert(place - 1, Typed(after=PARENT_DONE if waits else START, waits=waits))
    return replace(editing, steps=tuple(steps)[:MOST_STEPS]), place


def _without_row(editing: Editing, place: int, _inner: str) -> tuple[Editing, int]:
    """One step less: those that waited for it wait for what it waited for."""
    gone = editing.steps[place - 1].waits
    steps = (_lifted(step, str(place), gone) for at, step in enumerate(editing.steps, 1) if at != place)
    closed = tuple(_renumbered(step, lambda number: number - (number > place)) for step in steps)
    return replace(editing, steps=closed), 0


def _lifted(step: Typed, gone: str, waits: tuple[Waits, ...]) -> Typed:
    found: list[Waits] = []
    for row in step.waits:
        found += waits if row.step == gone else (row,)
    return _counted(replace(step, waits=tuple(dict.fromkeys(found))))


def _counted(step: Typed) -> Typed:
    """A step that waits for none is not counted from those before it; one that begins to wait is."""
    if not step.waits and step.after in OF_PARENTS:
        return replace(step, after=START)
    return step


def _higher(editing: Editing, place: int, _inner: str) -> tuple[Editing, int]:
    return _swapped(editing, place, place - 1)


def _lower(editing: Editing, place: int, _inner: str) -> tuple[Editing, int]:
    return _swapped(editing, place, place + 1)


def _swapped(editing: Editing, place: int, there: int) -> tuple[Editing, int]:
    if not 1 <= there <= len(editing.steps):
        return editing, place
    steps = list(editing.steps)
    steps[place - 1], steps[there - 1] = steps[there - 1], steps[place - 1]
    new = {place: there, there: place}
    return replace(editing, steps=tuple(_renumbered(step, lambda old: new.get(old, old)) for step in steps)), there


def _linked(editing: Editing, place: int, _inner: str) -> tuple[Editing, int]:
    """One more step to wait for: the nearest one above that it does not wait for yet."""
    step = editing.steps[place - 1]
    taken = {row.step for row in step.waits} | {str(place)}
    order = [*range(place - 1, 0, -1), *range(place + 1, len(editing.steps) + 1)]
    other = next((str(at) for at in order if str(at) not in taken), "")
    waits = (*step.waits, Waits(other)) if other else step.waits
    after = PARENT_DONE if other and not step.waits and step.after == START else step.after
    linked, _ = _with(editing, place, replace(step, waits=waits[:MOST_LINKS], after=after))
    return _with(linked, place, _joined(linked, place))


def _joined(editing: Editing, place: int) -> Typed:
    """A step that waits for several which can never all happen in one plan waits for any one of them."""
    step = editing.steps[place - 1]
    drafts = [
        Draft(one.subject, links=tuple(Link(whole(row.step) or 0, row.outcome) for row in one.waits), joins=one.joins)
        for one in editing.steps
    ]
    return replace(step, joins=ANY) if step.joins == ALL and excludes(place, drafts) else step


def _unlinked(editing: Editing, place: int, inner: str) -> tuple[Editing, int]:
    step = editing.steps[place - 1]
    waits = tuple(row for at, row in enumerate(step.waits, 1) if str(at) != inner)
    return _with(editing, place, _counted(replace(step, waits=waits)))


def _in_tree(editing: Editing, place: int, inner: str) -> tuple[Editing, int]:
    step = editing.steps[place - 1]
    return _with(editing, place, replace(step, criteria=pressed(step.criteria, inner)))


def _with(editing: Editing, place: int, step: Typed) -> tuple[Editing, int]:
    steps = (step if at == place else other for at, other in enumerate(editing.steps, 1))
    return replace(editing, steps=tuple(steps)), place


def _renumbered(step: Typed, new: Callable[[int], int]) -> Typed:
    """A step whose references follow others to their new places."""
    waits = (row if (number := whole(row.step)) is None else replace(row, step=str(new(number))) for row in step.waits)
    return replace(step, waits=tuple(waits))


_CHANGES: dict[str, Callable[[Editing, int, str], tuple[Editing, int]]] = {
    "remove": _without_row,
    "up": _higher,
    "down": _lower,
    "link": _linked,
    "unlink": _unlinked,
    "in": _in_tree,
}
"""The first word of a button → what it does to a step."""
