"""What an ended step brings about, without any database: which steps open, and which are passed over.

A link asks how a step ended. A step that was skipped by hand, or whose criteria did not hold, ended as “skipped”, and
those after it go on. A step that was not needed, because those before it ended otherwise than its links ask, ends no
link: what only leads on from it is not needed either.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from donors.plans.dates import Node, in_order
from donors.plans.terms import ALL, HOWEVER, NOT_NEEDED, SKIPPED

COPY = "A plan of this template is running already; it can be started again when that one has ended."
RETIRED = "The template is retired: no new plans start from it."
MOST_WAYS = 512
UNFIT = "The criteria of this step did not hold."


@dataclass(frozen=True)
class Following:
    """What follows: steps that open, steps whose criteria did not hold, and steps that are not needed, each with a
    step that ended otherwise than it asks."""

    opens: tuple[int, ...] = ()
    unfit: tuple[int, ...] = ()
    not_needed: Mapping[int, int] = field(default_factory=dict)

    @property
    def passed_over(self) -> tuple[int, ...]:
        """All steps that end by this without having been done."""
        return (*self.unfit, *self.not_needed)


def _always(_key: int) -> bool:
    return True


def following(
    steps: Sequence[Node],
    ended: Mapping[int, str],
    waiting: Collection[int],
    fits: Callable[[int], bool] = _always,
) -> Following:
    """What follows from the way in which steps have ended.

    `ended` maps steps to how they ended: a word of `terms.OUTCOMES`, or “not needed”. `fits` says whether the criteria
    of a step hold; it is asked only for steps that would open.
    """
    now = dict(ended)
    opens, unfit, not_needed = [], [], {}
    for step in in_order(steps):
        if step.key not in waiting:
            continue
        ready, because = _verdict(step, now)
        if because is not None:
            now[step.key] = NOT_NEEDED
            not_needed[step.key] = because
        elif ready and fits(step.key):
            opens.append(step.key)
        elif ready:
            now[step.key] = SKIPPED
            unfit.append(step.key)
    return Following(tuple(opens), tuple(unfit), not_needed)


def _verdict(step: Node, ended: Mapping[int, str]) -> tuple[bool, int | None]:
    """Whether a step is ready, and if it can never be, a step before it that ended otherwise than it asks."""
    met = [parent for parent, asked in step.links if parent in ended and _meets(asked, ended[parent])]
    missed = [parent for parent, asked in step.links if parent in ended and not _meets(asked, ended[parent])]
    if step.joins == ALL:
        return len(met) == len(step.links), next(iter(missed), None)
    over = len(missed) == len(step.links) > 0
    return bool(met) or not step.links, missed[0] if over else None


def _meets(asked: str, ended: str) -> bool:
    return ended != NOT_NEEDED and asked in (HOWEVER, ended)


def ways_through(steps: Sequence[Node], begins: Following) -> tuple[frozenset[int], ...]:
    """Which steps come about in one plan: a set for each way in which those that others ask about can end.

    `begins` are those passed over at the start. After `MOST_WAYS` ways all steps are taken to come about together.
    """
    asked: dict[int, set[str]] = {}
    for step in steps:
        for parent, outcome in step.links:
            asked.setdefault(parent, {HOWEVER}).add(outcome)
    over = dict.fromkeys(begins.unfit, SKIPPED) | dict.fromkeys(begins.not_needed, NOT_NEEDED)
    parting = {key: sorted(words) for key, words in asked.items() if len(words) > 1 and key not in over}
    if prod(map(len, parting.values())) > MOST_WAYS:
        return (frozenset(step.key for step in steps if step.key not in over),)
    ordered = in_order(steps)
    found = (_comes_about(ordered, over, dict(zip(parting, ends, strict=True))) for ends in product(*parting.values()))
    return tuple(dict.fromkeys(found))


def _comes_about(ordered: Sequence[Node], over: Mapping[int, str], ends: Mapping[int, str]) -> frozenset[int]:
    """The steps that are done where some end in a certain way, and the others in any."""
    now, done = dict(over), set()
    for step in ordered:
        if step.key not in over:
            ready, _ = _verdict(step, now)
            now[step.key] = ends.get(step.key, HOWEVER) if ready else NOT_NEEDED
            done |= {step.key} if ready else set()
    return frozenset(done)


def ended_as(state: str, result: str) -> str:
    """How a closed task ended, as links ask: its result; “skipped” also for one that was cancelled or refused."""
    if result == NOT_NEEDED:
        return NOT_NEEDED
    return result if state == "done" else SKIPPED
