"""How fast leads are answered: by owner, form and week. Those still open count as far as they have waited.

The curve is that of stays in stages (Kaplan and Meier): a lead that nobody has answered, or that ended without an
answer, is seen up to then and no further. Times are minutes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from donors.pipeline.odds.survival import Stay, curve
from donors.reports.lead_facts import LeadFact, LeadQuestion

ANSWERED = "answered"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOBODY, NO_FORM = "Nobody", "No form"
MEDIAN, MOST = 0.5, 0.8


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


def answer_times(asked: LeadQuestion, facts: Sequence[LeadFact], zone: str) -> AnswerReport:
    """The report on leads that somebody was to answer: suggestions, which nobody sent, are left out."""
    sent = [fact for fact in facts if fact.answer_due_at is not None or fact.answered_at is not None]
    by: dict[str, Callable[[LeadFact], str]] = {
        "owner": lambda fact: fact.owner or NOBODY,
        "form": lambda fact: fact.form or NO_FORM,
        "week": lambda fact: monday(fact.received_on).isoformat(),
    }
    groups = {name: _lines(sent, key, asked, zone, newest=name == "week") for name, key in by.items()}
    return AnswerReport(asked, _line("All leads", sent, asked, zone), groups)


def monday(on: date) -> date:
    """The first day of a week."""
    return on - DAY * on.weekday()


def _lines(
    facts: Sequence[LeadFact], key: Callable[[LeadFact], str], asked: LeadQuestion, zone: str, *, newest: bool
) -> tuple[AnswerLine, ...]:
    by: dict[str, list[LeadFact]] = {}
    for fact in facts:
        by.setdefault(key(fact), []).append(fact)
    return tuple(_line(name, by[name], asked, zone) for name in sorted(by, reverse=newest))


def _line(name: str, facts: Sequence[LeadFact], asked: LeadQuestion, zone: str) -> AnswerLine:
    found = curve(_stay(fact, asked, zone) for fact in facts)
    due = [fact for fact in facts if fact.answer_due_at is not None and _is_due(fact, asked, zone)]
    return AnswerLine(
        name,
        len(facts),
        sum(fact.answered_at is not None for fact in facts),
        sum(fact.answered_at is None and _ended(fact) is None for fact in facts),
        found.days_until(MEDIAN),
        found.days_until(MOST),
        len(due),
        sum(_is_kept(fact) for fact in due),
    )


def _stay(fact: LeadFact, asked: LeadQuestion, zone: str) -> Stay:
    if fact.answered_at is not None:
        return Stay(_minutes(fact.answered_at - fact.received_at), ANSWERED)
    ended = _ended(fact)
    until = asked.until if ended is None else min(asked.until, end_of(ended, zone))
    return Stay(_minutes(until - fact.received_at), None)


def end_of(on: date, zone: str) -> datetime:
    """The instant at which a day ends in a time zone."""
    return datetime.combine(on + DAY, time(), ZoneInfo(zone))


def _ended(fact: LeadFact) -> date | None:
    return fact.converted_on or fact.disqualified_on


def _is_due(fact: LeadFact, asked: LeadQuestion, zone: str) -> bool:
    """Whether a promise has been kept or has come due: an answer before its hour is known already.

    Of a lead that ended without an answer it has where its hour was over before the day of the end.
    """
    ended = _ended(fact)
    until = asked.until if ended is None else end_of(ended - DAY, zone)
    return fact.answered_at is not None or (fact.answer_due_at or until) < until


def _is_kept(fact: LeadFact) -> bool:
    due = fact.answer_due_at
    return fact.answered_at is not None and due is not None and fact.answered_at <= due


def _minutes(gap: timedelta) -> int:
    return max(0, int(gap / MINUTE))
