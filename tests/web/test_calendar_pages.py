"""Settings › Calendar and the pages of absences, as a browser without scripts uses them."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import Absence
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.settings import organization
from donors.plans.models import Task
from donors.plans.running.task import OwnTask, add
from tests.cast import ADA, DORA, OLIVE, SAM, Person, sign_in

one_system = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CALENDAR = "/settings/calendar"


@pytest.fixture
def ada(client: FlaskClient, cast: dict[Person, int]) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, ADA)
    return client


def test_a_country_closes_its_holidays(ada: FlaskClient, session: Session) -> None:
    answer = ada.post(f"{CALENDAR}/holidays", data={"holiday_country": "AT"}, follow_redirects=True)
    assert "Choose the region now" in answer.text
    assert "National Day" in ada.get(f"{CALENDAR}?year=2026").text
    sent = {"holiday_country": "AT", "holiday_region": "9"}
    assert ada.post(f"{CALENDAR}/holidays", data=sent).status_code == 303
    assert organization(session).holiday_region == "9"
    session.rollback()
    # Another country has other regions: the old one falls away and is no error.
    assert ada.post(f"{CALENDAR}/holidays", data={"holiday_country": "DE", "holiday_region": "9"}).status_code == 303
    assert organization(session).holiday_region == ""
    session.rollback()
    assert ada.post(f"{CALENDAR}/holidays", data={"holiday_country": "XX"}).status_code == 422


def test_own_days_are_closed_and_worked_again(ada: FlaskClient, session: Session) -> None:
    sent = {"first": "2026-12-28", "last": "2027-01-02", "name": "Winter break"}
    assert "Winter break" in ada.post(f"{CALENDAR}/closings", data=sent, follow_redirects=True).text
    ada.post(f"{CALENDAR}/closings", data={"first": "2026-12-24", "yearly": "y", "name": "Christmas Eve"})
    kept = ("2026-12-28/2027-01-02 Winter break", "--12-24 Christmas Eve")
    assert organization(session).closed_days == kept
    session.rollback()
    assert "December 24" in ada.get(f"{CALENDAR}?year=2031").text
    wrong = ada.post(f"{CALENDAR}/closings", data={"first": "2026-12-28", "last": "2026-12-01", "name": "Kept words"})
    assert wrong.status_code == 422
    assert "Kept words" in wrong.text
    assert ada.post(f"{CALENDAR}/closings/remove", data={"closing": "2020-01-01"}).status_code == 404
    assert ada.post(f"{CALENDAR}/closings/remove", data={"closing": kept[0]}).status_code == 303
    assert organization(session).closed_days == kept[1:]


@one_system
def test_quiet_times(ada: FlaskClient, session: Session) -> None:
    sent = {"quiet_from": "20:00", "quiet_until": "08:00", "quiet_weekdays": ["5", "6"], "quiet_when_closed": "y"}
    assert ada.post(f"{CALENDAR}/quiet", data=sent).status_code == 303
    here = organization(session)
    assert (here.quiet_from, here.quiet_until, here.quiet_weekdays) == ("20:00", "08:00", (5, 6))
    session.rollback()
    page = ada.get(CALENDAR).text
    assert re.search(r'value="20:00"', page)
    half = ada.post(f"{CALENDAR}/quiet", data={"quiet_from": "20:00"})
    assert half.status_code == 422
    assert "Give both times" in half.text
    assert ada.post(f"{CALENDAR}/quiet", data={"quiet_weekdays": list("0123456")}).status_code == 422


@one_system
def test_the_year_is_one_that_is_computed(ada: FlaskClient) -> None:
    for year in ("2100", "1950", "x", "99999", ""):
        assert ada.get(f"{CALENDAR}?year={year}").status_code == 200


@one_system
def test_a_director_looks_only(client: FlaskClient, cast: dict[Person, int]) -> None:
    sign_in(client, DORA)
    page = client.get(CALENDAR)
    assert page.status_code == 200
    assert "Close these days" not in page.text
    assert client.post(f"{CALENDAR}/closings", data={"first": "2026-12-24"}).status_code == 403


def test_who_goes_away_hands_over_what_is_due_then(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    today = now().date()
    change = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
    ids = [
        add(session, OwnTask("Call", today + timedelta(days=days), cast[OLIVE]), within=change).id
        for days in (9, 10, 14, 15)
    ]
    session.commit()
    sign_in(client, OLIVE)
    days = {
        "from_on": (today + timedelta(days=10)).isoformat(),
        "to_on": (today + timedelta(days=14)).isoformat(),
        "reason": "Leave",
    }
    sent = days | {"stand_in": str(cast[SAM]), "hands_over": "y", "request_key": "once"}
    assert "2 tasks went to the stand-in" in client.post("/accounts/absences", data=sent, follow_redirects=True).text
    assert client.post("/accounts/absences", data=sent).status_code == 303, "the same form again changes nothing"
    owners = dict(session.execute(select(Task.id, Task.owner_id)).all())
    assert [owners[id_] for id_ in ids] == [cast[OLIVE], cast[SAM], cast[SAM], cast[OLIVE]]
    absence = session.scalars(select(Absence)).one().id
    session.rollback()
    over = client.post("/accounts/absences", data=days | {"stand_in": "0"})
    assert over.status_code == 422
    assert "there is an absence already" in over.text
    assert "Sam Stranger stands in" in client.get("/accounts/me").text
    sign_in(client, SAM)
    assert client.post(f"/accounts/absences/{absence}/remove").status_code == 404
    sign_in(client, OLIVE)
    assert client.post(f"/accounts/absences/{absence}/remove").status_code == 303
    assert session.scalars(select(Absence)).all() == []


@one_system
def test_administrators_note_absences_of_all(ada: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    assert "Nobody is away" in ada.get("/settings/absences").text
    day = (now().date() + timedelta(days=3)).isoformat()
    sent = {"user": str(cast[SAM]), "stand_in": str(cast[SAM]), "from_on": day, "to_on": day}
    assert ada.post("/settings/absences", data=sent).status_code == 422
    answer = ada.post("/settings/absences", data=sent | {"stand_in": "0"}, follow_redirects=True)
    assert "Sam Stranger" in answer.text
    absence = session.scalars(select(Absence)).one().id
    session.rollback()
    assert ada.post(f"/settings/absences/{absence}/remove").status_code == 303
