"""Signing in and out: tokens, limits of time, second factor, throttle, practice users."""

import re
from datetime import timedelta

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller
from werkzeug.test import TestResponse

from donors.accounts.models import AuditEvent, SignInSession, User
from donors.accounts.queries import credential
from tests.accounts.conftest import START
from tests.cast import ADA, OLIVE, PASSWORD, SAM, Person, sign_in

NEW = "tablecloth under glass"


def enter(client: FlaskClient, person: Person, password: str = PASSWORD, **more: object) -> TestResponse:
    """The sign-in form, sent."""
    return client.post("/accounts/sign-in", data={"email": person.email, "password": password}, **more)  # type: ignore[arg-type]


def token(client: FlaskClient) -> str | None:
    """The token that the browser holds."""
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")  # type: ignore[no-any-return]


def hold(client: FlaskClient, value: str | None) -> None:
    """Gives the browser a token, for instance a stolen one."""
    with client.session_transaction() as cookie:
        cookie["_user_id"] = value


def is_in(client: FlaskClient) -> bool:
    """Whether the browser is signed in."""
    return client.get("/accounts/me").status_code == 200


def test_right_password_opens_and_a_wrong_one_does_not(client: FlaskClient, cast: dict[Person, int]) -> None:
    refused = enter(client, OLIVE, "wrong password")
    assert refused.status_code == 422
    assert "do not belong together" in refused.text
    assert not is_in(client)
    opened = enter(client, Person(" OLIVE@example.org ", "", ""))
    assert (opened.status_code, opened.headers["Location"]) == (303, "/today")
    assert "Olive Officer" in client.get("/accounts/me").text


def test_unknown_deactivated_and_wrong_look_the_same(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    session.get_one(User, cast[SAM]).deactivated_at = START
    session.commit()
    answers = []
    for email, password in ((OLIVE.email, "wrong password"), (SAM.email, PASSWORD), ("nobody@example.org", PASSWORD)):
        answer = app.test_client().post("/accounts/sign-in", data={"email": email, "password": password})
        text = re.sub(r'name="(csrf_token|request_key)" value="[^"]*"', "", answer.text).replace(email, "")
        answers.append((answer.status_code, text, sorted(answer.headers.keys())))
    assert answers[0] == answers[1] == answers[2]


def test_sign_in_changes_the_token_and_sign_out_kills_it(client: FlaskClient, cast: dict[Person, int]) -> None:
    enter(client, OLIVE)
    first = token(client)
    enter(app_client := client.application.test_client(), OLIVE)
    assert token(app_client) != first
    client.post("/accounts/sign-out")
    assert token(client) is None
    hold(client, first)
    answer = client.get("/accounts/me")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/accounts/sign-in?next=/accounts/me")
    assert is_in(app_client)


def test_a_planted_token_is_worth_nothing_after_sign_in(client: FlaskClient, cast: dict[Person, int]) -> None:
    hold(client, "planted")
    enter(client, OLIVE)
    assert token(client) not in (None, "planted")


def test_idle_and_absolute_limits(client: FlaskClient, clock: Traveller) -> None:
    enter(client, OLIVE)
    clock.shift(timedelta(minutes=59))
    assert is_in(client)
    clock.shift(timedelta(minutes=61))
    assert not is_in(client)
    enter(client, OLIVE)
    for _ in range(23):
        clock.shift(timedelta(minutes=30))
        assert is_in(client)
    clock.shift(timedelta(minutes=31))
    assert not is_in(client), "twelve hours are over, however busy they were"


def test_last_seen_is_written_once_a_minute(client: FlaskClient, session: Session, clock: Traveller) -> None:
    enter(client, OLIVE)
    seen = []
    for seconds in (30, 29, 1, 59, 1):
        clock.shift(timedelta(seconds=seconds))
        is_in(client)
        seen.append((session.scalars(select(SignInSession.last_seen_at)).one() - START).total_seconds())
        session.rollback()
    assert seen == [0, 0, 60, 60, 120]


def test_guessing_passwords_gets_slower_but_the_owner_comes_in(app: Flask, clock: Traveller) -> None:
    owner = app.test_client()
    enter(owner, OLIVE)
    owner.post("/accounts/sign-out")
    thief = app.test_client()
    answers = [enter(thief, OLIVE, f"guess number {n}", environ_base={"REMOTE_ADDR": "203.0.113.9"}) for n in range(50)]
    assert [answer.status_code for answer in answers[:5]] == [422, 422, 422, 429, 429]
    assert answers[-1].headers["Retry-After"] == "1"
    right = enter(thief, OLIVE, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert right.status_code == 429, "a right guess does not show either while it has to wait"
    assert enter(owner, OLIVE, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 303


def test_weak_hashes_are_made_anew_at_sign_in(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    credential(session, cast[OLIVE]).password_hash = weak
    session.commit()
    enter(client, OLIVE)
    kept = credential(session, cast[OLIVE]).password_hash
    assert kept is not None
    assert "m=65536,t=3" in kept
    session.rollback()
    assert enter(client.application.test_client(), OLIVE).status_code == 303


def test_a_new_password_ends_other_sessions(app: Flask, cast: dict[Person, int]) -> None:
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        enter(client, OLIVE)
    wrong = here.post("/accounts/password", data={"current": "not this one", "password": NEW})
    assert wrong.status_code == 422
    weak = here.post("/accounts/password", data={"current": PASSWORD, "password": "olive officer"})
    assert weak.status_code == 422
    assert here.post("/accounts/password", data={"current": PASSWORD, "password": NEW}).status_code == 303
    assert is_in(here)
    assert not is_in(there)
    assert enter(there, OLIVE).status_code == 422
    assert enter(there, OLIVE, NEW).status_code == 303


def test_a_changed_role_and_a_deactivation_count_at_once(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    ada, olive = app.test_client(), app.test_client()
    sign_in(ada, ADA)
    sign_in(olive, OLIVE)
    assert olive.get("/settings/users").status_code == 403
    data = {"name": "Olive Officer", "role": "administrator", "version": "1"}
    assert ada.post(f"/settings/users/{cast[OLIVE]}", data=data).status_code == 303
    assert olive.get("/settings/users").headers["Location"] == "/accounts/second-factor/set-up"
    held = token(olive)
    assert ada.post(f"/settings/users/{cast[OLIVE]}/deactivate").status_code == 303
    assert not is_in(olive)
    assert ada.post(f"/settings/users/{cast[OLIVE]}/reactivate").status_code == 303
    hold(olive, held)
    assert not is_in(olive), "an ended session does not come back"


def test_listing_and_ending_own_sessions(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    here, there, sams = app.test_client(), app.test_client(), app.test_client()
    enter(here, OLIVE, headers={"User-Agent": "Laptop"})
    enter(there, OLIVE, headers={"User-Agent": "Phone"})
    enter(sams, SAM)
    page = here.get("/accounts/me").text
    assert "Laptop" in page
    assert "Phone" in page
    phone, sam = (
        session.scalars(select(SignInSession.id).where(condition)).one()
        for condition in (SignInSession.agent == "Phone", SignInSession.user_id == cast[SAM])
    )
    session.rollback()
    assert here.post(f"/accounts/sessions/{sam}/end").status_code == 404
    assert here.post(f"/accounts/sessions/{phone}/end").status_code == 303
    assert (is_in(here), is_in(there), is_in(sams)) == (True, False, True)
    enter(there, OLIVE)
    assert here.post("/accounts/sessions/end-others").status_code == 303
    assert (is_in(here), is_in(there)) == (True, False)


def test_sensitive_changes_ask_for_the_password_again(client: FlaskClient, clock: Traveller) -> None:
    enter(client, OLIVE)
    assert client.get("/accounts/password").status_code == 200
    clock.shift(timedelta(minutes=16))
    answer = client.get("/accounts/password")
    assert answer.headers["Location"] == "/accounts/confirm?next=/accounts/password"
    stale = client.post("/accounts/password", data={"current": PASSWORD, "password": NEW})
    assert stale.headers["Location"].startswith("/accounts/confirm")
    before = token(client)
    assert client.post("/accounts/confirm", data={"password": "wrong"}).status_code == 422
    answer = client.post("/accounts/confirm?next=/accounts/password", data={"password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/password"
    assert token(client) != before
    assert client.get("/accounts/password").status_code == 200


def test_practice_users_come_in_from_this_machine_only(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    session.get_one(User, cast[OLIVE]).practice = True
    session.commit()
    client = app.test_client()
    assert enter(client, OLIVE, environ_base={"REMOTE_ADDR": "192.168.1.7"}).status_code == 422
    assert enter(client, OLIVE, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 422
    assert enter(client, OLIVE).status_code == 303
    assert is_in(client)
    moved = client.get("/accounts/me", environ_base={"REMOTE_ADDR": "192.168.1.7"})
    assert "/accounts/sign-in" in moved.headers["Location"]


def test_sign_ins_and_refusals_are_recorded_without_personal_values(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    enter(client, OLIVE, "wrong password")
    enter(client, OLIVE)
    client.post("/accounts/sign-out")
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.what for event in events] == ["sign-in refused", "sign-in", "sign-out"]
    assert [event.user_id for event in events] == [None, cast[OLIVE], cast[OLIVE]]
    assert not any("olive" in str(event.detail) for event in events)


def test_only_declared_fields_change(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    """Mass assignment: every column of a user is posted, name and role change, the rest does not."""
    sign_in(client, ADA)
    columns = {column.key: "1" for column in User.__table__.columns} | {
        "practice": "1",
        "id": "99",
        "email": "x@example.org",
    }
    answer = client.post(
        f"/settings/users/{cast[SAM]}", data=columns | {"name": "Samuel", "role": "reader", "version": "1"}
    )
    assert answer.status_code == 303
    row = session.get_one(User, cast[SAM])
    assert (row.name, row.role, row.version) == ("Samuel", "reader", 2)
    assert (row.id, row.email, row.practice, row.active) == (cast[SAM], SAM.email, False, True)
