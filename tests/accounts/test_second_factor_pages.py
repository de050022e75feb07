"""The second factor on pages: asked for, counted once, slowed down, owed, set up."""

from dataclasses import replace
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from time_machine import Traveller

from donors.accounts.queries import credential
from donors.core.changes import Act, open_change
from donors.core.settings import organization, set_organization
from tests.accounts.conftest import START
from tests.accounts.test_sign_in import enter, hold, is_in, token
from tests.cast import ADA, OLIVE, Person, code, sign_in


def test_second_factor_is_asked_for_and_nothing_opens_before_it(client: FlaskClient, clock: Traveller) -> None:
    answer = enter(client, ADA)
    assert answer.headers["Location"].startswith("/accounts/second-factor")
    half = token(client)
    assert client.get("/accounts/me").headers["Location"] == "/accounts/second-factor"
    assert client.get("/settings/users").headers["Location"] == "/accounts/second-factor"
    assert client.post("/accounts/second-factor", data={"code": "000000"}).status_code == 422
    done = client.post("/accounts/second-factor?next=/settings/users", data={"code": code()})
    assert (done.status_code, done.headers["Location"]) == (303, "/settings/users")
    assert client.get("/settings/users").status_code == 200
    whole = token(client)
    assert whole != half
    hold(client, half)
    assert not is_in(client)


def test_a_code_counts_once_across_browsers(app: Flask, clock: Traveller) -> None:
    one, other = app.test_client(), app.test_client()
    for client in (one, other):
        enter(client, ADA)
    assert one.post("/accounts/second-factor", data={"code": code()}).status_code == 303
    assert other.post("/accounts/second-factor", data={"code": code()}).status_code == 422


def test_a_half_sign_in_lasts_ten_minutes(client: FlaskClient, clock: Traveller) -> None:
    enter(client, ADA)
    clock.shift(timedelta(minutes=10))
    answer = client.post("/accounts/second-factor", data={"code": code()})
    assert "/accounts/sign-in" in answer.headers["Location"]


def test_guessing_codes_gets_slower(client: FlaskClient, clock: Traveller) -> None:
    enter(client, ADA)
    codes = [client.post("/accounts/second-factor", data={"code": "000000"}).status_code for _ in range(6)]
    assert codes == [422, 422, 422, 429, 429, 429]


def test_whoever_owes_a_second_factor_reaches_no_data(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    within = open_change(session, "settings.change", act=Act(by=None, at=START, through="setup"))
    set_organization(session, replace(organization(session), second_factor_for="everybody"), within=within)
    row = credential(session, cast[ADA])
    row.totp_secret = None
    session.commit()
    for person in (ADA, OLIVE):
        client = app.test_client()
        sign_in(client, person)
        answer = client.get("/settings/users")
        assert answer.headers.get("Location") == "/accounts/second-factor/set-up" or answer.status_code == 403
        assert client.get("/accounts/second-factor/set-up").status_code == 200


def test_setting_up_the_second_factor(client: FlaskClient, cast: dict[Person, int], session: Session) -> None:
    enter(client, OLIVE)
    assert "<img" not in client.get("/accounts/second-factor/set-up").text
    assert client.get("/accounts/second-factor/picture.svg").status_code == 404
    client.post("/accounts/second-factor/set-up", data={"begin": "1"})
    page = client.get("/accounts/second-factor/set-up").text
    assert '<img src="/accounts/second-factor/picture.svg"' in page
    picture = client.get("/accounts/second-factor/picture.svg")
    assert picture.content_type == "image/svg+xml"
    assert b"style" not in picture.data
    assert client.post("/accounts/second-factor/set-up", data={"code": "000000"}).status_code == 422
    assert credential(session, cast[OLIVE]).totp_secret is None
