"""Pure rules of gifts: what adds up, always."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.errors import Invalid
from donors.core.settings import Organization
from donors.giving.columns import credit_columns
from donors.giving.decide import Share, Worth, book, credit_shares, credit_spans, worths
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput

USD = Organization()
DAY = date(2025, 5, 5)
cents = st.integers(0, 10**9)


@given(st.lists(st.tuples(st.integers(1, 3), cents), min_size=1, max_size=4), cents, cents)
def test_hard_credits_add_up_to_the_gift_in_both_currencies(
    parts: list[tuple[int, int]], amount: int, base: int
) -> None:
    shares = credit_shares([Share(who, part, 0, "hard") for who, part in parts], (amount, base))
    assert sum(share.amount for share in shares) == amount
    assert sum(share.base_amount for share in shares) == base


@given(cents, st.lists(st.tuples(st.dates(DAY, date(2026, 1, 1)), st.integers(1, 1000)), max_size=4))
def test_worths_follow_one_another_without_gaps(amount: int, refunds: list[tuple[date, int]]) -> None:
    over = worths(Worth(DAY, None, amount, amount), [(on, -part, -part) for on, part in refunds])
    assert [one.to_on for one in over[:-1]] == [one.from_on for one in over[1:]]
    assert over[-1].to_on is None
    assert over[-1].amount == amount - sum(part for _, part in refunds)


@given(st.integers(-(10**6), 10**9))
def test_the_short_way_for_whole_credits_says_what_the_rule_says(amount: int) -> None:
    wanted = GiftInput(7, amount, DAY, from_file=True)
    booking = book(wanted, USD)
    spans = credit_spans(booking.credits, [Worth(DAY, None, amount, amount)])
    day = {"gift_id": 1, "given_on": DAY, "fiscal_year": 2025}
    assert credit_columns(1, wanted, booking, USD) == [vars(span) | day for span in spans]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (GiftInput(1, -1, DAY), "amount"),
        (GiftInput(1, 2**46, DAY), "amount"),
        (GiftInput(1, 100, date(3025, 1, 1)), "received_on"),
        (GiftInput(1, 100, DAY, currency="EUR"), "rate"),
        (GiftInput(1, 100, DAY, currency="EUR", rate="zero"), "rate"),
        (GiftInput(1, 100, DAY, splits=(SplitInput(1, 99),)), "splits"),
        (GiftInput(1, 100, DAY, credits=(CreditInput(1, 99, "hard"),)), "credits"),
        (GiftInput(1, 100, DAY, credits=(CreditInput(2, 101),)), "credits"),
        (GiftInput(1, 100, DAY, credits=(CreditInput(1, 100),)), "credits"),
        (GiftInput(1, 100, DAY, credits=(CreditInput(2, 100, "half"),)), "credits"),
    ],
)
def test_what_cannot_be_booked_names_its_field(wanted: GiftInput, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        book(wanted, USD)
    assert refused.value.field == field


def test_another_currency_is_kept_with_its_rate() -> None:
    booking = book(GiftInput(1, 1000, DAY, currency="eur", rate="1.105"), USD)
    assert (booking.currency, booking.base_amount, booking.rate) == ("EUR", 1105, "1.105")
    assert book(GiftInput(1, 1000, DAY, currency="JPY", rate="0.0067"), USD).base_amount == 670
    assert book(GiftInput(1, 1000, DAY, currency="EUR", base_amount=1200), USD).base_amount == 1200


def test_a_file_may_hold_what_entry_refuses() -> None:
    assert book(GiftInput(1, -500, DAY, from_file=True), USD).credits[0].amount == -500
