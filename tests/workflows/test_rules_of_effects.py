"""Effects in the rules as a document: the tables of a track are all its effects, and names stand for ids."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.errors import Invalid
from donors.core.history import wrote
from donors.levels.effects.decide import LEAVE, NOTICE, RISE, START
from donors.levels.models import Effect
from donors.workflows.rules.apply import apply
from donors.workflows.rules.export import export
from tests.workflows.effect_world import World
from tests.workflows.test_rules import change


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


def giving(session: Session, *effects: dict[str, Any]) -> list[dict[str, Any]]:
    """Applies these effects to the giving track; returns those that an export has then."""
    apply(session, {"track": [{"name": "Giving", "effect": list(effects)}]}, within=change(session))
    return told(session)


def told(session: Session) -> list[dict[str, Any]]:
    """The effects of the giving track as an export has them."""
    return next(track.get("effect", []) for track in export(session)["track"] if track["name"] == "Giving")


def test_effects_are_what_the_tables_say(world: World, session: Session) -> None:
    world.user("Olive")
    start = {"level": "Patron", "on": "rise", "act": "start plan", "plan": "Welcome"}
    tell = {"on": "fall", "act": "notice", "users": ["olive@example.org"], "officer": True, "cool_down": 30}
    assert giving(session, start, tell) == [tell, start]
    ids = {row.act: row.id for row in session.scalars(select(Effect))}
    once = start | {"once": True}
    assert giving(session, once, tell) == [tell, once]
    assert {row.act: row.id for row in session.scalars(select(Effect))} == ids
    assert giving(session, tell) == [tell]
    within = change(session)
    apply(session, {"track": [{"name": "Giving"}]}, within=within)
    assert (wrote(session, within.id), told(session)) == ((), [tell])


def test_what_ran_is_switched_off_and_not_lost(world: World, session: Session) -> None:
    row = world.effect(RISE, START, template_id=world.template.id)
    world.moved(world.person())
    assert giving(session) == [
        {"level": "Patron", "on": "rise", "act": "start plan", "plan": "Welcome", "active": False}
    ]
    session.refresh(row)
    assert not row.is_active


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"on": "rise"}, r"track\[1\]\.effect\[1\]\.act"),
        ({"on": RISE, "act": START, "plan": "Nothing"}, r"effect\[1\]\.plan"),
        ({"on": RISE, "act": START, "level": "Nobody"}, r"effect\[1\]\.level"),
        ({"on": LEAVE, "act": NOTICE, "users": ["nobody@example.org"]}, r"effect\[1\]\.users"),
        ({"on": LEAVE, "act": NOTICE}, r"effect\[1\].*Say who is told"),
        ({"on": "sleep", "act": NOTICE, "officer": True}, r"effect\[1\].*occasion"),
    ],
)
def test_what_is_wrong_names_its_place(world: World, session: Session, wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid, match=place):
        giving(session, wrong)
