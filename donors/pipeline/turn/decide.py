"""Who is next and why, without any database: the reasons in words, and the order, by what waiting costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from donors.pipeline.decide import RECENT

SOON = 2
"""Days within which a promise is near."""
UNCLAIMED = 25
"""Per cent by which an open ask counts as long as nobody has said how likely it is."""

PROMISED, DUE, ASKED, STUCK, NEAR, CHANGED, IDLE = 1, 2, 3, 4, 5, 6, 7
"""Kinds of reasons in their order."""

RULE = (
    "Promises that are due or late come first; then tasks that are due; then asks whose day has passed; then prospects "
    "past the days their stage should need; then promises of the next two days; then people whose level rose or fell "
    "in the last 30 days; then those without a next move. Of two alike the one with more money to be expected is "
    "first: each open ask by the odds that were claimed for it, by a quarter of it where nobody has claimed any; then "
    "the one that waits longer. Whoever was contacted as often as the limits allow, or refused to be, stands after all "
    "others, unless a promise is due. Who is put off is back on the day that was said."
)
"""The rule of `reasons` and `urgency` in words, for the page."""


@dataclass(frozen=True)
class Ask:
    """An open ask in minor units, with claimed odds in per cent. `planned_on` is the day of an ask that is not made
    yet, `answer_on` the day on which the gift or an answer is expected; `purpose` what for."""

    amount: int | None
    odds: int | None = None
    planned_on: date | None = None
    answer_on: date | None = None
    purpose: str = ""


def expected(asks: tuple[Ask, ...], otherwise: int | None = None) -> int:
    """The money to be expected of open asks, in minor units; of a sum alone where no ask is known."""
    known = asks or ((Ask(otherwise),) if otherwise else ())
    return sum((ask.amount or 0) * (UNCLAIMED if ask.odds is None else ask.odds) // 100 for ask in known)


@dataclass(frozen=True)
class Facts:
    """What is known about a prospect on a day, for ranking. Dates that lie in the future are not late.

    `level_change` is +1 for a rise, -1 for a fall within the last 30 days, else 0. `pressure` says in a sentence why
    not to contact the prospect now; empty: nothing speaks against it.
    """

    in_stage_since: date
    expected_days: int | None
    stage: str
    next_move: str = ""
    next_move_on: date | None = None
    has_next_move: bool = False
    task: str = ""
    task_due_on: date | None = None
    level_change: int = 0
    level: str = ""
    level_since: date | None = None
    asks: tuple[Ask, ...] = ()
    ask_amount: int | None = None
    pressure: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a prospect is next: `rank` orders the kinds of reasons, `weight` those of one kind (more is sooner)."""

    rank: int
    weight: int
    sentence: str


def reasons(facts: Facts, on: date) -> tuple[Reason, ...]:
    """Why to turn to a prospect on a day, the weightiest first; nothing when all is in order."""
    found = (*_move(facts, on), *_task(facts, on), *_asks(facts, on), *_past_limit(facts, on), *_level(facts, on))
    return tuple(sorted((*found, *_no_move(facts)), key=lambda one: (one.rank, -one.weight)))


def urgency(facts: Facts, on: date) -> tuple[int, int, int, int]:
    """Sorts prospects: the smallest is next. Only for prospects with a reason."""
    first = reasons(facts, on)[0]
    held = int(bool(facts.pressure) and first.rank != PROMISED)
    return (held, first.rank, -expected(facts.asks, facts.ask_amount), -first.weight)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _when(late: int) -> str:
    return "is due today" if late == 0 else f"is {_days(late)} late"


def _move(facts: Facts, on: date) -> Iterator[Reason]:
    if facts.next_move_on is None:
        return
    late, what = (on - facts.next_move_on).days, facts.next_move or "A move"
    if late >= 0:
        yield Reason(PROMISED, late, f"{what} {_when(late)}.")
    elif late >= -SOON:
        yield Reason(NEAR, SOON + late, f"{what} is due {'tomorrow' if late == -1 else f'in {_days(-late)}'}.")


def _task(facts: Facts, on: date) -> Iterator[Reason]:
    if facts.task_due_on is not None and facts.task_due_on <= on:
        late = (on - facts.task_due_on).days
        yield Reason(DUE, late, f"The task “{facts.task}” {_when(late)}.")


def _asks(facts: Facts, on: date) -> Iterator[Reason]:
    """The ask that has waited longest past its day, if any: the one to be made, or the one to be answered."""
    planned = [(on - ask.planned_on).days for ask in facts.asks if ask.planned_on is not None and ask.planned_on < on]
    awaited = [(on - ask.answer_on).days for ask in facts.asks if ask.answer_on is not None and ask.answer_on < on]
    if planned and max(planned) >= max(awaited, default=0):
        yield Reason(ASKED, max(planned), f"The ask was planned for {_days(max(planned))} ago and is not made.")
    elif awaited:
        yield Reason(ASKED, max(awaited), f"The answer to the ask was expected {_days(max(awaited))} ago.")


def _past_limit(facts: Facts, on: date) -> Iterator[Reason]:
    over = (on - facts.in_stage_since).days - (facts.expected_days or 0)
    if facts.expected_days is not None and over > 0:
        yield Reason(STUCK, over, f"{_days(over)} longer in {facts.stage} than the {facts.expected_days} expected.")


def _level(facts: Facts, on: date) -> Iterator[Reason]:
    since = facts.level_since
    if not facts.level_change or since is None or not 0 <= (on - since).days <= RECENT:
        return
    verb, ago = "Rose" if facts.level_change > 0 else "Fell", (on - since).days
    yield Reason(CHANGED, RECENT - ago, f"{verb} to {facts.level} {'today' if ago == 0 else f'{_days(ago)} ago'}.")


def _no_move(facts: Facts) -> Iterator[Reason]:
    if not facts.has_next_move:
        yield Reason(IDLE, 0, "There is no next move.")
