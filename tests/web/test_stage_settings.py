"""Settings › Pipelines and stages: pipelines from templates, what stages require, and the evidence they ask for."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.pipeline.evidence.models import Evidence
from donors.pipeline.models import Pipeline, Stage
from tests.cast import ADA, OLIVE, sign_in
from tests.harness.gifts import read, words
from tests.web.test_pipeline_pages import World, get, world

__all__ = ["world"]  # the fixture
HERE = "/settings/stages"


@pytest.fixture
def ada(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, ADA)
    return client


def test_a_pipeline_begins_from_a_template(ada: FlaskClient, session: Session) -> None:
    assert ada.post(f"{HERE}/pipelines", data={"template": "planned", "name": "Legacies"}).status_code == 303
    page = words(get(ada, HERE))
    assert "Legacies" in page
    assert "With their adviser" in page
    made = read(session, select(Pipeline.id).where(Pipeline.name == "Legacies"))[0]
    assert ada.post(f"{HERE}/pipelines", data={"template": "planned", "name": "Legacies"}).status_code == 422
    renamed = {"name": "Bequests", "position": "1", "version": "1"}
    assert ada.post(f"{HERE}/pipelines/{made}", data=renamed).status_code == 303
    stale = ada.post(f"{HERE}/pipelines/{made}", data=renamed | {"name": "Wills"})
    assert (stale.status_code, "Theirs: Bequests" in stale.text) == (409, True)
    ada.post(f"{HERE}/pipelines/{made}/active", data={"active": "no"})
    assert "retired" in words(get(ada, HERE))
    assert read(session, select(Pipeline.is_active).where(Pipeline.id == made)) == [False]


def test_a_pipeline_in_use_is_not_retired(ada: FlaskClient, world: World, session: Session) -> None:
    used = read(session, select(Pipeline.id))[0]
    answer = ada.post(f"{HERE}/pipelines/{used}/active", data={"active": "no"})
    assert "3 prospects stand in it" in get(ada, answer.location)
    stage = world.stage["Identification"]
    assert "3 prospects" in words(get(ada, f"{HERE}/{stage}"))
    answer = ada.post(f"{HERE}/{stage}/retire")
    assert "3 prospects stand in it" in get(ada, answer.location)


def test_what_a_stage_requires(ada: FlaskClient, client: FlaskClient, world: World, session: Session) -> None:
    where = world.stage["Cultivation"]
    sent = {"name": "Cultivation", "kind": "cultivation", "position": "3", "required": ["ask_on"], "plan": ""}
    assert ada.post(f"{HERE}/{where}", data=sent | {"version": "1"}).status_code == 303
    assert read(session, select(Stage.required).where(Stage.id == where)) == [["ask_on"]]
    sign_in(client, OLIVE)
    sheet = words(get(client, f"/pipeline/{world.harold}/stage?stage={where}"))
    assert "Cultivation requires the day of the ask." in sheet
    refused = client.post(f"/pipeline/{world.harold}/stage", data={"stage": where})
    assert refused.status_code == 422
    assert "Cultivation requires: the day of the ask." in words(refused.text)


def test_evidence_is_put_together(ada: FlaskClient, world: World, session: Session) -> None:
    where = world.stage["Cultivation"]
    new = f"{HERE}/{where}/evidence/new"
    assert "a person confirms it" in get(ada, new)
    drawn = {"name": "Two visits", "source": "moves", "at_least": "2", "within_days": "180"}
    tree = {"open": "all", "field": "method", "operator": "equals", "value": "visit", "close": "1"}
    looked = ada.post(new, data=drawn | tree | {"act": "add:0"})
    assert (looked.status_code, looked.text.count('name="field"')) == (200, 2)
    assert ada.post(new, data=drawn | tree | {"act": "save"}).status_code == 303
    row = session.scalars(select(Evidence)).one()
    assert (row.name, row.source, row.at_least, row.within_days) == ("Two visits", "moves", 2, 180)
    assert row.criteria == {"field": "method", "operator": "equals", "value": "visit"}
    edit = f"{HERE}/evidence/{row.id}"
    session.rollback()
    page = words(get(ada, f"{HERE}/{where}"))
    assert "Moves made, at least 2, of the last 180 days. Method is" in page
    assert 'value="180"' in get(ada, edit)
    wrong = ada.post(edit, data={"name": "", "source": "moves", "at_least": "x", "act": "save", "version": "1"})
    assert (wrong.status_code, "Is not a number" in wrong.text) == (422, True)
    sign_in(ada, OLIVE)
    assert "Two visits" in get(ada, f"/pipeline/{world.harold}/stage?stage={where}")
    sign_in(ada, ADA)
    ada.post(f"{edit}/retire", data={"version": "1"})
    assert read(session, select(Evidence.is_active)) == [False]
