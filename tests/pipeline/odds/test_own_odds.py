"""Own-history odds: beta distribution, pools, counts as of a day, and open asks that count for their time alone."""

from datetime import date, timedelta
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.pipeline.odds.beta import MOST_STRENGTH, Group, below, bounds, pool_of, quantile
from donors.pipeline.odds.history import ENDED, RECEIVED, History, Spell, Stand, age_of
from donors.pipeline.odds.own import LEAST, fit

START = date(2024, 1, 1)
PLANNED, ASKED = ("solicitation", "planned"), ("solicitation", "asked")
LATER = date(2030, 1, 1)


@given(st.integers(1, 30), st.integers(1, 30), st.floats(0.01, 0.99))
def test_the_beta_distribution_counts_binomial_successes(a: int, b: int, x: float) -> None:
    n = a + b - 1
    expected = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert below(x, a, b) == pytest.approx(expected, abs=1e-10)


@given(st.floats(0.5, 40), st.floats(0.01, 0.99))
def test_a_quantile_is_where_the_distribution_has_that_part(a: float, part: float) -> None:
    assert quantile(part, a, 1) == pytest.approx(part ** (1 / a), abs=1e-9)
    assert below(quantile(part, a, 2.5), a, 2.5) == pytest.approx(part, abs=1e-6)


def test_bounds_hold_the_share_and_narrow_with_cases() -> None:
    wide, narrow = bounds(0.3, 10), bounds(0.3, 1_000)
    assert wide[0] < narrow[0] < 0.3 < narrow[1] < wide[1]
    assert bounds(0.0, 20)[1] > 0.05


def test_groups_that_are_alike_hang_together_and_others_do_not() -> None:
    drawn = Random(4)
    alike = [Group(sum(drawn.random() < 0.4 for _ in range(50)), 50) for _ in range(40)]
    apart = [
        Group(sum(drawn.random() < share for _ in range(50)), 50)
        for share in (drawn.betavariate(2, 3) for _ in range(400))
    ]
    assert pool_of(alike).strength > 100
    assert pool_of(apart).strength == pytest.approx(5, rel=0.25)  # beta(2, 3) is worth five cases
    assert pool_of([Group(10, 20), Group(20, 40)]).strength == MOST_STRENGTH
    assert pool_of([]).share == 0.5


def test_few_cases_are_drawn_to_the_pool_and_many_are_not() -> None:
    pool = pool_of([Group(10, 100), Group(90, 100), Group(50, 100)])
    few, many = pool.shrunk(Group(1, 1)), pool.shrunk(Group(1_000, 1_000))
    assert pool.share < few < many <= 1


def test_ages_end_with_their_last_day() -> None:
    assert [age_of(days) for days in (0, 1, 90, 91, 180, 181, 365, 366, 5_000)] == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def spell(ask: int, days: int | None, then: Stand | str = RECEIVED, stand: Stand = ASKED, at: int = 0) -> Spell:
    """An ask in a stand for so many days; none: it is there still."""
    since = START + timedelta(at)
    return Spell(ask, stand, since) if days is None else Spell(ask, stand, since, since + timedelta(days), then)


def test_counts_are_those_of_the_day() -> None:
    spells = [spell(1, 100), spell(2, 20, ENDED), spell(3, None), spell(4, 10, ASKED, PLANNED), spell(4, 5, at=10)]
    history = History(spells)
    early = history.until(START + timedelta(9)).cells[ASKED, 0]
    assert (early.entered, early.inside, early.received, early.ended) == (3, 3, 0, 0)
    history.until(START + timedelta(50))
    first, planned = history.cells[ASKED, 0], history.cells[PLANNED, 0]
    assert (first.entered, first.received, first.ended, first.inside) == (4, 1, 1, 2)
    assert (first.decided, first.won) == (2, 1)
    assert (planned.moved[ASKED], planned.decided, planned.won) == (1, 1, 1)
    assert first.at_risk == 3
    history.until(LATER)
    assert (first.passed, history.cells[ASKED, 1].received, history.cells[ASKED, 3].inside) == (2, 1, 1)


def test_nothing_is_said_of_few() -> None:
    history = History([spell(number, 10) for number in range(LEAST - 1)])
    model = fit(history.until(LATER))
    assert (model.enough, model.odds(ASKED, 3)) == (False, None)
    more = fit(History([spell(number, 10) for number in range(LEAST)]).until(LATER))
    assert more.enough
    odds = more.odds(ASKED, 3)
    assert odds is not None
    assert 0.85 < odds.low < 0.95 < odds.share < 1
    assert more.odds(("", "considering"), 3) == more.pool


def test_without_open_asks_the_odds_are_the_share_that_was_received() -> None:
    spells = [spell(number, 30, RECEIVED if number % 4 == 0 else ENDED) for number in range(400)]
    odds = fit(History(spells).until(LATER)).odds(ASKED, 3)
    assert odds is not None
    assert odds.share == pytest.approx(0.25, abs=0.005)
    assert odds.low < 0.25 < odds.high
    assert odds.decided == 400


def test_open_asks_count_for_their_time_and_not_as_lost_or_won() -> None:
    """Refusals come in a month, gifts in half a year. Seen after four months, most gifts are still to come."""
    drawn = Random(7)
    spells = []
    for number in range(3_000):
        wins = drawn.random() < 0.5
        days = drawn.randrange(100, 175) if wins else drawn.randrange(1, 60)
        spells.append(spell(number, days, RECEIVED if wins else ENDED, at=drawn.randrange(0, 300)))
    model = fit(History(spells).until(START + timedelta(310)))
    decided = [one for one in spells if one.until is not None and one.until <= START + timedelta(310)]
    naive = sum(one.then == RECEIVED for one in decided) / len(decided)
    odds = model.odds(ASKED, 0)
    assert odds is not None
    assert naive < 0.42
    assert odds.share == pytest.approx(0.5, abs=0.04)
    late = model.odds(ASKED, 120)
    assert late is not None
    assert late.share > 0.9


def test_odds_walk_through_the_stands_that_lie_ahead() -> None:
    """Half of what is planned is asked, and four of five that are asked give."""
    drawn = Random(9)
    spells = []
    for number in range(2_000):
        asked = drawn.random() < 0.5
        spells.append(spell(number, 20, ASKED if asked else ENDED, PLANNED))
        if asked:
            spells.append(spell(number, 30, RECEIVED if drawn.random() < 0.8 else ENDED, at=20))
    model = fit(History(spells).until(LATER))
    planned, asked_odds = model.odds(PLANNED, 1), model.odds(ASKED, 1)
    assert planned is not None
    assert asked_odds is not None
    assert (planned.share, asked_odds.share) == pytest.approx((0.4, 0.8), abs=0.03)
