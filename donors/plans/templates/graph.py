"""What keeps a template from being saved, with the place named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.step_checks import wrong_in_itself
from donors.plans.terms import ALL, HOWEVER, WAIT, outcomes_of

MOST_STEPS = 200


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
    yield from wrong_in_itself(draft)
    links = tuple(_wrong_links(position, draft, drafts))
    yield from (("links", what) for what in links)
    if not links and not any(_circle(place, drafts) for place in range(1, len(drafts) + 1)):
        yield from (("links", what) for what in _never(position, draft, drafts))
    if draft.kind == WAIT and not _followers(position, drafts):
        yield "kind", "it waits, and nothing comes after it. Add a step after it, or take it away."


def _wrong_links(position: int, draft: Draft, drafts: Sequence[Draft]) -> Iterator[str]:
    for link in draft.links:
        if not 1 <= link.position <= len(drafts):
            yield f"it waits for step {link.position}, which this template does not have."
            return
        before = drafts[link.position - 1]
        if link.outcome not in outcomes_of(before.kind):
            can = ", ".join(outcome for outcome in outcomes_of(before.kind) if outcome)
            yield f"it waits for step {link.position} to end as “{link.outcome}”, but that can only end as: {can}."
    if len(set(draft.links)) < len(draft.links):
        yield "it waits for one step twice in the same way."
    circle = _circle(position, drafts)
    if circle:
        yield f"it waits for itself ({' → '.join(map(str, circle))}). Choose another step to wait for."


def _followers(position: int, drafts: Sequence[Draft]) -> list[int]:
    return [
        place for place, draft in enumerate(drafts, start=1) if any(link.position == position for link in draft.links)
    ]


def _never(position: int, draft: Draft, drafts: Sequence[Draft]) -> Iterator[str]:
    """Says it of the first step on a way that can never come about; those after it follow from that."""
    parents_can = all(ways_to(link.position, drafts) for link in draft.links)
    if parents_can and not ways_to(position, drafts):
        asked = " and ".join(_asked(link) for link in draft.links)
        word = "all of these" if draft.joins == ALL else "any of these"
        yield (
            f"it can never be reached: {word} would have to happen in one plan: {asked}. They exclude each other. "
            "Choose “any one of these is enough”."
        )


def excludes(position: int, drafts: Sequence[Draft]) -> bool:
    """Whether the steps that one waits for exclude each other, so that it can never come about where it asks for all.

    False where the links are wrong in another way: they lead nowhere, or round in a circle.
    """
    every = range(1, len(drafts) + 1)
    if any(link.position not in every for draft in drafts for link in draft.links):
        return False
    return not any(_circle(place, drafts) for place in every) and not ways_to(position, drafts)


def _asked(link: Link) -> str:
    return f"step {link.position}" + (f" ({link.outcome})" if link.outcome else "")


Way = frozenset[tuple[int, str]]
MOST_WAYS = 200


def ways_to(position: int, drafts: Sequence[Draft]) -> tuple[Way, ...]:
    """The ways in which a step can come about: what each of the steps before it must have ended as. Empty: never.

    The steps must not go round in a circle. After `MOST_WAYS` ways the rest is not looked at: there are enough.
    """
    known: dict[int, tuple[Way, ...]] = {}
    return _ways(position, drafts, known)


def all_ways(drafts: Sequence[Draft]) -> dict[int, tuple[Way, ...]]:
    """The same for all steps, by their positions."""
    known: dict[int, tuple[Way, ...]] = {}
    return {position: _ways(position, drafts, known) for position in range(1, len(drafts) + 1)}


def _ways(position: int, drafts: Sequence[Draft], known: dict[int, tuple[Way, ...]]) -> tuple[Way, ...]:
    if position not in known:
        draft = drafts[position - 1]
        over = [_over(link, drafts, known) for link in draft.links]
        if draft.joins == ALL:
            found: list[Way] = [frozenset()]
            for ways in over:
                found = [one | other for one in found for other in ways if _agree(one | other)][:MOST_WAYS]
        else:
            found = [way for ways in over for way in ways] if over else [frozenset()]
        known[position] = tuple(dict.fromkeys(found))[:MOST_WAYS]
    return known[position]


def _over(link: Link, drafts: Sequence[Draft], known: dict[int, tuple[Way, ...]]) -> list[Way]:
    own: Way = frozenset({(link.position, link.outcome)}) if link.outcome else frozenset()
    return [way | own for way in _ways(link.position, drafts, known) if _agree(way | own)]


def _agree(way: Way) -> bool:
    return len({position for position, _outcome in way}) == len(way)


def loose_ends(drafts: Sequence[Draft]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Steps of which some outcomes lead on and others do not: position → the outcomes after which nothing follows.

    That is allowed, and worth a look before a template is saved.
    """
    found = []
    for position, draft in enumerate(drafts, start=1):
        asked = {link.outcome for each in drafts for link in each.links if link.position == position}
        if asked and HOWEVER not in asked:
            left = tuple(outcome for outcome in outcomes_of(draft.kind) if outcome and outcome not in asked)
            found += [(position, left)] if left else []
    return tuple(found)


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
