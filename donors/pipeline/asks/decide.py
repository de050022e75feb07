"""Rules of opportunities without any database: what may be said of one, and which step may follow which."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from donors.core.errors import Blocked, Invalid
from donors.pipeline.asks.models import (
    ASKED,
    COMMITTED,
    CONSIDERING,
    DECLINED,
    DEFERRED,
    ENDED,
    OPEN,
    PLANNED,
    RECEIVED,
)

STATUSES = {
    PLANNED: "Planned",
    ASKED: "Asked",
    CONSIDERING: "Considering",
    COMMITTED: "Committed",
    RECEIVED: "Received",
    DECLINED: "Declined",
    DEFERRED: "Deferred",
}
"""Status of an opportunity: code → word."""
REASONS = {
    "timing": "Not now",
    "amount": "Too much",
    "purpose": "Another purpose",
    "circumstances": "Own circumstances",
    "elsewhere": "Gives elsewhere",
    "relation": "Not ready to be asked",
    "silent": "No answer",
    "other": "Another reason",
}
"""Why an opportunity was declined or deferred: code → words."""
NEXT: Mapping[str, tuple[str, ...]] = {
    **{status: tuple(one for one in (*OPEN, *ENDED) if one != status) for status in OPEN},
    RECEIVED: OPEN,
    DECLINED: (*OPEN, DEFERRED),
    DEFERRED: (*OPEN, DECLINED),
}
"""Status → what it may become. What was received goes back to an open status first, before it can end otherwise."""


@dataclass(frozen=True)
class Terms:
    """What an opportunity is about. `amount` in minor units of the base currency, `odds` in per cent as claimed."""

    amount: int | None = None
    purpose: str = ""
    fund_id: int | None = None
    campaign_id: int | None = None
    ask_on: date | None = None
    expected_on: date | None = None
    odds: int | None = None
    officer_id: int | None = None


@dataclass(frozen=True)
class Step:
    """A new status from a day on. `reason` is a key of REASONS; who is deferred or declined may return on a day."""

    status: str
    on: date
    why: str = ""
    reason: str = ""
    returns_on: date | None = None


def checked(terms: Terms) -> Terms:
    """The terms, tidied. Raises Invalid (amount, odds, expected_on)."""
    if terms.amount is not None and terms.amount <= 0:
        raise Invalid("amount", terms.amount, "must be more than zero", "Leave it empty when it is not known.")
    if terms.odds is not None and not 0 <= terms.odds <= 100:
        raise Invalid("odds", terms.odds, "must lie between 0 and 100", "Enter per cent, or leave it empty.")
    if terms.ask_on is not None and terms.expected_on is not None and terms.expected_on < terms.ask_on:
        asked = terms.ask_on.isoformat()
        raise Invalid("expected_on", terms.expected_on, f"lies before the ask ({asked})", "Choose a later day.")
    return replace(terms, purpose=terms.purpose.strip())


def checked_step(before: str, step: Step) -> Step:
    """The step, tidied: a reason belongs to an end without a gift, a day of return too.

    Raises Invalid (status, reason, returns_on), Blocked for a step that may not follow.
    """
    if step.status not in STATUSES:
        raise Invalid("status", step.status, "is not a status of an ask", "Choose one of the list.")
    if step.status == before:
        raise Blocked("Not changed", (f"The ask is {STATUSES[before].lower()} already.",))
    if step.status not in NEXT[before]:
        word, wanted = STATUSES[before].lower(), STATUSES[step.status].lower()
        raise Blocked("Not changed", (f"An ask that is {word} cannot become {wanted}; take it up again first.",))
    if step.status not in (DECLINED, DEFERRED):
        return replace(step, why=step.why.strip(), reason="", returns_on=None)
    if step.reason not in REASONS:
        raise Invalid("reason", step.reason, "is not a reason that is known", "Choose one of the list.")
    if step.status == DEFERRED and step.returns_on is None:
        raise Invalid("returns_on", None, "is empty", "Say when to come back to it, or mark the ask declined.")
    if step.returns_on is not None and step.returns_on <= step.on:
        raise Invalid("returns_on", step.returns_on, f"is not after {step.on.isoformat()}", "Choose a later day.")
    return replace(step, why=step.why.strip())


def asked_on(before: date | None, step: Step) -> date | None:
    """The day of the ask after a step: who is asked is so on that day, who considers has been asked by then."""
    if step.status == ASKED:
        return step.on
    if step.status == CONSIDERING and (before is None or before > step.on):
        return step.on
    return before
