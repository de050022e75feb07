"""Pages of effects: the editor, what failed, and what somebody is told of on Today."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.levels.effects.decide import FAILED, NOTICE, RISE, START
from donors.levels.models import Effect, EffectRun, Notice
from donors.plans.models import PlanTemplate
from tests.cast import ADA, DORA, OLIVE, Person, sign_in
from tests.web.test_rule_settings_pages import typed, words
from tests.workflows.effect_world import World


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    """The small world, committed."""
    made = World(session)
    session.commit()
    return made


def settled(session: Session) -> None:
    """Lets go of the database, so that a page can write."""
    session.commit()


def test_an_effect_is_added_and_removed(client: FlaskClient, session: Session, world: World) -> None:
    track, patron, welcome = world.track.id, world.levels["Patron"], str(world.template.id)
    settled(session)
    sign_in(client, ADA)
    address = f"/settings/effects/of/{track}?level={patron}"
    form = typed(client.get(address).text)
    assert (form["level"], form["occasion"]) == (str(patron), "rise")
    given = form | {"act": START, "template": welcome, "cool_down": "30"}
    del given["once"], given["to_officer"]
    assert client.post(address, data=given).headers["Location"].endswith(f"/settings/tracks/{track}#effects")
    row = session.scalars(select(Effect)).one()
    assert (row.act, row.level_id, row.template_id, row.cool_down) == (START, patron, int(welcome), 30)
    removing = f"/settings/effects/{row.id}/remove"
    settled(session)
    assert "On rising to Patron: start the plan Welcome" in words(client.get(f"/settings/tracks/{track}").text)
    client.post(removing)
    assert session.scalars(select(Effect)).all() == []


def test_an_effect_is_changed_and_switched_off_and_nobody_writes_over_it(
    client: FlaskClient, session: Session, world: World
) -> None:
    row = world.effect(RISE, START, template_id=world.template.id)
    editor, track = f"/settings/effects/{row.id}", f"/settings/tracks/{world.track.id}"
    settled(session)
    sign_in(client, ADA)
    changed = typed(client.get(editor).text) | {"act": START, "once": "y"}
    del changed["to_officer"]
    assert client.post(editor, data=changed).status_code == 303
    assert 'checked id="once"' in client.get(editor).text
    stale = client.post(editor, data=changed | {"request_key": "another", "cool_down": "5"})
    assert stale.status_code == 409
    assert "Somebody else changed this effect" in stale.text
    assert 'value="5"' in stale.text
    client.post(f"{editor}/active", data={"active": "no"})
    assert "once for each, switched off" in words(client.get(track).text)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    client: FlaskClient, session: Session, world: World
) -> None:
    address = f"/settings/effects/of/{world.track.id}"
    settled(session)
    sign_in(client, ADA)
    wrong = client.post(address, data={"occasion": RISE, "act": NOTICE, "words": "Call her", "level": ""})
    assert wrong.status_code == 422
    assert "Say who is told." in words(wrong.text)
    assert 'value="Call her"' in wrong.text
    nothing = client.post(address, data={"occasion": RISE, "level": "", "cool_down": "often"})
    assert nothing.status_code == 422
    assert "Choose what happens." in words(nothing.text)
    assert session.scalars(select(Effect)).all() == []


def test_only_those_who_may_change_tracks_change_effects(client: FlaskClient, session: Session, world: World) -> None:
    row, track = world.effect(RISE, START, template_id=world.template.id).id, world.track.id
    settled(session)
    sign_in(client, DORA)
    assert "On rising to Patron" in client.get(f"/settings/tracks/{track}").text
    assert client.get("/settings/effects/failed").status_code == 200
    assert client.get(f"/settings/effects/{row}").status_code == 403
    assert client.post(f"/settings/effects/{row}/again").status_code == 403


def test_what_failed_is_shown_and_tried_again(client: FlaskClient, session: Session, world: World) -> None:
    empty = PlanTemplate(name="Without any version", created_in=world.change.id)
    session.add(empty)
    session.flush()
    row, welcome = world.effect(RISE, START, template_id=empty.id).id, world.template.id
    anna = world.person()
    world.moved(anna)
    settled(session)
    sign_in(client, ADA)
    assert "Effects failed for 1 constituent" in words(client.get("/settings/tracks").text)
    page = words(client.get("/settings/effects/failed").text)
    assert "On rising to Patron: start the plan Without any version" in page
    assert "No plan template found" in page
    assert "failed" in client.get(f"/constituents/{anna}?show=changes").text
    client.post(f"/settings/effects/{row}/again")
    assert session.scalars(select(EffectRun.outcome)).all() == [FAILED]
    session.get_one(Effect, row).template_id = welcome
    settled(session)
    client.post(f"/settings/effects/{row}/again", data={"request_key": "again"})
    assert "Nothing failed" in client.get("/settings/effects/failed").text
    assert "start the plan" in words(client.get(f"/constituents/{anna}/why/last_365_days_total").text)


def test_notices_stand_on_today_until_they_are_seen(
    client: FlaskClient, session: Session, world: World, cast: dict[Person, int]
) -> None:
    world.effect(RISE, NOTICE, users=[cast[OLIVE]], words="Say thank you.")
    people = [world.person(f"Person {number}") for number in range(9)]
    world.moved(*people)
    settled(session)
    sign_in(client, OLIVE)
    page = client.get("/today").text
    assert "Changes of level" in page
    assert "Say thank you." in page
    assert "Person 8" in page
    assert "Person 0" not in page
    assert "Person 0" in client.get("/today/notices").text
    up_to = re.findall(r'name="up_to" value="(\d+)"', page)
    client.post("/today/notices/seen", data={"up_to": up_to[0]})
    assert {row.seen_on is None for row in session.scalars(select(Notice))} == {False}
    settled(session)
    assert "Person 8" not in client.get("/today").text
    assert "Person 8" in client.get("/today/notices").text
