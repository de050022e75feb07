"""What keeps a template from being saved, with the place named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from donors.plans.drafts import Draft
from donors.plans.terms import ANCHORS, ROLES, USER

MOST_STEPS = 200
MOST_DAYS = 999


@dataclass(frozen=True)
class Problem:
    """What is wrong with a draft, and where: the position of the step (from 1; none: the whole), field, sentence."""

    position: int | None
    field: str
    sentence: str


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
    if abs(draft.days) > MOST_DAYS:
        yield "days", f"the days must be a whole number from 0 to {MOST_DAYS}."
    elif draft.days < 0 and draft.after not in ANCHORS:
        yield "days", "it comes before what it is counted from. Count forward, or from a day that is known."
    if draft.role not in ROLES or (draft.role == USER and draft.owner_id is None):
        yield "role", "nobody is named to do it. Choose a person or a role."
    yield from (("links", what) for what in _wrong_links(position, draft, drafts))


def _wrong_links(position: int, draft: Draft, drafts: Sequence[Draft]) -> Iterator[str]:
    for link in draft.links:
        if not 1 <= link.position <= len(drafts):
            yield f"it waits for step {link.position}, which this template does not have."
            return
    circle = _circle(position, drafts)
    if circle:
        yield f"it waits for itself ({' → '.join(map(str, circle))}). Choose another step to wait for."


def _circle(position: int, drafts: Sequence[Draft]) -> tuple[int, ...]:
    """The shortest way from a step back to itself over the steps that it waits for; empty if there is none."""
    ways: list[tuple[int, ...]] = [(position,)]
    seen: set[int] = set()
    while ways:
        way = ways.pop(0)
        for link in drafts[way[-1] - 1].links:
            if link.position == position:
                return (*way, position)
            if link.position not in seen and 1 <= link.position <= len(drafts):
                seen.add(link.position)
                ways.append((*way, link.position))
    return ()
