"""Settings of tracks, stages and rollups: what was typed is kept, and nobody writes over somebody else."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.levels.ladders import ladder
from donors.levels.models import Standing, Track, TrackVersion
from donors.pipeline.models import Stage
from donors.rollups.dirty import count_dirty
from donors.rollups.models import rollup_value
from tests.cast import ADA, DORA, OLIVE, Person, sign_in
from tests.reports.givers import Givers, givers


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def typed(html: str) -> dict[str, str]:
    """The fields of the page's editor as a browser would send them back, with a request key of its own."""
    editor = html[html.index('class="form') :].split("</form>", maxsplit=1)[0]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", editor):
        said = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        fields[said["name"]] = said.get("value", "")
    for name, body in re.findall(r'<select[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', editor, re.DOTALL):
        options = re.findall(r'<option(?=[^>]*value="([^"]*)")([^>]*)>', body)
        fields[name] = next((value for value, more in options if "selected" in more), options[0][0])
    return fields


def test_only_those_who_may_change_tracks(client: FlaskClient, made: Givers) -> None:
    address = f"/settings/tracks/{made.giving}"
    sign_in(client, OLIVE)
    assert client.get(address).status_code == 403
    sign_in(client, DORA)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 403


def test_what_is_wrong_with_a_track_stands_at_its_place(client: FlaskClient, session: Session, made: Givers) -> None:
    address = f"/settings/tracks/{made.giving}"
    sign_in(client, ADA)
    form = typed(client.get(address).text)
    assert (form["minimum-3"], form["maximum-3"]) == ("1,000", "5,000")
    wrong = client.post(address, data=form | {"minimum-3": "900", "minimum-4": "lots", "name-1": "Pal"})
    assert wrong.status_code == 422
    for said in ("Overlaps Supporter", "Is not a sum in USD"):
        assert said in words(wrong.text)
    for kept in ('id="minimum-3-error"', 'value="lots"', 'value="Pal"'):
        assert kept in wrong.text
    more = client.post(address, data=form | {"act": "add"})
    assert typed(more.text)["rows"] == "6"
    less = client.post(address, data=form | {"act": "remove:1"})
    assert typed(less.text)["name-1"] == "Supporter"
    assert ladder(session, made.giving).rule_version == 1


def test_a_track_gets_a_version_and_nobody_writes_over_it(client: FlaskClient, session: Session, made: Givers) -> None:
    address = f"/settings/tracks/{made.giving}"
    sign_in(client, ADA)
    form = typed(client.get(address).text)
    gap = client.post(address, data=form | {"minimum-3": "2,000", "name-1": "Pal"})
    assert "From 1,000 to under 2,000" in words(gap.text)
    meant = re.findall(r'name="gaps" value="([^"]+)"', gap.text)[0]
    again = form | {"minimum-3": "2,000", "name-1": "Pal", "gaps": meant}
    assert client.post(address, data=again).status_code == 303
    assert "gap" in client.get("/settings/tracks").text
    changed = ladder(session, made.giving)
    assert (changed.bands[0].name, changed.bands[2].minimum, changed.rule_version) == ("Pal", 200_000, 2)
    assert count_dirty(session) == 0
    moved = select(Standing.id).where(Standing.track_id == made.giving, Standing.ended_by == "rules")
    assert session.scalars(moved).all()
    assert len(session.scalars(select(TrackVersion).where(TrackVersion.track_id == made.giving)).all()) == 2
    session.rollback()
    stale = client.post(address, data=form | {"name-1": "Mate", "request_key": "another"})
    assert stale.status_code == 409
    assert "Somebody else changed this track" in stale.text
    assert 'value="Mate"' in stale.text
    again = typed(stale.text) | {"request_key": "a third"}
    assert client.post(address, data=again).status_code == 303
    assert client.post(f"{address}/active", data={"active": "no"}).status_code == 303
    assert not session.get_one(Track, made.giving).is_active


def test_a_track_is_made_in_hours(client: FlaskClient, session: Session, made: Givers) -> None:
    sign_in(client, ADA)
    form = typed(client.get("/settings/tracks/new").text)
    empty = client.post("/settings/tracks/new", data=form)
    assert empty.status_code == 422
    assert "Give at least one level" in empty.text
    given = {"name": "Years of help", "measure": "volunteer_minutes", "target": "person", "name-1": "Helper"}
    bounds = {"minimum-1": "0:30", "maximum-1": "10", "name-2": "Rock", "minimum-2": "10"}
    assert client.post("/settings/tracks/new", data=form | given | bounds).status_code == 303
    track = session.scalars(select(Track).where(Track.name == "Years of help")).one()
    assert [(band.minimum, band.maximum) for band in ladder(session, track.id).bands] == [(30, 600), (600, None)]
    session.rollback()
    taken = client.post("/settings/tracks/new", data=form | given | bounds | {"request_key": "another"})
    assert taken.status_code == 422
    assert "another track" in words(taken.text)


def test_stages_are_changed_and_retired(client: FlaskClient, session: Session, made: Givers) -> None:
    sign_in(client, ADA)
    assert "Cultivation" in client.get("/settings/stages").text
    stage = session.scalars(select(Stage).where(Stage.name == "Cultivation")).one()
    address = f"/settings/stages/{stage.id}"
    session.rollback()
    form = typed(client.get(address).text)
    wrong = client.post(address, data=form | {"name": "Solicitation", "expected_days": "77"})
    assert wrong.status_code == 422
    assert 'value="77"' in wrong.text
    assert client.post(address, data=form | {"expected_days": "0"}).status_code == 422
    assert client.post(address, data=form | {"expected_days": "120"}).status_code == 303
    stale = client.post(address, data=form | {"expected_days": "99", "request_key": "another"})
    assert stale.status_code == 409
    assert "120 expected days" in words(stale.text)
    assert 'value="99"' in stale.text
    assert client.post(f"{address}/retire", data={"version": typed(stale.text)["version"]}).status_code == 303
    assert not session.get_one(Stage, stage.id).is_active


def test_pipelines_and_stages_are_added(client: FlaskClient, made: Givers) -> None:
    sign_in(client, ADA)
    assert client.post("/settings/stages/pipelines", data={"name": ""}).status_code == 422
    added = client.post("/settings/stages/pipelines", data={"name": "Planned gifts"})
    assert added.status_code == 303
    new = typed(client.get(added.headers["Location"]).text)
    assert client.post(added.headers["Location"], data=new | {"name": "First talk"}).status_code == 303
    assert "First talk" in client.get("/settings/stages").text


def test_a_verification_shows_the_fault_with_its_rows(client: FlaskClient, session: Session, made: Givers) -> None:
    rita = made.ids["Rita Riser"]
    session.execute(update(rollup_value).where(rollup_value.c.constituent_id == rita).values(n02=1))
    session.commit()
    sign_in(client, DORA)
    assert client.post("/settings/rollups/verify").status_code == 403
    sign_in(client, ADA)
    assert client.post("/settings/rollups/verify").status_code == 303
    page = client.get("/settings/rollups").text
    assert "1 faults" in page or "Faults of the last verification" in page
    assert f"/constituents/{rita}/why/lifetime_total" in page
    assert "$1,800.00" in page
