"""Pages of the pipeline: board, list, prospect, call report."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.pipeline.models import Move, Prospect, Stage, StageEntry
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.moves import moves_of, planned_of
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard
from donors.workflows.advance import add_prospect, leave
from tests.cast import OLIVE, REX, VERA, Person, sign_in
from tests.constituents.people import person

TODAY = now().date()


@dataclass(frozen=True)
class World:
    """Harold is Olive's prospect with a late move; Bettina stands alone without one; Carl is hidden."""

    harold: int
    harold_id: int
    bettina: int
    bettina_id: int
    hidden: int
    stage: dict[str, int]


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    """A small pipeline, committed."""
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    pipeline = install_standard(session, within=change)
    ids = [person(session, name, **more).id for name, more in PEOPLE]
    entry = Entry(TODAY - timedelta(days=40))
    made = [
        add_prospect(session, one, pipeline.id, entry, within=change, officer_id=officer).prospect.id
        for one, officer in zip(ids, (cast[OLIVE], None, None), strict=True)
    ]
    late = Plan("Send the roof budget", TODAY - timedelta(days=3), "mail", cast[OLIVE])
    plan_move(session, ids[0], late, within=change)
    named = {stage.name: stage.id for stage in stages(session, pipeline.id)}
    session.commit()
    return World(made[0], ids[0], made[1], ids[1], made[2], named)


PEOPLE: tuple[tuple[str, dict[str, object]], ...] = (
    ("Harold Nakamura", {}),
    ("Bettina Kroll", {}),
    ("Carl Hidden", {"confidential": True}),
)


def words(html: str) -> str:
    """The page as people read it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def test_there_is_no_pipeline_at_first(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    assert "There is no pipeline yet" in get(client, "/pipeline")
    assert "There is no pipeline yet" in get(client, "/pipeline/list")
    get(client, "/today")


def test_the_board_begins_with_ones_own(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    mine = words(get(client, "/pipeline"))
    assert "Harold Nakamura" in mine
    assert "40 of 30 d" in mine
    assert "Send the roof budget" in mine
    assert "Bettina" not in mine
    everybody = words(get(client, "/pipeline?officer=all"))
    assert "Bettina Kroll" in everybody
    assert "No next move" in everybody
    assert "Carl Hidden" not in everybody
    assert "Bettina Kroll" in words(get(client, "/pipeline?officer=nobody&only=no+next+move"))


def test_nonsense_in_the_address_falls_away(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    get(client, "/pipeline?officer=%F0%9F%98%80&only=x&sort=y&page=-1&stage=1e9")
    get(client, "/pipeline/list?page=99999999999999999999&officer=12345")
    get(client, "/pipeline?pipeline=999", 404)


def test_the_list_and_its_narrower_views(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    assert "Bettina Kroll" in words(get(client, "/pipeline/list?officer=all"))
    assert "No prospect answers to this" in get(client, f"/pipeline/list?stage={world.stage['Stewardship']}")
    late = words(get(client, "/pipeline/moves"))
    assert "Send the roof budget" in late
    assert "3 days" in late


def test_a_drop_on_the_board(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    version = session.get_one(Prospect, world.harold).version
    session.rollback()
    drop = {"stage": world.stage["Cultivation"], "version": version, "request_key": "drop-1"}
    answer = client.post(f"/pipeline/{world.harold}/stage?from=board&officer=all", data=drop)
    assert (answer.status_code, answer.location) == (303, "/pipeline?officer=all")
    assert "Harold Nakamura is in Cultivation now." in get(client, "/pipeline")
    again = client.post(f"/pipeline/{world.harold}/stage?from=board&officer=all", data=drop)
    assert (again.status_code, again.location) == (303, "/pipeline?officer=all")
    entries = select(func.count(StageEntry.id)).where(StageEntry.prospect_id == world.harold)
    assert session.scalar(entries) == 2


def test_a_stale_drop_shows_both(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    stale = {"stage": world.stage["Solicitation"], "version": 77, "why": "she asked"}
    answer = client.post(f"/pipeline/{world.harold}/stage", data=stale)
    assert answer.status_code == 409
    assert "You wanted to move the prospect to Solicitation." in answer.text
    assert "It is in Identification" in answer.text
    assert 'value="she asked"' in answer.text
    assert session.get_one(Prospect, world.harold).stage_id == world.stage["Identification"]


def test_what_returns_is_shown_by_its_kind_and_page(client: FlaskClient, session: Session, world: World) -> None:
    within = open_change(session, "test", act=Act(by=None, at=now(), through="web"))
    leave(session, world.bettina, Leaving(TODAY, "Not now", returns_on=TODAY + timedelta(days=9)), within=within)
    session.commit()
    sign_in(client, OLIVE)
    page = words(get(client, "/pipeline/returns?page=7"))
    assert "Bettina Kroll" in page
    assert "1 to 1 of 1 prospects" in page
    assert "No ask is to be come back to yet" in get(client, "/pipeline/returns?show=asks")
    assert "Bettina Kroll" not in get(client, "/pipeline/returns?show=asks&officer=all")


def test_the_prospect_page(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    page = words(get(client, f"/pipeline/{world.harold}"))
    assert "Stages so far" in page
    assert "Olive Officer" in page
    get(client, f"/pipeline/{world.hidden}", 404)
    get(client, "/pipeline/999", 404)


def test_a_call_report(client: FlaskClient, world: World, session: Session, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    assert "Harold Nakamura" in get(client, "/pipeline/log")
    assert "Bettina Kroll" in get(client, "/pipeline/log?q=krol")
    page = get(client, f"/pipeline/log?constituent={world.harold_id}")
    planned = re.search(r'name="planned_id" value="(\d+)"', page)
    assert planned is not None
    sent = {
        "constituent": world.harold_id,
        "method": "call",
        "outcome": "positive",
        "report": "Has the budget now.",
        "made_on": TODAY.isoformat(),
        "planned_id": planned[1],
        "purpose": "Send the roof budget",
        "next_purpose": "Site visit with Aiko",
        "next_on": (TODAY + timedelta(days=9)).isoformat(),
        "next_method": "visit",
        "request_key": "report-1",
        "next": "/today",
    }
    unsaid = client.post("/pipeline/log", data=sent | {"outcome": "", "request_key": "report-0"})
    assert unsaid.status_code == 422
    assert "Has the budget now." in unsaid.text
    assert "Choose how it went." in unsaid.text
    for _twice in range(2):
        answer = client.post("/pipeline/log", data=sent)
        assert (answer.status_code, answer.location) == (303, "/today")
    (made,) = moves_of(session, world.harold_id, sees=EVERYTHING)
    assert (made.move.purpose, made.move.report, made.move.is_substantive) == (
        "Send the roof budget",
        "Has the budget now.",
        True,
    )
    (following,) = planned_of(session, world.harold_id, sees=EVERYTHING)
    assert (following.move.purpose, following.move.method) == ("Site visit with Aiko", "visit")


def test_a_call_report_about_somebody_hidden(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    hidden = session.get_one(Prospect, world.hidden).constituent_id
    session.rollback()
    get(client, f"/pipeline/log?constituent={hidden}", 404)
    get(client, f"/pipeline/add?constituent={hidden}", 404)


def test_late_moves_get_a_new_day_or_are_dropped(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    (line,) = planned_of(session, world.harold_id, sees=EVERYTHING)
    move_id = line.move.id
    session.rollback()
    assert client.post(f"/pipeline/moves/{move_id}/date", data={"due_on": "soon"}).status_code == 422
    on = (TODAY + timedelta(days=1)).isoformat()
    assert client.post(f"/pipeline/moves/{move_id}/date", data={"due_on": on}).status_code == 303
    assert client.post(f"/pipeline/moves/{move_id}/drop", data={}).status_code == 303
    found = session.get_one(Move, move_id)
    assert (found.state, found.due_on) == ("dropped", date.fromisoformat(on))


def test_planning_a_move(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    address = f"/pipeline/moves/new?constituent={world.harold_id}"
    assert "Plan a move" in get(client, address)
    on = (TODAY + timedelta(days=5)).isoformat()
    assert client.post(address, data={"purpose": "", "due_on": on}).status_code == 422
    assert client.post(address, data={"purpose": "Show the studio", "due_on": on}).status_code == 303
    assert len(planned_of(session, world.harold_id, sees=EVERYTHING)) == 2


def test_officers_do_not_hand_portfolios_around(client: FlaskClient, world: World, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    charge = {"officer": cast[OLIVE], "role": "primary", "from_on": TODAY.isoformat()}
    assert client.post(f"/pipeline/{world.bettina}/officer", data=charge).status_code == 403


def test_readers_read(client: FlaskClient, world: World) -> None:
    sign_in(client, REX)
    page = get(client, "/pipeline")
    assert "Harold Nakamura" in page
    assert "data-card" not in page
    assert client.post(f"/pipeline/{world.harold}/stage", data={"stage": 1}).status_code == 403
    sign_in(client, VERA)
    get(client, "/pipeline", 403)
    get(client, "/today")


def test_the_page_of_the_day(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    page = words(get(client, "/today"))
    assert "Send the roof budget is 3 days late." in page
    assert "10 days longer in Identification than the 30 expected." in page
    assert "Promises that are due or late come first" in page
    assert client.get("/").location == "/today"
    sign_in(client, REX)
    assert "You are in charge of nobody yet" in get(client, "/today")


def test_a_crowded_board_shows_the_first_and_counts_the_rest(
    client: FlaskClient, world: World, session: Session, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(by=cast[OLIVE], at=now(), through="web"))
    stage = session.get_one(Stage, world.stage["Cultivation"])
    for number in range(23):
        one = person(session, f"Crowd Number{number}").id
        entry = Entry(TODAY - timedelta(days=number), stage.id)
        add_prospect(session, one, stage.pipeline_id, entry, within=change)
    session.commit()
    sign_in(client, OLIVE)
    board = get(client, "/pipeline?officer=all")
    assert board.count('<article class="card"') == 10
    assert "15 more" in board
