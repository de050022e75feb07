"""How full portfolios are, without any database: limits, what an assignment does to them, how to share fairly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from donors.core.settings import Organization

NEAR, OVER = "near", "over"


@dataclass(frozen=True)
class Limits:
    """From how many constituents on a portfolio is marked, and from how many it is too large to be known."""

    warning: int
    limit: int


def limits_of(here: Organization) -> Limits:
    """The limits that the organization has set."""
    return Limits(here.portfolio_warning, here.portfolio_limit)


def load_tone(size: int, limits: Limits) -> str:
    """How a size is marked: `over` past the limit, `near` past the warning, else nothing."""
    return OVER if size > limits.limit else NEAR if size > limits.warning else ""


@dataclass(frozen=True)
class Load:
    """How many constituents somebody is in charge of, in any role: now, and after an assignment."""

    officer_id: int
    name: str
    now: int
    after: int


def warned(load: Load, limits: Limits) -> str:
    """What is to be said of a portfolio that grows past a limit; nothing where it stays below or shrinks."""
    tone = load_tone(load.after, limits)
    if not tone or load.after <= load.now:
        return ""
    known = f"{load.name} would have {load.after} in charge"
    if tone == OVER:
        return f"{known}, past the limit of {limits.limit}: more than one officer can know."
    return f"{known}, past {limits.warning}, from where a portfolio is large."


def share(units: Sequence[Sequence[int]], loads: Mapping[int, int]) -> dict[int, int]:
    """Shares constituents out: id → who takes it, with the least loaded first.

    `units` are constituents who stay together (a home), `loads` who takes part with what they have now. Large units go
    first, those alike in the order in which they came; of two officers with the same load the one named first.
    """
    held, found = dict(loads), dict[int, int]()
    for unit in sorted(units, key=len, reverse=True):
        to = min(held, key=held.__getitem__)
        held[to] += len(unit)
        found |= dict.fromkeys(unit, to)
    return found
