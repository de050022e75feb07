"""Call reports that were written without a network, as the server takes them in; and what a device may carry."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.pipeline.assign import Charge, assign
from donors.pipeline.decide import OWN
from donors.pipeline.models import Move
from donors.pipeline.move_report import Report
from donors.pipeline.queries.moves import moves_of
from donors.pipeline.queries.pocket import pocket
from donors.workflows.moves import log_move
from tests.cast import OLIVE, REX, SAM, Person, sign_in
from tests.web.test_pipeline_pages import TODAY, World, get, world

__all__ = ["world"]  # the fixture
JSON_PLEASE = {"Accept": "application/json"}


def hand_in(client: FlaskClient, data: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = client.post("/pipeline/log/kept", data=data, headers=JSON_PLEASE)
    return answer.status_code, answer.get_json()


def test_a_report_is_taken_in_once(
    client: FlaskClient, session: Session, world: World, cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    said = {"constituent": world.bettina_id, "method": "call", "outcome": "reached", "made_on": TODAY.isoformat()}
    said |= {"report": "From the train.", "request_key": "k1", "writer": cast[OLIVE], "following": "meet"}
    href = f"/constituents/{world.bettina_id}"
    assert hand_in(client, said) == hand_in(client, said) == (200, {"href": href})
    # A report that came by its form, but whose answer was lost on the way, is the same report.
    by_form = client.post("/pipeline/log", data=said | {"request_key": "k2"})
    assert hand_in(client, said | {"request_key": "k2"}) == (200, {"href": by_form.location})
    assert len(moves_of(session, world.bettina_id, sees=EVERYTHING)) == 2


def test_a_refusal_says_why_and_leaves_the_key_unused(
    client: FlaskClient, session: Session, world: World, cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    said = {"constituent": world.harold_id, "method": "call", "outcome": "reached", "made_on": TODAY.isoformat()}
    said |= {"request_key": "k1", "writer": cast[OLIVE]}
    late = session.scalars(select(Move.id)).one()
    session.rollback()
    later = (TODAY + timedelta(days=9)).isoformat()
    for wrong, status, words in (
        ({"outcome": ""}, 422, "Choose how it went."),
        ({"made_on": later}, 422, "Lies in the future. Plan the move instead."),
        ({"constituent": world.hidden}, 404, "not in the records any more, or not for you"),
        ({"constituent": ""}, 404, "Choose somebody else"),
        ({"writer": cast[SAM]}, 409, "Somebody else wrote it."),
        ({"planned_id": late, "constituent": world.bettina_id}, 404, "No move found"),
    ):
        told = hand_in(client, said | wrong)
        assert told[0] == status
        assert words in told[1]["message"]
    assert client.post(f"/pipeline/moves/{late}/drop").status_code == 303
    assert hand_in(client, said | {"planned_id": late})[1]["message"].endswith("It was dropped already.")
    assert hand_in(client, said)[0] == 200


def test_a_device_carries_nothing_confidential(
    client: FlaskClient, session: Session, world: World, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    for who in (world.bettina_id, world.hidden):
        assign(session, who, Charge(cast[OLIVE], TODAY, "secondary"), within=change)
    secret = Report(TODAY, "visit", "positive", "Her illness", "Her illness", cast[OLIVE], readers=OWN)
    log_move(session, world.harold_id, secret, within=change, on=TODAY)
    session.commit()
    found = [(one.name, one.purpose) for one in pocket(session, cast[OLIVE], on=TODAY)]
    session.rollback()
    assert found == [("Harold Nakamura", "Send the roof budget"), ("Bettina Kroll", ""), ("Harold Nakamura", "")]
    sign_in(client, OLIVE)
    page = get(client, "/pipeline/log/kept")
    assert "Bettina Kroll" in page
    assert "Carl Hidden" not in page
    assert "Her illness" not in page
    assert "csrf_token" not in page  # what is kept on a device opens nothing


def test_the_worker_is_asked_for_anew_and_the_token_is_for_officers(
    client: FlaskClient, world: World, cast: dict[Person, int]
) -> None:
    script = client.get("/sw.js")
    assert (script.status_code, script.headers["Cache-Control"]) == (200, "no-cache")
    assert script.content_type.startswith("text/javascript")
    for named in ("/css/app.css", "/js/kept.js", "indexedDB", "request key"):
        assert named in script.text
    assert client.get("/pipeline/log/token", headers=JSON_PLEASE).status_code == 401
    sign_in(client, REX)
    assert client.get("/pipeline/log/token", headers=JSON_PLEASE).status_code == 403
    sign_in(client, OLIVE)
    told = client.get("/pipeline/log/token", headers=JSON_PLEASE).get_json()
    assert told["user"] == cast[OLIVE]
    assert len(told["token"]) > 40
