"""How fast leads are answered: by owner, form and week. Those still open count as far as they have waited.

The curve is that of stays in stages (Kaplan and Meier): a lead that nobody has answered, or that ended without an
answer, is seen up to then and no further. Times are minutes.

A time counts for whoever had the lead when it was answered, or has it while it waits; a promise for whoever had it when
it was kept or came due. So nobody's figures suffer from a lead that they were handed late.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from donors.pipeline.odds.survival import Stay, curve
from donors.reports.lead_facts import LeadQuestion

ANSWERED = "answered"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ALL, NOBODY, NO_FORM = "All leads", "Nobody", "No form"
MEDIAN, MOST = 0.5, 0.8


@dataclass(frozen=True)
class Wait:
    """A lead that somebody was to answer, as it stood at the end of the day asked for.

    `owner` had it when it was answered or ended, or has it; `promiser` when the promise was kept or came due.
    """

    received_at: datetime
    received_on: date
    answer_due_at: datetime | None
    answered_at: datetime | None
    ended_on: date | None
    form: str
    owner: str
    promiser: str


@dataclass(frozen=True)
class AnswerLine:
    """Some leads: how many, answered, open; the minutes by which half and four of five are answered, none where that
    is not reached; how many promises have come due, and how many of them were kept."""

    name: str
    leads: int
    answered: int
    open: int
    median: int | None
    most: int | None
    due: int
    kept: int

    @property
    def share(self) -> float | None:
        """The share of promises kept, of those that have come due; none where none has."""
        return self.kept / self.due if self.due else None


@dataclass(frozen=True)
class AnswerReport:
    """The report: all of them, and by owner, form and week (its Monday)."""

    asked: LeadQuestion
    total: AnswerLine
    groups: Mapping[str, tuple[AnswerLine, ...]]


@dataclass(frozen=True)
class Turn:
    """That a lead became somebody's, or nobody's, at an instant."""

    at: datetime
    owner_id: int | None


def owner_at(turns: Sequence[Turn], moment: datetime) -> int | None:
    """Whose a lead was at an instant; its turns are in order."""
    return next((turn.owner_id for turn in reversed(turns) if turn.at <= moment), None)


def answerer(turns: Sequence[Turn], answered_at: datetime) -> int | None:
    """Whose a lead was when it was answered. Who takes a lead of nobody's by answering it is entered after that."""
    then = owner_at(turns, answered_at)
    after = (turn.owner_id for turn in turns if turn.at > answered_at and turn.owner_id is not None)
    return then if then is not None else next(after, None)


_Key = Callable[[Wait], str]
_Seen = tuple[int, str | None]
"""Minutes for which a lead was seen, and whether it was answered then."""


@dataclass
class _Tally:
    """What is counted of some leads, lead by lead."""

    stays: Counter[_Seen] = field(default_factory=Counter)
    open: int = 0
    due: int = 0
    kept: int = 0

    def add_time(self, wait: Wait, stay: _Seen) -> None:
        self.stays[stay] += 1
        self.open += wait.answered_at is None and wait.ended_on is None

    def add_promise(self, wait: Wait) -> None:
        self.due += 1
        self.kept += is_kept(wait.answer_due_at, wait.answered_at)

    def line(self, name: str) -> AnswerLine:
        found = curve(Stay(minutes, way, number) for (minutes, way), number in self.stays.items())
        times = found.days_until(MEDIAN), found.days_until(MOST)
        return AnswerLine(name, found.stays, found.left, self.open, *times, self.due, self.kept)


def answer_times(asked: LeadQuestion, waits: Iterable[Wait], zone: str) -> AnswerReport:
    """The report on leads that somebody was to answer: suggestions, which nobody sent, are left out."""
    by: dict[str, tuple[_Key, _Key]] = {
        ALL: (lambda _wait: ALL, lambda _wait: ALL),
        "owner": (lambda wait: wait.owner, lambda wait: wait.promiser),
        "form": (lambda wait: wait.form, lambda wait: wait.form),
        "week": (_week, _week),
    }
    tallies = {name: defaultdict[str, _Tally](_Tally) for name in by}
    for wait in waits:
        stay, is_due = _stay(wait, asked, zone), _is_due(wait, asked, zone)
        for name, (time_of, promise_of) in by.items():
            tallies[name][time_of(wait)].add_time(wait, stay)
            if is_due:
                tallies[name][promise_of(wait)].add_promise(wait)
    total = tallies.pop(ALL)[ALL].line(ALL)
    groups = {
        name: tuple(found[one].line(one) for one in sorted(found, reverse=name == "week"))
        for name, found in tallies.items()
    }
    return AnswerReport(asked, total, groups)


def monday(on: date) -> date:
    """The first day of a week."""
    return on - DAY * on.weekday()


def _week(wait: Wait) -> str:
    return monday(wait.received_on).isoformat()


def _stay(wait: Wait, asked: LeadQuestion, zone: str) -> _Seen:
    if wait.answered_at is not None:
        return _minutes(wait.answered_at - wait.received_at), ANSWERED
    until = asked.until if wait.ended_on is None else min(asked.until, end_of(wait.ended_on, zone))
    return _minutes(until - wait.received_at), None


@cache
def end_of(on: date, zone: str) -> datetime:
    """The instant at which a day ends in a time zone."""
    return datetime.combine(on + DAY, time(), ZoneInfo(zone))


def _is_due(wait: Wait, asked: LeadQuestion, zone: str) -> bool:
    """Whether a promise has been kept or has come due: an answer before its hour is known already.

    Of a lead that ended without an answer it has where its hour was over before the day of the end.
    """
    if wait.answer_due_at is None or wait.answered_at is not None:
        return wait.answer_due_at is not None
    return wait.answer_due_at < (asked.until if wait.ended_on is None else end_of(wait.ended_on - DAY, zone))


def is_kept(due_at: datetime | None, answered_at: datetime | None) -> bool:
    """Whether an answer came within the promise."""
    return answered_at is not None and due_at is not None and answered_at <= due_at


def _minutes(gap: timedelta) -> int:
    return max(0, int(gap / MINUTE))
