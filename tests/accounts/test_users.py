"""Adding and changing users: rules, change sets, sight, and the record that cannot be changed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from donors.accounts import audit
from donors.accounts.models import AuditEvent, Grant, SignInSession, User
from donors.accounts.permissions import CARRIES, PERMISSIONS, ROLES, carries
from donors.accounts.queries import user, users
from donors.accounts.users import NewUser, add_user, change_user, deactivate_user, reactivate_user
from donors.accounts.visible import EVERYTHING, moves, rows, visible
from donors.core.changes import Act, ChangeSet, JournalEntry, insert, open_change
from donors.core.errors import Blocked, Conflict, Invalid
from tests.cast import ADA, CAST, DORA, GINA, OLIVE, REX, SAM, VERA, Person

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)


def change(session: Session) -> ChangeSet:
    return open_change(session, "user.change", act=Act(by=None, at=AT, through="cli"))


def test_adds_a_user_who_cannot_sign_in_yet(session: Session) -> None:
    row = add_user(session, NewUser("  Maren.Holt@Example.org ", " Maren   Holt", "officer"), within=change(session))
    assert (row.email, row.name, row.active) == ("maren.holt@example.org", "Maren Holt", True)
    (line,) = users(session)
    assert (line.has_password, line.second_factor, line.last_seen_at) == (False, False, None)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewUser("no address", "Maren Holt", "officer"), "email"),
        (NewUser("OLIVE@example.org", "Second Olive", "officer"), "email"),
        (NewUser("maren@example.org", "  ", "officer"), "name"),
        (NewUser("maren@example.org", "Maren Holt", "superuser"), "role"),
    ],
)
def test_refuses_what_does_not_fit(session: Session, cast: dict[Person, int], new: NewUser, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        add_user(session, new, within=change(session))
    assert caught.value.field == field


def test_a_changed_role_leaves_a_before_image_and_an_event(session: Session, cast: dict[Person, int]) -> None:
    row = user(session, cast[OLIVE])
    change_user(session, row, name=row.name, role="reader", expect=1, within=change(session))
    (entry,) = session.scalars(select(JournalEntry))
    assert entry.before == {"role": "officer"}
    event = session.scalars(select(AuditEvent).where(AuditEvent.what == "user changed")).one()
    assert event.detail == {"user": cast[OLIVE], "role": "reader", "was": "officer"}
    with pytest.raises(Conflict):
        change_user(session, row, name="Other", role="reader", expect=1, within=change(session))


def test_the_last_administrator_stays(session: Session, cast: dict[Person, int]) -> None:
    ada = user(session, cast[ADA])
    with pytest.raises(Blocked):
        deactivate_user(session, ada, within=change(session))
    with pytest.raises(Blocked):
        change_user(session, ada, name=ada.name, role="reader", expect=1, within=change(session))
    dora = user(session, cast[DORA])
    change_user(session, dora, name=dora.name, role="administrator", expect=1, within=change(session))
    deactivate_user(session, ada, within=change(session))
    assert not ada.active
    reactivate_user(session, ada, within=change(session))
    assert ada.active


def test_roles(session: Session) -> None:
    assert set(CARRIES) == set(ROLES)
    assert set().union(*CARRIES.values()) == set(PERMISSIONS)
    assert not any(word.endswith((".write", "export")) for word in CARRIES["reader"])
    assert not any(word.startswith(("giving", "levels")) for word in CARRIES["volunteer_coordinator"])
    assert not carries("nobody", "giving.read")
    with pytest.raises(KeyError):
        carries("reader", "giving.eat")


def test_sight_of_confidential_constituents(session: Session, cast: dict[Person, int]) -> None:
    """The columns of users stand in for those of constituents: number 1 to 7, the odd ones confidential."""
    insert(
        session,
        Grant(user_id=cast[OLIVE], constituent_id=cast[GINA], reason="her portfolio"),
        within=change(session),
    )
    seen = {}
    for person in (ADA, DORA, OLIVE, SAM, REX, VERA):
        condition = rows(visible(user(session, cast[person])), confidential=User.id % 2 == 1, constituent_id=User.id)  # type: ignore[arg-type]
        seen[person] = set(session.scalars(select(User.id).where(condition)))
    everybody = {cast[person] for person in CAST}
    assert seen[ADA] == seen[DORA] == everybody
    assert seen[SAM] == seen[REX] == seen[VERA] == {number for number in everybody if number % 2 == 0}
    assert seen[OLIVE] == seen[SAM] | {cast[GINA]}
    assert (
        set(session.scalars(select(User.id).where(rows(EVERYTHING, confidential=User.id > 0, constituent_id=User.id))))
        == everybody
    )  # type: ignore[arg-type]


def test_sight_of_moves_kept_for_one_officer(session: Session, cast: dict[Person, int]) -> None:
    """The version column stands in for a move that is confidential to nobody: `nullif(id, x)` is null for one row."""
    only_gina_open = func.nullif(User.id, cast[GINA])
    seen = {}
    for person in (ADA, DORA, OLIVE):
        condition = moves(visible(user(session, cast[person])), confidential_to=only_gina_open)
        seen[person] = set(session.scalars(select(User.id).where(condition)))
    assert seen[ADA] == {cast[person] for person in CAST}
    assert seen[DORA] == {cast[GINA], cast[DORA]}
    assert seen[OLIVE] == {cast[GINA], cast[OLIVE]}
    of_team = User.id == cast[SAM]
    for person, more in ((OLIVE, {cast[SAM]}), (ADA, seen[ADA])):
        sees = visible(user(session, cast[person]))
        condition = moves(sees, confidential_to=only_gina_open, of_team=of_team)
        assert set(session.scalars(select(User.id).where(condition))) == seen[person] | more


@pytest.mark.parametrize("statement", [update(AuditEvent).values(what="export"), delete(AuditEvent)])
def test_the_audit_record_cannot_be_changed(session: Session, statement: object) -> None:
    audit.note(session, "sign-out", doing=audit.Doing(AT), number=1)
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(statement)  # type: ignore[call-overload]
    session.rollback()
    assert session.scalars(select(AuditEvent.what)).all() == ["sign-out"]


def test_the_audit_record_has_known_words_only(session: Session) -> None:
    with pytest.raises(KeyError):
        audit.note(session, "something new", doing=audit.Doing(AT))
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0
