"""The board in rows, narrowed by criteria, with kept views and chosen facts; many prospects to another stage."""

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.pipeline.models import Prospect, StageEntry
from donors.segments.models import Segment
from tests.cast import OLIVE, SAM, sign_in
from tests.harness.gifts import read, words
from tests.web.test_pipeline_pages import World, get, world

__all__ = ["world"]  # the fixture


def test_rows_by_officer_and_level(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    page = words(get(client, "/pipeline?officer=all&lanes=officer"))
    assert page.index("Olive Officer 1") < page.index("Harold Nakamura") < page.index("Nobody in charge 1")
    assert "Carl Hidden" not in page
    assert "No level 2" in words(get(client, "/pipeline?officer=all&lanes=level"))


def test_the_board_is_narrowed_by_criteria(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    who = "f=name|starts+with|Bett"
    page = words(get(client, f"/pipeline?officer=all&{who}"))
    assert "Bettina Kroll" in page
    assert "Harold" not in page
    assert "Harold" not in words(get(client, f"/pipeline/list?officer=all&{who}"))
    assert "cannot be read" in get(client, "/pipeline?officer=all&f=shoe|equals|9")
    asked = "open=all&field=name&operator=starts+with&value=Bett&close=1&officer=all"
    assert "1 prospect answers to this" in words(get(client, f"/pipeline/filter?{asked}&act=look"))
    shown = client.get(f"/pipeline/filter?{asked}&act=apply")
    assert shown.status_code == 303
    assert "Bettina Kroll" in words(get(client, shown.location))


def test_a_view_is_kept_and_dropped(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    kept = client.post("/pipeline/views?officer=all&f=name|starts+with|Bett&lanes=officer", data={"name": "B’s"})
    assert kept.status_code == 303
    page = words(get(client, kept.location))
    assert "Nobody in charge 1" in page
    assert "Harold" not in page
    assert "B’s" in words(get(client, "/pipeline"))
    row = read(session, select(Segment.id).where(Segment.subject == "prospect"))[0]
    sign_in(client, SAM)
    get(client, f"/pipeline?view={row}", 404)
    get(client, f"/constituents?view={row}", 404)
    sign_in(client, OLIVE)
    assert client.post(f"/pipeline/views/{row}/drop").status_code == 303
    assert "B’s” is gone" in get(client, "/pipeline")
    assert "B’s" not in words(get(client, "/pipeline"))


def test_what_cards_show_is_chosen_and_stays(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    assert "Send the roof budget" in get(client, "/pipeline")
    assert client.post("/pipeline/cards", data={"fact": ["days"]}).status_code == 303
    for _ in range(2):
        page = words(get(client, "/pipeline"))
        assert "Send the roof budget" not in page
        assert "40 of 30 d" in page
    sign_in(client, SAM)
    assert "Send the roof budget" in get(client, "/pipeline?officer=all")


def test_many_go_to_another_stage_and_back(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    led = client.post("/pipeline/choose?officer=all", data={"ids": [world.harold, world.bettina, world.hidden]})
    assert led.status_code == 303
    to = world.stage["Cultivation"]
    page = words(get(client, f"{led.location}&to={to}"))
    assert "2 prospects go to Cultivation" in page
    sent = {"ids": [world.harold, world.bettina], "to": to, "agreed": "1", "request_key": "many-1"}
    assert client.post("/pipeline/chosen/stage?officer=all", data=sent).status_code == 409
    sent |= {"agreed": "2", "request_key": "many-2"}
    done = client.post("/pipeline/chosen/stage?officer=all", data=sent)
    assert done.status_code == 303
    assert client.post("/pipeline/chosen/stage?officer=all", data=sent).location == done.location
    assert "2 prospects moved to Cultivation." in get(client, done.location)
    stood = select(Prospect.stage_id).where(Prospect.id.in_((world.harold, world.bettina)))
    assert set(read(session, stood)) == {to}
    assert client.post(f"{done.location}/undo").status_code == 303
    assert set(read(session, stood)) == {world.stage["Identification"]}
    assert read(session, select(func.count(StageEntry.id))) == [3]


def test_all_that_match_go_and_no_more(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    at = f"officer=all&stage={world.stage['Qualification']}"
    led = client.post(f"/pipeline/choose?{at}", data={"everybody": "yes"})
    assert "Nothing: nobody of the chosen is left." in words(get(client, led.location))
    led = client.post("/pipeline/choose?officer=all", data={"everybody": "yes"})
    assert "2 prospects go to Qualification" in words(get(client, led.location))
