"""What waiting costs: each reason in words, and an order that never contradicts them."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.settings import Organization
from donors.pipeline.waiting.decide import (
    CONTEXT,
    DUE,
    LATE,
    NEAR,
    PAST,
    Facts,
    Falling,
    Promise,
    Speaker,
    Stake,
    Unthanked,
    reasons,
    stake,
    urgency,
)

TODAY = date(2026, 10, 20)
SAY = Speaker(Organization(currency="USD", locale="en_US"), TODAY)
TASK = Facts(TODAY)


def day(away: int) -> date:
    """The day so far from today."""
    return TODAY + timedelta(days=away)


CASES = (
    (TASK, [(DUE, "It is due today.")]),
    (replace(TASK, due_on=day(1)), [(DUE, "It is due tomorrow.")]),
    (replace(TASK, due_on=day(9)), [(DUE, "It is due Oct 29.")]),
    (replace(TASK, due_on=day(-1)), [(LATE, "The task is 1 day late.")]),
    (replace(TASK, due_on=day(-11)), [(LATE, "The task is 11 days late.")]),
    (
        replace(TASK, gift=Unthanked(120_000, day(-1), is_first=True)),
        [(NEAR, "Gave $1,200 for the first time on Oct 19; thanks are in time until tomorrow."), (DUE, None)],
    ),
    (
        replace(TASK, gift=Unthanked(2_550, day(-2))),
        [(NEAR, "Gave $25.50 on Oct 18; thanks are in time until today."), (DUE, None)],
    ),
    (
        replace(TASK, gift=Unthanked(120_000, day(-3))),
        [(PAST, "Gave $1,200 on Oct 17, and nobody has said thanks within 48 hours."), (DUE, None)],
    ),
    (replace(TASK, gift=Unthanked(120_000, day(-15))), [(DUE, None)]),
    (
        replace(TASK, promise=Promise("Send the roof budget", day(-11))),
        [(PAST, "“Send the roof budget” was promised for Oct 9 and is 11 days late."), (DUE, None)],
    ),
    (
        replace(TASK, promise=Promise("Send the roof budget", day(2))),
        [(NEAR, "“Send the roof budget” is promised for Oct 22."), (DUE, None)],
    ),
    (replace(TASK, promise=Promise("Visit", day(3))), [(DUE, None)]),
    (replace(TASK, deadline_on=day(-1)), [(PAST, "Its deadline was Oct 19."), (DUE, None)]),
    (
        replace(TASK, deadline_on=day(0)),
        [(NEAR, "It may wait until today, then it goes to somebody else."), (DUE, None)],
    ),
    (replace(TASK, deadline_on=day(3)), [(DUE, None)]),
    (
        replace(TASK, falling=Falling("Patron", "Supporter", day(14), "$150.00")),
        [(NEAR, "Falls from Patron to Supporter on Nov 3 unless $150.00 comes in."), (DUE, None)],
    ),
    (
        replace(TASK, falling=Falling("Friend", "", date(2026, 12, 18))),
        [(DUE, None), (CONTEXT, "Falls from Friend to no level on Dec 18.")],
    ),
    (replace(TASK, falling=Falling("Friend", "", day(61))), [(DUE, None)]),
    (
        replace(TASK, trouble="No active address for contact by email is known."),
        [(PAST, "The program could not carry it out: No active address for contact by email is known."), (DUE, None)],
    ),
    (replace(TASK, held_mail=True), [(DUE, "A mail waits for your yes."), (DUE, None)]),
    (
        replace(TASK, blocks=2, plan="Welcome", risen="Rose to Patron 9 days ago.", stands_in_for="For Maren Holt"),
        [
            (DUE, None),
            (CONTEXT, "Rose to Patron 9 days ago."),
            (CONTEXT, "2 steps wait for it in Welcome."),
            (CONTEXT, "For Maren Holt."),
        ],
    ),
)


@pytest.mark.parametrize(("facts", "wanted"), CASES)
def test_reasons_in_words(facts: Facts, wanted: list[tuple[int, str | None]]) -> None:
    found = reasons(facts, SAY)
    assert [reason.kind for reason in found] == [kind for kind, _sentence in wanted]
    for reason, (_kind, sentence) in zip(found, wanted, strict=True):
        assert sentence is None or reason.sentence == sentence


def test_another_year_is_named() -> None:
    late = reasons(replace(TASK, promise=Promise("Visit", date(2025, 12, 30))), SAY)
    assert late[0].sentence.startswith("“Visit” was promised for Dec 30, 2025")


@pytest.mark.parametrize(
    ("currency", "locale", "amount", "said"),
    [
        ("USD", "en_US", 120_000, "$1,200"),
        ("EUR", "de_AT", 120_050, "€ 1.200,50"),
        ("EUR", "de_DE", 120_000, "1.200 €"),
        ("JPY", "en_US", 5_000, "¥5,000"),
    ],
)
def test_sums_are_said_as_people_write_them(currency: str, locale: str, amount: int, said: str) -> None:
    speaker = Speaker(Organization(currency=currency, locale=locale), TODAY)
    assert speaker.money(amount).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("facts", "most"),
    [
        (TASK, None),
        (replace(TASK, given=500, ask=400), Stake(500, "given in a year")),
        (replace(TASK, given=500, ask=5_000_000), Stake(5_000_000, "ask")),
        (replace(TASK, given=500, gift=Unthanked(900, TODAY)), Stake(900, "new gift")),
    ],
)
def test_the_money_at_stake(facts: Facts, most: Stake | None) -> None:
    assert stake(facts) == most


DAYS = st.integers(-70, 70).map(day)
FACTS = st.builds(
    Facts,
    due_on=DAYS,
    deadline_on=st.none() | DAYS,
    trouble=st.sampled_from(("", "No address")),
    blocks=st.integers(0, 3),
    plan=st.just("Welcome"),
    gift=st.none() | st.builds(Unthanked, st.integers(1, 10**9), DAYS, st.booleans()),
    promise=st.none() | st.builds(Promise, st.just("Visit"), DAYS),
    falling=st.none() | st.builds(Falling, st.just("Patron"), st.just("Friend"), DAYS, st.just("")),
    ask=st.none() | st.integers(0, 10**9),
    given=st.integers(0, 10**9),
)


@given(FACTS)
def test_every_task_has_a_reason(facts: Facts) -> None:
    found = reasons(facts, SAY)
    assert found
    assert found[0].kind < CONTEXT, "what merely is to be known stands never alone"
    assert all(reason.sentence.endswith(".") for reason in found)


@given(st.lists(FACTS, min_size=2, max_size=6))
def test_the_order_is_that_of_the_rule(known: list[Facts]) -> None:
    """What can no longer wait is before what can; within a kind more money is first; then what was due first."""
    ordered = sorted(known, key=lambda facts: urgency(facts, SAY))
    for one, other in pairwise(ordered):
        kinds = (reasons(one, SAY)[0].kind, reasons(other, SAY)[0].kind)
        assert kinds[0] <= kinds[1]
        if kinds[0] == kinds[1]:
            amounts = tuple(most.amount if (most := stake(each)) else 0 for each in (one, other))
            assert amounts[0] >= amounts[1]
            if amounts[0] == amounts[1]:
                assert one.due_on <= other.due_on


@given(FACTS, st.integers(1, 20))
def test_waiting_never_makes_a_task_less_urgent(facts: Facts, days: int) -> None:
    """But for what loses its meaning with time: a gift of long ago, a level that has fallen by then."""
    bare = replace(facts, gift=None, falling=None)
    later = Speaker(SAY.here, TODAY + timedelta(days=days))
    assert reasons(bare, later)[0].kind <= reasons(bare, SAY)[0].kind
