"""The forecast: what open asks may bring in the months of a fiscal year, low, middle and high, against the goal.

Each ask counts with its amount, its odds (the house's own where there are enough asks behind them, or those claimed),
and the month in which it is expected, as late as gifts of this house come. What was received counts with the gifts that
came of it; an ask without any, with what it was for. Asks are taken to be independent. It is made from what was said
up to the day, so that it can be seen as it stood on any earlier one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from donors.core.known import KnownAt
from donors.core.settings import Organization
from donors.pipeline.odds.arrival import Slip, arrival, months_between
from donors.pipeline.odds.fan import Chance, Fan, fan
from donors.pipeline.odds.history import History
from donors.pipeline.odds.own import Model, Odds, fit
from donors.pipeline.odds.queries import Named, Which, came_of, goal, named, stories
from donors.pipeline.odds.stories import Story
from donors.reports.answers import Memory
from donors.reports.learnt import learnt, learnt_by

OWN, CLAIMED = "own", "claimed"
ODDS = {OWN: "own history", CLAIMED: "as claimed"}


@dataclass(frozen=True)
class ForecastQuestion:
    """As of a day, for a fiscal year (its label) that is not over; by which odds."""

    on: date
    year: int
    which: Which
    odds: str = OWN
    known: KnownAt | None = None


@dataclass(frozen=True)
class AskLine:
    """One open ask: what was claimed and what the house's own history says, from 0 to 1; `odds` are those that count.

    `days` in its present stand. `in_year` is the chance that a gift comes within the year, given that it comes.
    """

    ask: Named
    days: int
    claimed: float | None
    own: Odds | None
    odds: float | None
    in_year: float | None

    @property
    def weighted(self) -> int | None:
        """Amount by odds, whenever it comes; none where one of them is not known. Minor units."""
        return None if self.odds is None or self.ask.amount is None else round(self.ask.amount * self.odds)

    @property
    def expected(self) -> int | None:
        """What of it is looked for within the year, on average."""
        return None if self.weighted is None or self.in_year is None else round(self.weighted * self.in_year)


@dataclass(frozen=True)
class Month:
    """A month of the year by its first day. `received`: all that had come by its end, none where it lies ahead; low,
    middle and high of what will have come by its end, none where it is over. Minor units."""

    first: date
    received: int | None
    low: int | None = None
    middle: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Forecast:
    """The report."""

    asked: ForecastQuestion
    first: date
    last: date
    months: tuple[Month, ...]
    lines: tuple[AskLine, ...]
    received: int
    goal: int | None
    model: Model
    slip: Slip
    fan: Fan

    @property
    def chance(self) -> float | None:
        """The chance to reach the goal by the end of the year; none without a goal."""
        return None if self.goal is None else self.fan.reaches(self.goal - self.received)

    @property
    def total(self) -> int:
        """What all open asks come to."""
        return sum(line.ask.amount or 0 for line in self.lines)

    @property
    def left_out(self) -> tuple[AskLine, ...]:
        """Those that are in no month: without an amount, a day or any odds."""
        return tuple(line for line in self.lines if line.expected is None)

    @cached_property
    def by_worth(self) -> tuple[AskLine, ...]:
        """The lines, those that weigh most first."""
        return tuple(
            sorted(self.lines, key=lambda line: (-(line.expected or 0), -(line.weighted or 0), line.ask.ask_id))
        )


def forecast(
    session: Session, asked: ForecastQuestion, settings: Organization, *, memory: Memory | None = None
) -> Forecast:
    """Makes the forecast. Statements read the asks that the viewer sees, what was said of asks, and what came; with a
    memory what all asks have shown is read once and kept."""
    held = named(session, asked.on, asked.which, asked.known)
    told, history, slip = _told(session, asked, [ask.ask_id for ask in held], memory)
    model = fit(history)
    first, last = settings.fiscal.first_day(asked.year), settings.fiscal.last_day(asked.year)
    gifts = came_of(session, asked.on, asked.known)
    ended = [told[ask.ask_id] for ask in held if not ask.is_open]
    came = [(day, sum_) for story in ended for day, sum_ in _came(story, gifts) if first <= day <= last]
    window = Window(months_between(asked.on, first), months_between(asked.on, last) + 1)
    arrivals = Arrivals(asked.on, slip, window)
    lines = [_line(ask, told[ask.ask_id], asked, model, arrivals) for ask in held if ask.is_open]
    ahead = fan([chance for line in lines if (chance := _chance(line, arrivals))], window.ahead)
    received = sum(amount for _on, amount in came)
    aim = goal(session, asked.year, "money", asked.which)
    return Forecast(
        asked=asked,
        first=first,
        last=last,
        months=tuple(_months(first, came, ahead, window)),
        lines=tuple(lines),
        received=received,
        goal=None if aim is None else aim.target,
        model=model,
        slip=slip,
        fan=ahead,
    )


def _told(
    session: Session, asked: ForecastQuestion, ids: Sequence[int], memory: Memory | None
) -> tuple[dict[int, Story], History, Slip]:
    """The stories of some asks, and what is learnt from all."""
    if memory is not None and asked.known is None:
        own = stories(session, asked.on, of=ids)
        return {story.ask_id: story for story in own}, *learnt_by(session, asked.on, memory)
    every = stories(session, asked.on, asked.known)
    return {story.ask_id: story for story in every}, *learnt(every, asked.on)


@dataclass(frozen=True)
class Window:
    """The months of a year counted from that of the day (0): from `start` (negative: it has begun) to before `end`."""

    start: int
    end: int

    @property
    def skipped(self) -> int:
        """How many months, from that of the day on, come before it."""
        return max(self.start, 0)

    @property
    def ahead(self) -> int:
        """How many of its months are not over, that of the day included."""
        return self.end - self.skipped


class Arrivals:
    """The chance that a gift has come by the end of each month that is ahead; asks of one month share it."""

    def __init__(self, on: date, slip: Slip, window: Window) -> None:
        self._on, self._slip, self._window = on, slip, window
        self._known: dict[int, Sequence[float]] = {}

    def of(self, expected_on: date) -> Sequence[float]:
        """Of an ask that is looked for on a day."""
        month = months_between(self._on, expected_on)
        if month not in self._known:
            by_month = [0.0, *arrival(month, self._slip, self._window.end)]
            before = by_month[self._window.skipped]
            self._known[month] = [share - before for share in by_month[self._window.skipped + 1 :]]
        return self._known[month]


def _line(ask: Named, story: Story, asked: ForecastQuestion, model: Model, arrivals: Arrivals) -> AskLine:
    spell = story.spells()[-1]
    days = (asked.on - spell.since).days
    claimed = None if ask.odds is None else ask.odds / 100
    own = model.odds(spell.stand, days)
    reckoned = own.share if own else None
    first, second = (reckoned, claimed) if asked.odds == OWN else (claimed, reckoned)
    in_year = None if ask.expected_on is None else arrivals.of(ask.expected_on)[-1]
    return AskLine(ask, days, claimed, own, second if first is None else first, in_year)


def _chance(line: AskLine, arrivals: Arrivals) -> Chance | None:
    if line.expected is None or line.ask.amount is None or line.odds is None or line.ask.expected_on is None:
        return None
    return Chance(line.ask.amount, line.odds, arrivals.of(line.ask.expected_on))


def _came(story: Story, gifts: Mapping[int, list[tuple[date, int]]]) -> list[tuple[date, int]]:
    """What came of an ask that was received, by day: its gifts, or else what it was for."""
    line = story.received()
    return gifts.get(story.ask_id) or ([] if line is None else [(line.on, story.last.amount or 0)])


def _months(first: date, came: Sequence[tuple[date, int]], ahead: Fan, window: Window) -> Iterable[Month]:
    received, counted = 0, Counter[int]()
    for on, amount in came:
        counted[months_between(first, on)] += amount
    whole = counted.total()
    for number in range(window.end - window.start):
        received += counted[number]
        place = number + window.start - window.skipped
        known = received if number + window.start <= 0 else None
        if place < 0:
            yield Month(_add(first, number), known)
        else:
            band = ahead.bands[place]
            yield Month(_add(first, number), known, whole + band.low, whole + band.middle, whole + band.high)


def _add(first: date, months: int) -> date:
    day = first
    for _ in range(months):
        day = (day + timedelta(days=31)).replace(day=1)
    return day
