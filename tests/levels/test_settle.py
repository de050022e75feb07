"""What becomes of a level: rising, falling when the track says so, and what was ruled by hand. Pure."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.calendar import FiscalCalendar
from donors.levels.decide import Band, falls
from donors.levels.models import AFTER_DAYS, AT_ONCE, FISCAL_YEAR, FREEZE, NEVER, OVERRIDE
from donors.levels.settle import Facts, Falling, Hand, Now, Settled, settle

SILVER, GOLD, PLATINUM = (Band(place, name, place, None, 1) for place, name in ((1, "S"), (2, "G"), (3, "P")))
ON = date(2026, 8, 6)
GRACE = Falling(AFTER_DAYS, 90)
JULY = FiscalCalendar(7)


def facts(by_rules: Band | None, now: Now | None = None, **more: object) -> Facts:
    return Facts(ON, True, by_rules, now, **more)  # type: ignore[arg-type]


def test_who_rises_does_so_at_once() -> None:
    assert settle(facts(GOLD, Now(SILVER, ON)), GRACE) == Settled(GOLD)
    assert settle(facts(GOLD), GRACE) == Settled(GOLD)


def test_who_stays_has_nothing_noted() -> None:
    assert settle(facts(GOLD, Now(GOLD, ON, 1)), GRACE) == Settled(GOLD, same=True)


@pytest.mark.parametrize(
    ("falling", "day"),
    [
        (GRACE, date(2026, 11, 4)),
        (Falling(FISCAL_YEAR), date(2027, 1, 1)),
        (Falling(FISCAL_YEAR, fiscal=JULY), date(2027, 7, 1)),
    ],
)
def test_a_fall_waits_for_its_day(falling: Falling, day: date) -> None:
    waiting = settle(facts(SILVER, Now(GOLD)), falling)
    assert waiting == Settled(GOLD, same=True, falls_on=day, falls_to_id=SILVER.id)
    later = replace(facts(None, Now(GOLD, day, SILVER.id)), on=day - timedelta(1))
    assert settle(later, falling) == Settled(GOLD, same=True, falls_on=day, falls_to_id=None)
    assert settle(replace(later, on=day + timedelta(2)), falling) == Settled(None, on=day, cause="time")


def test_at_once_and_never() -> None:
    assert settle(facts(SILVER, Now(GOLD)), Falling(AT_ONCE)) == Settled(SILVER)
    assert settle(facts(None, Now(GOLD)), Falling(NEVER)) == Settled(GOLD, same=True)


def test_a_corrected_gift_brought_nothing() -> None:
    assert settle(facts(SILVER, Now(GOLD), taken_back=True), Falling(NEVER)) == Settled(SILVER)


def test_who_may_not_stand_leaves_whatever_was_ruled() -> None:
    out = Facts(ON, False, None, Now(GOLD), Hand(1, OVERRIDE, PLATINUM))
    assert settle(out, GRACE) == Settled(None)


def test_an_override_rules_and_is_over_without_grace() -> None:
    hand = Hand(7, OVERRIDE, PLATINUM, ON)
    assert settle(facts(SILVER, Now(GOLD), ruling=hand), GRACE) == Settled(PLATINUM, cause="override", ruling_id=7)
    held = settle(facts(SILVER, Now(PLATINUM), ruling=hand), GRACE)
    assert (held.same, held.ruling_id) == (True, 7)
    over = settle(facts(SILVER, Now(PLATINUM, held_by=hand)), GRACE)
    assert over == Settled(SILVER, cause="override", on=ON)


def test_a_freeze_keeps_and_grace_begins_when_it_is_over() -> None:
    hand = Hand(7, FREEZE, to_on=ON)
    for by_rules in (None, SILVER, PLATINUM):
        held = settle(facts(by_rules, Now(GOLD, ON), ruling=hand), GRACE)
        assert held == Settled(GOLD, same=True, ruling_id=7)
    assert settle(facts(PLATINUM, None, ruling=hand), GRACE) == Settled(None, same=True, ruling_id=7)
    assert settle(facts(PLATINUM, Now(GOLD, held_by=hand)), GRACE).cause == "freeze ended"
    assert settle(facts(SILVER, Now(GOLD, held_by=hand)), GRACE).falls_on == ON + timedelta(90)


def test_nobody_is_held_on_a_level_that_has_retired() -> None:
    assert settle(facts(SILVER, Now(None)), Falling(NEVER)) == Settled(SILVER)
    assert settle(facts(None, Now(None)), GRACE) == Settled(None)
    gone = Hand(7, OVERRIDE, None)
    assert settle(facts(SILVER, Now(None), ruling=gone), GRACE) == Settled(SILVER)


bands = st.sampled_from([None, SILVER, GOLD, PLATINUM])


@given(bands, bands, st.sampled_from([AT_ONCE, AFTER_DAYS, FISCAL_YEAR, NEVER]), st.integers(-400, 400))
def test_without_rulings_nobody_is_below_the_rules_nor_falls_early(
    now: Band | None, by_rules: Band | None, when: str, waits: int
) -> None:
    day = ON + timedelta(waits)
    standing = None if now is None else Now(now, day, None)
    to = settle(facts(by_rules, standing), Falling(when, 90))
    assert not falls(by_rules, to.band)
    if when != AT_ONCE and falls(now, by_rules) and (when == NEVER or waits > 0):
        assert to.band == now
    else:
        assert to.band == by_rules
