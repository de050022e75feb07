"""Single facts with their exact figures: ties, edges of time frames, fiscal years, refunds, several credits of one.

Most restate what a well-known system of this kind asserts in its own tests; where we differ on purpose it is said.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, HouseholdMembership
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.settings import Organization, set_organization
from donors.giving.gift_input import CreditInput, GiftInput
from donors.rollups.queries import definitions, explain, figures_of, values_of
from donors.rollups.refresh import refresh_all
from donors.rollups.standard import install_standard
from donors.rollups.verify import verify
from donors.workflows.gifts import add_gift
from donors.workflows.refresh import refresh_constituents

TODAY = date(2026, 6, 15)
AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
Gifts = list[tuple[str, int]]


@pytest.fixture
def change(session: Session) -> ChangeSet:
    opened = open_change(session, "test", act=ACT)
    install_standard(session, within=opened)
    return opened


def person(session: Session, change: ChangeSet, kind: str = "person") -> int:
    return insert(session, Constituent(kind=kind, name=kind, sort_name=kind), within=change).id


def give(session: Session, change: ChangeSet, who: int, gifts: Gifts) -> list[int]:
    """Records gifts of (day, cents) and returns their ids."""
    wanted = [GiftInput(who, cents, date.fromisoformat(day), from_file=True) for day, cents in gifts]
    return [add_gift(session, one, within=change, on=TODAY).gift.id for one in wanted]


MONTHLY = [
    (f"{2018 + (month + 1) // 12}-{(month + 1) % 12 + 1:02d}-15", 100_000 if month == 50 else 10_000)
    for month in range(100)
]
ROLLING = [("2026-05-16", 1000), ("2026-05-15", 2000), ("2026-06-15", 4000), ("2026-12-31", 8000)]
YEARS = [
    ("2024-12-31", 100),
    ("2025-01-01", 200),
    ("2025-12-31", 400),
    ("2026-01-01", 800),
    ("2026-12-31", 1600),
    ("2027-01-01", 3200),
]

CASES: list[tuple[str, Gifts, dict[str, Any]]] = [
    ("a hundred monthly gifts", MONTHLY, {"gift_count": 100, "lifetime_total": 1_090_000}),
    ("last by date", MONTHLY, {"last_gift_on": date(2026, 5, 15), "last_fiscal_year_count": 12}),
    ("365 days include the day itself", [("2025-06-15", 1), ("2025-06-14", 2)], {"last_365_days_total": 1}),
    ("the future is out of the last days", ROLLING, {"last_365_days_total": 7000, "lifetime_total": 15000}),
    ("this year is whole", YEARS, {"this_fiscal_year_total": 2400, "last_fiscal_year_total": 600}),
    (
        "largest: created last on ties",
        [("2026-01-01", 500), ("2026-03-01", 500), ("2026-02-01", 500)],
        {"largest_gift_on": date(2026, 2, 1), "smallest_gift_on": date(2026, 1, 1)},
    ),
    (
        "first: created first, last: created last on ties",
        [("2026-01-01", 100), ("2026-01-01", 200), ("2026-01-01", 300)],
        {"first_gift": 100, "last_gift": 300},
    ),
    ("zero is a value", [("2026-01-01", 5000), ("2026-01-02", 0), ("2026-01-03", 10000)], {"smallest_gift": 0}),
    (
        "below zero, the largest is the nearest to it",
        [("2026-01-01", -5000), ("2026-01-02", -500), ("2026-01-03", -2000)],
        {"largest_gift": -500, "best_year": None, "best_year_total": 0, "average_gift": -2500},
    ),
    ("a negative row lowers", [("2026-01-01", 10000), ("2026-02-01", -3000)], {"lifetime_total": 7000}),
    ("half up", [("2026-01-01", 1), ("2026-01-02", 2)], {"average_gift": 2}),
    ("half away from zero", [("2026-01-01", -1), ("2026-01-02", -2)], {"average_gift": -2}),
    (
        "best year: the earliest of equals",
        [("2023-05-01", 15000), ("2024-05-01", 15000), ("2025-05-01", 10000), ("2025-06-01", 5000)],
        {"best_year": 2023, "best_year_total": 15000},
    ),
    ("years: zero and negative register", [("2025-05-01", 0), ("2023-05-01", -1000)], {"years_given": 2}),
    ("streak up to this year", [("2026-01-05", 1), ("2025-01-05", 1), ("2024-01-05", 1)], {"current_streak": 3}),
    ("streak up to last year", [("2025-01-05", 1), ("2024-01-05", 1)], {"current_streak": 2}),
    ("a hole ends the streak", [("2026-01-05", 1), ("2024-01-05", 1)], {"current_streak": 1}),
    ("long ago is no streak, and zero is not empty", [("2023-01-05", 1)], {"current_streak": 0}),
    (
        "a gift dated next year does not break the streak",  # it does elsewhere
        [("2027-01-05", 1), ("2026-01-05", 1), ("2025-01-05", 1)],
        {"current_streak": 2},
    ),
    ("sixty years in a row", [(f"{year}-03-03", 1) for year in range(1967, 2027)], {"current_streak": 60}),
    ("before the epoch", [("1951-03-03", 7), ("1950-03-03", 5)], {"first_gift": 5, "first_gift_on": date(1950, 3, 3)}),
]


@pytest.mark.parametrize(("gifts", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_figures(session: Session, change: ChangeSet, gifts: Gifts, expected: dict[str, Any]) -> None:
    who = person(session, change)
    give(session, change, who, gifts)
    values = values_of(session, who)
    assert {key: values[key] for key in expected} == expected
    session.execute(text("DELETE FROM rollup_value"))
    assert refresh_all(session, on=TODAY) is not None
    assert values_of(session, who) == values


@pytest.mark.parametrize(
    ("start", "at_end", "this", "last"),
    [(7, True, 2400, 600), (7, False, 2400, 600), (1, True, 4800, 1000)],
)
def test_fiscal_years(session: Session, change: ChangeSet, start: int, at_end: bool, this: int, last: int) -> None:
    set_organization(session, Organization(fiscal_start_month=start, fiscal_named_for_end=at_end), within=change)
    who = person(session, change)
    days = ("2024-06-30", "2024-07-01", "2025-06-30", "2025-07-01", "2026-06-30", "2026-07-01")
    give(session, change, who, [(day, 100 * 2**place) for place, day in enumerate(days)])
    values = values_of(session, who)
    expected = {1: (1600 + 3200, 400 + 800), 7: (800 + 1600, 200 + 400)}[start]
    assert (values["this_fiscal_year_total"], values["last_fiscal_year_total"]) == expected


def test_without_gifts_everything_is_empty(session: Session, change: ChangeSet) -> None:
    who = person(session, change)
    refresh_constituents(session, [who], within=change, on=TODAY)
    assert set(values_of(session, who).values()) == {None}


def test_several_credits_of_one_person_add_up_and_count_once(session: Session, change: ChangeSet) -> None:
    anna, ben = person(session, change), person(session, change)
    credits = (CreditInput(ben, 25_000, role="Soft Credit"), CreditInput(ben, 25_000, role="Soft Credit"))
    add_gift(session, GiftInput(anna, 50_000, TODAY, credits=credits), within=change, on=TODAY)
    values = values_of(session, ben)
    assert (values["soft_lifetime_total"], values["soft_gift_count"]) == (50_000, 1)
    assert values["lifetime_total"] is None


def home_of(session: Session, change: ChangeSet, *people: int) -> int:
    home = person(session, change, "household")
    for who in people:
        stay = HouseholdMembership(household_id=home, constituent_id=who, recorded_at=AT)
        insert(session, stay, within=change)
    return home


def test_a_household_counts_each_gift_once(session: Session, change: ChangeSet) -> None:
    anna, ben, cleo = (person(session, change) for _ in range(3))
    home = home_of(session, change, anna, ben)
    halves = (CreditInput(anna, 600, "hard"), CreditInput(ben, 400, "hard"), CreditInput(ben, 600))
    add_gift(session, GiftInput(anna, 1000, TODAY, credits=halves), within=change, on=TODAY)
    both = (CreditInput(anna, 700), CreditInput(ben, 700))
    add_gift(session, GiftInput(cleo, 1000, TODAY, credits=both), within=change, on=TODAY)
    partly = (CreditInput(cleo, 300, "hard"), CreditInput(anna, 700, "hard"), CreditInput(ben, 500))
    add_gift(session, GiftInput(cleo, 1000, TODAY, credits=partly), within=change, on=TODAY)
    values = values_of(session, home)
    assert (values["lifetime_total"], values["gift_count"]) == (1700, 2)
    assert (values["soft_lifetime_total"], values["soft_gift_count"]) == (1000 + 300, 2)
    assert verify(session, on=TODAY, at=AT).faults == 0


def test_a_reason_names_the_row_that_decided(session: Session, change: ChangeSet) -> None:
    who = person(session, change)
    first, second, third = give(session, change, who, [("2026-01-01", 500), ("2026-02-01", 500), ("2024-01-01", 1)])
    one, reasons = explain(session, "largest_gift", who, on=TODAY)
    assert one.sentence == "Amount of the largest of gifts by hard credit of all time"
    assert [(each.row_id, each.decides) for each in reasons] == [(second, True), (first, False), (third, False)]
    _, reasons = explain(session, "last_365_days_total", who, on=TODAY)
    assert [each.row_id for each in reasons] == [second, first]


def test_verification_finds_what_was_tampered_with(session: Session, change: ChangeSet) -> None:
    who = person(session, change)
    give(session, change, who, [("2026-01-01", 500)])
    slot = next(one.slot for one in definitions(session) if one.key == "lifetime_total")
    session.execute(text(f"UPDATE rollup_value SET n{slot:02d} = 1"))
    assert verify(session, on=TODAY, at=AT).faults == 1
    [fault] = session.execute(text("SELECT key, stored, computed FROM rollup_fault")).all()
    assert tuple(fault) == ("lifetime_total", 1, 500)
    assert figures_of(session, who)["lifetime_total"].value == 1
