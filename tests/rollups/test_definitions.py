"""Whatever staff define: the stored figures equal a plain computation, on both databases, today and as of past days."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count, islice
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.calendar import FiscalCalendar
from donors.core.changes import ChangeSet, insert, open_change
from donors.core.criteria.evaluate import holds
from donors.core.fields import FieldSet
from donors.core.settings import Organization, organization, set_organization
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput
from donors.giving.models import Campaign, Fund, Gift, GiftSplit
from donors.pipeline.move_report import Report
from donors.rollups.definition import Definition, Source
from donors.rollups.families import fields_by_source
from donors.rollups.models import INDEXED, SLOTS, rollup_value, slot_column
from donors.rollups.queries import definitions, values_as_of
from donors.rollups.standard import install
from donors.rollups.targets import Target
from donors.rollups.verify import verify
from donors.rollups.wanted import read_criteria
from donors.volunteering.models import Activity
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.gifts import add_gift
from donors.workflows.moves import log_move
from donors.workflows.refresh import refresh_figures
from donors.workflows.shifts import record_shift
from tests.rollups.drawn import definition
from tests.rollups.oracle import Contact, Facts, Given, Worked
from tests.rollups.plain import EPOCH, Row, figure
from tests.rollups.test_sequences import ACT, AT, TODAY

JULY = FiscalCalendar(7)


@dataclass
class Partly(Given):
    """A gift of which only some credits are looked at."""

    every: list[tuple[int, str, int]] = field(default_factory=list)

    def counted(self, as_of: date | None) -> list[tuple[int, str, int]]:
        return [] if as_of is not None and self.on > as_of else self.credits

    def whole(self, as_of: date | None) -> list[tuple[int, str, int]]:
        return [] if as_of is not None and self.on > as_of else self.every


@dataclass
class World:
    """Gifts and shifts of three persons, an organization and a household, in the database and beside it."""

    session: Session
    change: ChangeSet
    facts: Facts
    ids: list[int] = field(default_factory=list)
    known: dict[int, dict[str, Any]] = field(default_factory=dict)
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    splits: dict[int, list[Row]] = field(default_factory=dict)
    roles: dict[tuple[int, int, str], list[tuple[str, int]]] = field(default_factory=dict)


def _day(drawn: Random) -> date:
    edges = [TODAY, TODAY - timedelta(365), TODAY + timedelta(40), date(2025, 12, 31), date(2024, 2, 29)]
    return drawn.choice([date(2019, 1, 1) + timedelta(drawn.randrange(2650)), drawn.choice(edges)])


@pytest.fixture
def world(session: Session) -> World:
    """An empty one whose fiscal year starts in July."""
    change = open_change(session, "test", act=ACT)
    set_organization(session, Organization(fiscal_start_month=7), within=change)
    here = World(session, change, Facts(JULY))
    for kind in ("person", "person", "person", "organization", "household"):
        here.ids.append(insert(session, Constituent(kind=kind, name=kind, sort_name=kind), within=change).id)
    for name in ("Annual", "Roof", "Scholarships"):
        insert(session, Fund(name=name), within=change)
    insert(session, Campaign(name="Spring"), within=change)
    insert(session, Activity(name="Docent"), within=change)
    home = here.ids[4]
    stays = ((here.ids[0], None, None), (here.ids[1], date(2021, 1, 1), date(2024, 6, 1)))
    for person, start, end in stays:
        row = HouseholdMembership(household_id=home, constituent_id=person, from_on=start, to_on=end, recorded_at=AT)
        insert(session, row, within=change)
        here.facts.stays.append((home, person, start, end))
    here.facts.stays.append((home, -1, None, None))
    return here


def _give(here: World, drawn: Random) -> None:
    giver, other = drawn.sample(here.ids[:4], 2)
    amount = drawn.choice([0, 1, 999, 2500, 2500, 100_01])
    credits = [CreditInput(giver, amount, "hard")]
    if drawn.random() < 0.3:
        part = amount // 3
        credits = [CreditInput(giver, amount - part, "hard"), CreditInput(drawn.choice([giver, other]), part, "hard")]
    for _ in range(drawn.choice([0, 0, 1, 2])):
        credits.append(CreditInput(other, amount // 3, "soft", drawn.choice(["spouse", "matching", "solicitor"])))
    parts = drawn.choice([(), ((1, amount),), ((2, amount // 3), (1, amount - amount // 3))])
    wanted = GiftInput(
        giver,
        amount,
        _day(drawn),
        method=drawn.choice(["check", "CHECK", "cash", ""]),
        campaign_id=drawn.choice([1, None]),
        splits=tuple(SplitInput(fund, part) for fund, part in parts),
        credits=tuple(credits),
    )
    gift = add_gift(here.session, wanted, within=here.change, on=TODAY).gift
    _know(here, gift, wanted)


def _know(here: World, gift: Gift, wanted: GiftInput) -> None:
    credits = [(one.constituent_id, one.kind, one.amount) for one in wanted.credits]
    here.facts.gifts[gift.id] = Given(gift.id, wanted.constituent_id, wanted.amount, wanted.received_on, credits)
    here.known[gift.id] = {
        "method": wanted.method,
        "campaign": wanted.campaign_id,
        "campaign_id": wanted.campaign_id,
        "amount": wanted.amount,
        "received_on": wanted.received_on,
        "funds": {split.fund_id for split in wanted.splits},
        "appeal": None,
        "constituent": wanted.constituent_id,
        "day": wanted.received_on,
        "roles": [(one.constituent_id, one.kind, one.role, one.amount) for one in wanted.credits],
    }
    here.splits[gift.id] = [
        Row(wanted.received_on, row.id, row.amount, {"fund": row.fund_id})
        for row in here.session.query(GiftSplit).filter_by(gift_id=gift.id).order_by(GiftSplit.id)
    ]


def _work(here: World, drawn: Random) -> None:
    who, on, minutes = drawn.choice(here.ids[:4]), _day(drawn), drawn.choice([30, 90, 121, 240])
    activity = drawn.choice([1, None])
    wanted = ShiftInput(who, on, minutes, activity_id=activity)
    made = record_shift(here.session, wanted, act=ACT, on=TODAY)
    here.facts.shifts[made.id] = Worked(made.id, who, on, minutes)
    here.known[-made.id] = {"hours": minutes, "activity": activity, "constituent": who, "day": on}


def _call(here: World, drawn: Random) -> None:
    on, method = min(_day(drawn), TODAY), drawn.choice(["call", "visit", "mail"])
    report = Report(on, method, drawn.choice(["reached", "no_answer"]), officer_id=None)
    made = log_move(here.session, drawn.choice(here.ids[:4]), report, within=here.change, on=TODAY)
    here.facts.moves[made.id] = Contact(made.id, made.constituent_id, on)
    here.calls[made.id] = {
        "method": method,
        "substantive": made.is_substantive,
        "officer": None,
        "constituent": made.constituent_id,
        "day": on,
    }


def _rows(here: World, owner: int, one: Definition, meets: Any, day: date | None) -> list[Row]:
    """The rows of a definition's source, with those taken out that a condition on single credits leaves out."""
    if one.source is Source.MOVES:
        return [Row(on, id_, 0, here.calls[id_]) for on, id_, _ in here.facts.met(owner, day)]
    if one.source is Source.SHIFTS:
        return [Row(on, id_, minutes, here.known[-id_]) for on, id_, minutes in here.facts.worked(owner, day)]
    facts = _with_roles(here, meets) if "credit_role" in one.criteria else here.facts
    kinds = {Source.CREDIT: ("hard", "soft"), Source.ALLOCATIONS: ("hard",)}.get(one.source, (str(one.source),))
    by_gift: dict[int, Row] = {}
    for kind in kinds:
        for on, id_, amount in facts.rows(owner, kind, day):
            before = by_gift[id_].amount if id_ in by_gift else 0
            by_gift[id_] = Row(on, id_, before + amount, here.known[id_])
    if one.source is not Source.ALLOCATIONS:
        return list(by_gift.values())
    return [part for row in by_gift.values() for part in _parts(here, row)]


def _with_roles(here: World, meets: Any) -> Facts:
    gifts = {}
    for id_, gift in here.facts.gifts.items():
        fitting = [
            (who, kind, amount)
            for who, kind, role, amount in here.known[id_]["roles"]
            if meets({**here.known[id_], "credit_role": role})
        ]
        gifts[id_] = Partly(id_, gift.giver, gift.amount, gift.on, fitting, every=gift.credits)
    return replace(here.facts, gifts=gifts)


def _parts(here: World, row: Row) -> list[Row]:
    whole = here.facts.gifts[row.id].amount
    found = []
    for part in here.splits[row.id]:
        exact = row.amount if part.amount == whole else round_half(row.amount * part.amount, whole)
        found.append(Row(row.on, part.id, exact, {**row.facts, **part.facts}))
    return found


def round_half(top: int, bottom: int) -> int:
    """To the nearest whole number, halves up; nothing of nothing."""
    return (2 * top + bottom) // (2 * bottom) if bottom else 0


@dataclass
class Plainly:
    """Computes definitions of the world by hand."""

    here: World
    settings: Organization
    fields: dict[Source, FieldSet]

    def figure(self, owner: int, kind: str, one: Definition, *, on: date, day: date | None) -> int | None:
        """The figure of an owner on a day, from the facts of now or (with `day`) as they counted then."""
        if one.target is not Target.CONSTITUENT and one.target != kind:
            return None
        early = "credit_role" in one.criteria
        fields = self.fields[one.source]
        tree = read_criteria(one, self.fields, self.settings) if one.criteria else None

        def meets(facts: dict[str, Any]) -> bool:
            return tree is None or holds(tree, facts, fields, on=on, fiscal=JULY)

        rows = _rows(self.here, owner, one, meets, day)
        return figure(one, rows, meets=lambda row: early or meets(row.facts), on=on, fiscal=JULY)


def _drawn(drawn: Random) -> Iterator[Definition]:
    return (one for place in count() if (one := definition(drawn, place)) is not None)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 40))])
def test_figures_equal_a_plain_computation(world: World, seed: int) -> None:
    _all_equal(world, Random(seed), 90)


def test_as_many_as_there_is_room_for(world: World) -> None:
    """They need more passes than SQLite joins tables."""
    _all_equal(world, Random(5), SLOTS - len(INDEXED))


def _all_equal(world: World, drawn: Random, many: int) -> None:
    for _ in range(40):
        _give(world, drawn)
    for _ in range(12):
        _work(world, drawn)
        _call(world, drawn)
    install(world.session, islice(_drawn(drawn), many), within=world.change)
    refresh_figures(world.session, on=TODAY)
    kinds = ("person", "person", "person", "organization", "household")
    stored = {row.constituent_id: row._mapping for row in world.session.execute(rollup_value.select())}
    known = definitions(world.session)
    then = date(2024, 6, 30)
    past = values_as_of(world.session, world.ids, on=then)
    assert len(known) == many
    plainly = Plainly(world, organization(world.session), fields_by_source(world.session))
    for owner, kind in zip(world.ids, kinds, strict=True):
        for one in known:
            wanted = plainly.figure(owner, kind, one, on=TODAY, day=None)
            assert stored[owner][slot_column(one.slot)] == wanted, (kind, one)
            before = plainly.figure(owner, kind, one, on=then, day=then)
            found = past.get(owner, {}).get(one.key)
            assert ((found - EPOCH).days if isinstance(found, date) else found) == before, ("past", kind, one)
    assert verify(world.session, on=TODAY, at=AT).faults == 0
