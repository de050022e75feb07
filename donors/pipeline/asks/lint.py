"""What does not fit together in what is said of an opportunity: the rules, over one of them and over all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from donors.pipeline.asks.models import ASKED, COMMITTED, DECLINED, OPEN, PLANNED, RECEIVED, Opportunity
from donors.pipeline.models import Prospect, Stage

SILENCE = timedelta(days=183)
"""Six months: an ask without an answer for longer is no longer an ask."""
LINTS = {
    "declined": "Declined, yet still in solicitation",
    "left": "Open, though the prospect has left the pipeline",
    "amount": "No amount",
    "date": "No date",
    "silent": "Asked more than six months ago, no answer",
    "order": "Expected before the ask",
    "future": "Marked asked, with an ask date in the future",
    "unasked": "Committed before it was asked",
    "late": "Expected by now, still open",
}
"""What does not fit: code → words."""


@dataclass(frozen=True)
class Facts:
    """What the rules look at. `solicited`: the prospect is active and in a stage of solicitation; `others_open`: it has
    another open opportunity."""

    status: str
    amount: int | None
    ask_on: date | None
    expected_on: date | None
    status_since: date
    active: bool = True
    solicited: bool = False
    others_open: bool = False


def lint(facts: Facts, on: date) -> tuple[str, ...]:
    """The codes of all that does not fit on a day, in the order of `LINTS`."""
    is_open, ask_on, expected_on = facts.status in OPEN, facts.ask_on, facts.expected_on
    asked = is_open and facts.status != PLANNED
    given = facts.status in (COMMITTED, RECEIVED)
    found = {
        "declined": facts.status == DECLINED and facts.solicited and not facts.others_open,
        "left": is_open and not facts.active,
        "amount": is_open and facts.amount is None,
        "date": is_open and (expected_on if asked else ask_on) is None,
        "silent": facts.status == ASKED and ask_on is not None and ask_on < on - SILENCE,
        "order": ask_on is not None and expected_on is not None and expected_on < ask_on,
        "future": asked and ask_on is not None and ask_on > on,
        "unasked": given and (ask_on is None or ask_on > facts.status_since),
        "late": is_open and expected_on is not None and expected_on < on,
    }
    return tuple(code for code in LINTS if found[code])


def facts_of(row: Opportunity, prospect: Prospect, *, kind: str, others_open: bool) -> Facts:
    """What the rules look at, of an opportunity with its prospect in a stage of this kind."""
    return Facts(
        row.status,
        row.amount,
        row.ask_on,
        row.expected_on,
        row.status_since,
        active=prospect.is_active,
        solicited=prospect.is_active and kind == "solicitation",
        others_open=others_open,
    )


def linted(code: str, on: date) -> ColumnElement[bool]:
    """The condition that something does not fit, for a statement over opportunities joined with their prospects.

    For a code that there is not, nothing answers to it.
    """
    return _conditions(on).get(code, false())


def any_lint(on: date) -> ColumnElement[bool]:
    """The condition that anything does not fit."""
    return or_(*_conditions(on).values())


def others_open() -> ColumnElement[bool]:
    """The condition that the prospect of an opportunity has another open one."""
    other = aliased(Opportunity)
    return exists(
        select(other.id).where(
            other.prospect_id == Opportunity.prospect_id, other.status.in_(OPEN), other.id != Opportunity.id
        )
    )


def _conditions(on: date) -> Mapping[str, ColumnElement[bool]]:
    row, is_open = Opportunity, Opportunity.status.in_(OPEN)
    asked = and_(is_open, row.status != PLANNED)
    soliciting = Prospect.stage_id.in_(select(Stage.id).where(Stage.kind == "solicitation"))
    given: Any = row.status.in_((COMMITTED, RECEIVED))
    return {
        "declined": and_(row.status == DECLINED, Prospect.is_active, soliciting, ~others_open()),
        "left": and_(is_open, ~Prospect.is_active),
        "amount": and_(is_open, row.amount.is_(None)),
        "date": or_(and_(asked, row.expected_on.is_(None)), and_(row.status == PLANNED, row.ask_on.is_(None))),
        "silent": and_(row.status == ASKED, row.ask_on < on - SILENCE),
        "order": row.expected_on < row.ask_on,
        "future": and_(asked, row.ask_on > on),
        "unasked": and_(given, or_(row.ask_on.is_(None), row.ask_on > row.status_since)),
        "late": and_(is_open, row.expected_on < on),
    }
