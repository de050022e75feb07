"""Change sets and the journal: what was is kept, stale edits lose nothing, and a key works once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, JournalEntry, amend, insert, open_change, remove
from donors.core.errors import AlreadyDone, Conflict
from tests.core.club import TABLES, Club, Person

ACT = Act(by=7, at=datetime(2026, 6, 17, 12, tzinfo=UTC), through="web", why="because")
KEYED = replace(ACT, request_key="k1")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    TABLES.create_all(engine)
    with Session(engine) as session:
        yield session


def test_a_change_set_says_who_when_why_and_through_what(session: Session) -> None:
    open_change(session, "club.found", act=ACT)
    session.expire_all()
    kept = session.scalars(select(ChangeSet)).one()
    assert (kept.kind, kept.by_id, kept.at, kept.why, kept.through, kept.state) == (
        "club.found",
        7,
        ACT.at,
        "because",
        "web",
        "done",
    )


def test_a_key_works_once(session: Session) -> None:
    change = open_change(session, "club.found", act=KEYED)
    change.outcome = {"id": 3}
    session.commit()
    with pytest.raises(AlreadyDone) as done:
        open_change(session, "club.found", act=KEYED)
    assert (done.value.change_set_id, done.value.outcome) == (change.id, {"id": 3})


def test_a_key_works_once_in_two_sessions(engine: Engine, session: Session) -> None:
    open_change(session, "club.found", act=KEYED)
    session.commit()
    with Session(engine) as other, pytest.raises(AlreadyDone):
        open_change(other, "club.found", act=KEYED)


def test_a_change_keeps_what_was(session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    club = insert(session, Club(name="Chess", founded=date(1905, 3, 1), is_open=True), within=change)
    assert (club.created_in, club.version) == (change.id, 1)
    later = open_change(session, "test", act=ACT)
    assert amend(session, club, within=later, name="Chess", founded=None, opened_at=ACT.at) == {
        "founded": date(1905, 3, 1),
        "opened_at": None,
    }
    entry = session.scalars(select(JournalEntry)).one()
    assert (entry.change_set_id, entry.table_name, entry.row_id, entry.act, entry.version, entry.before) == (
        later.id,
        "club",
        club.id,
        "update",
        1,
        {"founded": "1905-03-01", "opened_at": None},
    )
    assert club.version == 2


def test_a_change_of_nothing_leaves_nothing(session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    club = insert(session, Club(name="Chess"), within=change)
    assert amend(session, club, within=change, name="Chess") == {}
    assert (club.version, session.scalars(select(JournalEntry)).all()) == (1, [])


def test_a_stale_edit_shows_both_versions(session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    club = insert(session, Club(name="Chess"), within=change)
    amend(session, club, within=change, expect=1, name="Go")
    with pytest.raises(Conflict) as conflict:
        amend(session, club, within=change, expect=1, name="Bridge")
    assert (conflict.value.what, conflict.value.current, conflict.value.given) == (
        "club",
        {"name": "Go"},
        {"name": "Bridge"},
    )


@pytest.mark.parametrize("removal", [False, True])
def test_a_row_that_moved_on_is_a_conflict(engine: Engine, session: Session, removal: bool) -> None:
    mine = insert(session, Person(name="Ida"), within=open_change(session, "test", act=ACT))
    session.commit()
    session.refresh(mine)
    session.expunge(mine)
    session.rollback()
    with Session(engine) as other:
        theirs = other.get_one(Person, mine.id)
        amend(other, theirs, within=open_change(other, "test", act=ACT), name="Ada")
        other.commit()
    session.add(mine)
    change = open_change(session, "test", act=ACT)
    with pytest.raises(Conflict):
        remove(session, mine, within=change) if removal else amend(session, mine, within=change, name="Eva")
    session.rollback()
    assert session.scalars(select(Person.name)).all() == ["Ada"]
