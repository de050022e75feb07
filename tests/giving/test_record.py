"""Recording and changing gifts on both databases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, AlreadyDone, ChangeSet, JournalEntry, insert, open_change
from donors.core.errors import Conflict, Invalid, NotFound
from donors.core.settings import organization
from donors.giving import record
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput, SplitInput
from donors.giving.models import Credit, Fund, Gift, GiftSplit
from donors.workflows import adjust, gifts

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
DAY = date(2025, 5, 5)


@pytest.fixture
def change(session: Session) -> ChangeSet:
    return open_change(session, "test", act=ACT)


@pytest.fixture
def people(session: Session, change: ChangeSet) -> list[int]:
    names = ("Anna", "Ben", "Cleo")
    return [insert(session, Constituent(kind="person", name=name, sort_name=name), within=change).id for name in names]


def rows(session: Session, model: type[Any], *but: str) -> list[dict[str, Any]]:
    """All rows of a table without some columns."""
    columns = [column for column in model.__table__.c if column.name not in {"id", "gift_id", *but}]
    return [dict(row._mapping) for row in session.execute(select(*columns).order_by(model.id))]


def counted(session: Session, gift_id: int, on: date | None = None) -> dict[int, int]:
    """Who a gift counts for by hard and soft credit together: now, or on a day."""
    found: dict[int, int] = {}
    for row in session.scalars(select(Credit).where(Credit.gift_id == gift_id)):
        still = row.counts_to is None
        if still if on is None else row.counts_from <= on and (still or row.counts_to > on):
            found[row.constituent_id] = found.get(row.constituent_id, 0) + row.amount
    return found


def test_many_are_recorded_as_one_by_one(session: Session, change: ChangeSet, people: list[int]) -> None:
    anna, ben, cleo = people
    fund = insert(session, Fund(name="Library"), within=change).id
    wanted = [
        GiftInput(anna, 5000, DAY, method="check", source="file", external_id="1"),
        GiftInput(anna, 999, DAY, splits=(SplitInput(fund, 333), SplitInput(fund, 666))),
        GiftInput(ben, 1001, DAY, credits=(CreditInput(ben, 501, "hard"), CreditInput(ben, 500, "hard"))),
        GiftInput(cleo, 700, DAY, currency="EUR", rate="1.1", credits=(CreditInput(anna, 350, role="spouse"),)),
        GiftInput(cleo, -20, DAY, from_file=True),
    ]
    settings = organization(session)
    for one in wanted:
        record.record_gift(session, one, within=change, organization=settings)
    singly = [rows(session, model) for model in (Gift, GiftSplit, Credit)]
    for model in (Credit, GiftSplit, Gift):
        session.execute(model.__table__.delete())
    ids = record.record_gifts(session, wanted, within=change, organization=settings)
    assert [rows(session, model) for model in (Gift, GiftSplit, Credit)] == singly
    assert list(session.scalars(select(Gift.id).order_by(Gift.id))) == ids


def test_nobody_and_nothing_unknown_is_credited(session: Session, people: list[int]) -> None:
    with pytest.raises(NotFound):
        gifts.record_gift(session, GiftInput(99_999, 100, DAY), act=ACT, on=TODAY)
    with pytest.raises(NotFound):
        credits = (CreditInput(99_999, 100),)
        gifts.record_gift(session, GiftInput(people[0], 100, DAY, credits=credits), act=ACT, on=TODAY)
    with pytest.raises(Invalid):
        gifts.record_gift(session, GiftInput(people[0], 100, DAY, campaign_id=99), act=ACT, on=TODAY)


def test_a_request_key_records_once(session: Session, people: list[int]) -> None:
    act = Act(by=None, at=AT, through="web", request_key="form 1")
    first = gifts.record_gift(session, GiftInput(people[0], 100, DAY), act=act, on=TODAY).gift
    with pytest.raises(AlreadyDone) as repeated:
        gifts.record_gift(session, GiftInput(people[0], 100, DAY), act=act, on=TODAY)
    assert repeated.value.outcome == {"gift_id": first.id}


def test_a_refund_counts_from_its_day_on(session: Session, people: list[int]) -> None:
    wanted = GiftInput(people[0], 1000, DAY, credits=(CreditInput(people[1], 500),))
    gift = gifts.record_gift(session, wanted, act=ACT, on=TODAY).gift
    adjust.refund_gift(session, gift.id, AdjustmentInput(400, date(2025, 8, 1)), act=ACT, on=TODAY)
    assert counted(session, gift.id) == {people[0]: 600, people[1]: 300}
    assert counted(session, gift.id, date(2025, 7, 31)) == {people[0]: 1000, people[1]: 500}
    adjust.refund_gift(session, gift.id, AdjustmentInput(600, date(2025, 7, 1)), act=ACT, on=TODAY)
    assert counted(session, gift.id) == {}
    assert counted(session, gift.id, date(2025, 7, 31)) == {people[0]: 400, people[1]: 200}
    assert counted(session, gift.id, date(2025, 5, 5)) == {people[0]: 1000, people[1]: 500}


def test_a_correction_counts_from_the_gift_on(session: Session, people: list[int]) -> None:
    gift = gifts.record_gift(session, GiftInput(people[0], 1000, DAY), act=ACT, on=TODAY).gift
    adjust.refund_gift(session, gift.id, AdjustmentInput(100, DAY), act=ACT, on=TODAY)
    adjust.correct_gift(session, gift.id, AdjustmentInput(500), act=ACT, on=TODAY)
    assert counted(session, gift.id) == counted(session, gift.id, DAY) == {people[0]: 400}


@pytest.mark.parametrize(
    "wanted",
    [
        AdjustmentInput(1001, DAY),
        AdjustmentInput(0, DAY),
        AdjustmentInput(100),
        AdjustmentInput(100, date(2025, 5, 4)),
        AdjustmentInput(100, date(2026, 3, 11)),
    ],
)
def test_a_refund_is_of_what_is_left_and_of_a_day_since(
    session: Session, people: list[int], wanted: AdjustmentInput
) -> None:
    gift = gifts.record_gift(session, GiftInput(people[0], 1000, DAY), act=ACT, on=TODAY).gift
    with pytest.raises(Invalid):
        adjust.refund_gift(session, gift.id, wanted, act=ACT, on=TODAY)


def test_an_edit_of_an_old_version_is_refused(session: Session, people: list[int]) -> None:
    gift = gifts.record_gift(session, GiftInput(people[0], 1000, DAY), act=ACT, on=TODAY).gift
    read = gift.version
    adjust.edit_gift(session, gift.id, GiftInput(people[0], 1100, DAY), act=ACT, on=TODAY, expect=read)
    with pytest.raises(Conflict):
        adjust.edit_gift(session, gift.id, GiftInput(people[0], 1200, DAY), act=ACT, on=TODAY, expect=read)
    assert counted(session, gift.id) == {people[0]: 1100}


def test_moving_takes_the_hard_credit_along(session: Session, people: list[int]) -> None:
    wanted = GiftInput(people[0], 1000, DAY, credits=(CreditInput(people[2], 1000),))
    gift = gifts.record_gift(session, wanted, act=ACT, on=TODAY).gift
    adjust.move_gift(session, gift.id, to=people[1], act=ACT, on=TODAY)
    assert counted(session, gift.id) == {people[1]: 1000, people[2]: 1000}


def test_a_removed_gift_stays_in_the_journal(session: Session, people: list[int]) -> None:
    gift = gifts.record_gift(session, GiftInput(people[0], 1000, DAY), act=ACT, on=TODAY).gift
    gift_id = gift.id
    adjust.remove_gift(session, gift_id, act=ACT, on=TODAY)
    assert counted(session, gift_id) == {}
    entry = session.scalars(select(JournalEntry).where(JournalEntry.table_name == "gift")).one()
    assert (entry.row_id, entry.act, entry.before["amount"]) == (gift_id, "delete", 1000)
