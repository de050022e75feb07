"""Settings › What starts plans: the list of all of it, and the rules that are made there."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.levels.models import Track
from donors.levels.set_effects import EffectDraft, add_effect
from donors.pipeline.models import Stage
from donors.plans.starts.models import StartRule
from tests.cast import ADA, OLIVE, sign_in
from tests.workflows.start_world import World


@pytest.fixture
def world(client: FlaskClient, session: Session, cast: object) -> World:
    """The small world, with Ada signed in."""
    made = World(session)
    session.commit()
    sign_in(client, ADA)
    return made


def fields(world: World, **more: str) -> dict[str, str]:
    """What somebody types for a rule."""
    return {"event": "gift over", "gift_over_amount": "1,000", "template": str(world.template_id), **more}


def rule_of(session: Session) -> StartRule:
    """The one rule as it stands; the session lets the database go."""
    found = session.scalars(select(StartRule)).one()
    session.expunge(found)
    session.rollback()
    return found


def test_a_rule_is_made_changed_and_switched(client: FlaskClient, session: Session, world: World) -> None:
    assert client.post("/settings/starts/new", data=fields(world, cool_down="30")).status_code == 303
    rule = rule_of(session)
    assert (rule.event, rule.numbers, rule.cool_down, rule.is_active) == ("gift over", {"amount": 100_000}, 30, True)
    page = client.get("/settings/starts").text
    assert "Gift of 1,000.00 or more" in page
    assert "not again within 30 days" in page
    shown = client.get(f"/settings/starts/{rule.id}").text
    assert 'value="1000.00"' in shown
    assert 'name="cool_down" type="text" value="30"' in shown
    changed = fields(world, gift_over_amount="2500", once="y", version="1")
    assert client.post(f"/settings/starts/{rule.id}", data=changed).status_code == 303
    assert (rule_of(session).numbers, rule_of(session).once) == ({"amount": 250_000}, True)
    assert 'checked id="once"' in client.get(f"/settings/starts/{rule.id}").text
    assert client.post(f"/settings/starts/{rule.id}", data=changed).status_code == 409
    assert client.post(f"/settings/starts/{rule.id}/active", data={"active": "no"}).status_code == 303
    assert not rule_of(session).is_active
    assert client.post(f"/settings/starts/{rule.id}/remove").status_code == 303
    assert session.scalars(select(StartRule)).all() == []


def test_what_is_wrong_is_said_at_its_field_and_kept(client: FlaskClient, world: World) -> None:
    answer = client.post("/settings/starts/new", data=fields(world, gift_over_amount="much"))
    assert answer.status_code == 422
    assert 'value="much"' in answer.text
    assert "gift_over_amount-error" in answer.text
    missing = client.post("/settings/starts/new", data=fields(world, event="lapse"))
    assert missing.status_code == 422
    assert "lapse_days-error" in missing.text
    assert client.post("/settings/starts/new", data=fields(world, event="hours", hours_hours="0.1")).status_code == 422


def test_hours_are_typed_as_hours(client: FlaskClient, session: Session, world: World) -> None:
    data = fields(world, event="hours", hours_hours="2.5")
    assert client.post("/settings/starts/new", data=data).status_code == 303
    assert rule_of(session).numbers == {"hours": 150}
    assert "2.5 hours of volunteering" in client.get("/settings/starts").text
    rule = rule_of(session)
    client.post(f"/settings/starts/{rule.id}", data=data | {"hours_hours": "1,234:20", "version": "1"})
    assert rule_of(session).numbers == {"hours": 1234 * 60 + 20}
    shown = client.get(f"/settings/starts/{rule.id}").text
    assert 'value="1234.33"' in shown, "what is shown is what is read again"
    assert client.post(f"/settings/starts/{rule.id}", data=data | {"version": "²"}).status_code == 409


def test_levels_and_stages_stand_in_the_same_list(client: FlaskClient, session: Session, world: World) -> None:
    track = session.scalars(select(Track).order_by(Track.position)).first()
    stage = session.scalars(select(Stage).where(Stage.name == "Identification")).first()
    assert track and stage
    add_effect(session, track.id, EffectDraft("rise", "start plan", None, world.template_id), within=world.change)
    stage.plan_template_id = world.template_id
    session.commit()
    page = client.get("/settings/starts").text
    assert "On rising to any level" in page
    assert "On entering Identification" in page


def test_the_page_of_a_rule_says_what_became_of_it(client: FlaskClient, session: Session, world: World) -> None:
    rule = world.rule("first gift")
    world.gives(world.person("Anna Albers"))
    world.gives(world.person("Dora Dead", is_deceased=True))
    address = f"/settings/starts/{rule.id}"
    session.commit()
    page = client.get(address).text
    assert "Anna Albers" in page
    assert "plan started" in page
    assert "Dora Dead is deceased." in page
    assert "Switch it off instead" in client.post(f"{address}/remove", follow_redirects=True).text


def test_officers_change_no_rule(client: FlaskClient, session: Session, world: World) -> None:
    address = f"/settings/starts/{world.rule('first gift').id}"
    session.commit()
    sign_in(client, OLIVE)
    assert client.post(f"{address}/active").status_code == 403
    assert client.get("/settings/starts/new").status_code == 403
