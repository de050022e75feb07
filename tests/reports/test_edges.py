"""Edges: for everybody what `ahead` says of each alone, by the facts of the day."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import open_change
from donors.core.paging import Paging, Sort
from donors.levels.decide import level_for, next_above
from donors.levels.ladders import Ladder, ladder, ladders
from donors.levels.track import LevelDraft, TrackDraft, create_track
from donors.reports.ahead import fall
from donors.reports.answers import Memory
from donors.reports.edge_rows import FALLING, NEAR, EdgesQuestion, can_fall
from donors.reports.edges import Edge, all_edges, edges, months, rungs
from donors.reports.stands import Question
from donors.rollups.queries import definition, explain
from tests.reports.giving_world import ACT, TODAY, World, draw

DAYS, PERCENT = 200, 60


@pytest.fixture
def world(session: Session) -> World:
    return draw(session, seed=5, people=12, gifts=60)


def units(world: World) -> set[int]:
    """Everybody who is counted today: those who live in a household are counted with it."""
    at_home = {one for one in world.people if world.unit(one, TODAY, "household") != one}
    return {*world.people, *world.homes} - at_home


def asked(ladder_: Ladder) -> EdgesQuestion:
    return EdgesQuestion(Question(ladder_, TODAY, TODAY, EVERYTHING), PERCENT, DAYS)


def tracks(session: Session) -> list[Ladder]:
    """The standard track, one that counts gifts, and one from which nobody falls by time alone."""
    within = open_change(session, "test", act=ACT)
    levels = (LevelDraft("Once", 1, 3), LevelDraft("Often", 3))
    made = [
        create_track(session, TrackDraft(f"By {measure}", measure, levels), within=within).id
        for measure in ("last_365_days_count", "gift_count")
    ]
    return [ladders(session)[0], *(ladder(session, one) for one in made)]


def test_many_are_told_what_each_alone_is_told(session: Session, world: World) -> None:
    giving, counting, ever = tracks(session)
    assert [can_fall(session, asked(one)) for one in (giving, counting, ever)] == [True, True, False]
    for track in (giving, counting):
        falls_are_those_of_each(session, world, track)
    for track in (giving, counting, ever):
        near_are_those_of_each(session, world, track)
    sums_and_months_add_up(session, giving)
    assert months(session, asked(ever)) == ()


def falls_are_those_of_each(session: Session, world: World, track: Ladder) -> None:
    one, expected = definition(session, track.measure), {}
    for unit in units(world):
        _, rows = explain(session, track.measure, unit, on=TODAY)
        found = fall(one, rows, track.bands)
        if found is not None and found.on <= TODAY + timedelta(days=DAYS):
            expected[unit] = (found.on, found.to, found.missing)
    listed = all_edges(session, asked(track), FALLING, Paging())
    assert expected
    assert {row.id: (row.on, row.to, row.missing) for row in listed} == expected
    for row in listed:
        assert row.level == level_for(row.figure, track.bands)
        assert row.stake == row.figure - (row.level.minimum or 0) + row.missing if row.level else False


def near_are_those_of_each(session: Session, world: World, track: Ladder) -> None:
    one, expected = definition(session, track.measure), {}
    for unit in units(world):
        _, rows = explain(session, track.measure, unit, on=TODAY)
        figure = sum(row.amount for row in rows) if one.value_kind == "money" else len(rows)
        above = next_above(figure, track.bands)
        if rows and above and above[1] <= (above[0].minimum or 0) * PERCENT // 100:
            first = min(row.on for row in rows) + timedelta(days=366)
            expected[unit] = (figure, *above, first if track.measure.startswith("last_365") else None)
    listed = all_edges(session, asked(track), NEAR, Paging())
    assert {row.id: (row.figure, row.to, row.missing, row.on) for row in listed} == expected


def sums_and_months_add_up(session: Session, track: Ladder) -> None:
    for which in (NEAR, FALLING):
        listed = all_edges(session, asked(track), which, Paging())
        for rung in rungs(session, asked(track), which):
            of_it = [row for row in listed if (row.to if which == NEAR else row.level) == rung.band]
            assert (len(of_it), sum(row.stake for row in of_it)) == (rung.people, rung.stake)
    parts = months(session, asked(track))
    assert sum(people for _, people, _ in parts) == len(listed)
    assert sum(stake for *_, stake in parts) == sum(row.stake for row in listed)
    memory = Memory(lambda write: write(session), ACT.at)
    for which in (NEAR, FALLING):
        for sort in (Sort("stake", descending=True), Sort("on"), Sort("name")):
            for number in (1, 2, 99):
                paging = Paging(number, 4, (sort,))
                kept = edges(session, asked(track), which, paging, memory=memory)
                assert kept == edges(session, asked(track), which, paging)
    order = Paging(size=3, sort=(Sort("stake", descending=True),))
    page: tuple[Edge, ...] = edges(session, asked(track), FALLING, order).rows
    assert [row.stake for row in page] == sorted((row.stake for row in listed), reverse=True)[:3]
