"""The users that act in tests. Each embodies one role; Sam is an officer whose prospects are not Olive's.

Ada has a second factor, for administrators must have one.
"""

from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import pyotp
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from donors.accounts.models import Credential, User
from donors.accounts.passwords import hash_password
from donors.accounts.permissions import (
    ADMINISTRATOR,
    DIRECTOR,
    GIFT_ENTRY,
    OFFICER,
    READER,
    VOLUNTEER_COORDINATOR,
)
from donors.accounts.queries import user_by_email
from donors.accounts.safe import Safe
from donors.accounts.sessions import Browser, begin
from donors.core.changes import Act, insert, open_change
from donors.core.clock import now
from donors.core.db import separate_transaction
from tests.harness.application import SECRET as KEY

PASSWORD = "correct horse battery staple"
SAFE = Safe((KEY,))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ENROLLED_AT = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A user of the test cast."""

    email: str
    name: str
    role: str


ADA = Person("ada@example.org", "Ada Administrator", ADMINISTRATOR)
DORA = Person("dora@example.org", "Dora Director", DIRECTOR)
OLIVE = Person("olive@example.org", "Olive Officer", OFFICER)
SAM = Person("sam@example.org", "Sam Stranger", OFFICER)
GINA = Person("gina@example.org", "Gina Entry", GIFT_ENTRY)
VERA = Person("vera@example.org", "Vera Volunteers", VOLUNTEER_COORDINATOR)
REX = Person("rex@example.org", "Rex Reader", READER)

CAST = (ADA, DORA, OLIVE, SAM, GINA, VERA, REX)

EACH_ONCE = [
    pytest.param(person, database, id=f"{person.role}{person.name[:3]}-{database}")
    for person in CAST
    for database in ("sqlite", "postgresql")
    if person is ADA or (database == "postgresql") == (person in {SAM, VERA})
]
"""Each of the cast on one of the databases, the one who may do everything on both: for doors, which ask roles alone."""


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def enroll(session: Session) -> dict[Person, int]:
    """Makes the cast users with `PASSWORD` and returns their ids. Does not commit."""
    change = open_change(session, "user.add", act=Act(by=None, at=ENROLLED_AT, through="setup"))
    ids = {}
    for person in CAST:
        user = insert(session, User(email=person.email, name=person.name, role=person.role), within=change)
        credential = Credential(user_id=user.id, password_hash=_hash(), password_set_at=ENROLLED_AT)
        if person is ADA:
            credential.totp_secret, credential.totp_since = SAFE.seal(SECRET), ENROLLED_AT
        session.add(credential)
        ids[person] = user.id
    session.flush()
    return ids


def sign_in(client: FlaskClient, person: Person) -> None:
    """Makes the client that person's browser, without the detour over the form."""
    token = Context().run(_begin, client, person)
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token


def sign_in_page(page: Page, url: str, person: Person) -> None:
    """Signs in through the form, in a real browser."""
    page.goto(f"{url}/accounts/sign-in?next=/accounts/me")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    if person is ADA:
        page.get_by_label("Code").fill(code())
        page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/accounts/me")


def code(at: datetime | None = None) -> str:
    """The code of Ada's app at an instant."""
    return pyotp.TOTP(SECRET).at(at or now())


def _begin(client: FlaskClient, person: Person) -> str:
    with client.application.app_context(), separate_transaction() as session:
        user = user_by_email(session, person.email)
        assert user is not None, "ask for the fixture `cast` first"
        browser = Browser("127.0.0.1", "test")
        return begin(session, user.id, browser=browser, at=now(), limit=timedelta(hours=12), complete=True)
