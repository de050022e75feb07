"""Pure rules of gifts: what a gift is booked as, and who it counts for over which days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from donors.core.errors import Invalid
from donors.core.money import LARGEST, exponent, share
from donors.core.settings import Organization
from donors.giving.gift_input import CreditInput, GiftInput
from donors.giving.models import HARD, SOFT

EARLIEST, LATEST = date(1800, 1, 1), date(2149, 1, 1)
"""Days outside are slips of the pen; day numbers between them fit the packed keys of rollups."""


@dataclass(frozen=True)
class Share:
    """One credit or split of a gift: to whom (a constituent or a fund), and how much, in both currencies."""

    to_id: int
    amount: int
    base_amount: int
    kind: str = ""
    role: str = ""


@dataclass(frozen=True)
class Booking:
    """A gift as it is kept: currency, base amount and rate are settled; splits and hard credits add up to it."""

    currency: str
    base_amount: int
    rate: str
    splits: tuple[Share, ...]
    credits: tuple[Share, ...]


@dataclass(frozen=True)
class Worth:
    """What a gift is worth from a day until the day before another (none: still), in both currencies."""

    from_on: date
    to_on: date | None
    amount: int
    base_amount: int


@dataclass(frozen=True)
class Span:
    """A credit over a span of days, as it is kept."""

    constituent_id: int
    kind: str
    role: str
    amount: int
    base_amount: int
    counts_from: date
    counts_to: date | None
    shared: bool


def book(wanted: GiftInput, organization: Organization) -> Booking:
    """What the gift is booked as. Raises Invalid."""
    _check_plain(wanted)
    currency = (wanted.currency or organization.currency).upper()
    if currency == organization.currency and not wanted.splits and not wanted.credits:
        whole = Share(wanted.constituent_id, wanted.amount, wanted.amount, HARD)
        return Booking(currency, wanted.amount, "1", (), (whole,))
    base_amount = _base_amount(wanted, currency, organization.currency)
    _check_splits(wanted)
    credits = _credits(wanted)
    return Booking(
        currency=currency,
        base_amount=base_amount,
        rate="1" if currency == organization.currency else wanted.rate or "",
        splits=_shares(
            [Share(split.fund_id, split.amount, 0) for split in wanted.splits],
            [split.amount for split in wanted.splits],
            (wanted.amount, base_amount),
        ),
        credits=credit_shares(
            [Share(one.constituent_id, one.amount, 0, one.kind, one.role) for one in credits],
            (wanted.amount, base_amount),
        ),
    )


def _check_plain(wanted: GiftInput) -> None:
    if wanted.amount < 0 and not wanted.from_file:
        raise Invalid("amount", wanted.amount, "is below zero", "Record a refund on the gift instead.")
    if abs(wanted.amount) >= LARGEST:
        raise Invalid("amount", wanted.amount, "is larger than any gift we can keep", "Check the number of digits.")
    if not EARLIEST <= wanted.received_on <= LATEST:
        raise Invalid("received_on", wanted.received_on, "is not a likely date", "Check the year.")


def _base_amount(wanted: GiftInput, currency: str, base_currency: str) -> int:
    if currency == base_currency:
        return wanted.amount
    if wanted.base_amount is not None:
        return wanted.base_amount
    try:
        rate = Decimal(wanted.rate or "")
    except InvalidOperation:
        rate = Decimal(0)
    if not rate.is_finite() or rate <= 0:
        problem = f"has no rate to {base_currency}"
        raise Invalid("rate", wanted.rate or "", problem, f"Give the rate of {wanted.received_on} for one {currency}.")
    value = Decimal(wanted.amount).scaleb(exponent(base_currency) - exponent(currency)) * rate
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _check_splits(wanted: GiftInput) -> None:
    if wanted.splits and sum(split.amount for split in wanted.splits) != wanted.amount:
        raise Invalid("splits", wanted.amount, "is not what the splits add up to", "Let the parts add up to the gift.")


def _credits(wanted: GiftInput) -> tuple[CreditInput, ...]:
    hard = [one for one in wanted.credits if one.kind == HARD]
    if any(one.kind not in (HARD, SOFT) for one in wanted.credits):
        raise Invalid("credits", "", "are either hard or soft", "Choose one of the two.")
    if hard and sum(one.amount for one in hard) != wanted.amount:
        raise Invalid(
            "credits", wanted.amount, "is not what the hard credits add up to", "Let them add up to the gift."
        )
    given = wanted.credits if hard else (CreditInput(wanted.constituent_id, wanted.amount, HARD), *wanted.credits)
    low, high = min(0, wanted.amount), max(0, wanted.amount)
    most = Counter[int]()
    for one in given:
        most[one.constituent_id] += one.amount
        if not low <= one.amount <= high or not low <= most[one.constituent_id] <= high:
            raise Invalid("credits", one.amount, "is more than the gift gives one person", "Lower the credit.")
    return given


def credit_shares(given: Sequence[Share], worth: tuple[int, int]) -> tuple[Share, ...]:
    """Credits scaled to a gift's amount and base amount: hard ones add up exactly, soft ones keep their proportion.

    The proportions are the `amount` of each; hard ones of nothing stand equal.
    """
    hard = [one for one in given if one.kind == HARD]
    whole = sum(one.amount for one in hard)
    soft = [
        replace(one, amount=_part(worth[0], one.amount, whole), base_amount=_part(worth[1], one.amount, whole))
        for one in given
        if one.kind == SOFT
    ]
    return (*_shares(hard, [one.amount for one in hard], worth), *soft)


def _shares(given: Sequence[Share], weights: list[int], worth: tuple[int, int]) -> tuple[Share, ...]:
    if not given:
        return ()
    if len(given) == 1:
        return (replace(given[0], amount=worth[0], base_amount=worth[1]),)
    weights = [abs(weight) for weight in weights] if any(weights) else [1] * len(weights)
    parts = zip(given, share(worth[0], weights), share(worth[1], weights), strict=True)
    return tuple(replace(one, amount=amount, base_amount=base) for one, amount, base in parts)


def split_shares(given: Sequence[Share], worth: tuple[int, int]) -> tuple[Share, ...]:
    """Splits scaled to a gift's amount and base amount; they add up exactly."""
    return _shares(given, [one.amount for one in given], worth)


def _part(whole: int, weight: int, weights: int) -> int:
    """`whole * weight / weights`, rounded half away from zero; all of it when there are no weights."""
    if weights == 0:
        return whole
    top, bottom = abs(whole * weight), abs(weights)
    rounded = (2 * top + bottom) // (2 * bottom)
    return rounded if (whole * weight < 0) == (weights < 0) else -rounded


def worths(first: Worth, refunds: Iterable[tuple[date, int, int]]) -> tuple[Worth, ...]:
    """What a gift was worth over time, from its own day on; `refunds` are (day, amount, base amount), signed as kept.

    A refund on the gift's own day leaves an empty span before it, which remembers the proportions.
    """
    by_day: dict[date, tuple[int, int]] = {}
    for on, amount, base in refunds:
        earlier = by_day.get(on, (0, 0))
        by_day[on] = (earlier[0] + amount, earlier[1] + base)
    spans = [first]
    for on in sorted(by_day):
        last = spans[-1]
        spans[-1] = replace(last, to_on=on)
        spans.append(Worth(on, None, last.amount + by_day[on][0], last.base_amount + by_day[on][1]))
    return tuple(spans)


def credit_spans(given: Sequence[Share], over: Sequence[Worth]) -> tuple[Span, ...]:
    """The credits of a gift over time. Where a refund has left nothing there are none."""
    twice = Counter((one.to_id, one.kind) for one in given)
    return tuple(
        Span(
            constituent_id=one.to_id,
            kind=one.kind,
            role=one.role,
            amount=one.amount,
            base_amount=one.base_amount,
            counts_from=worth.from_on,
            counts_to=worth.to_on,
            shared=twice[one.to_id, one.kind] > 1,
        )
        for place, worth in enumerate(over)
        if place == 0 or worth.amount or worth.base_amount
        for one in credit_shares(given, (worth.amount, worth.base_amount))
    )
