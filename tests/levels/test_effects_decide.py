"""The rules of effects: whom they concern on which occasion, and what becomes of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.levels.decide import Band, Change
from donors.levels.effects.decide import (
    COOL_DOWN,
    DONE,
    FALL,
    LEAVE,
    NOTICE,
    OCCASIONS,
    ONCE,
    REACH,
    REFUSED,
    RISE,
    START,
    STOP,
    TASK,
    Book,
    Open,
    Rule,
    concerns,
    ordered,
    verdict,
)

FRIEND, PATRON, CIRCLE = (Band(number, name, number, number, None) for number, name in enumerate("FPC", start=1))
TODAY = date(2026, 3, 10)
RULE = Rule(1, 7, PATRON.id, RISE, START, template_id=5)
UP = Change(11, 7, "Giving", FRIEND, PATRON)


@pytest.mark.parametrize(
    ("old", "new", "of_patron", "of_track"),
    [
        (None, PATRON, {REACH, RISE}, {REACH, RISE}),
        (FRIEND, PATRON, {REACH, RISE}, {REACH, RISE, LEAVE}),
        (CIRCLE, PATRON, {REACH, FALL}, {REACH, FALL, LEAVE}),
        (PATRON, CIRCLE, {LEAVE}, {REACH, RISE, LEAVE}),
        (PATRON, FRIEND, {LEAVE}, {REACH, FALL, LEAVE}),
        (PATRON, None, {LEAVE}, {LEAVE, FALL}),
        (FRIEND, CIRCLE, set(), {REACH, RISE, LEAVE}),
        (FRIEND, None, set(), {LEAVE, FALL}),
    ],
)
def test_whom_an_effect_concerns(old: Band | None, new: Band | None, of_patron: set[str], of_track: set[str]) -> None:
    step = Change(11, 7, "Giving", old, new)
    for level_id, wanted in ((PATRON.id, of_patron), (None, of_track)):
        found = {name for name in OCCASIONS if concerns(replace(RULE, level_id=level_id, occasion=name), step)}
        assert found == wanted
    assert not concerns(replace(RULE, track_id=8, level_id=None, occasion=LEAVE), step)


@given(old=st.sampled_from([None, FRIEND, PATRON, CIRCLE]), new=st.sampled_from([None, FRIEND, PATRON, CIRCLE]))
def test_who_comes_rises_or_falls_and_who_leaves_left_somewhere(old: Band | None, new: Band | None) -> None:
    if old == new:
        return
    step = Change(11, 7, "Giving", old, new)

    def holds(level: Band, occasion: str) -> bool:
        return concerns(replace(RULE, level_id=level.id, occasion=occasion), step)

    for level in (FRIEND, PATRON, CIRCLE):
        assert holds(level, REACH) == (holds(level, RISE) != holds(level, FALL))
        assert not (holds(level, REACH) and holds(level, LEAVE))
    everywhere = {name: concerns(replace(RULE, level_id=None, occasion=name), step) for name in OCCASIONS}
    for name in (REACH, RISE, LEAVE):
        assert everywhere[name] == any(holds(level, name) for level in (FRIEND, PATRON, CIRCLE))
    assert everywhere[RISE] != everywhere[FALL]


def test_once_is_for_ever_and_a_cool_down_ends() -> None:
    book = Book(last={(RULE.id, 11): TODAY})
    once, rested = replace(RULE, once=True), replace(RULE, cool_down=30)
    assert verdict(once, UP, book, on=TODAY + timedelta(9999)).outcome == ONCE
    early = verdict(rested, UP, book, on=TODAY + timedelta(29))
    assert (early.outcome, early.why) == (COOL_DOWN, "It ran on 10 March 2026 and may run again from 9 April 2026.")
    assert verdict(rested, UP, book, on=TODAY + timedelta(30)).outcome == DONE
    assert verdict(RULE, UP, book, on=TODAY).outcome == DONE
    assert verdict(once, replace(UP, constituent_id=12), book, on=TODAY).outcome == DONE


def test_what_is_done_counts_and_what_is_refused_does_not() -> None:
    once = replace(RULE, once=True)
    book = Book(plans={11: {5: Open(1, 5)}})
    refused = verdict(once, UP, book, on=TODAY)
    assert refused.outcome == REFUSED
    book.note(once, [refused], on=TODAY)
    del book.plans[11][5]
    done = verdict(once, UP, book, on=TODAY)
    assert done.outcome == DONE
    book.note(once, [done], on=TODAY)
    assert verdict(once, UP, book, on=TODAY).outcome == ONCE
    assert book.plans[11][5].level_id == PATRON.id


def test_a_plan_is_not_started_for_the_dead_nor_from_what_is_retired() -> None:
    dead = Book(barred={11: "Anna is deceased."})
    assert verdict(RULE, UP, dead, on=TODAY).why == "Anna is deceased."
    assert verdict(replace(RULE, act=TASK), UP, dead, on=TODAY).outcome == REFUSED
    assert verdict(RULE, UP, Book(retired={5: "It is retired."}), on=TODAY).why == "It is retired."


def test_only_plans_that_the_level_left_has_started_stop() -> None:
    stop = replace(RULE, act=STOP, occasion=LEAVE, level_id=FRIEND.id)
    ours, others, by_hand = Open(1, 5, FRIEND.id), Open(2, 6, CIRCLE.id), Open(3, 7)
    book = Book(barred={11: "Anna is deceased."}, plans={11: {5: ours, 6: others, 7: by_hand}})
    found = verdict(stop, UP, book, on=TODAY)
    assert found.plans == (ours,)
    book.note(stop, [found], on=TODAY)
    assert set(book.plans[11]) == {6, 7}
    assert verdict(stop, UP, book, on=TODAY) is None


def test_a_plan_that_leaving_has_started_is_not_of_the_level() -> None:
    found = verdict(replace(RULE, occasion=LEAVE, level_id=FRIEND.id), UP, Book(), on=TODAY)
    assert [plan.level_id for plan in found.plans] == [None]


def test_what_stops_goes_first() -> None:
    rules = [RULE, replace(RULE, id=2, act=STOP), replace(RULE, id=3, act=NOTICE)]
    assert [rule.id for rule in ordered(rules)] == [2, 1, 3]


@pytest.mark.parametrize(
    ("officer", "named", "able", "owner"),
    [(1, (2,), {1, 2}, (1,)), (1, (2,), {2}, (2,)), (None, (2,), {2}, (2,)), (None, (), {1}, ()), (1, (2,), set(), ())],
)
def test_who_gets_a_task(officer: int | None, named: tuple[int, ...], able: set[int], owner: tuple[int, ...]) -> None:
    book = Book(officers={11: officer} if officer else {}, able=frozenset(able))
    found = verdict(replace(RULE, act=TASK, users=named), UP, book, on=TODAY)
    assert (found.outcome, found.users) == (DONE, owner)


def test_who_is_told_once_each() -> None:
    told = replace(RULE, act=NOTICE, to_officer=True, users=(1, 2, 3))
    book = Book(officers={11: 2}, able=frozenset({1, 2}))
    assert verdict(told, UP, book, on=TODAY).users == (2, 1)
    assert verdict(replace(told, users=()), UP, replace(book, officers={}), on=TODAY).outcome == REFUSED
