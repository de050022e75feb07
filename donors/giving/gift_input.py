"""What a form, a command or a row of a file tells about a gift."""

from dataclasses import dataclass
from datetime import date, datetime

from donors.giving.models import SOFT


@dataclass(frozen=True)
class SplitInput:
    """The part of a gift that goes to one fund, in minor units of the gift's currency."""

    fund_id: int
    amount: int


@dataclass(frozen=True)
class CreditInput:
    """Somebody whom the gift counts for, with an amount in minor units of the gift's currency."""

    constituent_id: int
    amount: int
    kind: str = SOFT
    role: str = ""


@dataclass(frozen=True)
class GiftInput:
    """A gift as it should be. `amount` is in minor units; no `currency` means the organization's.

    `base_amount` (minor units of the organization's currency) or `rate` (a decimal, base per unit) is needed for
    another currency. Without hard credits the giver has all of it. `from_file` allows what entry refuses:
    negative sums.
    """

    constituent_id: int
    amount: int
    received_on: date
    currency: str | None = None
    base_amount: int | None = None
    rate: str | None = None
    rate_on: date | None = None
    received_at: datetime | None = None
    method: str = ""
    campaign_id: int | None = None
    appeal_id: int | None = None
    hides_name: bool = False
    note: str = ""
    source: str = ""
    external_id: str | None = None
    fingerprint: str | None = None
    splits: tuple[SplitInput, ...] = ()
    credits: tuple[CreditInput, ...] = ()
    from_file: bool = False


@dataclass(frozen=True)
class AdjustmentInput:
    """A refund of `amount` minor units (positive) on a day, or a correction to the amount `amount` (then no day)."""

    amount: int
    on: date | None = None
    reason: str = ""
    expect: int | None = None
