"""Reading gifts: who sees which, what lists come to, and how they are narrowed and sorted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Looking, Sight
from donors.core.changes import Act
from donors.core.criteria.tree import Compare, Criteria, Operator
from donors.core.errors import NotFound
from donors.core.paging import Paging, Sort
from donors.core.settings import Organization
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput, SplitInput
from donors.giving.purposes import add_fund
from donors.giving.queries.gifts import entered_by, gift, gifts_of, has_gifts, likely_same, story
from donors.giving.queries.history import history
from donors.giving.queries.listing import (
    GiftSieve,
    GiftTotals,
    between,
    gift_fields,
    gift_page,
    gift_rows,
    gift_totals,
)
from donors.rollups.standard import install_standard
from donors.workflows.adjust import correct_gift, edit_gift, refund_gift
from donors.workflows.gifts import record_gift
from tests.constituents.people import change, person

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)
ON = AT.date()
STRANGER = Sight(user_id=99, role="officer", everything=False)
ACT = Act(by=None, at=AT, through="web")
ALL = Looking(EVERYTHING, ON, Organization().fiscal)
SEEN = Looking(STRANGER, ON, Organization().fiscal)
EVERY = GiftSieve()


@pytest.fixture
def people(session: Session) -> dict[str, int]:
    install_standard(session, within=change(session))
    made = {name: person(session, name).id for name in ("Anna Berg", "Bert Cole")}
    return made | {"Carl Hidden": person(session, "Carl Hidden", confidential=True).id}


def give(session: Session, giver: int, amount: int, on: date = ON, **more: object) -> int:
    return record_gift(session, GiftInput(giver, amount, on, **more), act=ACT, on=ON).gift.id  # type: ignore[arg-type]


def listed(session: Session, which: GiftSieve = EVERY, *sort: Sort, looking: Looking = ALL) -> list[int]:
    page = gift_page(session, which, Paging(sort=sort), looking=looking)
    assert gift_totals(session, which, looking=looking).count == page.total == len(page.rows)
    return [line.gift.id for line in page.rows]


def test_whether_there_is_any(session: Session, people: dict[str, int]) -> None:
    assert not has_gifts(session)
    give(session, people["Anna Berg"], 100)
    assert has_gifts(session)


def test_gifts_of_the_hidden_are_not_there_for_strangers(session: Session, people: dict[str, int]) -> None:
    seen, hidden = give(session, people["Anna Berg"], 100), give(session, people["Carl Hidden"], 900)
    assert listed(session) == [hidden, seen]
    assert listed(session, looking=SEEN) == [seen]
    assert gift_totals(session, GiftSieve(), looking=SEEN) == GiftTotals(1, 100)
    assert gift(session, hidden, sees=EVERYTHING).amount == 900
    for read in (gift, story):
        with pytest.raises(NotFound):
            read(session, hidden, sees=STRANGER)
    assert gifts_of(session, people["Carl Hidden"], sees=STRANGER) == []


def test_a_story_tells_parts_credits_and_worth(session: Session, people: dict[str, int]) -> None:
    annual, roof = (add_fund(session, name, within=change(session)).id for name in ("Annual", "Roof"))
    soft = tuple(CreditInput(people[name], 900, role="friend") for name in ("Bert Cole", "Carl Hidden"))
    splits = (SplitInput(annual, 600), SplitInput(roof, 300))
    one = give(session, people["Anna Berg"], 900, splits=splits, credits=soft)
    found = story(session, one, sees=STRANGER)
    assert [(part.fund, part.amount) for part in found.splits] == [("Annual", 600), ("Roof", 300)]
    assert [(each.name, each.kind, each.amount) for each in found.credits] == [
        ("Anna Berg", "hard", 900),
        ("Bert Cole", "soft", 900),
        ("", "soft", 900),
    ]
    refund_gift(session, one, AdjustmentInput(300, ON), act=ACT, on=ON)
    found = story(session, one, sees=EVERYTHING)
    assert found.worth.amount == 600
    assert [each.amount for each in found.credits] == [600, 600, 600]
    assert [each.amount for each in found.decided] == [900, 900, 900]
    assert [line.funds for line in gifts_of(session, people["Anna Berg"], sees=EVERYTHING)] == [("Annual", "Roof")]
    assert listed(session, GiftSieve(fund_id=roof)) == [one]
    assert listed(session, GiftSieve(fund_id=roof + 1)) == []


def test_gifts_of_somebody_are_theirs_and_those_with_soft_credit(session: Session, people: dict[str, int]) -> None:
    anna, bert = people["Anna Berg"], people["Bert Cole"]
    own = give(session, bert, 100, ON - timedelta(days=9))
    soft = give(session, anna, 500, credits=(CreditInput(bert, 500),))
    assert [line.gift.id for line in gifts_of(session, bert, sees=EVERYTHING)] == [soft, own]
    assert [line.gift.id for line in gifts_of(session, bert, sees=EVERYTHING, soft=False)] == [own]


def test_lists_count_what_is_left_of_gifts(session: Session, people: dict[str, int]) -> None:
    whole, gone, right = (give(session, people["Anna Berg"], amount) for amount in (1_000, 400, 301))
    refund_gift(session, gone, AdjustmentInput(400, ON), act=ACT, on=ON)
    correct_gift(session, right, AdjustmentInput(501), act=ACT, on=ON)
    totals = gift_totals(session, GiftSieve(), looking=ALL)
    assert totals == GiftTotals(3, 1_501)
    assert totals.average == 500
    page = gift_page(session, GiftSieve(), Paging(sort=(Sort("net_amount", descending=True),)), looking=ALL)
    assert [(line.gift.id, line.net) for line in page.rows] == [(whole, 1_000), (right, 501), (gone, 0)]
    assert listed(session, GiftSieve(criteria=Compare("refunded", Operator.EQUALS, True))) == [gone]
    assert listed(session, GiftSieve(criteria=Compare("refunded", Operator.EQUALS, False))) == [right, whole]


def test_nothing_has_no_average(session: Session) -> None:
    assert gift_totals(session, GiftSieve(), looking=ALL) == GiftTotals(0, 0)
    assert GiftTotals(0, 0).average is None


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (between(ON - timedelta(days=1), None), ["new"]),
        (between(None, ON - timedelta(days=1)), ["old"]),
        (between(None, None), ["new", "old"]),
        (Compare("amount", Operator.AT_LEAST, 500), ["old"]),
        (Compare("method", Operator.EQUALS, "cash"), ["new"]),
        (Compare("giver", Operator.STARTS_WITH, "anna"), ["old"]),
        (Compare("recorded_on", Operator.EQUALS, ON), ["new", "old"]),
        (Compare("fund", Operator.CONTAINS, "roof"), ["new"]),
    ],
)
def test_criteria_ask_by_fields(session: Session, people: dict[str, int], criteria: Criteria, found: list[str]) -> None:
    roof = add_fund(session, "New Roof", within=change(session)).id
    ids = {
        "old": give(session, people["Anna Berg"], 900, ON - timedelta(days=400)),
        "new": give(session, people["Bert Cole"], 100, method="cash", splits=(SplitInput(roof, 100),)),
    }
    assert listed(session, GiftSieve(criteria=criteria)) == [ids[name] for name in found]


def test_text_finds_givers_with_a_slip_and_ids(session: Session, people: dict[str, int]) -> None:
    one = give(session, people["Anna Berg"], 100, source="old", external_id="G-7")
    give(session, people["Bert Cole"], 100)
    assert listed(session, GiftSieve("berg anna")) == [one]
    assert listed(session, GiftSieve("G-7")) == [one]
    assert listed(session, GiftSieve("nobody")) == []


@pytest.mark.parametrize("name", ["id", "giver", "fund", "campaign", "method", "net_amount"])
def test_every_order_is_total(session: Session, people: dict[str, int], name: str) -> None:
    ids = {give(session, giver, 100) for giver in people.values()}
    assert set(listed(session, GiftSieve(), Sort(name))) == ids
    assert set(listed(session, GiftSieve(), Sort(name, descending=True))) == ids


def test_rows_for_a_file_hold_every_field(session: Session, people: dict[str, int]) -> None:
    give(session, people["Anna Berg"], 12_345, external_id="=1", source="x")
    columns = list(gift_fields(session).values())
    [row] = gift_rows(session, GiftSieve(), (), columns, looking=SEEN)
    said = {field.name: field.plain(value, Organization()) for field, value in zip(columns, row, strict=True)}
    assert (said["amount"], said["net_amount"], said["giver"], said["refunded"]) == (
        "123.45",
        "123.45",
        "Anna Berg",
        "no",
    )
    assert said["recorded_on"] == ON.isoformat()


def test_a_likely_repeat(session: Session, people: dict[str, int]) -> None:
    anna = people["Anna Berg"]
    keyed = Act(by=None, at=AT, through="web", request_key="k")
    record_gift(session, GiftInput(anna, 100, ON), act=keyed, on=ON)
    ask = {"sees": EVERYTHING, "request_key": None}
    assert len(likely_same(session, GiftInput(anna, 100, ON), **ask)) == 1  # type: ignore[arg-type]
    assert likely_same(session, GiftInput(anna, 101, ON), **ask) == []  # type: ignore[arg-type]
    assert likely_same(session, GiftInput(anna, 100, ON - timedelta(days=1)), **ask) == []  # type: ignore[arg-type]
    assert likely_same(session, GiftInput(anna, 100, ON), sees=EVERYTHING, request_key="k") == []


def test_what_somebody_has_entered_today(session: Session, people: dict[str, int]) -> None:
    mine = Act(by=7, at=AT, through="web")
    one = record_gift(session, GiftInput(people["Anna Berg"], 100, ON), act=mine, on=ON).gift
    give(session, people["Bert Cole"], 100)
    found = entered_by(session, 7, since=AT - timedelta(hours=1), sees=STRANGER)
    assert (found.count, found.total, [line.gift.id for line in found.last]) == (1, 100, [one.id])
    assert entered_by(session, 7, since=AT + timedelta(hours=1), sees=STRANGER).count == 0


def test_history_tells_every_act(session: Session, people: dict[str, int]) -> None:
    one = give(session, people["Anna Berg"], 100)
    edit_gift(session, one, GiftInput(people["Anna Berg"], 100, ON, note="x"), act=ACT, on=ON)
    refund_gift(session, one, AdjustmentInput(40, ON), act=ACT, on=ON)
    found = history(session, gift(session, one, sees=EVERYTHING))
    assert [done.change.kind for done in found] == ["gift.refund", "gift.edit", "gift.record"]
    assert found[1].before == {"note": ""}
