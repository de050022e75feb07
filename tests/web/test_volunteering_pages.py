"""Pages of volunteering: the list, entry, one shift."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.rollups.standard import install_standard
from donors.volunteering.activities import add_activity
from donors.volunteering.models import Shift
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.shifts import record_shifts
from tests.cast import DORA, GINA, OLIVE, REX, VERA, Person, sign_in, sign_in_page
from tests.constituents.people import person
from tests.harness.browser import DESKTOP, PHONE, violations
from tests.harness.processes import Live

TODAY = now().date()
DAY = TODAY - timedelta(days=3)


@dataclass(frozen=True)
class World:
    """Uma worked an hour and a half as an usher; Carl, who is hidden, two hours."""

    uma: int
    carl: int
    usher: int
    shift: int
    hidden: int


@pytest.fixture
def world(session: Session, cast: dict[Person, int]) -> World:
    change = open_change(session, "test", act=Act(by=cast[VERA], at=now(), through="web"))
    install_standard(session, within=change)
    uma, carl = person(session, "Uma Usher").id, person(session, "Carl Hidden", confidential=True).id
    usher = add_activity(session, "Usher", within=change).id
    wanted = [ShiftInput(uma, DAY, 90, usher, note="-1+1"), ShiftInput(carl, DAY, 120)]
    shift, hidden = record_shifts(session, wanted, within=change, on=TODAY)
    session.commit()
    return World(uma, carl, usher, shift, hidden)


@pytest.fixture
def vera(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, VERA)
    return client


def words(html: str) -> str:
    """The page as people read it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def read(session: Session, statement: Any) -> list[Any]:
    """What the database holds now; the test's own transaction is over afterwards, so that others can write."""
    session.rollback()
    found = list(session.scalars(statement))
    session.rollback()
    return found


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def typed(world: World, **changes: object) -> dict[str, object]:
    """A shift as the form sends it."""
    given = {"volunteer": world.uma, "hours": "2:15", "worked_on": DAY.isoformat(), "activity": world.usher}
    return given | changes


def test_nothing_is_there_at_first(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, VERA)
    assert "No shift is recorded yet" in get(client, "/volunteering")


def test_the_list_shows_what_the_viewer_may_see_and_no_money(client: FlaskClient, world: World) -> None:
    sign_in(client, VERA)
    page = words(get(client, "/volunteering"))
    assert "Uma Usher" in page and "1 shift of 1 volunteer" in page
    assert "Carl Hidden" not in page and "$" not in page
    sign_in(client, DORA)
    assert "2 shifts of 2 volunteers" in words(get(client, "/volunteering"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=uma", True),
        ("q=nobody", False),
        (f"from={DAY}&to={DAY}", True),
        (f"to={DAY - timedelta(days=1)}", False),
        ("activity=999", False),
        ("period=last 30 days", True),
        ("sort=-hours,volunteer", True),
        ("to=nonsense", False),
    ],
)
def test_filters(vera: FlaskClient, query: str, found: bool) -> None:
    page = get(vera, f"/volunteering?{query}")
    assert ("Uma Usher</a>" in page) is found
    assert ("could not be read" in page) is ("nonsense" in query)


def test_a_file_needs_the_permission_and_leaves_an_audit_row(
    client: FlaskClient, world: World, session: Session
) -> None:
    for nobody in (VERA, GINA, REX):
        sign_in(client, nobody)
        assert client.post("/volunteering/export").status_code == 403
    sign_in(client, OLIVE)
    answer = client.post("/volunteering/export")
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert answer.status_code == 200
    assert lines[0] == "id,worked_on,volunteer,volunteer_id,hours,activity,external_id,recorded_on,note"
    assert len(lines) == 2 and "Uma Usher" in lines[1] and "1.50" in lines[1] and lines[1].endswith("'-1+1")
    [event] = read(session, select(AuditEvent.detail).where(AuditEvent.what == "export"))
    assert event["rows"] == 1


def test_recording_a_shift_once(vera: FlaskClient, world: World, session: Session) -> None:
    for _ in range(2):
        assert vera.post("/volunteering/new", data=typed(world, request_key="k")).status_code == 303
    assert read(session, select(Shift.minutes).where(Shift.constituent_id == world.uma).order_by(Shift.id)) == [90, 135]
    assert "2.25 hours of Uma Usher are recorded" in get(vera, "/volunteering")


def test_the_next_shift_of_a_list_keeps_what_they_share(vera: FlaskClient, world: World) -> None:
    answer = vera.post("/volunteering/new", data=typed(world, act="another", hours="1.5", another="y"))
    assert answer.status_code == 303
    page = get(vera, answer.location)
    assert f'value="{DAY.isoformat()}"' in page
    assert re.search(rf'<option selected value="{world.usher}">', page)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hours": "long"}, "not a number of hours"),
        ({"hours": "0"}, "missing"),
        ({"hours": ""}, "Enter the time worked"),
        ({"worked_on": "soon"}, "valid date"),
        ({"volunteer": ""}, "Say who worked"),
        ({"volunteer": "", "volunteer_name": "usher"}, "Choose who is meant"),
        ({"hours": "1:30"}, "may be recorded already"),
    ],
)
def test_wrong_entries_keep_what_was_typed(
    vera: FlaskClient, world: World, session: Session, changes: dict[str, object], said: str
) -> None:
    answer = vera.post("/volunteering/new", data=typed(world, note="Her words", **changes))
    assert answer.status_code == 422
    assert said in answer.text and "Her words" in answer.text
    assert read(session, select(func.count(Shift.id))) == [2]


def test_changing_and_removing(vera: FlaskClient, world: World, session: Session) -> None:
    page = f"/volunteering/{world.shift}"
    assert "1:30" in get(vera, page)
    assert vera.post(page, data=typed(world, hours="3", version=1)).status_code == 303
    late = vera.post(page, data=typed(world, hours="4", version=1))
    assert late.status_code == 409
    assert "Somebody else changed this shift" in late.text
    assert "3:00" in words(late.text) and "4:00" in words(late.text)
    assert read(session, select(Shift.minutes).where(Shift.id == world.shift)) == [180]
    assert vera.post(page, data=typed(world, hours="4", version=2)).status_code == 303
    assert "Remove this shift?" in get(vera, f"{page}/remove")
    assert vera.post(f"{page}/remove").status_code == 303
    get(vera, page, 404)


def test_strangers_find_nothing_and_readers_change_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, VERA)
    for address in (f"/volunteering/{world.hidden}", f"/volunteering/{world.hidden}/remove", "/volunteering/999999"):
        get(client, address, 404)
    assert client.post(f"/volunteering/{world.hidden}", data=typed(world)).status_code == 404
    assert client.post("/volunteering/new", data=typed(world, volunteer=world.carl)).status_code == 404
    sign_in(client, REX)
    assert "Save" not in get(client, f"/volunteering/{world.shift}")
    assert client.post(f"/volunteering/{world.shift}", data=typed(world)).status_code == 403
    sign_in(client, GINA)
    get(client, "/volunteering", 403)


@pytest.mark.browser
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_hours_are_entered_by_keyboard(live_server: Live, page: Page, world: World) -> None:
    sign_in_page(page, live_server.url, VERA)
    page.goto(f"{live_server.url}/volunteering/new")
    page.get_by_label("Volunteer", exact=True).press_sequentially("uma")
    page.get_by_role("option", name="Uma Usher").wait_for()
    page.keyboard.press("Enter")
    page.get_by_label("Hours").fill("2:15")
    page.keyboard.press("Enter")
    page.get_by_text("2.25 hours of Uma Usher are recorded.").first.wait_for()
    for address in ("/volunteering", "/volunteering/new", f"/volunteering/{world.shift}"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(live_server.url + address)
                assert violations(page) == [], (address, scheme, size)
