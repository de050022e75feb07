"""After any sequence of acts the figures of funds, campaigns and portfolios equal a plain recomputation."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet, insert, open_change
from donors.core.db import day_number
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput
from donors.giving.models import Campaign, Fund
from donors.pipeline.assign import Charge
from donors.pipeline.models import Assignment
from donors.rollups.definition import OF_MOVES, Definition, Operation, Returns, Source, value_kind_of
from donors.rollups.frame import parse_frame
from donors.rollups.keep import refresh_waiting
from donors.rollups.marks import any_waits
from donors.rollups.movers import mark_owner_movers
from donors.rollups.queries import definitions, values_as_of, values_of
from donors.rollups.standard import install
from donors.rollups.targets import OF_MANY, Target
from donors.rollups.verify import verify
from donors.workflows.portfolio import assign_officer, end_charge
from donors.workflows.undo import undo_change
from tests.rollups.many import Many, Purposes
from tests.rollups.plain import figure
from tests.rollups.test_sequences import ACT, AT, FISCAL, PEOPLE, TODAY, World, acts, days, world

FUNDS = CAMPAIGNS = OFFICERS = 2
OPERATIONS = (
    (Operation.MEDIAN, Returns.NUMBER, "last 2 fiscal years"),
    (Operation.STREAK, Returns.NUMBER, "all time"),
    (Operation.BEST_YEAR, Returns.AMOUNT, "all time"),
    (Operation.CHANGE, Returns.NUMBER, "last 30 days"),
    (Operation.NTH, Returns.ROW, "calendar year -0"),
)
SOURCES = {
    Target.FUND: (Source.ALLOCATIONS,),
    Target.CAMPAIGN: (Source.HARD, Source.ALLOCATIONS),
    Target.PORTFOLIO: (Source.HARD, Source.SOFT, Source.CREDIT, Source.ALLOCATIONS, Source.SHIFTS, Source.MOVES),
}

place = st.integers(0, 9)
of_portfolios = st.one_of(
    st.tuples(st.just("charge"), st.integers(0, PEOPLE + 1), st.integers(0, OFFICERS - 1), days, st.booleans()),
    st.tuples(st.just("release"), place, st.integers(0, 900)),
)
of_purposes = st.tuples(st.just("purpose"), st.lists(st.integers(0, FUNDS - 1), max_size=2), st.integers(0, CAMPAIGNS))
around = st.one_of(of_portfolios, of_purposes, st.tuples(st.just("undo")), st.tuples(st.just("drain")))
FOLLOWED = ("gift", "shared", "refund", "correct", "edit", "move", "remove", "shift", "unshift")
"""Acts with a change set of their own, which the next act may undo."""


@dataclass
class Wide(World):
    """The world with funds, campaigns and officers."""

    funds: list[int] = field(default_factory=list)
    campaigns: list[int] = field(default_factory=list)
    officers: list[int] = field(default_factory=list)
    purposes: Purposes = field(default_factory=Purposes)
    now: tuple[list[int], int | None] = ([], None)
    before: tuple[int, Any] | None = None

    def wanted(self, giver: int, amount: int, on: date, credits: tuple[CreditInput, ...] = ()) -> GiftInput:
        """A gift for what gifts are for now: nothing, a fund, or two, the first of which gets a third."""
        funds, campaign = self.now
        parts = [amount] if len(funds) == 1 else [amount // 3, amount - amount // 3]
        splits = tuple(SplitInput(fund, part) for fund, part in zip(funds, parts, strict=False))
        person = self.people[giver]
        return GiftInput(person, amount, on, credits=credits, splits=splits, campaign_id=campaign)

    def _credit(self, gift_id: int, wanted: GiftInput) -> None:
        super()._credit(gift_id, wanted)
        self.purposes.campaigns[gift_id] = wanted.campaign_id

    def purpose(self, funds: list[int], campaign: int) -> None:
        """What the next gifts, and those that are edited, are for."""
        self.now = [self.funds[one] for one in funds], [*self.campaigns, None][campaign]

    def charge(self, who: int, officer: int, on: date, primary: bool) -> None:
        """An officer takes charge of somebody, maybe from another one, maybe of a household, maybe tomorrow."""
        constituent, started = [*self.people, *self.homes][who], self._running(who)
        role = "primary" if primary else "secondary"
        if any(row.role == role and (row.from_on > on or row.officer_id == self.officers[officer]) for row in started):
            return
        within = open_change(self.session, "assign", act=ACT)
        assign_officer(self.session, constituent, Charge(self.officers[officer], on, role), within=within)
        self._read_charges()

    def _running(self, who: int) -> list[Assignment]:
        open_now = select(Assignment).where(Assignment.to_on.is_(None))
        return list(self.session.scalars(open_now.where(Assignment.constituent_id == [*self.people, *self.homes][who])))

    def release(self, number: int, later: int) -> None:
        """The end of a charge, so many days after it began."""
        running = self.session.scalars(
            select(Assignment).where(Assignment.to_on.is_(None)).order_by(Assignment.id)
        ).all()
        if running:
            row = running[number % len(running)]
            on = row.from_on + timedelta(later)
            end_charge(self.session, row.id, on=on, reason="test", within=open_change(self.session, "end", act=ACT))
            self._read_charges()

    def _read_charges(self) -> None:
        rows = self.session.scalars(select(Assignment))
        self.purposes.charges = [(row.officer_id, row.constituent_id, row.from_on, row.to_on) for row in rows]

    def merge(self, stays: int, goes: int) -> None:
        """As ever; which charges end is tested with merges: here they are read again."""
        super().merge(stays, goes)
        self._read_charges()

    def undo(self) -> None:
        """The last act is taken back, if it can be."""
        if self.before is not None:
            change_id, (facts, purposes) = self.before
            undo_change(self.session, self.session.get_one(ChangeSet, change_id), act=ACT, on=TODAY)
            self.facts, self.purposes = facts, purposes
            self.before = None

    def drain(self) -> None:
        """The queue is at it in the middle."""
        refresh_waiting(self.session, on=TODAY)

    def do(self, verb: str, *details: Any) -> None:
        """One act; it is remembered what was before."""
        newest = self.session.scalar(select(func.max(ChangeSet.id)))
        known = deepcopy((self.facts, self.purposes))
        getattr(self, verb)(*details)
        last = self.session.scalar(select(func.max(ChangeSet.id)))
        if verb != "drain":
            followed = verb in FOLLOWED and last is not None and last != newest
            self.before = (last or 0, known) if followed else None


def wide(session: Session) -> Wide:
    """A world with figures of many kinds."""
    here: Wide = world(session, Wide)
    within = here.change
    here.funds = [insert(session, Fund(name=f"F{n}"), within=within).id for n in range(FUNDS)]
    here.campaigns = [insert(session, Campaign(name=f"C{n}"), within=within).id for n in range(CAMPAIGNS)]
    for n in range(OFFICERS):
        officer = User(email=f"o{n}@example.org", name=f"O{n}", role="officer")
        here.officers.append(insert(session, officer, within=within).id)
    install(session, _more(), within=within)
    return here


def _more() -> list[Definition]:
    return [
        Definition(
            f"{target}_{source}_{operation}".replace(" ", "_"),
            f"{target} {source} {operation}",
            source,
            operation,
            returns,
            value_kind_of(source, operation, returns),
            parse_frame(frame),
            target=target,
            number=2 if operation is Operation.NTH else 0,
        )
        for target, sources in SOURCES.items()
        for source in sources
        for operation, returns, frame in OPERATIONS
        if source is not Source.MOVES or operation in OF_MOVES
    ]


def plainly(here: Wide, target: Target, owner: int, *, on: date, as_of: date | None = None) -> dict[str, int | None]:
    """All figures of an owner by the plain computation."""
    many = Many(here.session, here.facts, here.purposes)
    return {
        one.key: figure(
            one,
            many.rows(target, owner, one.source, on=on, as_of=as_of),
            meets=lambda _: True,
            on=on,
            fiscal=FISCAL,
        )
        for one in definitions(here.session, target)
    }


def numbers(values: dict[str, Any]) -> dict[str, int | None]:
    """Dates as they are stored."""
    return {key: day_number(value) if isinstance(value, date) else value for key, value in values.items()}


@given(
    done=st.lists(st.one_of(acts, acts, around), min_size=1, max_size=16),
    past=days,
    later=st.integers(1, 400),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_figures_equal_a_plain_recomputation(session: Session, done: list[Any], past: date, later: int) -> None:
    session.rollback()
    session.expunge_all()
    here = wide(session)
    for verb, *details in done:
        here.do(verb, *details)
    owners = {Target.FUND: here.funds, Target.CAMPAIGN: here.campaigns, Target.PORTFOLIO: here.officers}
    refresh_waiting(session, on=TODAY)
    assert not any_waits(session)
    for target, ids in owners.items():
        then = values_as_of(session, ids, on=past, owner=target)
        for one in ids:
            assert numbers(values_of(session, one, target)) == plainly(here, target, one, on=TODAY)
            none = dict.fromkeys(key for key in plainly(here, target, one, on=past, as_of=past))
            assert numbers(then.get(one, none)) == plainly(here, target, one, on=past, as_of=past)
    assert verify(session, on=TODAY, at=AT).faults == 0
    _night(here, TODAY + timedelta(later), owners)
    session.rollback()


def _night(here: Wide, on: date, owners: dict[Target, list[int]]) -> None:
    """Time passes: only those wait whose figures it moved, and then all are right. A new fiscal year moves all."""
    if FISCAL.year_of(on) != FISCAL.year_of(TODAY):
        return
    mark_owner_movers(here.session, on=on, since=TODAY, at=AT)
    refresh_waiting(here.session, on=on)
    for target in OF_MANY:
        for one in owners[target]:
            assert numbers(values_of(here.session, one, target)) == plainly(here, target, one, on=on)
