"""Pages of giving: the list and entry."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent
from donors.giving.models import Credit, Gift, GiftSplit
from tests.cast import DORA, GINA, OLIVE, REX, VERA, Person, sign_in, sign_in_page
from tests.harness.browser import PHONE, violations
from tests.harness.gifts import DAY, World, build, get, read, typed, words
from tests.harness.processes import Live


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    return build(session, cast)


@pytest.fixture
def gina(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, GINA)
    return client


def test_nothing_is_there_at_first(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, GINA)
    assert "No gift is recorded yet" in get(client, "/giving")


def test_the_list_shows_what_the_viewer_may_see(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    page = words(get(client, "/giving"))
    assert "Eleanor Whitcombe" in page and "Annual Fund, Roof" in page and "1 gift" in page
    assert "Carl Hidden" not in page and "$99.00" not in page
    sign_in(client, DORA)
    page = words(get(client, "/giving"))
    assert "Carl Hidden" in page and "$349.00" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=whitcomb", True),
        ("q=nobody", False),
        ("min=200&max=300", True),
        ("min=300", False),
        (f"from={DAY}&to={DAY}", True),
        (f"to={DAY - timedelta(days=1)}", False),
        ("method=check", True),
        ("method=cash", False),
        ("refunded=yes", False),
        ("period=last 30 days", True),
        ("sort=-fund&page=9", True),
        ("from=nonsense", False),
    ],
)
def test_filters(gina: FlaskClient, query: str, found: bool) -> None:
    page = get(gina, f"/giving?{query}")
    assert ("Eleanor Whitcombe</a>" in page) is found
    assert ("could not be read" in page) is ("nonsense" in query)


def test_filter_by_fund_takes_gifts_of_which_a_part_goes_there(gina: FlaskClient, world: World) -> None:
    assert "Eleanor Whitcombe</a>" in get(gina, f"/giving?fund={world.roof}")
    assert "Eleanor Whitcombe</a>" not in get(gina, "/giving?fund=999")


def test_a_file_needs_the_permission_and_leaves_an_audit_row(
    client: FlaskClient, world: World, session: Session
) -> None:
    for nobody in (GINA, REX, VERA):
        sign_in(client, nobody)
        assert client.post("/giving/export").status_code == 403
    session.get_one(Gift, world.gift).note = "=HYPERLINK(1)"
    session.commit()
    sign_in(client, OLIVE)
    answer = client.post("/giving/export?q=whitcombe")
    assert answer.status_code == 200
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("id,received_on,giver,giver_id,amount,net_amount")
    assert len(lines) == 2
    assert "Eleanor Whitcombe" in lines[1] and "250.00" in lines[1] and "'=HYPERLINK(1)" in lines[1]
    event = session.scalars(select(AuditEvent).where(AuditEvent.what == "export")).one()
    assert event.detail["rows"] == 1


def test_recording_a_gift(gina: FlaskClient, world: World, session: Session) -> None:
    more = {"splits-1-fund": world.roof, "splits-0-amount": "30", "splits-1-amount": "", "request_key": "k1"}
    credit = {"credits-0-who": world.eleanor, "credits-0-amount": "", "credits-0-role": "spouse"}
    answer = gina.post("/giving/new", data=typed(world, **more, **credit))
    assert answer.status_code == 303
    again = gina.post("/giving/new", data=typed(world, **more, **credit))
    assert (again.status_code, again.location) == (303, answer.location)
    page = words(get(gina, answer.location))
    assert "$100.00 from James Whitcombe is recorded." in page
    found = session.scalars(select(Gift).where(Gift.constituent_id == world.james)).one()
    parts = session.scalars(select(GiftSplit.amount).where(GiftSplit.gift_id == found.id).order_by(GiftSplit.id))
    assert parts.all() == [3_000, 7_000]
    soft = session.scalars(select(Credit).where(Credit.gift_id == found.id, Credit.kind == "soft")).one()
    assert (soft.constituent_id, soft.amount, soft.role) == (world.eleanor, 10_000, "spouse")


def test_the_next_gift_of_a_pile_keeps_what_they_share(gina: FlaskClient, world: World) -> None:
    answer = gina.post("/giving/new", data=typed(world, act="another", method="cash"))
    assert answer.status_code == 303
    page = get(gina, answer.location)
    assert f'value="{DAY.isoformat()}"' in page
    assert re.search(rf'<option selected value="{world.annual}">', page)
    assert re.search(r'<option selected value="cash">', page)
    assert "Entered by you today" in page and "James Whitcombe" in page


def test_a_name_without_an_id_brings_those_who_may_be_meant(gina: FlaskClient, world: World) -> None:
    answer = gina.post("/giving/new", data=typed(world, giver="", giver_name="whitcomb"))
    assert answer.status_code == 422
    assert "Choose who is meant" in answer.text
    for id_ in (world.eleanor, world.james):
        assert f'name="giver" value="{id_}"' in answer.text
    answer = gina.post("/giving/new", data=typed(world, giver="", giver_name="zzzz"))
    assert answer.status_code == 422
    assert "Nobody answers" in answer.text and 'value="zzzz"' in answer.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "ten"}, "not a sum"),
        ({"amount": ""}, "Enter the amount"),
        ({"received_on": "soon"}, "valid date"),
        ({"giver": ""}, "Say who gave"),
        ({"splits-0-amount": "60"}, "add up"),
        ({"currency": "XQX"}, "not a currency"),
        ({"currency": "EUR"}, "no rate"),
        ({"credits-0-amount": "5"}, "has no name"),
    ],
)
def test_wrong_entries_keep_what_was_typed(
    gina: FlaskClient, world: World, session: Session, changes: dict[str, object], said: str
) -> None:
    answer = gina.post("/giving/new", data=typed(world, note="Her words", **changes))
    assert answer.status_code == 422
    assert said in answer.text and "Her words" in answer.text
    assert read(session, select(func.count(Gift.id))) == [2]


def test_a_likely_repeat_is_shown_first(gina: FlaskClient, world: World, session: Session) -> None:
    same = typed(world, giver=world.eleanor, amount="250")
    answer = gina.post("/giving/new", data=same)
    assert answer.status_code == 422
    assert "may be recorded already" in answer.text and f"/giving/{world.gift}" in answer.text
    assert gina.post("/giving/new", data=same | {"another": "y"}).status_code == 303
    assert read(session, select(func.count(Gift.id)).where(Gift.constituent_id == world.eleanor)) == [2]


def test_a_row_more_is_asked_of_the_server(gina: FlaskClient, world: World) -> None:
    page = gina.post("/giving/new", data=typed(world, add="splits"))
    assert page.status_code == 200
    assert "splits-1-fund" in page.text and 'value="100.00"' in page.text
    page = gina.post("/giving/new", data=typed(world, add="credits"))
    assert "credits-0-who_name" in page.text


def test_a_hidden_giver_cannot_be_named(gina: FlaskClient, world: World) -> None:
    assert gina.post("/giving/new", data=typed(world, giver=world.carl)).status_code == 404
    get(gina, f"/giving/new?constituent={world.eleanor}")


def test_those_without_the_permission(client: FlaskClient, world: World) -> None:
    sign_in(client, VERA)
    get(client, "/giving", 403)
    get(client, f"/giving/{world.gift}", 403)
    sign_in(client, REX)
    assert "Record a gift" not in get(client, "/giving")
    get(client, "/giving/new", 403)


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_gift_is_entered_by_keyboard(live_server: Live, page: Page, world: World) -> None:
    sign_in_page(page, live_server.url, GINA)
    page.goto(f"{live_server.url}/giving/new")
    page.get_by_label("Giver", exact=True).press_sequentially("james whit")
    page.get_by_role("option", name="James Whitcombe").wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Amount", exact=True).fill("40")
    page.keyboard.press("Enter")
    page.get_by_text("$40.00 from James Whitcombe is recorded.").first.wait_for()
    assert re.search(r"/giving/\d+$", page.url)
    for address in ("/giving", "/giving/new", f"/giving/{world.gift}", f"/giving/{world.gift}/edit"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for size in ({"width": 1440, "height": 900}, PHONE):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(live_server.url + address)
                assert violations(page) == [], (address, scheme, size)
