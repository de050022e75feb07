"""Pure rules of starting: which happenings count, in which turn, and what becomes of each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from donors.plans.starts.event import Happening, Numbers, Window

DONE, REFUSED, ONCE, COOL_DOWN, FAILED = "done", "refused", "once", "cool-down", "failed"
OUTCOMES = (DONE, REFUSED, ONCE, COOL_DOWN, FAILED)
FRESH = timedelta(days=30)
"""What happened longer ago starts nothing: a file of old gifts is history, not news."""


@dataclass(frozen=True)
class Rule:
    """A start rule: the columns of `StartRule`."""

    id: int
    event: str
    template_id: int
    numbers: Numbers
    since: date
    once: bool = False
    cool_down: int = 0


@dataclass
class Book:
    """What is known of some constituents for a rule: why somebody gets no plan, and when it last started one."""

    barred: Mapping[int, str] = field(default_factory=dict)
    last: dict[int, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a happening; `plan_id` is known once the plan is there."""

    happening: Happening
    outcome: str
    why: str = ""
    plan_id: int | None = None


def window(rule: Rule, *, on: date) -> Window:
    """The days whose happenings a rule answers on a day: since it is switched on, and not long ago."""
    return Window(max(rule.since, on - FRESH), on)


def in_turn(happenings: Iterable[Happening]) -> Iterator[list[Happening]]:
    """The first of each constituent, then the second of each, and so on: each may decide on the next."""
    turns: list[list[Happening]] = []
    so_far: dict[int, int] = {}
    for one in sorted(happenings, key=lambda each: (each.constituent_id, each.on, len(each.key), each.key)):
        place = so_far.get(one.constituent_id, 0)
        so_far[one.constituent_id] = place + 1
        if place == len(turns):
            turns.append([])
        turns[place].append(one)
    yield from turns


def verdict(rule: Rule, happening: Happening, book: Book, *, on: date) -> Verdict:
    """What becomes of a happening. Done: the plan is to be started; whether it can be is told when it is tried."""
    here = happening.constituent_id
    last = book.last.get(here)
    if last is not None and rule.once:
        return Verdict(happening, ONCE, f"It starts the plan once for somebody, and did on {_said(last)}.")
    if last is not None and on < last + timedelta(days=rule.cool_down):
        again = last + timedelta(days=rule.cool_down)
        return Verdict(happening, COOL_DOWN, f"It started on {_said(last)} and may again from {_said(again)}.")
    if here in book.barred:
        return Verdict(happening, REFUSED, book.barred[here])
    return Verdict(happening, DONE)


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
