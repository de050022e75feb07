"""Reports on moves, as files carry them."""

from donors.core.settings import Organization
from donors.pipeline.decide import METHODS
from donors.reports.next_steps import NextSteps, Unplanned
from donors.reports.overdue import AGES, Overdue, OverdueMoves, age_of
from donors.reports.plain.values import Row, guarded, headed, money

NEXT_STEPS = (
    "Active prospects without a planned move, as they stood in the records at the end of the day. At risk: the open "
    "asks, or what came in within 365 days where that is more (as that figure stands now). The most at risk first."
)
OVERDUE = (
    "Planned moves whose day has passed, as they stood in the records at the end of the day. Put off: how often a move "
    "was given another day; why: what was said the last time."
)


def next_steps_rows(found: NextSteps, settings: Organization) -> list[Row]:
    """A row for each prospect."""
    return [_unplanned(one, settings) for one in found.rows]


def _unplanned(one: Unplanned, settings: Organization) -> Row:
    return {
        "prospect_id": one.prospect_id,
        "constituent_id": one.constituent_id,
        "name": guarded(one.name),
        "officer": guarded(one.officer or ""),
        "stage": guarded(one.stage),
        "days_in_stage": one.days,
        "days_since_contact": one.since_contact,
        "ask": money(one.ask, settings),
        "given_in_a_year": money(one.given, settings),
        "at_risk": money(one.at_risk, settings),
        "suggestion": one.suggestion,
    }


def next_steps_document(found: NextSteps, whose: str, settings: Organization) -> Row:
    """The whole report."""
    return headed("no next move", NEXT_STEPS, found.asked.on, whose) | {
        "without": found.total,
        "active": found.active,
        "at_risk": money(found.at_risk, settings),
        "rows": next_steps_rows(found, settings),
    }


def overdue_rows(found: OverdueMoves) -> list[Row]:
    """A row for each move."""
    return [_overdue(one) for one in found.rows]


def _overdue(one: Overdue) -> Row:
    return {
        "move_id": one.move_id,
        "constituent_id": one.constituent_id,
        "name": guarded(one.name),
        "purpose": guarded(one.purpose),
        "method": METHODS.get(one.method, ""),
        "officer": guarded(one.officer or ""),
        "stage": guarded(one.stage or ""),
        "due_on": one.due_on.isoformat(),
        "days_late": one.late,
        "age": AGES[age_of(one.late)][0],
        "put_off": one.put_off,
        "why": guarded(one.why),
    }


def overdue_document(found: OverdueMoves, whose: str) -> Row:
    """The whole report."""
    return headed("overdue moves", OVERDUE, found.asked.on, whose) | {
        "by_age": {words: count for (words, _), count in zip(AGES, found.by_age, strict=True)},
        "rows": overdue_rows(found),
    }
