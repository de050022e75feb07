"""Effects within the acts of the house: gifts and their undo, merges, changes of rules with and without effects."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.giving.gift_input import GiftInput
from donors.levels.effects.decide import DONE, NOTICE, ONCE, RISE, START, TASK
from donors.levels.models import EffectRun, Notice, Standing, Track
from donors.levels.track import draft_of
from donors.plans.models import RunningPlan, Task
from donors.workflows.gifts import record_gift
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.tracks import Following, change_track
from donors.workflows.undo import undo_change
from tests.workflows.effect_world import ACT, TODAY, World


@pytest.fixture
def world(session: Session) -> World:
    made = World(session)
    session.execute(update(Track).where(Track.id != made.track.id).values(is_active=False))
    return made


def gift(world: World, giver: int, cents: int, days: int = 0) -> int:
    """The change set of a gift so many days after the day."""
    on = TODAY + timedelta(days)
    return record_gift(world.session, GiftInput(giver, cents, on), act=ACT, on=on).gift.created_in


def test_what_follows_at_once_is_taken_back_with_the_gift(world: World, session: Session) -> None:
    olive = world.user("Olive")
    world.effect(RISE, START, template_id=world.template.id, once=True)
    world.effect(RISE, TASK, words="Call")
    world.effect(RISE, NOTICE, users=[olive])
    anna = world.person()
    small = gift(world, anna, 30_000)
    large = gift(world, anna, 200_000)
    assert small != large
    assert world.outcomes() == [DONE, DONE, DONE]
    tables = (EffectRun, RunningPlan, Task, Notice)
    assert all(session.scalars(select(table.id)).all() for table in tables)
    undoing = undo_change(session, session.get_one(type(world.change), large), act=ACT, on=TODAY)
    assert [session.scalars(select(table.id)).all() for table in tables] == [[], [], [], []]
    here = select(Standing.level_id).where(Standing.constituent_id == anna, Standing.to_on.is_(None))
    assert session.scalars(here).all() == [world.levels["Supporter"]]
    undo_change(session, undoing, act=ACT, on=TODAY)
    assert world.outcomes() == [DONE, DONE, DONE]
    assert len(session.scalars(select(RunningPlan.id)).all()) == 1
    gift(world, world.person("Ben"), 200_000)
    assert world.outcomes() == [DONE] * 6


def test_once_holds_for_both_who_become_one(world: World, session: Session) -> None:
    world.effect(RISE, TASK, words="Call", once=True)
    anna, double = world.person(), world.person("Ana")
    gift(world, double, 200_000)
    assert world.outcomes() == [DONE]
    merge_constituents(session, Pair(anna, double), within=world.change, on=TODAY)
    assert world.outcomes() == [DONE, ONCE]
    assert set(session.scalars(select(EffectRun.constituent_id))) == {anna}


@pytest.mark.parametrize("effects", [True, False])
def test_whoever_changes_rules_says_whether_effects_run(world: World, session: Session, effects: bool) -> None:
    world.effect(RISE, TASK, words="Call")
    anna = world.person()
    gift(world, anna, 90_000)
    draft = draft_of(session, world.track)
    lower = {"Supporter": {"maximum": 80_000}, "Patron": {"minimum": 80_000}}
    levels = [replace(one, **lower.get(one.name, {})) for one in draft.levels]
    wanted = replace(draft, levels=tuple(levels))
    following = Following(TODAY, effects=effects)
    change_track(session, world.track.id, wanted, following, within=world.change, expect=world.track.version)
    here = select(Standing.level_id).where(Standing.constituent_id == anna, Standing.to_on.is_(None))
    assert session.scalars(here).all() == [world.levels["Patron"]]
    assert world.outcomes() == ([DONE] if effects else [])
