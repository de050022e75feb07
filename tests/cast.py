"""The users that act in tests. Each embodies one role; Sam is an officer whose prospects are not Olive's."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

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
from donors.core.changes import Act, insert, open_change

PASSWORD = "correct horse battery staple"
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


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def enroll(session: Session) -> dict[Person, int]:
    """Makes the cast users with `PASSWORD` and returns their ids. Does not commit."""
    change = open_change(session, "user.add", act=Act(by=None, at=ENROLLED_AT, through="setup"))
    ids = {}
    for person in CAST:
        user = insert(session, User(email=person.email, name=person.name, role=person.role), within=change)
        session.add(Credential(user_id=user.id, password_hash=_hash(), password_set_at=ENROLLED_AT))
        ids[person] = user.id
    session.flush()
    return ids
