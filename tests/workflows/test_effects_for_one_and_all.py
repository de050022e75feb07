"""Effects follow from the same changes in the same way, whether levels are assigned one by one or for everybody."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import insert_many, open_change
from donors.levels.assign import Because
from donors.levels.effects.decide import FALL, LEAVE, NOTICE, REACH, RISE, START, STOP, TASK
from donors.levels.ladders import ladders
from donors.levels.models import AFTER_DAYS, EffectRun, Level, Notice, Track
from donors.levels.set_effects import EffectDraft, add_effect
from donors.levels.track import LevelDraft, TrackDraft, create_track
from donors.plans.models import RunningPlan, Task
from donors.rollups.models import rollup_value, slot_column
from donors.workflows.levels import assign_between, assign_levels
from donors.workflows.plans import run_steps
from donors.workflows.starting import AT_ONCE
from tests.workflows.effect_world import ACT, TODAY, World

CROWD = AT_ONCE + 2
"""So many move alike that their plans are asked for in bulk."""
BANDS = (LevelDraft("Low", 100, 1_000), LevelDraft("High", 1_000))

figures = st.sampled_from([None, 50, 500, 5_000])
drafts = st.lists(
    st.tuples(
        st.sampled_from([REACH, RISE, FALL, LEAVE]),
        st.sampled_from([START, START, STOP, TASK, NOTICE]),
        st.sampled_from([None, "Low", "High"]),
        st.sampled_from([(False, 0), (True, 0), (False, 2)]),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("falls", ["at once", AFTER_DAYS])
@given(rules=drafts, days=st.lists(st.tuples(figures, figures), min_size=2, max_size=3))
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_have_the_effects_that_each_has(session: Session, falls: str, rules: list[Any], days: list[Any]) -> None:
    assert lived(session, falls, rules, days, together=False) == lived(session, falls, rules, days, together=True)


def lived(session: Session, falls: str, rules: list[Any], days: list[Any], *, together: bool) -> list[Any]:
    """What is there after some days on which a crowd had the first figure and one person the second."""
    session.rollback()
    session.expunge_all()
    world = World(session)
    session.execute(update(Track).values(is_active=False))
    track = laid(world, falls, rules)
    people = [Constituent(kind="person", name=f"P{number}", sort_name="p") for number in range(CROWD + 1)]
    people[1].is_deceased = True
    insert_many(session, people, within=world.change)
    ids = [one.id for one in people]
    session.execute(rollup_value.insert(), [{"constituent_id": one, "computed_on": TODAY} for one in ids])
    for number, (many, single) in enumerate(days):
        on = TODAY + timedelta(number)
        slot = slot_column(ladders(session)[0].slot)
        session.execute(update(rollup_value).values({slot: many}))
        session.execute(update(rollup_value).where(rollup_value.c.constituent_id == ids[-1]).values({slot: single}))
        moved(session, ids, on, together=together)
    found = outcome(session, ids, track)
    session.rollback()
    return found


def laid(world: World, falls: str, rules: list[Any]) -> Track:
    """The track with its effects."""
    olive = world.user("Olive")
    draft = TrackDraft("Test", "last_365_days_total", BANDS, falls=falls, grace_days=2)
    track = create_track(world.session, draft, within=world.change)
    levels = {row.name: row.id for row in world.session.scalars(select(Level).where(Level.track_id == track.id))}
    for occasion, act, level, (once, rest) in rules:
        wanted = EffectDraft(occasion, act, levels[level] if level else None, world.template.id, "Call", once=once)
        more = EffectDraft(**vars(wanted) | {"users": (olive,), "cool_down": rest})
        add_effect(world.session, track.id, more, within=world.change)
    return track


def moved(session: Session, ids: list[int], on: date, *, together: bool) -> None:
    """Assigns levels on a day, and lets the scheduler make the tasks of plans."""
    within = open_change(session, "move", act=ACT)
    because = Because("time", on)
    if together:
        assign_between(session, low=0, high=max(ids), because=because, within=within)
    else:
        for one in ids:
            assign_levels(session, [one], because=because, within=within)
    session.expire_all()
    run_steps(session, on=on)


def outcome(session: Session, ids: list[int], track: Track) -> list[Any]:
    """Runs, plans, tasks and notices, without the ids that differ."""
    place = {one: number for number, one in enumerate(ids)}
    runs = session.scalars(select(EffectRun)).all()
    first = min(session.scalars(select(Level.id).where(Level.track_id == track.id)))
    rules = sorted({run.effect_id for run in runs})

    def level(level_id: int | None) -> int | None:
        return None if level_id is None else level_id - first

    told = [
        (
            *(run.ran_on, rules.index(run.effect_id), place[run.constituent_id], run.outcome, run.why),
            *(level(run.from_level_id), level(run.to_level_id), run.plan_id is not None, run.task_id is not None),
        )
        for run in runs
    ]
    plans = [
        (place[one.constituent_id], one.cause, one.state, one.started_on, one.ended_on, one.ended_reason)
        for one in session.scalars(select(RunningPlan))
    ]
    tasks = [
        (
            place[one.constituent_id or 0],
            one.subject,
            one.due_on,
            one.state,
            one.outcome,
            one.owner_id is None,
            one.note,
        )
        for one in session.scalars(select(Task))
    ]
    return [*(sorted(rows, key=str) for rows in (told, plans, tasks)), len(session.scalars(select(Notice)).all())]
