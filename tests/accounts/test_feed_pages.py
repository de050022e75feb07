"""The calendar at a secret address: for whoever knows it, until another is made or it is revoked."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import AuditEvent, User
from donors.constituents.models import Constituent
from donors.core.changes import Act, insert, open_change
from donors.core.clock import now
from donors.plans.running.task import OwnTask, add
from tests.cast import OLIVE, Person, sign_in


def made(client: FlaskClient) -> str:
    """The path of a new address."""
    page = client.post("/accounts/calendar").text
    found = re.search(r'value="https?://[^/"]+(/accounts/calendar/[^"]+\.ics)"', page)
    assert found is not None
    return found[1]


def events(client: FlaskClient, path: str) -> list[str]:
    """The summaries of a calendar."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return re.findall(r"SUMMARY:(.*)\r\n", answer.get_data(as_text=True).replace("\r\n ", ""))


def test_whoever_knows_the_address_reads_it(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:  # fmt: skip
    today = now().date()
    change = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
    for subject, days in (("Later, with; signs", 9), ("Late", -2)):
        add(session, OwnTask(subject, today + timedelta(days=days), cast[OLIVE]), within=change)
    session.commit()
    sign_in(client, OLIVE)
    first = made(client)
    client.post("/accounts/sign-out")
    assert events(client, first) == ["Late (2 days late)", r"Later\, with\; signs"]
    text = client.get(first).get_data(as_text=True)
    assert f"DTSTART;VALUE=DATE:{today:%Y%m%d}\r\n" in text, "what is late stands on today"
    sign_in(client, OLIVE)
    second = made(client)
    assert client.get(first).status_code == 404, "another address makes the old one void"
    assert client.get(second).status_code == 200
    assert client.post("/accounts/calendar/revoke").status_code == 303
    assert client.get(second).status_code == 404
    assert client.post("/accounts/calendar/revoke").status_code == 404
    kinds = session.scalars(select(AuditEvent.what).where(AuditEvent.what.startswith("calendar"))).all()
    assert kinds == ["calendar address made", "calendar address made", "calendar address revoked"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_may_not_sign_in_shows_nothing(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    sign_in(client, OLIVE)
    path = made(client)
    session.get_one(User, cast[OLIVE]).deactivated_at = now()
    session.commit()
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_name_of_a_constituent_leaves_the_house(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    change = open_change(session, "test", act=Act(cast[OLIVE], now(), "web"))
    walter = insert(session, Constituent(kind="person", name="Walter Frost", sort_name="frost"), within=change)
    own = OwnTask("Ring back", now().date(), cast[OLIVE], walter.id, "Walter Frost is in from ten")
    add(session, own, within=change)
    session.commit()
    sign_in(client, OLIVE)
    path = made(client)
    assert events(client, path) == ["Ring back"]
    assert "Frost" not in client.get(path).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_mail_in_the_morning_is_turned_off_and_on(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    sign_in(client, OLIVE)
    for word, wanted in (("no", False), ("yes", True)):
        assert client.post("/accounts/morning-mail", data={"wanted": word}).status_code == 303
        assert session.get_one(User, cast[OLIVE]).wants_digest is wanted
        session.rollback()
        assert ("Turn it off" in client.get("/accounts/me").text) is wanted
