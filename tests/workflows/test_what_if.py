"""What is rehearsed is what keeping does, person by person, and taking it back restores all: on both databases."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import insert, open_change
from donors.levels.assign import Because
from donors.levels.models import Ruling, Track
from donors.workflows.levels import assign_all, assign_levels
from donors.workflows.refresh import refresh_figures
from donors.workflows.tracks import Following, make_track
from tests.reports.giving_world import ACT, TODAY, draw
from tests.workflows.rehearsals import Edit, drawn_track, play


@pytest.mark.parametrize(("database", "seed"), [("sqlite", 1), ("postgresql", 2)], indirect=["database"])
def test_what_is_rehearsed_is_what_is_kept(session: Session, seed: int) -> None:
    draw(session, seed)
    drawn = Random(seed)
    session.execute(update(Track).values(is_active=False))
    within = open_change(session, "test", act=ACT)
    people = session.scalars(select(Constituent.id)).all()
    for who in drawn.sample(people, 4):
        session.execute(update(Constituent).where(Constituent.id == who).values(is_deceased=True))
    track = make_track(session, drawn_track(drawn, None), Following(TODAY), within=within)
    for who in drawn.sample(people, 4):
        until = drawn.choice([None, TODAY + timedelta(days=15)])
        row = Ruling(constituent_id=who, track_id=track.id, kind=drawn.choice(["freeze", "exclude"]), to_on=until)
        row.from_on, row.reason, row.recorded_at = TODAY, "drawn", within.at
        insert(session, row, within=within)
    assign_levels(session, people, because=Because("rules", TODAY), within=within)
    moved, on = 0, TODAY
    for place in range(25):
        on += timedelta(days=drawn.choice([0, 0, 10]))
        refresh_figures(session, on=on)
        assign_all(session, within=open_change(session, "night", act=ACT), on=on, cause="time")
        played = play(session, Edit(session, track.id, drawn), on=on, act=ACT, keep=place % 3 == 2)
        assert (place, played.as_rehearsed, played.restored) == (place, True, True)
        moved += played.moved
    assert moved > 50
