"""The proposal register: whose proposal stands where, how long it waits, and by when an answer is due.

Of each ask the newest version counts that there was on the day; its state is what had been decided and sent by then.
Amount, officer and stage are those of the ask as it stood on that day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.clock import first_instant, local_date
from donors.core.paging import ALL, Part
from donors.core.settings import organization
from donors.core.whole_sum import WholeSum
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.asks.models import COMMITTED, DECLINED, DEFERRED, RECEIVED, OpportunityEntry, Proposal
from donors.pipeline.asks.propose import APPROVED, DRAFT, RETURNED, SENT, STATES
from donors.pipeline.odds.queries import Named, Which, named_asks

ANSWERED = "answered"
STANDS = STATES | {ANSWERED: "Answered"}
"""Where a proposal stands: code → words."""
ORDER = (SENT, APPROVED, DRAFT, RETURNED, ANSWERED)
ANSWERS = (COMMITTED, RECEIVED, DECLINED, DEFERRED)
ASK = tuple(field.name for field in fields(Named))
AGES = (30, 60, 90)
"""Upper ends, in days, of the ages of proposals that wait for an answer; what is older comes last."""


@dataclass(frozen=True)
class ProposalQuestion:
    """As of a day: the newest versions of the asks of a pipeline or an officer; those that stand in one way, or all."""

    on: date
    which: Which
    stands: str = ""


@dataclass(frozen=True)
class ProposalLine:
    """One proposal as it stood: `since` is the day from which it stands so, `days` how long that is.

    `answered_on` is the day of the answer; `late_by` how many days the answer is overdue, none where it is not.
    """

    ask: Named
    version: Proposal
    stands: str
    since: date
    days: int
    answered_on: date | None
    late_by: int | None
    approver: str | None

    @property
    def was_sent(self) -> bool:
        """Whether it had been sent by the day."""
        return self.stands in (SENT, ANSWERED)


@dataclass(frozen=True)
class Some:
    """How many proposals, for how much in minor units, and how many of them whose answer is overdue."""

    count: int = 0
    amount: int = 0
    late: int = 0


@dataclass(frozen=True)
class Age:
    """Proposals without an answer that were sent within so many days (none: longer ago): how many, and for how much."""

    up_to: int | None
    count: int
    amount: int


@dataclass(frozen=True)
class ProposalReport:
    """How many stand in each way, the ages of those that wait for an answer, and a page of the register.

    In it those that wait for an answer come first, of each kind those that wait longest.
    """

    asked: ProposalQuestion
    standing: Mapping[str, Some]
    ages: tuple[Age, ...]
    rows: tuple[ProposalLine, ...]

    @property
    def total(self) -> int:
        """How many are asked for, on all pages."""
        chosen = self.asked.stands
        return sum(some.count for stands, some in self.standing.items() if chosen in ("", stands))


def proposal_report(session: Session, asked: ProposalQuestion, *, part: Part = ALL) -> ProposalReport:
    """Makes the register as of the day in two statements. `part` may be sorted by name, officer, stands, since, sent,
    due and amount."""
    zone = organization(session).zone
    register = _register(asked, zone).subquery("register")
    standing, ages = _counted(session, asked.on, register.c)
    return ProposalReport(asked, standing, ages, tuple(_rows(session, asked, zone, register, part)))


def _rows(session: Session, asked: ProposalQuestion, zone: str, register: Any, part: Part) -> Iterator[ProposalLine]:
    judge, of = aliased(User), register.c
    page = (
        select(Proposal, of.stands, of.stands_since, of.answered_on, judge.name, *(of[name] for name in ASK))
        .join(register, of.proposal_id == Proposal.id)
        .join(Constituent, Constituent.id == of.constituent_id)
        .outerjoin(judge, and_(judge.id == Proposal.decided_by, Proposal.decided_on <= asked.on))
    )
    if asked.stands:
        page = page.where(of.stands == asked.stands)
    keys = {
        "name": Constituent.sort_name,
        "officer": of.officer,
        "stands": _place(of.stands),
        "since": of.stands_since,
        "sent": case((of.stands.in_((SENT, ANSWERED)), Proposal.sent_on)),
        "due": case((of.stands.in_((SENT, ANSWERED)), Proposal.answer_due_on)),
        "amount": of.amount,
    }
    own = (_place(of.stands), of.stands_since, Proposal.uploaded_at, Proposal.id)
    for version, stands, day, answered_on, approver, *ask in session.execute(part.of(page, keys, *own)):
        since = day or local_date(version.uploaded_at, zone)
        due = version.answer_due_on if stands == SENT else None
        late = (asked.on - due).days if due is not None and due < asked.on else None
        days = (asked.on - since).days
        yield ProposalLine(Named(*ask), version, stands, since, days, answered_on, late, approver)


def _place(stands: Any) -> Any:
    return case({code: place for place, code in enumerate(ORDER)}, value=stands, else_=len(ORDER))


def _counted(session: Session, on: date, register: Any) -> tuple[dict[str, Some], tuple[Age, ...]]:
    older = [(register.stands_since < on - timedelta(days=most), place) for place, most in enumerate(AGES, start=1)]
    age = case((register.stands != SENT, literal(-1)), *reversed(older), else_=0)
    late = func.count(case((and_(register.stands == SENT, register.answer_due_on < on), 1)))
    counted = select(register.stands, age, func.count(), func.coalesce(WholeSum(register.amount), 0), late)
    standing: dict[str, Some] = dict.fromkeys(STANDS, Some())
    sent: dict[int, Some] = {}
    for stands, place, *figures in session.execute(counted.group_by(register.stands, age)):
        some, before = Some(*figures), standing[stands]
        standing[stands] = Some(before.count + some.count, before.amount + some.amount, before.late + some.late)
        sent[place] = some
    spans = enumerate((*AGES, None))
    return standing, tuple(
        Age(most, one.count, one.amount) for place, most in spans for one in (sent.get(place, Some()),)
    )


def _register(asked: ProposalQuestion, zone: str) -> Select[Any]:
    """proposal_id, stands, stands_since (none: as it came), answered_on, answer_due_on, then the fields of `Named`."""
    newest, told = _newest(asked.on, zone).subquery("newest"), _told(asked.on).subquery("told")
    held = named_asks(asked.on, asked.which, tuple(STATUSES)).subquery("held")
    answer = (
        select(newest.c.id, func.min(told.c.happened_on).label("on"))
        .join(told, and_(told.c.opportunity_id == newest.c.opportunity_id, told.c.happened_on >= newest.c.sent_on))
        .where(newest.c.sent_on <= asked.on)
        .group_by(newest.c.id)
        .subquery("answer")
    )
    was_sent, was_decided = newest.c.sent_on <= asked.on, newest.c.decided_on <= asked.on
    verdict = case((newest.c.state == RETURNED, RETURNED), else_=APPROVED)
    stands = case((answer.c.on.is_not(None), ANSWERED), (was_sent, SENT), (was_decided, verdict), else_=DRAFT)
    since = func.coalesce(
        answer.c.on, case((was_sent, newest.c.sent_on), (was_decided, newest.c.decided_on), else_=null())
    )
    return (
        select(
            newest.c.id.label("proposal_id"),
            stands.label("stands"),
            since.label("stands_since"),
            answer.c.on.label("answered_on"),
            newest.c.answer_due_on,
            *held.c,
        )
        .join(held, held.c.ask_id == newest.c.opportunity_id)
        .outerjoin(answer, answer.c.id == newest.c.id)
    )


def _newest(on: date, zone: str) -> Select[Any]:
    """The newest version of each ask that there was at the end of a day."""
    ended = first_instant(datetime.combine(on + timedelta(days=1), time()), zone)
    there = (
        select(func.max(Proposal.id)).where(Proposal.uploaded_at < ended).group_by(Proposal.opportunity_id)
    ).scalar_subquery()
    return select(Proposal).where(Proposal.id.in_(there))


def _told(on: date) -> Select[Any]:
    """Each time, up to a day, that an ask with a proposal came to be committed, received, declined or deferred."""
    before = func.lag(OpportunityEntry.status).over(
        partition_by=OpportunityEntry.opportunity_id, order_by=OpportunityEntry.id
    )
    said = (
        select(
            OpportunityEntry.opportunity_id,
            OpportunityEntry.happened_on,
            OpportunityEntry.status,
            before.label("before"),
        )
        .where(OpportunityEntry.opportunity_id.in_(select(Proposal.opportunity_id)), OpportunityEntry.happened_on <= on)
        .subquery()
    )
    new = or_(said.c.before.is_(None), said.c.before != said.c.status)
    return select(said.c.opportunity_id, said.c.happened_on).where(said.c.status.in_(ANSWERS), new)
