"""The page of a move, and the way to it from the figures that count it."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.pipeline.decide import OWN
from donors.pipeline.move_people import Present
from donors.pipeline.move_report import Report
from donors.pipeline.queries.moves import planned_of
from donors.workflows.begin import begin
from donors.workflows.moves import log_move
from tests.cast import OLIVE, SAM, Person, sign_in
from tests.constituents.people import person
from tests.web.test_pipeline_pages import TODAY, World, get, words, world

__all__ = ["world"]  # the fixture


def test_a_move_has_a_page_that_figures_lead_to(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    begin(session, within=change)
    harold, aiko = (person(session, name).id for name in ("Harold Nakamura", "Aiko Nakamura"))
    open_one = Report(TODAY, "visit", "positive", "Liked the roof.", "Show the roof", cast[OLIVE])
    open_one = replace(open_one, present=(Present(aiko),))
    shown, hidden = (
        log_move(session, harold, report, within=change, on=TODAY).id
        for report in (open_one, replace(open_one, purpose="Her illness", readers=OWN))
    )
    session.commit()
    sign_in(client, SAM)
    page = get(client, f"/constituents/{harold}/why/move_count")
    assert f"/pipeline/moves/{shown}" in page
    assert f"/pipeline/moves/{hidden}" not in page
    assert "Her illness" not in page
    assert "2 moves" in words(page)
    assert "Liked the roof." in get(client, f"/pipeline/moves/{shown}")
    get(client, f"/pipeline/moves/{hidden}", 404)
    assert "Present, with Harold Nakamura" in words(get(client, f"/constituents/{aiko}"))
    assert "Her illness" not in words(get(client, f"/constituents/{aiko}"))
    sign_in(client, OLIVE)
    assert "Her illness" in get(client, f"/pipeline/moves/{hidden}")


@pytest.fixture
def told(session: Session, cast: dict[Person, int]) -> tuple[int, str]:
    """Olive's call report with Harold, committed: his id, and the address of its page."""
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    begin(session, within=change)
    harold = person(session, "Harold Nakamura").id
    report = Report(TODAY, "visit", "positive", "Liked the roof.", "Show the roof", cast[OLIVE])
    move_id = log_move(session, harold, report, within=change, on=TODAY).id
    session.commit()
    return harold, f"/pipeline/moves/{move_id}"


def test_a_report_is_corrected_on_its_page(client: FlaskClient, cast: dict[Person, int], told: tuple[int, str]) -> None:
    address = told[1]
    sign_in(client, OLIVE)
    form = get(client, f"{address}/edit")
    assert "Liked the roof." in form
    assert "Sam Stranger" in form
    said = {"method": "call", "outcome": "reached", "report": "Liked the plan.", "made_on": TODAY.isoformat()}
    said |= {"present": f"u{cast[SAM]}", "others": "June, Aiko", "minutes": "45", "readers": "team", "version": "1"}
    assert client.post(f"{address}/edit", data=said | {"minutes": "many"}).status_code == 422
    assert client.post(f"{address}/edit", data=said).status_code == 303
    shown = words(get(client, address))
    for told_now in ("Liked the plan.", "Sam Stranger, June, Aiko", "45 minutes", "the team: who is in charge", "Undo"):
        assert told_now in shown
    late = client.post(f"{address}/edit", data=said | {"report": "Liked nothing."})
    assert late.status_code == 409
    assert "Liked nothing." in late.text


def test_a_report_is_removed_on_its_page(client: FlaskClient, told: tuple[int, str]) -> None:
    harold, address = told
    sign_in(client, OLIVE)
    gone = client.post(f"{address}/remove", data={"version": "1", "why": "the wrong Harold"})
    assert (gone.status_code, gone.location) == (303, f"/constituents/{harold}")
    undo = re.search(r'action="(/pipeline/undo/\d+)"', get(client, f"/constituents/{harold}"))
    assert undo
    get(client, address, 404)
    sign_in(client, SAM)
    assert client.post(undo[1]).status_code == 404
    sign_in(client, OLIVE)
    assert client.post(undo[1]).status_code == 303
    assert "Liked the roof." in get(client, address)


def test_who_did_not_make_a_move_corrects_none(client: FlaskClient, told: tuple[int, str]) -> None:
    address = told[1]
    sign_in(client, SAM)
    assert "Correct" not in words(get(client, address))
    get(client, f"{address}/edit", 403)
    assert client.post(f"{address}/remove").status_code == 403


def test_one_tap_plans_the_next_move(client: FlaskClient, session: Session, world: World) -> None:
    sign_in(client, OLIVE)
    said = {"constituent": world.bettina_id, "method": "call", "outcome": "reached", "made_on": TODAY.isoformat()}
    bare = client.post("/pipeline/log", data=said)
    assert "has no next move now" in get(client, bare.location)
    client.post("/pipeline/log", data=said | {"following": "call"})
    (planned,) = planned_of(session, world.bettina_id, sees=EVERYTHING)
    assert (planned.move.purpose, planned.move.method) == ("Call again", "call")
    assert planned.move.due_on
    assert 13 <= (planned.move.due_on - TODAY).days <= 16
    assert planned.move.due_on.weekday() < 5
