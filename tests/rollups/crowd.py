"""A random charity of any size: what is recorded in the product, and the same as plain rows for another database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert as insert_rows
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.settings import Organization, set_organization
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput, SplitInput
from donors.giving.models import Appeal, Campaign, Fund, GiftSplit
from donors.pipeline.models import DROPPED, MADE, PLANNED, Assignment, Move
from donors.volunteering.models import Activity
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.adjust import refund_gift
from donors.workflows.gifts import record_gifts
from donors.workflows.shifts import record_shifts

TODAY = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
FISCAL_START = 7
EDGES = (
    *(TODAY + timedelta(days) for days in (-366, -365, -31, -30, 0, 1, 40, 200)),
    *(date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2026, 1, 1), date(2024, 2, 29), date(2026, 5, 31)),
)
AMOUNTS = (0, 1, 999, 2_500, 2_500, 10_000, 123_457, 5_000_000)
METHODS = ("check", "CHECK", "cash", "")
ROLES = ("spouse", "matching", "solicitor")
PART = 5_000

Line = tuple[Any, ...]


@dataclass
class Crowd:
    """Who is there, and all that happened, as lines of plain values."""

    session: Session
    drawn: Random
    people: list[int] = field(default_factory=list)
    homes: list[int] = field(default_factory=list)
    owners: list[Line] = field(default_factory=list)
    gifts: list[Line] = field(default_factory=list)
    credits: list[Line] = field(default_factory=list)
    refunds: list[Line] = field(default_factory=list)
    stays: list[Line] = field(default_factory=list)
    shifts: list[Line] = field(default_factory=list)
    moves: list[Line] = field(default_factory=list)
    charges: list[Line] = field(default_factory=list)

    @property
    def splits(self) -> list[Line]:
        """Id, gift, fund and amount of every split."""
        rows = self.session.query(GiftSplit.id, GiftSplit.gift_id, GiftSplit.fund_id, GiftSplit.amount)
        return [tuple(row) for row in rows]


def crowd(session: Session, *, gifts: int, seed: int) -> Crowd:
    """So many gifts, a fifth as many shifts and a tenth as many moves, of a tenth as many people of all kinds."""
    here = Crowd(session, Random(seed))
    change = open_change(session, "test", act=ACT)
    set_organization(session, Organization(fiscal_start_month=FISCAL_START), within=change)
    for model, names in ((Fund, "ABC"), (Campaign, "DE"), (Appeal, "FG"), (Activity, "HI")):
        for name in names:
            insert(session, model(name=name), within=change)
    _people(here, max(gifts // 10, 20), change)
    _put_in_charge(here, change)
    _give(here, gifts, change)
    _work(here, gifts // 5, change)
    _meet(here, gifts // 10, change)
    for gift in here.drawn.sample(here.gifts, min(gifts // 50, 500)):
        _refund(here, gift)
    return here


def _people(here: Crowd, many: int, change: ChangeSet) -> None:
    for place in range(many):
        kind = "household" if place % 6 == 0 else "organization" if place % 10 == 1 else "person"
        id_ = insert(here.session, Constituent(kind=kind, name=kind, sort_name=kind), within=change).id
        here.owners.append((id_, kind))
        (here.homes if kind == "household" else here.people).append(id_)
    persons = [id_ for id_, kind in here.owners if kind == "person"]
    for home in here.homes:
        for person in here.drawn.sample(persons, 2):
            start, end = here.drawn.choice([(None, None), (None, date(2024, 3, 1)), (date(2023, 5, 1), None)])
            stay = HouseholdMembership(
                household_id=home, constituent_id=person, from_on=start, to_on=end, recorded_at=AT
            )
            insert(here.session, stay, within=change)
            here.stays.append((home, person, start, end))


def _put_in_charge(here: Crowd, change: ChangeSet) -> None:
    """Three officers, in charge of a fifth of all, of some people together with their household."""
    for name in "PQR":
        officer = insert(here.session, User(email=f"{name}@example.org", name=name, role="officer"), within=change).id
        for who in here.drawn.sample([*here.people, *here.homes], len(here.owners) // 10):
            start, end = here.drawn.choice([(date(2020, 1, 1), None), (date(2023, 1, 1), date(2025, 1, 1))])
            charge = Assignment(
                constituent_id=who, officer_id=officer, role="secondary", from_on=start, to_on=end, recorded_at=AT
            )
            insert(here.session, charge, within=change)
            here.charges.append((officer, who, start, end))


def _day(drawn: Random) -> date:
    return drawn.choice(EDGES) if drawn.random() < 0.3 else date(2016, 1, 1) + timedelta(drawn.randrange(3900))


def _give(here: Crowd, many: int, change: ChangeSet) -> None:
    wanted = [_gift(here) for _ in range(many)]
    for part in _parts(wanted):
        ids = record_gifts(here.session, part, within=change, on=TODAY)
        for id_, one in zip(ids, part, strict=True):
            purpose = (one.method, one.campaign_id, one.appeal_id)
            here.gifts.append((id_, one.amount, one.received_on, *purpose, one.constituent_id, len(one.credits)))
            given = one.credits or (CreditInput(one.constituent_id, one.amount, "hard"),)
            here.credits += [(id_, each.constituent_id, each.kind, each.role, each.amount) for each in given]


def _parts(wanted: Sequence[Any]) -> Iterator[Any]:
    for start in range(0, len(wanted), PART):
        yield wanted[start : start + PART]


def _gift(here: Crowd) -> GiftInput:
    drawn = here.drawn
    giver, other = drawn.sample(here.people, 2) if drawn.random() < 0.95 else (drawn.choice(here.homes), here.people[0])
    amount = drawn.choice(AMOUNTS) if drawn.random() < 0.5 else drawn.randrange(1, 100_000)
    if drawn.random() < 0.01:
        return GiftInput(giver, -amount, _day(drawn), method="check", from_file=True)
    credits = _credits(drawn, giver, other, amount) if drawn.random() < 0.3 else ()
    third = amount // 3
    splits = drawn.choice([(), (SplitInput(1, amount),), (SplitInput(2, third), SplitInput(1, amount - third))])
    return GiftInput(
        giver,
        amount,
        _day(drawn),
        method=drawn.choice(METHODS),
        campaign_id=drawn.choice([1, 2, None]),
        appeal_id=drawn.choice([1, 2, None]),
        splits=splits,
        credits=credits,
    )


def _credits(drawn: Random, giver: int, other: int, amount: int) -> tuple[CreditInput, ...]:
    part = amount // 4 if drawn.random() < 0.5 else 0
    hard = [CreditInput(giver, amount - part, "hard")]
    if part:
        hard.append(CreditInput(drawn.choice([giver, other]), part, "hard"))
    soft = [CreditInput(other, amount // 3, "soft", drawn.choice(ROLES)) for _ in range(drawn.choice([0, 1, 2]))]
    return (*hard, *soft)


def _work(here: Crowd, many: int, change: ChangeSet) -> None:
    drawn = here.drawn
    wanted = [
        ShiftInput(
            drawn.choice(here.people), _day(drawn), drawn.choice([30, 90, 120, 121, 480]), drawn.choice([1, 2, None])
        )
        for _ in range(many)
    ]
    for part in _parts(wanted):
        ids = record_shifts(here.session, part, within=change, on=TODAY)
        here.shifts += [
            (id_, one.constituent_id, one.worked_on, one.minutes, one.activity_id)
            for id_, one in zip(ids, part, strict=True)
        ]


def _meet(here: Crowd, many: int, change: ChangeSet) -> None:
    """Moves, of which a part is planned only, and one in a hundred was dropped."""
    drawn, officers = here.drawn, [_officer(here, name, change) for name in "JK"]
    rows: list[dict[str, Any]] = []
    for _ in range(many):
        state = drawn.choices([MADE, PLANNED, DROPPED], [80, 19, 1])[0]
        on, officer = min(_day(drawn), TODAY), drawn.choice([*officers, None])
        method, real = drawn.choice(["call", "visit", "mail"]), drawn.random() < 0.5
        who = drawn.choice(here.people)
        rows.append(
            {
                "constituent_id": who,
                "officer_id": officer,
                "state": state,
                "purpose": "Meet",
                "method": method,
                "due_on": on,
                "made_on": on if state == MADE else None,
                "is_substantive": real,
                "recorded_at": AT,
                "created_in": change.id,
            }
        )
    for part in _parts(rows):
        statement = insert_rows(Move).returning(Move.id, sort_by_parameter_order=True)
        ids = here.session.scalars(statement, part).all()
        here.moves += [
            (id_, row["constituent_id"], row["made_on"], row["method"], row["is_substantive"], row["officer_id"])
            for id_, row in zip(ids, part, strict=True)
            if row["state"] == MADE
        ]


def _officer(here: Crowd, name: str, change: ChangeSet) -> int:
    return insert(here.session, User(email=f"{name}@example.org", name=name, role="officer"), within=change).id


def _refund(here: Crowd, gift: Line) -> None:
    """All of a gift; or a half, where one person alone has the credit."""
    id_, amount, given_on, *_, credits = gift
    if amount <= 1 or given_on > TODAY:
        return
    refunded = amount if credits or here.drawn.random() < 0.5 else amount // 2
    on = min(given_on + timedelta(here.drawn.choice([0, 30, 900])), TODAY)
    refund_gift(here.session, id_, AdjustmentInput(refunded, on), act=ACT, on=TODAY)
    here.refunds.append((id_, on, refunded))
