"""Declined and deferred: asks that ended without a gift, by reason, with the day on which to come back to them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.known import KnownAt, seen
from donors.core.paging import ALL, Part
from donors.core.whole_sum import WholeSum
from donors.pipeline.asks.decide import REASONS
from donors.pipeline.asks.models import DECLINED, DEFERRED
from donors.pipeline.odds.queries import Named, Which, named_asks

SOON = timedelta(days=30)
NOT_SAID = "Not said"


@dataclass(frozen=True)
class DeclinedQuestion:
    """Asks that stood as declined or deferred at the end of a day, of those said so since another (none: ever)."""

    on: date
    which: Which
    since: date | None = None
    known: KnownAt | None = None


@dataclass(frozen=True)
class ReasonLine:
    """A reason: how many were declined and deferred for it, and for how much together; of them those whose day of
    return has come, for how much, and those whose day comes within 30 days."""

    reason: str
    declined: int
    deferred: int
    amount: int
    due: int
    due_amount: int
    soon: int

    @property
    def count(self) -> int:
        """How many asks."""
        return self.declined + self.deferred


@dataclass(frozen=True)
class DeclinedReport:
    """The report: reasons by how often, and a page of the asks by the day of return, those without one last."""

    asked: DeclinedQuestion
    reasons: tuple[ReasonLine, ...]
    rows: tuple[Named, ...]

    @property
    def total(self) -> int:
        """How many asks there are, on all pages."""
        return sum(line.count for line in self.reasons)

    def summed(self, what: str) -> int:
        """The sum of a figure of all reasons."""
        return sum(getattr(line, what) for line in self.reasons)


def reason_words(code: str) -> str:
    """A reason in words."""
    return REASONS.get(code, NOT_SAID)


def declined_report(session: Session, asked: DeclinedQuestion, *, part: Part = ALL) -> DeclinedReport:
    """Makes the report in two statements. `part` may be sorted by name, was, why, officer, since, back and amount."""
    held = _held(asked).subquery("held")
    own = (held.c.returns_on.nulls_last(), held.c.since.desc(), held.c.ask_id)
    named = select(held).join(Constituent, Constituent.id == held.c.constituent_id)
    page = part.of(named, _keys(held.c), *own)
    rows = tuple(Named(*row) for row in session.execute(seen(page, asked.known)))
    return DeclinedReport(asked, tuple(_reasons(session, asked, held.c)), rows)


def _keys(held: Any) -> dict[str, Any]:
    why = case(REASONS, value=held.reason, else_=NOT_SAID)
    same = {"officer": held.officer, "since": held.since, "back": held.returns_on, "amount": held.amount}
    return same | {"name": Constituent.sort_name, "was": held.status, "why": why}


def _held(asked: DeclinedQuestion) -> Select[Any]:
    held = named_asks(asked.on, asked.which, (DECLINED, DEFERRED))
    if asked.since is None:
        return held
    some = held.subquery()
    return select(some).where(some.c.since >= asked.since)


def _reasons(session: Session, asked: DeclinedQuestion, held: Any) -> list[ReasonLine]:
    code = case((held.reason.in_(REASONS), held.reason), else_="")
    due, soon = held.returns_on <= asked.on, held.returns_on.between(asked.on + timedelta(1), asked.on + SOON)
    figures = (
        func.count(case((held.status == DECLINED, 1))),
        func.count(case((held.status == DEFERRED, 1))),
        func.coalesce(WholeSum(held.amount), 0),
        func.count(case((due, 1))),
        func.coalesce(WholeSum(case((due, held.amount))), 0),
        func.count(case((soon, 1))),
    )
    found = session.execute(seen(select(code, *figures).group_by(code), asked.known))
    lines = [ReasonLine(reason_words(row[0]), *row[1:]) for row in found]
    return sorted(lines, key=lambda line: (-line.count, line.reason))
