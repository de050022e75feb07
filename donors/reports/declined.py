"""Declined and deferred: asks that ended without a gift, by reason, with the day on which to come back to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from donors.core.known import KnownAt, seen
from donors.pipeline.asks.decide import REASONS
from donors.pipeline.asks.models import DECLINED, DEFERRED
from donors.pipeline.asks.queries import stood_on
from donors.pipeline.odds.queries import Which, over_stood

SOON = timedelta(days=30)


@dataclass(frozen=True)
class DeclinedQuestion:
    """Asks that stood as declined or deferred at the end of a day, of those said so since another (none: ever)."""

    on: date
    which: Which
    since: date | None = None
    known: KnownAt | None = None


@dataclass(frozen=True)
class DeclinedLine:
    """One ask as it stood. `reason` in words; `amount` in minor units; `returns_on` none: not to be asked again."""

    ask_id: int
    prospect_id: int
    constituent_id: int
    name: str
    purpose: str
    officer: str | None
    stage: str | None
    status: str
    since: date
    amount: int | None
    reason: str
    returns_on: date | None


@dataclass(frozen=True)
class ReasonLine:
    """A reason: how many were declined and deferred for it, and for how much together."""

    reason: str
    declined: int
    deferred: int
    amount: int

    @property
    def count(self) -> int:
        """How many asks."""
        return self.declined + self.deferred


@dataclass(frozen=True)
class DeclinedReport:
    """The report; reasons by how often, lines by the day of return, those without one last, the newest first."""

    asked: DeclinedQuestion
    reasons: tuple[ReasonLine, ...]
    lines: tuple[DeclinedLine, ...]

    @property
    def due(self) -> tuple[DeclinedLine, ...]:
        """Those whose day of return has come."""
        return tuple(line for line in self.lines if line.returns_on is not None and line.returns_on <= self.asked.on)

    @property
    def soon(self) -> tuple[DeclinedLine, ...]:
        """Those whose day of return comes within 30 days."""
        last = self.asked.on + SOON
        return tuple(line for line in self.lines if line.returns_on and self.asked.on < line.returns_on <= last)

    @property
    def amount(self) -> int:
        """What all were asked for."""
        return sum(line.amount or 0 for line in self.lines)


def declined_report(session: Session, asked: DeclinedQuestion) -> DeclinedReport:
    """Reads the asks as they stood: one statement."""
    lines = sorted(
        _lines(session, asked), key=lambda line: (line.returns_on or date.max, -line.since.toordinal(), line.ask_id)
    )
    return DeclinedReport(asked, tuple(_reasons(lines)), tuple(lines))


def _lines(session: Session, asked: DeclinedQuestion) -> list[DeclinedLine]:
    stood = stood_on(asked.on).subquery().c
    what = (stood.status, stood.since, stood.amount, stood.reason, stood.returns_on)
    wanted = over_stood(stood, asked.which, *what).where(stood.status.in_((DECLINED, DEFERRED)))
    if asked.since is not None:
        wanted = wanted.where(stood.since >= asked.since)
    found = session.execute(seen(wanted, asked.known))
    return [DeclinedLine(*(*row[:10], REASONS.get(row[10], "Not said"), row[11])) for row in found]


def _reasons(lines: Sequence[DeclinedLine]) -> list[ReasonLine]:
    held: dict[str, list[DeclinedLine]] = defaultdict(list)
    for line in lines:
        held[line.reason].append(line)
    found = [
        ReasonLine(
            reason,
            sum(line.status == DECLINED for line in some),
            sum(line.status == DEFERRED for line in some),
            sum(line.amount or 0 for line in some),
        )
        for reason, some in held.items()
    ]
    return sorted(found, key=lambda line: (-line.count, line.reason))
