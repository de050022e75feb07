"""Leads by source: how many were answered, converted, became prospects, were asked and gave; with the money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, func, select, true
from sqlalchemy.orm import Session

from donors.core.clock import local_date
from donors.core.paging import ALL, Part
from donors.core.settings import organization
from donors.leads.models import SOURCES, Lead
from donors.leads.queue import name_of
from donors.reports.lead_facts import LeadQuestion, facts, flag

STEPS: Mapping[str, str] = {
    "leads": "Leads",
    "answered": "Answered",
    "converted": "Converted",
    "prospects": "Prospects",
    "asked": "Asked",
    "gave": "Gave",
}
"""The steps of the funnel: code → words."""
CODES = {word: code for code, word in SOURCES.items()}
SUMS = ("let_go", "asks", "asked", "gifts", "given")


@dataclass(frozen=True)
class SourceLine:
    """A source: how many leads came so far, by step; those disqualified and those that wait; money in minor units."""

    source: str
    steps: Mapping[str, int]
    disqualified: int
    waiting: int
    asks: int
    asked: int
    gifts: int
    given: int

    def share(self, step: str) -> float | None:
        """The share of all leads that came to a step."""
        return self.steps[step] / self.steps["leads"] if self.steps["leads"] else None


@dataclass(frozen=True)
class SourceReport:
    """The report: a line for each source, most leads first, and all of them together."""

    asked: LeadQuestion
    lines: tuple[SourceLine, ...]
    total: SourceLine

    def count(self, source: str, step: str) -> int:
        """How many leads of a source came to a step; an empty source is all of them."""
        lines = (line for line in (self.total, *self.lines) if line.source == source or not source)
        return next((line.steps[step] for line in lines), 0)


@dataclass(frozen=True)
class LeadFact:
    """A lead behind a number, and what came of it. Money in minor units of the base currency."""

    id: int
    name: str
    source: str
    received_at: datetime
    received_on: date
    converted_on: date | None
    constituent_id: int | None
    asked: int
    given: int


def lead_sources(session: Session, asked: LeadQuestion) -> SourceReport:
    """The report on leads by their sources: one statement, however many leads there are."""
    known = facts(asked)
    steps = [func.sum(flag(comes)) for comes in _steps(known).values()]
    sums = [func.sum(known.c[name]) for name in SUMS]
    wanted = select(known.c.source, *steps, *sums).group_by(known.c.source)
    lines = [_line(source, list(map(int, numbers))) for source, *numbers in session.execute(wanted)]
    lines.sort(key=lambda line: (-line.steps["leads"], line.source))
    return SourceReport(asked, tuple(lines), _together(lines))


def behind(session: Session, asked: LeadQuestion, source: str, step: str, *, part: Part = ALL) -> list[LeadFact]:
    """The leads behind a number, those that brought most first; an empty source is all of them."""
    known, zone = facts(asked), organization(session).zone
    order = (known.c.given.desc(), known.c.asked.desc(), known.c.received_at, known.c.id)
    wanted = select(Lead, known.c.became, known.c.converted_on, known.c.asked, known.c.given)
    wanted = wanted.join(known, known.c.id == Lead.id).where(_steps(known).get(step, true()))
    if source:
        wanted = wanted.where(known.c.source == CODES.get(source, source))
    found = session.execute(part.of(wanted, {}, *order))
    return [
        LeadFact(
            lead.id,
            name_of(lead),
            SOURCES.get(lead.source, lead.source),
            lead.received_at,
            local_date(lead.received_at, zone),
            converted_on,
            became,
            int(sum_asked),
            int(given),
        )
        for lead, became, converted_on, sum_asked, given in found
    ]


def _steps(known: CTE) -> dict[str, ColumnElement[bool]]:
    """Which leads came to a step."""
    columns = known.c
    return {
        "leads": true(),
        "answered": columns.answered == 1,
        "converted": columns.converted == 1,
        "prospects": columns.prospects == 1,
        "asked": columns.asks > 0,
        "gave": columns.gifts > 0,
    }


def _line(source: str, numbers: Sequence[int]) -> SourceLine:
    steps = dict(zip(STEPS, numbers, strict=False))
    let_go, *money = numbers[len(STEPS) :]
    waiting = steps["leads"] - steps["converted"] - let_go
    return SourceLine(SOURCES.get(source, source), steps, let_go, waiting, *money)


def _together(lines: Sequence[SourceLine]) -> SourceLine:
    def total(name: str) -> Any:
        return sum(getattr(line, name) for line in lines)

    steps = {step: sum(line.steps[step] for line in lines) for step in STEPS}
    rest = ("disqualified", "waiting", "asks", "asked", "gifts", "given")
    return SourceLine("All sources", steps, *map(total, rest))
