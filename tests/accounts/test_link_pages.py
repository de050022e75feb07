"""Links by mail, by an administrator and by the command; setting a password with them."""

import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing, note
from donors.accounts.links import RESET, make_link
from donors.accounts.models import User
from donors.core.clock import now
from donors.core.db import separate_transaction
from donors.mail.models import Outbox
from tests.accounts.test_sign_in import NEW, enter, is_in
from tests.cast import ADA, OLIVE, PASSWORD, Person, sign_in

LINK = re.compile(r"http://127\.0\.0\.1:8000(/accounts/link/[\w-]{43})")


def ask(client: FlaskClient, email: str, address: str = "127.0.0.1") -> tuple[int, str, str]:
    """The form for a forgotten password, sent."""
    answer = client.post("/accounts/forgot", data={"email": email}, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_the_answer_does_not_tell_who_has_an_account(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    known, unknown = (ask(app.test_client(), email) for email in (OLIVE.email, "nobody@example.org"))
    assert known == unknown
    assert known[:2] == (303, "/accounts/forgot?sent=1")
    (mail,) = session.scalars(select(Outbox)).all()
    assert mail.to_address == OLIVE.email
    assert LINK.search(mail.text_body)


def test_known_and_unknown_take_as_long(app: Flask, cast: dict[Person, int]) -> None:
    took: dict[str, list[float]] = {OLIVE.email: [], "nobody@example.org": []}
    for n in range(3):
        for email, times in took.items():
            started = time.perf_counter()
            ask(app.test_client(), email, f"10.{n}.{len(times)}.{len(email)}")
            times.append(time.perf_counter() - started)
    fast, slow = sorted(min(times) for times in took.values())
    assert slow / fast < 1.5


def test_the_mailed_link_sets_a_password_once_and_signs_nobody_in(
    app: Flask, session: Session, cast: dict[Person, int]
) -> None:
    there = app.test_client()
    enter(there, OLIVE)
    client = app.test_client()
    ask(client, OLIVE.email)
    found = LINK.search(session.scalars(select(Outbox.text_body)).one())
    session.rollback()
    assert found is not None
    path = found[1]
    assert OLIVE.email in client.get(path).text
    assert client.post(path, data={"password": "password123"}).status_code == 422
    assert client.post(path, data={"password": NEW}).headers["Location"] == "/accounts/sign-in"
    assert not is_in(client)
    assert not is_in(there), "sessions of the old password are over"
    assert client.get(path).status_code == 404
    assert client.post(path, data={"password": NEW}).status_code == 404
    assert enter(client, OLIVE, NEW).status_code == 303


def test_a_link_does_not_stand_in_for_the_second_factor(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    client = app.test_client()
    ask(client, ADA.email)
    found = LINK.search(session.scalars(select(Outbox.text_body)).one())
    session.rollback()
    assert found is not None
    client.post(found[1], data={"password": NEW})
    assert enter(client, ADA, NEW).headers["Location"].startswith("/accounts/second-factor")


def test_asking_again_and_again_is_slowed_down(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    statuses = [ask(app.test_client(), "nobody@example.org")[0] for _ in range(5)]
    assert statuses[:3] == [303, 303, 303]
    assert 429 in statuses[3:]


def test_practice_and_deactivated_users_get_no_mail(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    session.get_one(User, cast[OLIVE]).practice = True
    session.commit()
    assert ask(app.test_client(), OLIVE.email)[0] == 303
    assert session.scalars(select(Outbox)).all() == []


def test_the_host_of_the_request_is_not_in_the_mail(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    app.config["TRUSTED_HOSTS"] = None
    app.test_client().post("/accounts/forgot", data={"email": OLIVE.email}, headers={"Host": "evil.example"})
    assert "evil.example" not in session.scalars(select(Outbox.text_body)).one()


def test_an_administrator_invites_somebody(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    sign_in(client, ADA)
    data = {"name": "Maren Holt", "email": "maren@example.org", "role": "officer", "request_key": "once"}
    page = client.post("/settings/users/add", data=data)
    found = LINK.search(page.text)
    assert found is not None
    again = client.post("/settings/users/add", data=data)
    assert again.status_code == 303, "the same form twice adds nobody"
    new = client.application.test_client()
    assert new.post(found[1], data={"password": NEW}).status_code == 303
    assert enter(new, Person("maren@example.org", "", ""), NEW).status_code == 303
    taken = client.post("/settings/users/add", data=data | {"request_key": "twice"})
    assert taken.status_code == 422
    assert "Belongs to a user already" in taken.text


def test_commands(app: Flask, session: Session, cast: dict[Person, int]) -> None:
    runner = app.test_cli_runner()
    added = runner.invoke(args=["user", "add", "maren@example.org", "--name", "Maren Holt", "--role", "director"])
    assert added.exit_code == 0, added.output
    found = LINK.search(added.output)
    assert found is not None
    assert runner.invoke(args=["user", "add", "maren@example.org", "--name", "Maren Holt"]).exit_code == 1
    linked = runner.invoke(args=["user", "link", "MAREN@example.org"])
    assert LINK.search(linked.output)
    assert runner.invoke(args=["user", "link", "nobody@example.org"]).exit_code == 1
    listed = runner.invoke(args=["user", "list"]).output
    assert "maren@example.org\tdirector\tno password yet\tactive\tMaren Holt" in listed
    assert app.test_client().get(found[1]).status_code == 404, "the second link made the first one void"


def test_the_path_of_links_is_the_one_that_pages_take(app: Flask) -> None:
    assert "/accounts/link/<token>" in {rule.rule for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("path", ["/accounts/link/", "/accounts/link/x", "/accounts/link/" + "x" * 43])
def test_rubbish_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, data={"password": PASSWORD}).status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_others_write_while_a_password_is_hashed(
    session: Session, cast: dict[Person, int], client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing = Doing(now())
    token = make_link(session, session.get_one(User, cast[OLIVE]), purpose=RESET, doing=doing)
    session.commit()
    hashed = []

    def slowly(password: str) -> str:
        with separate_transaction() as other:  # waits in vain when the page holds the write lock
            note(other, "sign-in", doing=doing)
        hashed.append(password)
        return "a hash"

    monkeypatch.setattr("donors.accounts.credentials.hash_password", slowly)
    assert client.post(f"/accounts/link/{token}", data={"password": NEW}).status_code == 303
    assert hashed == [NEW]
