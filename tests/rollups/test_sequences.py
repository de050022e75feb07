"""After any sequence of acts the stored figures equal a plain recomputation, and so do figures of past days."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.calendar import FiscalCalendar
from donors.core.changes import Act, ChangeSet, insert, open_change, remove
from donors.core.settings import Organization, set_organization
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput
from donors.pipeline.models import Move
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.move_report import Report
from donors.rollups.queries import values_as_of, values_of
from donors.rollups.standard import install_standard
from donors.rollups.verify import verify
from donors.volunteering.shift_input import ShiftInput
from donors.workflows import adjust, gifts, shifts
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.moves import log_move
from donors.workflows.refresh import refresh_constituents
from donors.workflows.undo import undo_change
from tests.rollups.expected import figures
from tests.rollups.oracle import Contact, Facts, Given, Worked

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
FISCAL = FiscalCalendar(7, named_for_end=True)
PEOPLE, HOMES = 4, 2

days = st.one_of(
    st.dates(date(2019, 1, 1), date(2026, 12, 31)),
    st.sampled_from([TODAY, TODAY - timedelta(365), TODAY - timedelta(366), TODAY + timedelta(1), date(2025, 7, 1)]),
)
who = st.integers(0, PEOPLE)
amounts = st.sampled_from([0, 1, 100, 100, 2500, 2501, 99999])
soft = st.lists(st.tuples(who, st.sampled_from([30, 100])), max_size=3)
acts = st.one_of(
    st.tuples(st.just("gift"), who, amounts, days, soft),
    st.tuples(st.just("gift"), who, amounts, days, soft),
    st.tuples(st.just("shared"), who, who, amounts, days),
    st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 100), st.integers(0, 900)),
    st.tuples(st.just("correct"), st.integers(0, 9), amounts),
    st.tuples(st.just("edit"), st.integers(0, 9), who, amounts, days),
    st.tuples(st.just("move"), st.integers(0, 9), who),
    st.tuples(st.just("remove"), st.integers(0, 9)),
    st.tuples(st.just("shift"), who, days, st.integers(1, 600)),
    st.tuples(st.just("unshift"), st.integers(0, 9)),
    st.tuples(st.just("call"), who, days),
    st.tuples(st.just("plan"), who, days),
    st.tuples(st.just("uncall"), st.integers(0, 9)),
    st.tuples(st.just("join"), st.integers(0, HOMES - 1), st.integers(0, PEOPLE - 1), days, st.integers(0, 1500)),
    st.tuples(st.just("leave"), st.integers(0, 9)),
    st.tuples(st.just("merge"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
)


@dataclass
class World:
    """The database and what the test knows of it."""

    session: Session
    change: ChangeSet
    people: list[int]
    homes: list[int]
    facts: Facts
    act: Act = ACT

    def gift(self, giver: int, amount: int, on: date, soft: list[tuple[int, int]]) -> None:
        """A gift with soft credits of so many percent."""
        held = {self.people[giver]: 100}
        credits = []
        for person, percent in soft:
            left = 100 - held.get(self.people[person], 0)
            held[self.people[person]] = 100 - left + min(percent, left)
            part = amount * min(percent, left) // 100
            if left:
                credits.append(CreditInput(self.people[person], part))
        self._record(self.wanted(giver, amount, on, tuple(credits)))

    def shared(self, giver: int, other: int, amount: int, on: date) -> None:
        """A gift whose hard credit is in two parts, maybe of one person."""
        half = amount // 2
        parts = (CreditInput(self.people[giver], amount - half, "hard"), CreditInput(self.people[other], half, "hard"))
        self._record(self.wanted(giver, amount, on, parts))

    def wanted(self, giver: int, amount: int, on: date, credits: tuple[CreditInput, ...] = ()) -> GiftInput:
        """A gift as it should be."""
        return GiftInput(self.people[giver], amount, on, credits=credits)

    def _record(self, wanted: GiftInput) -> None:
        gift = gifts.record_gift(self.session, wanted, act=self.act, on=TODAY).gift
        self.facts.gifts[gift.id] = Given(gift.id, wanted.constituent_id, wanted.amount, wanted.received_on, [])
        self._credit(gift.id, wanted)

    def _credit(self, gift_id: int, wanted: GiftInput) -> None:
        credits = [(one.constituent_id, one.kind, one.amount) for one in wanted.credits]
        if not any(kind == "hard" for _, kind, _ in credits):
            credits.insert(0, (wanted.constituent_id, "hard", wanted.amount))
        self.facts.gifts[gift_id].credits = credits

    def _pick(self, place: int) -> Given | None:
        known = sorted(self.facts.gifts)
        return self.facts.gifts[known[place % len(known)]] if known else None

    def refund(self, place: int, percent: int, later: int) -> None:
        """A refund of so many percent of what is left, so many days after the gift but not after today."""
        gift = self._pick(place)
        if gift is None or gift.on > TODAY:
            return
        left = gift.amount + sum(gift.corrections) - sum(amount for _, amount in gift.refunds)
        amount = max(left * percent // 100, min(left, 1))
        on = min(gift.on + timedelta(later), TODAY)
        if amount:
            adjust.refund_gift(self.session, gift.id, AdjustmentInput(amount, on), act=self.act, on=TODAY)
            gift.refunds.append((on, amount))

    def correct(self, place: int, amount: int) -> None:
        """A correction to an amount, unless more than that was refunded."""
        gift = self._pick(place)
        if gift is None:
            return
        full = gift.amount + sum(gift.corrections)
        if amount != full and amount >= sum(part for _, part in gift.refunds) and not (gift.refunds and amount == 0):
            adjust.correct_gift(self.session, gift.id, AdjustmentInput(amount), act=self.act, on=TODAY)
            gift.corrections.append(amount - full)
            gift.credits = gift.parts(amount)  # whole cents, of which later refunds take their part

    def edit(self, place: int, giver: int, amount: int, on: date) -> None:
        """Other giver, amount and day; the credits are the giver's alone."""
        gift = self._pick(place)
        if gift is None or any(day < on for day, _ in gift.refunds):
            return
        if amount + sum(gift.corrections) - sum(part for _, part in gift.refunds) < 0:
            return
        if amount + sum(gift.corrections) < 0:
            return
        wanted = self.wanted(giver, amount, on)
        adjust.edit_gift(self.session, gift.id, wanted, act=self.act, on=TODAY)
        gift.giver, gift.amount, gift.on = wanted.constituent_id, amount, on
        self._credit(gift.id, wanted)

    def move(self, place: int, to: int) -> None:
        """Another giver with the same credits."""
        gift = self._pick(place)
        if gift is not None:
            adjust.move_gift(self.session, gift.id, to=self.people[to], act=self.act, on=TODAY)
            gift.credits = [
                (self.people[to] if one == gift.giver and kind == "hard" else one, kind, amount)
                for one, kind, amount in gift.credits
            ]
            gift.giver = self.people[to]

    def remove(self, place: int) -> None:
        """Out of the books."""
        gift = self._pick(place)
        if gift is not None:
            adjust.remove_gift(self.session, gift.id, act=self.act, on=TODAY)
            del self.facts.gifts[gift.id]

    def shift(self, person: int, on: date, minutes: int) -> None:
        """A piece of volunteer work."""
        made = shifts.record_shift(self.session, ShiftInput(self.people[person], on, minutes), act=self.act, on=TODAY)
        self.facts.shifts[made.id] = Worked(made.id, self.people[person], on, minutes)

    def unshift(self, place: int) -> None:
        """A shift that was not."""
        known = sorted(self.facts.shifts)
        if known:
            shifts.remove_shift(self.session, known[place % len(known)], act=self.act, on=TODAY)
            del self.facts.shifts[known[place % len(known)]]

    def call(self, person: int, on: date) -> None:
        """A move that was made, in an act of its own."""
        change = open_change(self.session, "move.log", act=self.act)
        report = Report(min(on, TODAY), "call", "reached")
        made = log_move(self.session, self.people[person], report, within=change, on=TODAY)
        self.facts.moves[made.id] = Contact(made.id, self.people[person], report.made_on)

    def plan(self, person: int, on: date) -> None:
        """A move that has not happened."""
        plan_move(self.session, self.people[person], Plan("Call", on, "call"), within=self.change)

    def uncall(self, place: int) -> None:
        """A move taken back, unless a merge has changed it since."""
        known = sorted(self.facts.moves)
        if not known:
            return
        id_ = known[place % len(known)]
        made = self.session.get_one(Move, id_)
        if made.version == 1:
            undo_change(self.session, self.session.get_one(ChangeSet, made.created_in), act=self.act, on=TODAY)
            del self.facts.moves[id_]

    def join(self, home: int, person: int, on: date, length: int) -> None:
        """A membership of so many days; none: from ever, for ever."""
        span = (on, on + timedelta(length)) if length else (None, None)
        row = HouseholdMembership(
            household_id=self.homes[home],
            constituent_id=self.people[person],
            from_on=span[0],
            to_on=span[1],
            recorded_at=AT,
        )
        insert(self.session, row, within=self.change)
        self.facts.stays.append((self.homes[home], self.people[person], *span))
        refresh_constituents(self.session, [row.constituent_id], within=self.change, on=TODAY, cause="household")

    def leave(self, place: int) -> None:
        """A membership that was not."""
        rows = self.session.scalars(select(HouseholdMembership).order_by(HouseholdMembership.id)).all()
        if rows:
            row = rows[place % len(rows)]
            self.facts.stays.remove((row.household_id, row.constituent_id, row.from_on, row.to_on))
            touched = [row.constituent_id, row.household_id]
            remove(self.session, row, within=self.change)
            refresh_constituents(self.session, touched, within=self.change, on=TODAY, cause="household")

    def merge(self, stays: int, goes: int) -> None:
        """One person of two. Which days of stays fall away is tested with merges: here they are read again."""
        kept, gone = self.people[stays], self.people[goes]
        if kept == gone:
            return
        merge_constituents(self.session, Pair(kept, gone), within=self.change, on=TODAY)
        self.people = [kept if one == gone else one for one in self.people]
        for gift in self.facts.gifts.values():
            gift.giver = kept if gift.giver == gone else gift.giver
            gift.credits = [(kept if one == gone else one, kind, amount) for one, kind, amount in gift.credits]
        for worked in self.facts.shifts.values():
            worked.who = kept if worked.who == gone else worked.who
        for met in self.facts.moves.values():
            met.who = kept if met.who == gone else met.who
        rows = self.session.scalars(select(HouseholdMembership))
        there = [(row.household_id, row.constituent_id, row.from_on, row.to_on) for row in rows]
        self.facts.stays = [stay for stay in self.facts.stays if stay[1] == -1] + there


def world(session: Session, kind_of_world: type[World] = World) -> Any:
    """An organization whose fiscal year starts in July, with persons, an organization and households."""
    change = open_change(session, "test", act=ACT)
    set_organization(session, Organization(fiscal_start_month=7), within=change)
    install_standard(session, within=change)
    ids = [
        insert(session, Constituent(kind=kind, name=f"{kind} {n}", sort_name=f"{n}"), within=change).id
        for kind, count in (("person", PEOPLE), ("organization", 1), ("household", HOMES))
        for n in range(count)
    ]
    facts = Facts(FISCAL)
    here = kind_of_world(session, change, ids[: PEOPLE + 1], ids[PEOPLE + 1 :], facts)
    for home, person in ((0, 0), (0, 1), (1, 2)):
        here.join(home, person, date(2020, 1, 1), 3000)
    facts.stays += [(home, -1, None, None) for home in here.homes]
    return here


def kept(values: dict[str, Any]) -> dict[str, Any]:
    """Those that are not empty."""
    return {key: value for key, value in values.items() if value is not None}


@given(done=st.lists(acts, min_size=1, max_size=14), past=st.lists(days, min_size=2, max_size=2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_equal_a_plain_recomputation(session: Session, done: list[Any], past: list[date]) -> None:
    session.rollback()
    session.expunge_all()
    here = world(session)
    for verb, *details in done:
        getattr(here, verb)(*details)
    everybody = [*here.people, *here.homes]
    for one in everybody:
        assert kept(values_of(session, one)) == figures(here.facts, one, on=TODAY)
    assert verify(session, on=TODAY, at=AT).faults == 0
    for day in past:
        then = values_as_of(session, everybody, on=day)
        for one in everybody:
            assert kept(then.get(one, {})) == figures(here.facts, one, on=day, as_of=True)
    session.rollback()
