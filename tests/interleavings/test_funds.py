"""Gifts to one fund at the same time as each other and as the queue that keeps the fund's figures."""

from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import insert
from donors.core.db import is_sqlite, snapshot, transaction
from donors.giving.gift_input import GiftInput, SplitInput
from donors.giving.models import Fund
from donors.rollups.keep import compute_waiting, keep, refresh_waiting
from donors.rollups.marks import any_waits
from donors.rollups.queries import values_of
from donors.rollups.targets import Target
from donors.workflows.gifts import record_gift
from tests.constituents.people import TODAY
from tests.interleavings.conftest import ACT, House, opened
from tests.interleavings.meeting import Act, carry_out, errors, race

SECONDS = 3.0


@pytest.fixture
def fund(house: House) -> int:
    with transaction() as session:
        return insert(session, Fund(name="Roof"), within=opened(session)).id


def giving(who: int, fund: int, amount: int = 5_000) -> Act:
    """A gift to the fund."""
    wanted = GiftInput(who, amount, TODAY, splits=(SplitInput(fund, amount),))
    return lambda session: record_gift(session, wanted, act=ACT, on=TODAY).gift.id


def draining(session: Session) -> int:
    """What a worker does with the queue."""
    return refresh_waiting(session, on=TODAY)


def total(fund: int) -> object:
    """The stored total of the fund, when nothing waits."""
    with transaction() as session:
        refresh_waiting(session, on=TODAY)
    with transaction() as session:
        assert not any_waits(session)
        return values_of(session, fund, Target.FUND)["fund_total"]


def test_gifts_and_workers_at_one_instant(house: House, fund: int) -> None:
    gifts = [giving(house[name], fund, 1_000) for name in ("Anna", "Ben", "Cleo")]
    assert errors(race(house.app, *gifts, draining, *gifts, draining)) == []
    assert total(fund) == 6_000


def test_what_was_computed_before_another_worker_was_there_is_void(house: House, fund: int) -> None:
    carry_out(house.app, giving(house["Anna"], fund, 1_000))
    with snapshot() as session:
        slow = compute_waiting(session, on=TODAY)
    assert slow is not None
    carry_out(house.app, giving(house["Ben"], fund, 200))
    carry_out(house.app, draining)
    with transaction() as session:
        assert not keep(session, slow)
    assert total(fund) == 1_200


def test_a_gift_after_the_reading_waits_on(house: House, fund: int) -> None:
    carry_out(house.app, giving(house["Anna"], fund, 1_000))
    with snapshot() as session:
        early = compute_waiting(session, on=TODAY)
    assert early is not None
    carry_out(house.app, giving(house["Ben"], fund, 200))
    with transaction() as session:
        assert keep(session, early)
        assert any_waits(session)
    assert total(fund) == 1_200


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_gift_waits_for_another_one_to_its_fund(house: House, fund: int) -> None:
    """SQLite has one writer at a time anyway."""
    done: list[object] = []
    with transaction() as session:
        assert not is_sqlite(session)
        giving(house["Anna"], fund)(session)
        other = Thread(target=lambda: done.append(carry_out(house.app, giving(house["Ben"], fund)).value))
        other.start()
        other.join(SECONDS)
        assert done, "the second gift waited for the first"
        assert session.scalar(select(Fund.id)) == fund
    assert total(fund) == 10_000
