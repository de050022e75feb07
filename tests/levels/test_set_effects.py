"""Making and changing effects: what is refused, what is kept, and that each change is a version of the track."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, open_change
from donors.core.errors import Blocked, Conflict, Invalid
from donors.levels.effects.decide import FALL, LEAVE, NOTICE, REACH, RISE, START, STOP, TASK
from donors.levels.effects.queries import names, rules_of
from donors.levels.effects.words import sentence
from donors.levels.models import Effect, Track, TrackVersion
from donors.levels.set_effects import (
    EffectDraft,
    add_effect,
    change_effect,
    draft_of,
    remove_effect,
    switch_effect,
)
from donors.workflows.undo import undo_change
from tests.workflows.effect_world import ACT, AT, TODAY, World


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def newest(session: Session, track: Track) -> dict[str, Any]:
    """The rules of the newest version of a track."""
    versions = select(TrackVersion).where(TrackVersion.track_id == track.id).order_by(TrackVersion.number.desc())
    found = session.scalars(versions.limit(1)).one()
    assert found.number == track.rule_version
    return found.rules


def of_patron(world: World, **more: Any) -> EffectDraft:
    """A plan on rising to Patron."""
    start = EffectDraft(RISE, START, world.levels["Patron"], world.template.id)
    return replace(start, **more)


def test_effects_are_part_of_the_rules(world: World, session: Session) -> None:
    track, change = world.track, world.change
    row = add_effect(session, track.id, of_patron(world), within=change)
    assert track.rule_version == 2
    [kept] = newest(session, track)["effects"]
    assert (kept["id"], kept["occasion"], kept["template_id"]) == (row.id, RISE, world.template.id)
    change_effect(session, row.id, of_patron(world, once=True), within=change)
    assert newest(session, track)["effects"][0]["once"] is True
    change_effect(session, row.id, of_patron(world, once=True), within=change)
    assert track.rule_version == 3
    switch_effect(session, row.id, active=False, within=change)
    assert (newest(session, track)["effects"][0]["is_active"], rules_of(session, {track.id})) == (False, [])
    remove_effect(session, row.id, within=change)
    assert newest(session, track)["effects"] == []


def test_an_effect_keeps_what_its_act_asks_for_and_no_more(world: World, session: Session) -> None:
    olive = world.user("Olive")
    everything = of_patron(world, words=" Call ", days=3, to_officer=True, users=(olive,), cool_down=7)
    wanted = {
        START: {"template_id": world.template.id},
        STOP: {},
        TASK: {"words": "Call", "days": 3, "users": (olive,)},
        NOTICE: {"words": "Call", "to_officer": True, "users": (olive,)},
    }
    for act, kept in wanted.items():
        row = add_effect(session, world.track.id, replace(everything, act=act), within=world.change)
        expected = EffectDraft(RISE, act, world.levels["Patron"], cool_down=7)
        assert draft_of(row) == replace(expected, **kept)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"occasion": "sleep"}, "occasion"),
        ({"act": "dance"}, "act"),
        ({"level_id": 10**9}, "level"),
        ({"template_id": None}, "template"),
        ({"template_id": 10**9}, "template"),
        ({"act": TASK, "words": " "}, "words"),
        ({"act": TASK, "words": "x" * 301}, "words"),
        ({"act": TASK, "words": "Call", "days": 1000}, "days"),
        ({"cool_down": -1}, "cool_down"),
        ({"act": NOTICE}, "users"),
        ({"act": NOTICE, "users": (10**9,)}, "users"),
    ],
)
def test_what_is_refused(world: World, session: Session, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_effect(session, world.track.id, of_patron(world, **wrong), within=world.change)
    assert refused.value.field == field
    assert session.scalars(select(Effect)).all() == []


def test_a_user_who_left_stays_where_they_were_named_and_is_named_nowhere_else(world: World, session: Session) -> None:
    gone = world.user("Olive", deactivated_at=AT)
    told = of_patron(world, act=NOTICE, users=(gone,))
    with pytest.raises(Invalid, match="Olive"):
        add_effect(session, world.track.id, told, within=world.change)
    row = world.effect(RISE, NOTICE, users=[gone])
    assert change_effect(session, row.id, replace(told, words="Call"), within=world.change).words == "Call"


def test_nobody_writes_over_somebody_else(world: World, session: Session) -> None:
    row = world.effect(RISE, START, template_id=world.template.id)
    change_effect(session, row.id, of_patron(world, once=True), within=world.change, expect=1)
    with pytest.raises(Conflict):
        change_effect(session, row.id, of_patron(world), within=world.change, expect=1)


def test_what_ran_is_switched_off_and_not_removed(world: World, session: Session) -> None:
    row = world.effect(RISE, START, template_id=world.template.id)
    world.moved(world.person())
    with pytest.raises(Blocked, match="Switch it off"):
        remove_effect(session, row.id, within=world.change)


def test_a_change_of_effects_is_undone(world: World, session: Session) -> None:
    row = world.effect(RISE, START, template_id=world.template.id)

    def act(kind: str) -> ChangeSet:
        return open_change(session, kind, act=ACT)

    within = act("change")
    change_effect(session, row.id, of_patron(world, act=STOP, occasion=LEAVE), within=within)
    undo_change(session, within, act=ACT, on=TODAY)
    session.refresh(row)
    assert (row.act, row.occasion, row.template_id, world.track.rule_version) == (START, RISE, world.template.id, 1)
    within = act("remove")
    remove_effect(session, row.id, within=within)
    undo_change(session, within, act=ACT, on=TODAY)
    [back] = session.scalars(select(Effect))
    assert (back.id, back.users) == (row.id, [])


def test_effects_in_words(world: World, session: Session) -> None:
    olive, sam = world.user("Olive"), world.user("Sam")
    made = [
        world.effect(RISE, START, template_id=world.template.id, once=True),
        world.effect(LEAVE, STOP, None),
        world.effect(REACH, TASK, "Friend", words="Call", days=1, users=[sam], cool_down=30),
        world.effect(FALL, NOTICE, None, words="Call soon.", to_officer=True, users=[olive, sam]),
    ]
    known = names(session)
    assert [sentence(one, known) for one in made] == [
        "On rising to Patron: start the plan Welcome, once for each",
        "On leaving any level: stop the plans that the level left has started",
        "On reaching Friend: a task for the officer (or Sam): Call, due after 1 day, not again within 30 days",
        "On falling, to any level or to none: tell the officer, Olive and Sam: Call soon.",
    ]
