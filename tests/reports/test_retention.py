"""Retention: the same as a plain count over the same gifts; each number opens exactly its people; kept answers hold."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Sight
from donors.constituents.models import Constituent
from donors.core.calendar import FiscalCalendar
from donors.core.changes import amend, open_change
from donors.core.interval import wilson
from donors.core.paging import Paging, Sort
from donors.giving.gift_input import GiftInput
from donors.levels.as_of import levels_as_of
from donors.levels.ladders import ladders
from donors.reports.answers import Memory, forget
from donors.reports.giver_list import Whom, givers
from donors.reports.givers import GiversQuestion
from donors.reports.models import Answer
from donors.reports.retention import Line, Retention, by_level, retention
from donors.reports.years import By, years
from donors.workflows.gifts import record_gift
from tests.reports.giving_world import ACT, FISCAL_MONTH, TODAY, World, draw

QUESTIONS = [
    (By.CALENDAR, TODAY, "person", False),
    (By.FISCAL, TODAY, "household", False),
    (By.FISCAL, TODAY - timedelta(days=300), "person", True),
    (By.ROLLING, TODAY - timedelta(days=40), "household", True),
]
"""Years, day, unit, soft credit."""


def named(found: Retention) -> Callable[[date], str]:
    """Day → name of the year of a report that holds it."""
    return lambda day: next(
        (year.name for year in found.years if year.first <= day <= year.last), "in the future of the report"
    )


def counted(world: World, found: Retention, line: Line) -> dict[str, set[int]]:
    """The groups of givers of a year, by a plain count."""
    asked, this, last = found.asked, line.year.name, line.before.name
    giving = world.giving(asked.on, asked.unit, soft=asked.soft, year_of=named(found))
    order = [year.name for year in found.years]

    def first(one: int) -> int:
        return min(order.index(name) for name in giving[one] if name in order)

    then = {one for one in giving if last in giving[one]}
    now = {one for one in giving if this in giving[one]}
    new = {one for one in then if first(one) == line.before.place}
    earlier = {one for one in giving if any(name in order[: line.before.place] for name in giving[one])}
    up = {one for one in then & now if giving[one][this] > giving[one][last]}
    down = {one for one in then & now if giving[one][this] < giving[one][last]}
    return {
        "givers": now,
        "prior": then,
        "retained": then & now,
        "lybunt": then - now,
        "sybunt": earlier - then - now,
        "new_prior": new,
        "new_retained": new & now,
        "lapsed_new": new - now,
        "repeat_prior": then - new,
        "repeat_retained": (then - new) & now,
        "lapsed_repeat": then - new - now,
        "new": {one for one in now if first(one) == line.year.place},
        "recaptured": {one for one in now - then if first(one) < line.year.place},
        "upgraded": up,
        "same": (then & now) - up - down,
        "downgraded": down,
    }


@pytest.fixture
def world(session: Session) -> World:
    return draw(session, seed=7)


def test_every_group_is_that_of_a_plain_count(session: Session, world: World) -> None:
    for by, on, unit, soft in QUESTIONS:
        asked = GiversQuestion(by, on, unit, soft, EVERYTHING)
        found = retention(session, asked)
        assert len(found.lines) >= 4
        for line in found.lines[-3:]:
            groups = counted(world, found, line)
            for which, people in groups.items():
                page = givers(session, asked, Whom(which, line.year), Paging(size=200))
                assert {row.id for row in page.rows} == people, (by, on, unit, soft, line.year.name, which)
            numbers_are_those_of_the_groups(line, groups)
            money_is_that_of_the_gifts(world, found, line, groups)


def numbers_are_those_of_the_groups(line: Line, groups: dict[str, set[int]]) -> None:
    sizes = {which: len(people) for which, people in groups.items()}
    assert (line.givers, line.all.prior, line.all.retained) == (sizes["givers"], sizes["prior"], sizes["retained"])
    assert (line.new.prior, line.new.retained) == (sizes["new_prior"], sizes["new_retained"])
    assert (line.repeat.prior, line.repeat.retained) == (sizes["repeat_prior"], sizes["repeat_retained"])
    assert line.all.lost == sizes["lybunt"]


def money_is_that_of_the_gifts(world: World, found: Retention, line: Line, groups: dict[str, set[int]]) -> None:
    asked = found.asked
    giving = world.giving(asked.on, asked.unit, soft=asked.soft, year_of=named(found))
    assert line.money == sum(giving[one][line.year.name] for one in groups["givers"])
    assert line.all.prior_money == sum(giving[one][line.before.name] for one in groups["prior"])
    assert line.all.retained_money == sum(giving[one][line.year.name] for one in groups["retained"])
    assert line.new.retained_money == sum(giving[one][line.year.name] for one in groups["new_retained"])


def test_cohorts_levels_and_kept_answers(session: Session, world: World) -> None:
    asked = GiversQuestion(By.CALENDAR, TODAY, "person", False, EVERYTHING)
    found = retention(session, asked)
    each_cell_of_the_triangle_opens_its_people(session, found)
    levels_are_those_of_the_day(session, found)
    an_answer_is_kept_until_the_data_change(session, world, asked)
    lists_are_searched_and_sorted(session, found)
    pages_of_a_kept_order_are_those_of_the_list(session)


def pages_of_a_kept_order_are_those_of_the_list(session: Session) -> None:
    memory = Memory(lambda write: write(session), ACT.at)
    for by, on, unit, soft in QUESTIONS[1:3]:
        asked = GiversQuestion(by, on, unit, soft, EVERYTHING)
        year = retention(session, asked).lines[-1].year
        ladder = ladders(session)[0]
        for whom in (Whom("prior", year), Whom("givers", year, text="Giver"), Whom("prior", year, None, ladder, 0)):
            for sort in (Sort("last", descending=True), Sort("name"), Sort("officer")):
                for number in (1, 2, 9):
                    paging = Paging(number, 4, (sort,))
                    kept = givers(session, asked, whom, paging, memory=memory)
                    assert kept == givers(session, asked, whom, paging)
    session.rollback()


def each_cell_of_the_triangle_opens_its_people(session: Session, found: Retention) -> None:
    for cohort in found.cohorts:
        for after, people in enumerate(cohort.people):
            year = found.years[cohort.first.place + after]
            page = givers(session, found.asked, Whom("givers", year, first=cohort.first), Paging(size=200))
            assert page.total == people
            assert sum(row.this or 0 for row in page.rows) == cohort.money[after]
    assert sum(cohort.size for cohort in found.cohorts) == givers(
        session, found.asked, Whom("sybunt", found.years[-1]), Paging()
    ).total + sum(
        givers(session, found.asked, Whom(which, found.years[-1]), Paging()).total for which in ("givers", "lybunt")
    )


def levels_are_those_of_the_day(session: Session, found: Retention) -> None:
    ladder = ladders(session)[0]
    assert found.last is not None
    lines = by_level(session, found.asked, found.last, ladder)
    stood = levels_as_of(session, ladder, on=found.last.before.last)
    level_of = {one: level for one, level in session.execute(select(stood.c.constituent_id, stood.c.level_id))}
    for line in lines:
        level = line.band.id if line.band else 0
        page = givers(session, found.asked, Whom("prior", found.last.year, ladder=ladder, level=level), Paging())
        assert page.total == line.part.prior > 0
        assert {level_of.get(row.id) or 0 for row in page.rows} == {level}
    assert sum(line.part.prior for line in lines) == found.last.all.prior
    assert sum(line.part.retained_money for line in lines) == found.last.all.retained_money


def an_answer_is_kept_until_the_data_change(session: Session, world: World, asked: GiversQuestion) -> None:
    memory = Memory(lambda write: write(session), ACT.at)
    first = retention(session, asked, memory=memory)
    kept = session.scalars(select(Answer)).one()
    kept.rows = {"rows": [[0, 0, None, 99, 1, 0]]}
    session.flush()
    assert retention(session, asked, memory=memory).cohorts[0].people[0] == 99, "the kept answer was not used"
    year = first.lines[-1].year
    for change, more in ((give, 1), (rename, 1), (remove, 0), (hide, 0)):
        change(session, world)
        again = retention(session, asked, memory=memory)
        assert again.lines[-1].year == year
        assert again.lines == retention(session, asked).lines, change.__name__
        assert again.lines[-1].givers == first.lines[-1].givers + more
    assert session.scalar(select(func.count()).select_from(Answer)) == 1
    stranger = GiversQuestion(asked.by, asked.on, asked.unit, asked.soft, Sight(None, "officer", everything=False))
    assert retention(session, stranger, memory=memory).lines[-1].givers == first.lines[-1].givers - 1
    assert forget(session, before=ACT.at + timedelta(days=1), limit=9) == 2
    session.rollback()


def idle(session: Session, world: World) -> int:
    """Somebody who has not given this calendar year."""
    gave = {gift.giver for gift in world.gifts if gift.on.year == TODAY.year}
    return next(one for one in world.people if one not in gave)


def give(session: Session, world: World) -> None:
    record_gift(session, GiftInput(idle(session, world), 100, TODAY), act=ACT, on=TODAY)


def rename(session: Session, world: World) -> None:
    amend_one(session, world.people[0], name="Another")


def remove(session: Session, world: World) -> None:
    amend_one(session, gave_now(world)[0], deleted_at=ACT.at)


def hide(session: Session, world: World) -> None:
    amend_one(session, gave_now(world)[1], confidential=True)


def gave_now(world: World) -> list[int]:
    """Who has given this calendar year."""
    found = (gift.giver for gift in world.gifts if gift.on.year == TODAY.year and gift.worth(TODAY) > 0)
    return sorted(set(found) - set(world.homes))


def amend_one(session: Session, who: int, **values: object) -> None:
    change = open_change(session, "test", act=ACT)
    amend(session, session.get_one(Constituent, who), within=change, **values)


def lists_are_searched_and_sorted(session: Session, found: Retention) -> None:
    asked, year = found.asked, found.years[-1]
    for sort in ("name", "-last", "-this", "change", "first_year", "-largest", "-last_on", "level", "officer"):
        order = Sort(sort.removeprefix("-"), descending=sort.startswith("-"))
        page = givers(session, asked, Whom("prior", year), Paging(size=5, sort=(order,)))
        rest = givers(session, asked, Whom("prior", year), Paging(number=2, size=5, sort=(order,)))
        assert {row.id for row in page.rows} & {row.id for row in rest.rows} == set()
        assert page.total == rest.total
    largest = givers(session, asked, Whom("prior", year), Paging(sort=(Sort("last", True),))).rows
    assert [row.last for row in largest] == sorted((row.last or 0 for row in largest), reverse=True)
    one = largest[0]
    assert [row.id for row in givers(session, asked, Whom("prior", year, text=one.name), Paging()).rows] == [one.id]
    assert givers(session, asked, Whom("prior", year, text="nobody of that name"), Paging()).total == 0


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_interval_holds_its_share(hits: int, more: int) -> None:
    cases = hits + more
    found = wilson(hits, cases)
    if cases == 0:
        assert found is None
        return
    assert found is not None
    assert 0 <= found[0] <= hits / cases <= found[1] <= 1
    assert (found[0] == 0) == (hits == 0)
    assert (found[1] == 1) == (hits == cases)


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"), [(7324, 20405, 0.3524, 0.3655), (0, 10, 0.0, 0.2775), (1, 2, 0.0945, 0.9055)]
)
def test_the_interval_is_that_of_the_handbooks(hits: int, cases: int, low: float, high: float) -> None:
    found = wilson(hits, cases)
    assert found is not None
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.integers(0, 20_000), st.sampled_from(list(By)))
def test_years_follow_one_another_and_hold_every_day(on: date, back: int, by: By) -> None:
    since = on - timedelta(days=back)
    found = years(by, on=on, since=since, fiscal=FiscalCalendar(FISCAL_MONTH))
    assert [year.place for year in found] == list(range(len(found)))
    for one, two in pairwise(found):
        assert two.first == one.last + timedelta(days=1)
    assert found[-1].first <= on <= found[-1].last
    assert found[0].all_before or found[0].first <= since
    assert all(year.is_over == (year.last <= on) for year in found)
    assert len({year.name for year in found}) == len(found)
