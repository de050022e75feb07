"""A thousand edits of a track, and of the figure below it, over ten thousand people: kept as rehearsed, taken back."""

from datetime import timedelta
from random import Random

import pytest
from flask import Flask

from bench.world import ACT, TODAY, Size, fill
from donors.core.changes import open_change
from donors.core.db import current_session
from donors.rollups.standard import standard
from donors.workflows.levels import assign_all
from donors.workflows.refresh import refresh_figures
from donors.workflows.tracks import Following, make_track
from tests.workflows.rehearsals import Edit, drawn_track, let_queue_finish, play

EDITS = 1_000
PEOPLE = Size(10_000, 50_000)


@pytest.mark.soak
def test_a_thousand_edits_come_about_as_rehearsed(app: Flask) -> None:
    with app.app_context():
        fill(PEOPLE, standard())
        session, drawn, on = current_session(), Random(11), TODAY
        refresh_figures(session, on=on)
        track = make_track(
            session, drawn_track(drawn, None), Following(on), within=open_change(session, "soak", act=ACT)
        )
        let_queue_finish(session, on, ACT)
        moved = 0
        for place in range(EDITS):
            if place % 50 == 49:
                on += timedelta(days=10)
                refresh_figures(session, on=on)
                assign_all(session, within=open_change(session, "night", act=ACT), on=on, cause="time")
            played = play(session, Edit(session, track.id, drawn), on=on, act=ACT, keep=place % 3 == 2)
            assert (place, played.as_rehearsed, played.restored) == (place, True, True)
            moved += played.moved
            session.commit()
        assert moved > PEOPLE.people
