"""The page of one gift, and what is done with it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.giving.models import Credit, Gift, GiftAdjustment, GiftSplit
from tests.cast import GINA, Person, sign_in
from tests.harness.gifts import TODAY, World, build, get, read, typed, words


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    return build(session, cast)


@pytest.fixture
def gina(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, GINA)
    return client


def test_one_gift(gina: FlaskClient, world: World) -> None:
    page = words(get(gina, f"/giving/{world.gift}"))
    for said in ("$250.00 from Eleanor Whitcombe", "Annual Fund", "$50.00", "James Whitcombe", "spouse", "Check"):
        assert said in page


def test_refund_correction_and_the_way_back(gina: FlaskClient, world: World, session: Session) -> None:
    page = f"/giving/{world.gift}"
    assert "At most $250.00" in words(get(gina, f"{page}/refund"))
    wrong = gina.post(f"{page}/refund", data={"amount": "900", "on": TODAY.isoformat(), "reason": "Her wish"})
    assert wrong.status_code == 422
    assert "Her wish" in wrong.text
    data = {"amount": "50", "on": TODAY.isoformat(), "reason": "Her wish", "request_key": "r", "version": 1}
    assert gina.post(f"{page}/refund", data=data).status_code == 303
    assert gina.post(f"{page}/refund", data=data).status_code == 303
    assert read(session, select(func.count(GiftAdjustment.id))) == [1]
    shown = words(get(gina, page))
    assert "$200.00 from Eleanor Whitcombe" in shown and "Refunded in part" in shown and "Her wish" in shown
    assert "Eleanor Whitcombe</a>" in get(gina, "/giving?refunded=yes")
    assert gina.post(f"{page}/correct", data={"amount": "300", "version": 1}).status_code == 303
    assert "$250.00 from Eleanor Whitcombe" in words(get(gina, page))
    [refund] = read(session, select(GiftAdjustment.id).where(GiftAdjustment.kind == "refund"))
    assert gina.post(f"{page}/adjustments/{refund}/take-back").status_code == 303
    assert gina.post(f"/giving/{world.hidden}/adjustments/{refund}/take-back").status_code == 404
    assert "$300.00 from Eleanor Whitcombe" in words(get(gina, page))


def form_of(html: str) -> dict[str, str]:
    """What the form of the gift's page holds."""
    found = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', html))
    found |= {name: value for value, name in re.findall(r'value="([^"]*)"[^>]* name="([\w-]+)"', html)}
    for name, options in re.findall(r'<select[^>]* name="([\w-]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name not in {"act", "add", "q", "request_key"}}


def test_changing_a_gift_keeps_its_parts(gina: FlaskClient, world: World, session: Session) -> None:
    page = f"/giving/{world.gift}/edit"
    data = form_of(get(gina, page)) | {"note": "By hand"}
    assert gina.post(page, data=data).status_code == 303
    gift = session.get_one(Gift, world.gift)
    assert (gift.note, gift.amount, gift.method, gift.version) == ("By hand", 25_000, "check", 2)
    parts = session.scalars(select(GiftSplit.amount).where(GiftSplit.gift_id == gift.id).order_by(GiftSplit.id))
    assert parts.all() == [20_000, 5_000]
    soft = session.scalars(select(Credit).where(Credit.gift_id == gift.id, Credit.kind == "soft")).one()
    assert (soft.amount, soft.role) == (25_000, "spouse")


def test_who_was_slower_sees_both_versions(gina: FlaskClient, world: World, session: Session) -> None:
    page = f"/giving/{world.gift}/edit"
    mine = form_of(get(gina, page))
    assert gina.post(page, data=mine | {"method": "cash"}).status_code == 303
    late = gina.post(page, data=mine | {"method": "card", "note": "Mine"})
    assert late.status_code == 409
    shown = words(late.text)
    assert "Somebody else changed this gift" in shown and "Cash" in shown and "Card" in shown and "Mine" in shown
    assert read(session, select(Gift.method).where(Gift.id == world.gift)) == ["cash"]
    assert gina.post(page, data=form_of(late.text) | {"note": "Mine"}).status_code == 303
    assert read(session, select(Gift.method).where(Gift.id == world.gift)) == ["card"]


def test_moving_and_removing(gina: FlaskClient, world: World, session: Session) -> None:
    page = f"/giving/{world.gift}"
    assert gina.post(f"{page}/move", data={"to": "", "to_name": ""}).status_code == 422
    assert gina.post(f"{page}/move", data={"to": world.carl}).status_code == 404
    assert gina.post(f"{page}/move", data={"to": world.eleanor}).status_code == 422
    assert gina.post(f"{page}/move", data={"to": world.james}).status_code == 303
    assert "$250.00 from James Whitcombe" in words(get(gina, page))
    assert "Remove this gift?" in get(gina, f"{page}/remove")
    assert gina.post(f"{page}/remove", data={"version": 1}).status_code == 409
    assert gina.post(f"{page}/remove", data={"version": 2}).status_code == 303
    get(gina, page, 404)
    assert session.get(Gift, world.gift) is None


@pytest.mark.parametrize("act", ["", "/edit", "/refund", "/correct", "/move", "/remove"])
def test_gifts_of_the_hidden_are_not_there_for_strangers(gina: FlaskClient, world: World, act: str) -> None:
    get(gina, f"/giving/{world.hidden}{act}", 404)
    get(gina, "/giving/999999" + act, 404)
    if act:
        assert gina.post(f"/giving/{world.hidden}{act}", data=typed(world)).status_code == 404
