"""Undo gives back the very rows, whatever a change set did."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, open_change, remove
from donors.core.errors import Blocked
from donors.core.undo import begin_undo, undo, undo_part
from tests.core.club import ACT, MODELS, TABLES, Badge, Club, Person, club_values, picture

SLOW = settings(max_examples=settings().max_examples // 3, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    TABLES.create_all(engine)
    with Session(engine) as session:
        yield session


def _random_row(session: Session, model: type[Any], chance: random.Random) -> Any:
    rows = session.scalars(select(model).order_by(model.id)).all()
    return chance.choice(rows) if rows else None


def _person_values(session: Session, chance: random.Random) -> dict[str, Any]:
    club = chance.choice([None, _random_row(session, Club, chance)])
    return {
        "name": f"Person {chance.randrange(8)}",
        "born": chance.choice([None, date(1980, 2, 29)]),
        "club_id": club.id if club else None,
    }


def _step(session: Session, change: ChangeSet, chance: random.Random) -> None:
    what = chance.randrange(8)
    person, club = _random_row(session, Person, chance), _random_row(session, Club, chance)
    if what == 0:
        insert(session, Club(**club_values(chance)), within=change)
    elif what in (1, 2):
        insert(session, Person(**_person_values(session, chance)), within=change)
    elif what == 3 and person:
        insert(session, Badge(person_id=person.id, club_id=club.id if club else None), within=change)
    elif what == 4 and person:
        amend(session, person, within=change, **_person_values(session, chance))
    elif what == 5 and club:
        amend(session, club, within=change, **club_values(chance))
    elif what >= 6:
        row = _random_row(session, chance.choice(MODELS), chance)
        if row:
            remove(session, row, within=change)


def _act(session: Session, chance: random.Random, steps: int) -> ChangeSet:
    """A change set of random steps; those that the tables refuse leave no trace."""
    change = open_change(session, "test", act=ACT)
    for _ in range(steps):
        try:
            with session.begin_nested():
                _step(session, change, chance)
        except IntegrityError:
            session.expire_all()
    session.commit()
    return change


def _clear(session: Session) -> None:
    for table in reversed(TABLES.sorted_tables):
        session.execute(table.delete())
    session.commit()


@SLOW
@given(seed=st.integers(0, 2**32), before=st.integers(0, 12), steps=st.integers(1, 12), limit=st.integers(1, 4))
def test_undo_gives_back_the_very_rows(session: Session, seed: int, before: int, steps: int, limit: int) -> None:
    _clear(session)
    chance = random.Random(seed)
    _act(session, chance, before)
    was = picture(session)
    change = _act(session, chance, steps)
    became = picture(session)

    undoing = begin_undo(session, change, act=ACT, tables=TABLES)
    session.commit()
    while undo_part(session, change, within=undoing, limit=limit, tables=TABLES):
        session.commit()
    session.commit()
    assert picture(session) == was
    assert (change.state, undoing.state) == ("undone", "done")

    again = undo(session, undoing, act=ACT, tables=TABLES)
    assert picture(session) == became
    assert (change.state, undoing.state, again.state) == ("done", "undone", "done")

    undo(session, change, act=ACT, tables=TABLES)
    assert picture(session) == was


@SLOW
@given(seed=st.integers(0, 2**32), acts=st.integers(2, 5))
def test_undoing_all_from_the_last_leaves_nothing(session: Session, seed: int, acts: int) -> None:
    _clear(session)
    chance = random.Random(seed)
    pictures, changes = [], []
    for _ in range(acts):
        pictures.append(picture(session))
        changes.append(_act(session, chance, 6))
    for change, was in zip(reversed(changes), reversed(pictures), strict=True):
        undo(session, change, act=ACT, tables=TABLES)
        session.commit()
        assert picture(session) == was


@SLOW
@given(seed=st.integers(0, 2**32))
def test_an_undo_that_is_blocked_writes_nothing(session: Session, seed: int) -> None:
    _clear(session)
    chance = random.Random(seed)
    _act(session, chance, 8)
    change = _act(session, chance, 5)
    _act(session, chance, 5)
    was = picture(session)
    try:
        undo(session, change, act=ACT, tables=TABLES)
    except Blocked as blocked:
        assert blocked.reasons
        session.rollback()
        assert picture(session) == was
    else:
        assert change.state == "undone"
