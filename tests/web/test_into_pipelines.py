"""Into pipelines and out of them: added, in a second one too, closed, and taken back with what a stage requires."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import Act, amend, open_change
from donors.core.clock import now
from donors.pipeline.models import Prospect, Stage
from donors.pipeline.stages import StageDraft, add_pipeline, add_stage
from tests.cast import OLIVE, Person, sign_in
from tests.constituents.people import person
from tests.web.test_pipeline_pages import World, get, world

__all__ = ["world"]  # the fixture


def test_close_and_back(client: FlaskClient, world: World, session: Session, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    here = f"/pipeline/{world.harold}"
    assert client.post(f"{here}/close", data={"closed_reason": ""}).status_code == 422
    assert client.post(f"{here}/close", data={"closed_reason": "moved away"}).status_code == 303
    assert "Left the pipeline" in get(client, here)
    assert "Left the pipeline: released" in get(client, f"/constituents/{world.harold_id}")
    assert client.post(f"{here}/stage", data={"stage": world.stage["Cultivation"]}).status_code == 422
    change = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
    amend(session, session.get_one(Stage, world.stage["Qualification"]), within=change, required=["purpose"])
    session.commit()
    refused = client.post(f"{here}/reopen", data={"stage": world.stage["Qualification"]})
    assert (refused.status_code, "Qualification requires: the purpose of the ask" in refused.text) == (422, True)
    first = {"stage": world.stage["Identification"], "why": "back"}
    assert client.post(f"{here}/reopen", data=first).status_code == 303
    assert session.get_one(Prospect, world.harold).is_active
    session.rollback()
    sheet = f"{here}/stage?stage={world.stage['Qualification']}"
    assert "Qualification requires the purpose of the ask. It opens an ask." in get(client, sheet)
    step = {"stage": world.stage["Qualification"], "amount": "many", "purpose": "the roof"}
    wrong = client.post(f"{here}/stage", data=step)
    assert (wrong.status_code, 'value="many"' in wrong.text) == (422, True)
    assert client.post(f"{here}/stage", data=step | {"amount": "2,000"}).status_code == 303
    assert "$2,000: the roof" in get(client, here)


def test_adding_a_prospect(client: FlaskClient, world: World, session: Session, cast: dict[Person, int]) -> None:
    new = person(session, "Ines Carvalho").id
    session.commit()
    sign_in(client, OLIVE)
    assert f"constituent={new}" in get(client, "/pipeline/add?q=ines")
    sent = {"constituent": new, "stage": world.stage["Qualification"], "officer": cast[OLIVE], "why": "gave twice"}
    answer = client.post("/pipeline/add", data=sent)
    assert answer.status_code == 303
    assert "gave twice" in get(client, answer.location)
    twice = client.post("/pipeline/add", data=sent)
    assert twice.status_code == 422
    assert "in the pipeline already" in twice.text
    change = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
    wills = add_pipeline(session, "Wills", within=change).id
    asked = add_stage(session, wills, StageDraft("Asked about a will", 1), within=change).id
    session.commit()
    assert "Wills" in get(client, f"/pipeline/add?constituent={new}&pipeline={wills}")
    assert client.post("/pipeline/add", data=sent | {"stage": asked}).status_code == 303
    mine = select(Prospect.pipeline_id).where(Prospect.constituent_id == new, Prospect.stage_id == asked)
    assert session.scalars(mine).all() == [wills]
