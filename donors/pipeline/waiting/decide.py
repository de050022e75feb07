"""What waiting with a task costs, without any database: the reasons in words, and the order that follows from them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_skeleton
from babel.numbers import format_currency

from donors.core.money import to_decimal
from donors.core.settings import Organization

THANKS_WITHIN = 2
"""Days after a gift until which thanks are in time: 48 hours."""
GIFT_IS_NEW = 14
"""Days for which a gift that nobody has thanked for is a reason to hurry; later it is one of many."""
SOON = 2
"""Days within which a promise or a deadline is near."""
FALLS_SOON = 14
FALLS_LATER = 60

PAST, NEAR, LATE, DUE, CONTEXT = 1, 2, 3, 4, 5
"""Kinds of reasons: it can no longer wait; not much longer; the task is late; it is due; what else is to be known."""

RULE = (
    "First what can no longer wait: a gift without thanks after 48 hours, a promise or a deadline that has passed, a "
    "step that the program could not carry out. Then what cannot wait much longer: thanks that are still in time, a "
    "level that falls within 14 days, a promise or a deadline of the next two days. Then what is late, then what is "
    "due. Of two alike the one with more money at stake is first: an open ask, a new gift, or what was given in the "
    "last 365 days."
)
"""The rule of `reasons` and `urgency` in words, for the page."""


@dataclass(frozen=True)
class Unthanked:
    """A gift since which nobody was in touch. `amount` in minor units of the base currency."""

    amount: int
    received_on: date
    is_first: bool = False


@dataclass(frozen=True)
class Promise:
    """A planned move with its day."""

    purpose: str
    due_on: date


@dataclass(frozen=True)
class Falling:
    """That somebody falls from a level on a day. `missing` in words (“$150.00”): what would prevent it, if anything."""

    level: str
    to: str
    on: date
    missing: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known about a task on a day. Sums are minor units of the base currency.

    `deadline_on` is the last day before it goes to somebody else; `blocks` counts steps of `plan` that wait for it;
    `stands_in_for` says for whom and until when, in words; `given` is what came in during the last 365 days.
    """

    due_on: date
    deadline_on: date | None = None
    trouble: str = ""
    held_mail: bool = False
    plan: str = ""
    blocks: int = 0
    stands_in_for: str = ""
    gift: Unthanked | None = None
    promise: Promise | None = None
    falling: Falling | None = None
    risen: str = ""
    ask: int | None = None
    given: int = 0


@dataclass(frozen=True)
class Reason:
    """Why not to wait: its kind, and a sentence."""

    kind: int
    sentence: str


@dataclass(frozen=True)
class Stake:
    """The money at stake, and what it is."""

    amount: int
    what: str


@dataclass(frozen=True)
class Speaker:
    """How sums and days are said."""

    here: Organization
    on: date

    def money(self, amount: int) -> str:
        """A sum, without cents where there are none."""
        exact = to_decimal(amount, self.here.currency)
        whole = exact == exact.to_integral_value()
        pattern = Locale.parse(self.here.locale).currency_formats["standard"].pattern
        form = re.sub(r"\.0+", "", pattern) if whole else pattern
        return str(format_currency(exact, self.here.currency, form, locale=self.here.locale, currency_digits=not whole))

    def day(self, on: date) -> str:
        """A day: with its year only when that is another one."""
        return str(format_skeleton("MMMd" if on.year == self.on.year else "yMMMd", on, locale=self.here.locale))


def stake(facts: Facts) -> Stake | None:
    """The money at stake: the largest of the open ask, the new gift, and what was given in a year."""
    known = (
        Stake(facts.ask or 0, "ask"),
        Stake(facts.gift.amount if facts.gift else 0, "new gift"),
        Stake(facts.given, "given in a year"),
    )
    most = max(known, key=_amount)
    return most if most.amount > 0 else None


def _amount(one: Stake) -> int:
    return one.amount


def reasons(facts: Facts, say: Speaker) -> tuple[Reason, ...]:
    """Why not to wait with a task, the weightiest first; every task has at least one."""
    found = (*_program(facts), *_thanks(facts, say), *_promise(facts, say), *_deadline(facts, say), *_falls(facts, say))
    return tuple(sorted((*found, *_due(facts, say), *_context(facts)), key=_kind))


def _kind(reason: Reason) -> int:
    return reason.kind


def urgency(facts: Facts, say: Speaker) -> tuple[int, int, date]:
    """Sorts tasks: the smallest is first."""
    most = stake(facts)
    return (reasons(facts, say)[0].kind, -most.amount if most else 0, facts.due_on)


def _program(facts: Facts) -> Iterator[Reason]:
    if facts.trouble:
        yield Reason(PAST, f"The program could not carry it out: {facts.trouble.rstrip('.')}.")
    if facts.held_mail:
        yield Reason(DUE, "A mail waits for your yes.")


def _thanks(facts: Facts, say: Speaker) -> Iterator[Reason]:
    gift = facts.gift
    if gift is None or not 0 <= (say.on - gift.received_on).days <= GIFT_IS_NEW:
        return
    first = " for the first time" if gift.is_first else ""
    gave = f"Gave {say.money(gift.amount)}{first} on {say.day(gift.received_on)}"
    until = gift.received_on + timedelta(days=THANKS_WITHIN)
    if say.on > until:
        yield Reason(PAST, f"{gave}, and nobody has said thanks within 48 hours.")
    else:
        yield Reason(NEAR, f"{gave}; thanks are in time until {_near(until, say)}.")


def _promise(facts: Facts, say: Speaker) -> Iterator[Reason]:
    promise = facts.promise
    if promise is None:
        return
    late = (say.on - promise.due_on).days
    if late > 0:
        yield Reason(
            PAST, f"“{promise.purpose}” was promised for {say.day(promise.due_on)} and is {_days(late)} late."
        )  # fmt: skip
    elif late >= -SOON:
        yield Reason(NEAR, f"“{promise.purpose}” is promised for {_near(promise.due_on, say)}.")


def _deadline(facts: Facts, say: Speaker) -> Iterator[Reason]:
    until = facts.deadline_on
    if until is None:
        return
    left = (until - say.on).days
    if left < 0:
        yield Reason(PAST, f"Its deadline was {say.day(until)}.")
    elif left <= SOON:
        yield Reason(NEAR, f"It may wait until {_near(until, say)}, then it goes to somebody else.")


def _falls(facts: Facts, say: Speaker) -> Iterator[Reason]:
    fall = facts.falling
    if fall is None or not 0 <= (fall.on - say.on).days <= FALLS_LATER:
        return
    kind = NEAR if (fall.on - say.on).days <= FALLS_SOON else CONTEXT
    to = f"to {fall.to}" if fall.to else "to no level"
    unless = f" unless {fall.missing} comes in" if fall.missing else ""
    yield Reason(kind, f"Falls from {fall.level} {to} on {say.day(fall.on)}{unless}.")


def _due(facts: Facts, say: Speaker) -> Iterator[Reason]:
    late = (say.on - facts.due_on).days
    if late > 0:
        yield Reason(LATE, f"The task is {_days(late)} late.")
    else:
        yield Reason(DUE, f"It is due {_near(facts.due_on, say)}.")


def _context(facts: Facts) -> Iterator[Reason]:
    if facts.risen:
        yield Reason(CONTEXT, f"{facts.risen.rstrip('.')}.")
    if facts.blocks:
        waits = "1 step waits" if facts.blocks == 1 else f"{facts.blocks} steps wait"
        yield Reason(CONTEXT, f"{waits} for it in {facts.plan}.")
    if facts.stands_in_for:
        yield Reason(CONTEXT, f"{facts.stands_in_for.rstrip('.')}.")


def _near(on: date, say: Speaker) -> str:
    days = (on - say.on).days
    return {0: "today", 1: "tomorrow"}.get(days) or say.day(on)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
