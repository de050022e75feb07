"""Due dates of the steps of a plan, without any database.

Calendar days of a step and of all those before it are added up, and the correction for closed days is made once, on
the result: it is not counted again further down. Working days count working days alone. A step with several steps
before it is counted from the last of them (all) or from the first (any).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from donors.core.calendar import NEVER_CLOSED, Closed, Reschedule, add_working_days, off_closed
from donors.plans.terms import ALL, ANCHORS, CALENDAR, HOWEVER, PARENT_DONE, PARENT_DUE, START, WORKING

OF_PARENTS = (PARENT_DUE, PARENT_DONE)


@dataclass(frozen=True)
class DateRule:
    """What a template version says about dates; see `TemplateVersion`. `closed` are days on which nothing is due."""

    skips_weekends: bool = True
    reschedule: Reschedule = "monday"
    closed: Closed = NEVER_CLOSED


@dataclass(frozen=True)
class Node:
    """A step as the rules see it. `links` are pairs of the key of a step before it and the outcome that it asks."""

    key: int
    days: int = 0
    links: tuple[tuple[int, str], ...] = ()
    after: str = ""
    counts: str = CALENDAR
    joins: str = ALL

    def __post_init__(self) -> None:
        if not self.after:
            object.__setattr__(self, "after", PARENT_DONE if self.links else START)

    @property
    def parents(self) -> tuple[int, ...]:
        """The keys of the steps before it, each once."""
        return tuple(dict.fromkeys(parent for parent, _outcome in self.links))


def after_one(key: int, days: int, parent: int, outcome: str = HOWEVER) -> Node:
    """A step after one other."""
    return Node(key, days, ((parent, outcome),))


@dataclass(frozen=True)
class Due:
    """A due date: before closed days moved it, and the one that counts."""

    original: date
    on: date


@dataclass(frozen=True)
class Days:
    """The days from which a plan is counted: its start, and the anchors that it knows, by their words."""

    start: date
    anchors: Mapping[str, date] = field(default_factory=dict)


def due(after: date, days: int, rule: DateRule, counts: str = CALENDAR) -> Due:
    """The date so many days after (or before) another one, with closed days corrected once."""
    closed = rule.closed
    original = add_working_days(after, days, closed) if counts == WORKING else after + timedelta(days=days)
    return Due(original, off_closed(original, rule.reschedule, closed) if rule.skips_weekends else original)


def in_order(steps: Sequence[Node]) -> tuple[Node, ...]:
    """The steps with each after all those before it. Raises ValueError when they go round in a circle."""
    known = {step.key for step in steps}
    found: dict[int, Node] = {}
    left = list(steps)
    while left:
        ready = [step for step in left if all(parent in found or parent not in known for parent in step.parents)]
        if not ready:
            raise ValueError("the steps go round in a circle")
        found |= {step.key: step for step in ready}
        left = [step for step in left if step.key not in found]
    return tuple(found.values())


def due_dates(steps: Sequence[Node], days: Days, rule: DateRule) -> dict[int, Due]:
    """The first due date of every step of a plan, if each is done on its day.

    Raises KeyError for an anchor that is not known: see `unknown_anchors`.
    """
    found: dict[int, Due] = {}
    for step in in_order(steps):
        known = {parent: found[parent].original for parent in step.parents if parent in found}
        found[step.key] = due(counted_from(step, known, days), step.days, rule, step.counts)
    return {step.key: found[step.key] for step in steps}


def counted_from(step: Node, known: Mapping[int, date], days: Days) -> date:
    """The day from which a step is counted. `known` are days of steps before it. Raises KeyError as `due_dates`."""
    if step.after in ANCHORS:
        return days.anchors[step.after]
    if step.after in OF_PARENTS and known:
        return _meeting(step, known)
    return days.start


def _meeting(step: Node, known: Mapping[int, date]) -> date:
    there = [known[parent] for parent in step.parents if parent in known]
    return max(there) if step.joins == ALL else min(there)


def unknown_anchors(steps: Sequence[Node], days: Days) -> tuple[str, ...]:
    """The anchors from which steps are counted and that are not known."""
    wanted = (step.after for step in steps if step.after in ANCHORS)
    return tuple(dict.fromkeys(anchor for anchor in wanted if anchor not in days.anchors))


@dataclass(frozen=True)
class Moving:
    """What moves the dates of a plan: the days that are new, by step, and what is known of the others.

    `known` holds due dates of open and waiting steps and the days on which closed ones ended; steps that were not
    needed are left out. `waiting` are those that may move, `opening` those that open by it. With `closing` the new days
    are those on which steps were closed; without, they are due dates that were set by hand.
    """

    new: Mapping[int, date]
    known: Mapping[int, date]
    waiting: Collection[int]
    opening: Collection[int] = ()
    closing: bool = True


def moved(steps: Sequence[Node], moving: Moving, rule: DateRule) -> dict[int, Due]:
    """The new dates of waiting steps below those whose day is new.

    A closed step moves those that are counted from its completion; a step that opens now is counted from that very
    day. A due date set by hand, and one that was moved here, moves all steps that are counted from it.
    """
    raw = dict(moving.new)
    found: dict[int, Due] = {}
    for step in in_order(steps):
        if step.key not in moving.waiting or not any(_moves(step, parent, raw, moving) for parent in step.parents):
            continue
        known = {parent: raw.get(parent, moving.known.get(parent)) for parent in step.parents}
        there = {parent: day for parent, day in known.items() if day is not None}
        opens = moving.closing and step.key in moving.opening
        base = max(moving.new.values()) if opens else _meeting(step, there)
        found[step.key] = due(base, step.days, rule, step.counts)
        raw[step.key] = found[step.key].original
    return found


def _moves(step: Node, parent: int, raw: Mapping[int, date], moving: Moving) -> bool:
    if step.after not in OF_PARENTS or parent not in raw:
        return False
    return not (moving.closing and parent in moving.new and step.after == PARENT_DUE)


def length(steps: Sequence[Node]) -> int:
    """The days from the start to the last step that is counted from it, when everything is done on its day."""
    start = date(2024, 1, 1)
    anchored = {anchor: start for anchor in ANCHORS}
    found = due_dates(steps, Days(start, anchored), DateRule(skips_weekends=False))
    return max((each.original - start).days for each in found.values()) if found else 0


def below(steps: Sequence[Node], top: int) -> tuple[int, ...]:
    """The keys of all steps that wait for a step, be it over others."""
    found = {top}
    for step in in_order(steps):
        if found.intersection(step.parents):
            found.add(step.key)
    return tuple(step.key for step in steps if step.key in found and step.key != top)
