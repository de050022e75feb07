"""How fast leads are answered: by owner, form and week. Those still open count as far as they have waited.

The curve is that of stays in stages (Kaplan and Meier): a lead that nobody has answered, or that ended without an
answer, is seen up to then and no further. Times are minutes.

A time counts for whoever had the lead when it was answered, or has it while it waits; a promise for whoever had it when
it was kept or came due. So nobody's figures suffer from a lead that they were handed late.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from donors.pipeline.odds.survival import Stay, curve
from donors.reports.lead_facts import LeadQuestion

ANSWERED = "answered"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOBODY, NO_FORM = "Nobody", "No form"
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


def answer_times(asked: LeadQuestion, waits: Sequence[Wait], zone: str) -> AnswerReport:
    """The report on leads that somebody was to answer: suggestions, which nobody sent, are left out."""
    promises = [wait for wait in waits if wait.answer_due_at is not None and _is_due(wait, asked, zone)]
    by: dict[str, tuple[_Key, _Key]] = {
        "owner": (lambda wait: wait.owner, lambda wait: wait.promiser),
        "form": (lambda wait: wait.form, lambda wait: wait.form),
        "week": (_week, _week),
    }
    groups = {}
    for name, (time_of, promise_of) in by.items():
        of_times, of_promises = _apart(waits, time_of), _apart(promises, promise_of)
        names = sorted({*of_times, *of_promises}, reverse=name == "week")
        groups[name] = tuple(_line(one, of_times.get(one, []), of_promises.get(one, []), asked, zone) for one in names)
    return AnswerReport(asked, _line("All leads", waits, promises, asked, zone), groups)


_Key = Callable[[Wait], str]


def monday(on: date) -> date:
    """The first day of a week."""
    return on - DAY * on.weekday()


def _week(wait: Wait) -> str:
    return monday(wait.received_on).isoformat()


def _apart(waits: Sequence[Wait], key: _Key) -> dict[str, list[Wait]]:
    found: dict[str, list[Wait]] = {}
    for wait in waits:
        found.setdefault(key(wait), []).append(wait)
    return found


def _line(name: str, waits: Sequence[Wait], due: Sequence[Wait], asked: LeadQuestion, zone: str) -> AnswerLine:
    found = curve(_stay(wait, asked, zone) for wait in waits)
    return AnswerLine(
        name,
        len(waits),
        sum(wait.answered_at is not None for wait in waits),
        sum(wait.answered_at is None and wait.ended_on is None for wait in waits),
        found.days_until(MEDIAN),
        found.days_until(MOST),
        len(due),
        sum(is_kept(wait.answer_due_at, wait.answered_at) for wait in due),
    )


def _stay(wait: Wait, asked: LeadQuestion, zone: str) -> Stay:
    if wait.answered_at is not None:
        return Stay(_minutes(wait.answered_at - wait.received_at), ANSWERED)
    until = asked.until if wait.ended_on is None else min(asked.until, end_of(wait.ended_on, zone))
    return Stay(_minutes(until - wait.received_at), None)


def end_of(on: date, zone: str) -> datetime:
    """The instant at which a day ends in a time zone."""
    return datetime.combine(on + DAY, time(), ZoneInfo(zone))


def _is_due(wait: Wait, asked: LeadQuestion, zone: str) -> bool:
    """Whether a promise has been kept or has come due: an answer before its hour is known already.

    Of a lead that ended without an answer it has where its hour was over before the day of the end.
    """
    until = asked.until if wait.ended_on is None else end_of(wait.ended_on - DAY, zone)
    return wait.answered_at is not None or (wait.answer_due_at or until) < until


def is_kept(due_at: datetime | None, answered_at: datetime | None) -> bool:
    """Whether an answer came within the promise."""
    return answered_at is not None and due_at is not None and answered_at <= due_at


def _minutes(gap: timedelta) -> int:
    return max(0, int(gap / MINUTE))
