"""Leads by source: how many were answered, converted, became prospects, were asked and gave; with the money."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from donors.reports.lead_facts import LeadFact, LeadQuestion

STEPS: Mapping[str, tuple[str, Callable[[LeadFact], bool]]] = {
    "leads": ("Leads", lambda _fact: True),
    "answered": ("Answered", lambda fact: fact.is_answered),
    "converted": ("Converted", lambda fact: fact.converted_on is not None),
    "prospects": ("Prospects", lambda fact: fact.is_prospect),
    "asked": ("Asked", lambda fact: fact.asks > 0),
    "gave": ("Gave", lambda fact: fact.gifts > 0),
}
"""The steps of the funnel: code → words, and which leads have come so far."""


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


def lead_sources(asked: LeadQuestion, facts: Sequence[LeadFact]) -> SourceReport:
    """The report on leads by their sources."""
    by_source: dict[str, list[LeadFact]] = {}
    for fact in facts:
        by_source.setdefault(fact.source, []).append(fact)
    lines = [_line(source, those) for source, those in by_source.items()]
    lines.sort(key=lambda line: (-line.steps["leads"], line.source))
    return SourceReport(asked, tuple(lines), _line("All sources", facts))


def behind(facts: Sequence[LeadFact], source: str, step: str) -> list[LeadFact]:
    """The leads behind a number, those that brought most first; an empty source is all of them."""
    comes = STEPS[step][1] if step in STEPS else STEPS["leads"][1]
    found = [fact for fact in facts if source in ("", fact.source) and comes(fact)]
    return sorted(found, key=lambda fact: (-fact.given, -fact.asked, fact.received_at, fact.id))


def _line(source: str, facts: Sequence[LeadFact]) -> SourceLine:
    return SourceLine(
        source,
        {step: sum(map(comes, facts)) for step, (_word, comes) in STEPS.items()},
        sum(fact.disqualified_on is not None for fact in facts),
        sum(fact.converted_on is None and fact.disqualified_on is None for fact in facts),
        sum(fact.asks for fact in facts),
        sum(fact.asked for fact in facts),
        sum(fact.gifts for fact in facts),
        sum(fact.given for fact in facts),
    )
