"""Gains, losses and recovery: they add up exactly, and agree with a plain count."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.paging import Paging
from donors.reports.gains import GAINS, KINDS, LOSSES, Change, Gains, gains
from donors.reports.giver_list import Whom, givers
from donors.reports.givers import GiversQuestion
from donors.reports.recovery import MONTHS, month_ends, recovery
from donors.reports.years import By, Year
from donors.web.charts.waterfall import Step, waterfall
from tests.reports.giving_world import TODAY, World, draw


@pytest.fixture
def world(session: Session) -> World:
    return draw(session, seed=11)


def test_gains_less_losses_are_the_change_of_totals(session: Session, world: World) -> None:
    for by, unit, soft in ((By.CALENDAR, "person", False), (By.FISCAL, "household", True)):
        found = gains(session, GiversQuestion(by, TODAY, unit, soft, EVERYTHING))
        assert len(found.lines) >= 4
        for line in found.lines:
            adds_up(line)
        for one, two in pairwise(found.lines):
            assert (one.givers_now, one.money_now) == (two.givers_then, two.money_then)
        each_kind_opens_its_people(session, found.asked, found.lines[-2])
        curves_are_those_of_the_gifts(session, world, found.asked, found.lines[-1].year)


def adds_up(line: Gains) -> None:
    assert line.gained - line.lost == line.money_now - line.money_then
    assert line.gained >= 0
    assert line.lost >= 0
    people = {kind: change.people for kind, change in line.kinds.items()}
    come, gone = people["new"] + people["recaptured"], people["lapsed_new"] + people["lapsed_repeat"]
    assert line.givers_now - line.givers_then == come - gone
    assert line.kinds["same"].money == 0
    assert line.sum(*GAINS, *LOSSES).money == line.sum().money


def each_kind_opens_its_people(session: Session, asked: GiversQuestion, line: Gains) -> None:
    for kind in KINDS:
        rows = givers(session, asked, Whom(kind, line.year), Paging(size=200)).rows
        found = Change(len(rows), sum(row.last or 0 for row in rows), sum(row.this or 0 for row in rows))
        assert found == line.kinds[kind], kind


def curves_are_those_of_the_gifts(session: Session, world: World, asked: GiversQuestion, year: Year) -> None:
    this, last = recovery(session, asked, year)
    assert last is not None
    for curve in (this, last):
        rows = givers(session, asked, Whom("prior", curve.year), Paging(size=200)).rows
        assert curve.pool == len(rows)
        pool = {row.id for row in rows if row.this is not None}
        first = {one: min(days_of(world, asked, one, curve.year)) for one in pool}
        ends = [*curve.ends[:-1], curve.year.last]
        assert list(curve.back) == [
            sum(day <= ends[month] for day in first.values()) for month in range(len(curve.back))
        ]
    assert len(last.back) == MONTHS
    assert len(this.back) == 1 + sum(end < TODAY for end in this.ends)


def days_of(world: World, asked: GiversQuestion, unit: int, year: Year) -> list[date]:
    """The days of a unit's gifts of a year that are worth anything on the day of the question."""
    found = []
    for gift in world.gifts:
        whose = {world.unit(gift.giver, asked.on, asked.unit)}
        if asked.soft and gift.friend is not None:
            whose.add(world.unit(gift.friend, asked.on, asked.unit))
        if unit in whose and year.first <= gift.on <= year.last and gift.worth(asked.on) > 0:
            found.append(gift.on)
    return found


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_year_has_twelve_months_in_order(first: date) -> None:
    ends = month_ends(Year(1, "", first, first, is_over=True))
    assert len(ends) == MONTHS
    assert all(one < two for one, two in pairwise((first, *ends)) if one != first)


@given(st.lists(st.integers(-500, 500), max_size=8), st.integers(0, 1_000))
def test_a_waterfall_ends_where_its_steps_lead(changes: list[int], start: int) -> None:
    end = start + sum(changes)
    drawn = waterfall(Step(("A",), start, ""), [Step(("B",), one, "") for one in changes], Step(("C",), end, ""))
    assert len(drawn.blocks) == len(changes) + 2
    assert all(block.height >= 1 for block in drawn.blocks)
    top = drawn.blocks[-1]
    reached = drawn.links[-1][2]
    assert abs((top.y if end >= 0 else top.y + top.height) - reached) <= 1.01 or end == 0
