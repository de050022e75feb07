"""Levels of a past day by the rules of then are those that were recorded on it; by the rules of now often not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import Act, insert, open_change
from donors.core.paging import Paging
from donors.giving.gift_input import GiftInput
from donors.levels.as_of import levels_as_of
from donors.levels.ladders import ladder
from donors.levels.models import Ruling, Standing, Track
from donors.levels.then import NOW, THEN, ladder_of_days, ladder_on
from donors.levels.track import LevelDraft, TrackDraft, draft_of, track_by_id
from donors.reports.levels import level_report
from donors.reports.stands import Question
from donors.rollups.define import draft_of as figure_draft
from donors.rollups.define import row_of
from donors.segments.members import Wanted, all_members
from donors.workflows.begin import begin
from donors.workflows.gifts import add_gift
from donors.workflows.levels import assign_all
from donors.workflows.refresh import refresh_figures
from donors.workflows.rollups import redefine_rollup
from donors.workflows.tracks import Following, change_track, make_track
from tests.constituents.people import person
from tests.workflows.rehearsals import BELOW, FRAMES, drawn_track

FIRST = date(2025, 2, 1)


def act_on(on: date) -> Act:
    return Act(by=None, at=datetime.combine(on, time(12), UTC), through="cli")


Gifts = list[tuple[int, int, date]]


def crowd(session: Session, drawn: Random) -> tuple[list[int], Gifts]:
    """Ten people, and what they give before and after the first day: (giver, cents, day)."""
    within = open_change(session, "test", act=act_on(FIRST))
    begin(session, within=within)
    session.execute(update(Track).values(is_active=False))
    people = [person(session, f"P{place}").id for place in range(10)]
    days = (FIRST + timedelta(days=drawn.randint(-500, 270)) for _ in range(45))
    return people, [(drawn.choice(people), int(2_000_000 ** drawn.random()), day) for day in days]


def given_until(session: Session, gifts: Gifts, on: date) -> None:
    """Records what has come by a day and was not recorded yet."""
    within = open_change(session, "gifts", act=act_on(on))
    for gift in [gift for gift in gifts if gift[2] <= on]:
        add_gift(session, GiftInput(*gift), within=within, on=on)
        gifts.remove(gift)


def assign_on(session: Session, on: date) -> None:
    refresh_figures(session, on=on)
    assign_all(session, within=open_change(session, "night", act=act_on(on)), on=on, cause="time")
    session.expire_all()


def changed_on(session: Session, track: int, on: date, drawn: Random) -> None:
    """One time in two the track changes, one in four the figure below it."""
    chance = drawn.random()
    if chance < 0.5:
        draft = drawn_track(drawn, draft_of(session, track_by_id(session, track)))
        within, expect = open_change(session, "track.change", act=act_on(on)), track_by_id(session, track).version
        change_track(session, track, draft, Following(on), within=within, expect=expect)
    elif chance < 0.75:
        draft_below = replace(figure_draft(row_of(session, BELOW)), frame=drawn.choice(FRAMES))
        redefine_rollup(session, BELOW, draft_below, act=act_on(on), on=on)


def ruled_on(session: Session, track: int, people: list[int], on: date, drawn: Random) -> None:
    """Somebody who is not yet ruled about is frozen or left out, sometimes for a while."""
    who = drawn.choice(people)
    if session.scalar(select(Ruling.id).where(Ruling.constituent_id == who)) is not None:
        return
    within, until = open_change(session, "rule", act=act_on(on)), drawn.choice([None, on + timedelta(days=45)])
    row = Ruling(constituent_id=who, track_id=track, kind=drawn.choice(["freeze", "exclude"]), from_on=on, to_on=until)
    row.reason, row.recorded_at = "drawn", within.at
    insert(session, row, within=within)


def recorded(session: Session, track: int, on: date) -> dict[int, int]:
    here = (Standing.track_id == track, Standing.from_on <= on, or_(Standing.to_on.is_(None), Standing.to_on > on))
    return {
        who: level for who, level in session.execute(select(Standing.constituent_id, Standing.level_id).where(*here))
    }


def reckoned(session: Session, track: int, on: date, rules: str) -> dict[int, int]:
    table = levels_as_of(session, ladder(session, track), on=on, rules=rules)
    rows = session.execute(select(table.c.constituent_id, table.c.level_id).where(table.c.level_id.is_not(None)))
    return {who: level for who, level in rows}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_by_the_rules_of_then_it_is_what_was_recorded(session: Session, seed: int) -> None:
    drawn = Random(seed)
    people, gifts = crowd(session, drawn)
    within = open_change(session, "track.add", act=act_on(FIRST))
    track = make_track(session, drawn_track(drawn, None), Following(FIRST), within=within).id
    days = [FIRST + timedelta(days=20 * place) for place in range(14)]
    for on in days:
        given_until(session, gifts, on)
        ruled_on(session, track, people, on, drawn)
        changed_on(session, track, on, drawn)
        assign_on(session, on)
    found = {on: reckoned(session, track, on, THEN) for on in days}
    assert found == {on: recorded(session, track, on) for on in days}
    assert any(found.values())
    assert reckoned(session, track, FIRST - timedelta(days=1), THEN) == {}


def test_the_rules_of_now_look_at_old_facts_anew(session: Session) -> None:
    people, gifts = crowd(session, Random(5))
    given_until(session, gifts, FIRST)
    within = open_change(session, "track.add", act=act_on(FIRST))
    low, high = LevelDraft("Low", 1, 10_000), LevelDraft("High", 10_000, None)
    draft = TrackDraft("Two", "lifetime_total", (low, high))
    track = make_track(session, draft, Following(FIRST), within=within)
    later, only = FIRST + timedelta(days=30), replace(draft, levels=(LevelDraft("All", 1, None),))
    change = open_change(session, "track.change", act=act_on(later))
    change_track(session, track.id, only, Following(later), within=change, expect=track.version)
    now = ladder(session, track.id)
    assert [band.name for band in ladder_on(session, now, FIRST).bands] == ["Low", "High"]
    both = ladder_of_days(session, now, (FIRST, later))
    assert sorted(band.name for band in both.bands) == ["All", "High", "Low"]
    assert len({band.position for band in both.bands}) == 3
    by_now, by_then = (reckoned(session, track.id, FIRST, rules) for rules in (NOW, THEN))
    assert set(by_now) == set(by_then) <= set(people)
    for rules, found in ((NOW, by_now), (THEN, by_then)):
        asked = Wanted(("level",), as_of=FIRST, rules=rules)
        listed = {
            row.id: row.values["level"] for row in all_members(session, asked, Paging(), sees=EVERYTHING, on=later)
        }
        names = {band.id: band.name for band in both.bands}
        assert {who: level for who, level in listed.items() if level} == {
            who: names[level] for who, level in found.items()
        }
    report = level_report(session, Question(both, later, FIRST, EVERYTHING, rules=THEN), today=date(2026, 1, 1))
    assert {line.band.name: line.sums.people_then for line in report.lines}["High"] > 0
    assert report.total.people == sum(line.sums.people for line in report.lines) > 0
    assert set(by_now.values()) == {band.id for band in now.bands}
    assert len(set(by_then.values())) == 2
