"""The proposal register: whose proposal stands where, how long it waits, and by when an answer is due.

Of each ask the newest version counts that there was on the day; its state is what had been decided and sent by then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.clock import local_date
from donors.core.settings import organization
from donors.pipeline.asks.models import Proposal
from donors.pipeline.asks.proposals import Registered, answers, register
from donors.pipeline.asks.propose import APPROVED, DRAFT, RETURNED, SENT, STATES
from donors.pipeline.odds.queries import Which

ANSWERED = "answered"
STANDS = STATES | {ANSWERED: "Answered"}
"""Where a proposal stands: code → words."""
AGES = (30, 60, 90)
"""Upper ends, in days, of the ages of proposals that wait for an answer; what is older comes last."""


@dataclass(frozen=True)
class ProposalQuestion:
    """As of a day: the newest versions of the asks of a pipeline or an officer."""

    on: date
    which: Which


@dataclass(frozen=True)
class ProposalLine:
    """One proposal as it stood: `since` is the day from which it stands so, `days` how long that is.

    `answered_on` is the day of the answer; `late_by` how many days the answer is overdue, none where it is not.
    """

    of: Registered
    stands: str
    since: date
    days: int
    answered_on: date | None
    late_by: int | None


@dataclass(frozen=True)
class Age:
    """Proposals without an answer that were sent within so many days (none: longer ago): how many, and for how much."""

    up_to: int | None
    count: int
    amount: int


@dataclass(frozen=True)
class ProposalReport:
    """The register, those that wait longest first, and the ages of those that wait for an answer."""

    asked: ProposalQuestion
    lines: tuple[ProposalLine, ...]
    ages: tuple[Age, ...]

    def standing(self, *stands: str) -> tuple[ProposalLine, ...]:
        """Those that stand in one of these ways."""
        return tuple(line for line in self.lines if line.stands in stands)

    @property
    def late(self) -> tuple[ProposalLine, ...]:
        """Those whose answer is overdue."""
        return tuple(line for line in self.lines if line.late_by is not None)


ORDER = (SENT, APPROVED, DRAFT, RETURNED, ANSWERED)


def proposal_report(session: Session, asked: ProposalQuestion) -> ProposalReport:
    """Reads the register as of the day."""
    zone, came = organization(session).zone, answers(session, asked.on)
    newest: dict[int, Registered] = {}
    which = asked.which
    for one in register(session, sees=which.sees, pipeline_id=which.pipeline_id, officer_id=which.officer_id):
        if local_date(one.proposal.uploaded_at, zone) <= asked.on:
            newest.setdefault(one.proposal.opportunity_id, one)
    lines = [_line(one, asked.on, zone, came.get(ask_id, [])) for ask_id, one in newest.items()]
    lines.sort(key=lambda line: (ORDER.index(line.stands), -line.days, line.of.proposal.id))
    return ProposalReport(asked, tuple(lines), tuple(_ages([line for line in lines if line.stands == SENT])))


def _line(one: Registered, on: date, zone: str, came: list[date]) -> ProposalLine:
    stands, since = _stood(one.proposal, on, zone)
    due = one.proposal.answer_due_on
    answer = next((day for day in came if day >= since), None)
    if stands == SENT and answer is not None:
        return ProposalLine(one, ANSWERED, answer, (on - answer).days, answer, None)
    late = (on - due).days if stands == SENT and due is not None and due < on else None
    return ProposalLine(one, stands, since, (on - since).days, None, late)


def _stood(version: Proposal, on: date, zone: str) -> tuple[str, date]:
    """The state of a version at the end of a day, and since when."""
    if version.sent_on is not None and version.sent_on <= on:
        return SENT, version.sent_on
    if version.decided_on is not None and version.decided_on <= on:
        return (RETURNED if version.state == RETURNED else APPROVED), version.decided_on
    return DRAFT, local_date(version.uploaded_at, zone)


def _ages(waiting: list[ProposalLine]) -> Iterable[Age]:
    above = -1
    for up_to in (*AGES, None):
        held = [line for line in waiting if line.days > above and (up_to is None or line.days <= up_to)]
        yield Age(up_to, len(held), sum(line.of.amount or 0 for line in held))
        above = up_to or above
