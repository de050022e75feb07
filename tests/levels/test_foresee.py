"""What is foreseen of a drafted track is what keeping it does, person by person, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, insert, insert_many, open_change
from donors.levels.assign import Because
from donors.levels.compile import pinned
from donors.levels.drafted import ladder_of
from donors.levels.everybody import assign_range
from donors.levels.foresee import foreseen
from donors.levels.ladders import Ladder, ladder, ladders
from donors.levels.models import Ruling, Standing, Track
from donors.levels.suppose import suppose_track
from donors.levels.track import LevelDraft, TrackDraft, create_track, edit_track
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definition
from donors.workflows.begin import begin
from tests.levels.drawn import BESIDE, MEASURE, START, drafts

ACT = Act(by=None, at=datetime.combine(START, time(12), UTC), through="cli")
CROWD = 24
LATER = START + timedelta(days=20)


@pytest.fixture
def crowd(session: Session) -> list[int]:
    """People with figures, some deceased, some hidden, drawn once; no track. Committed."""
    change, drawn = open_change(session, "test", act=ACT), Random(7)
    begin(session, within=change)
    session.execute(update(Track).values(is_active=False))
    people = [_person(place, drawn) for place in range(CROWD)]
    insert_many(session, people, within=change)
    slots = {key: slot_column(definition(session, key).slot) for key in (MEASURE, BESIDE)}
    session.execute(rollup_value.insert(), [_figures(one.id, slots, drawn) for one in people])
    session.commit()
    return [one.id for one in people]


def _person(place: int, drawn: Random) -> Constituent:
    return Constituent(
        kind=drawn.choice(["person", "person", "household"]),
        name=f"P{place}",
        sort_name=f"p{place}",
        family_name=drawn.choice(["Ames", "Bell"]),
        is_deceased=drawn.random() < 0.2,
        is_anonymous=drawn.random() < 0.2,
        born_on=drawn.choice([None, date(2026, 2, 20), date(2026, 3, 25)]),
    )


def _figures(one: int, slots: dict[str, str], drawn: Random) -> dict[str, Any]:
    total, count = drawn.choice([None, *range(0, 1_300, 90)]), drawn.choice([None, 0, 1, 2, 3])
    return {"constituent_id": one, "computed_on": START, slots[MEASURE]: total, slots[BESIDE]: count}


@given(
    first=drafts(),
    second=drafts(),
    measure=st.sampled_from([MEASURE, MEASURE, BESIDE]),
    target=st.sampled_from(["all", "all", "person"]),
    seed=st.integers(0, 99),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 5)
def test_what_is_foreseen_is_what_happens(
    session: Session, crowd: list[int], first: TrackDraft, second: TrackDraft, measure: str, target: str, seed: int
) -> None:
    session.rollback()
    session.expunge_all()
    track = create_track(session, first, within=open_change(session, "test", act=ACT))
    assign_all_on(session, START)
    rule_some(session, crowd, track.id, Random(seed))
    assign_all_on(session, START + timedelta(days=5))
    figures_move(session, Random(seed))
    assign_all_on(session, START + timedelta(days=6))
    draft = TrackDraft(**vars(second) | {"measure": measure, "target": target})
    wanted = told(session, ladder_of(session, draft, track), ladder(session, track.id))
    edit_track(session, track.id, draft, within=open_change(session, "edit", act=ACT))
    assign_all_on(session, LATER)
    assert stands(session, track.id) == wanted
    session.rollback()


@given(draft=drafts())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5)
def test_a_new_track_and_one_that_is_switched_off(session: Session, crowd: list[int], draft: TrackDraft) -> None:
    session.rollback()
    wanted = told(session, ladder_of(session, draft, None), None)
    track = create_track(session, draft, within=open_change(session, "test", act=ACT))
    assign_all_on(session, LATER)
    assert stands(session, track.id) == wanted
    assert told(session, ladder(session, track.id).off, ladder(session, track.id)) == {}
    session.rollback()


def test_tracks_that_lean_on_a_changed_one_follow_it(session: Session, crowd: list[int]) -> None:
    within = open_change(session, "test", act=ACT)
    ends = (0, 200, 500, None)
    levels = tuple(LevelDraft(f"L{low}", low, high) for low, high in pairwise(ends) if low is not None)
    lower = create_track(session, TrackDraft("Lower", MEASURE, levels), within=within)
    asks = {"field": "level", "operator": "equals", "value": "L200"}
    lately = {"field": "level_since", "operator": "at least", "value": LATER.isoformat()}
    came = {"field": "level_before", "operator": "equals", "value": "L0"}
    upper = (
        LevelDraft("Asks", 0, None, criteria=asks),
        LevelDraft("Came", None, None, criteria={"all": [lately, came]}),
    )
    leaning = create_track(session, TrackDraft("Leaning", BESIDE, upper), within=within)
    assign_all_on(session, START)
    draft = TrackDraft("Lower", MEASURE, (replace(levels[0], maximum=100), replace(levels[1], minimum=100), levels[2]))
    supposed = suppose_track(session, ladder_of(session, draft, lower), ladder(session, lower.id), on=LATER)
    assert [one.after.name for one in supposed] == ["Lower", "Leaning"]
    wanted = [level_of(session, one.table) for one in supposed]
    edit_track(session, lower.id, draft, within=open_change(session, "edit", act=ACT))
    before = level_of_now(session, leaning.id)
    assign_all_on(session, LATER)
    assert wanted == [level_of_now(session, one.id) for one in (lower, leaning)]
    assert wanted[1] != before
    assert len(set(wanted[1].values())) == 2


def level_of(session: Session, table: Any) -> dict[int, int]:
    """Person → level that would be."""
    rows = session.execute(select(table.c.constituent_id, table.c.new_level).where(table.c.new_level.is_not(None)))
    return {one: level for one, level in rows}


def level_of_now(session: Session, track: int) -> dict[int, int]:
    """Person → level."""
    here = select(Standing.constituent_id, Standing.level_id)
    rows = session.execute(here.where(Standing.track_id == track, Standing.to_on.is_(None)))
    return {one: level for one, level in rows}


def assign_all_on(session: Session, on: date) -> None:
    session.flush()
    within = open_change(session, "assign", act=ACT)
    assign_range(session, low=0, high=1_000, because=Because("rules", on), within=within)
    session.expire_all()


def rule_some(session: Session, crowd: list[int], track: int, drawn: Random) -> None:
    """Decides by hand for a few, some only until a day that has come."""
    within, bands = open_change(session, "rule", act=ACT), ladders(session)[0].bands
    for who in drawn.sample(crowd, drawn.randrange(6)):
        kind = drawn.choice(["freeze", "override", "exclude"])
        level = drawn.choice(bands).id if kind == "override" else None
        until = drawn.choice([None, START + timedelta(days=6), LATER + timedelta(days=9)])
        row = Ruling(constituent_id=who, track_id=track, kind=kind, level_id=level, from_on=START, to_on=until)
        row.reason, row.recorded_at = "drawn", within.at
        insert(session, row, within=within)


def figures_move(session: Session, drawn: Random) -> None:
    """Some have less than before."""
    slot = rollup_value.c[slot_column(definition(session, MEASURE).slot)]
    for part in range(2):
        here = rollup_value.c.constituent_id % 5 == drawn.randrange(5)
        session.execute(rollup_value.update().where(here).values({slot: slot - 200 * (part + 1)}))


def told(session: Session, new: Ladder, old: Ladder | None) -> dict[int, Any]:
    """Person → place of the level to be, and what would be noted of a fall that waits."""
    [one] = pinned(session, [new], on=LATER, every=[new])
    places = {band.id: band.position for band in new.bands}
    rows = session.execute(select(foreseen(one, old, on=LATER)))
    return {
        row.constituent_id: (places.get(row.new_level, "retired"), row.falls_on, places.get(row.falls_to))
        for row in rows
        if row.new_level is not None
    }


def stands(session: Session, track: int) -> dict[int, Any]:
    """The same as it is."""
    places = {band.id: band.position for band in ladder(session, track).bands}
    rows = session.scalars(select(Standing).where(Standing.track_id == track, Standing.to_on.is_(None)))
    return {
        one.constituent_id: (places.get(one.level_id, "retired"), one.falls_on, places.get(one.falls_to_id or 0))
        for one in rows
    }
