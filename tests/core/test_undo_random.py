"""Undo gives back the very rows, whatever a change set did."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from donors.core.errors import Blocked
from donors.core.undo import begin_undo, undo, undo_part
from tests.core.club import ACT, TABLES, picture, random_act

SLOW = settings(max_examples=settings().max_examples // 3, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    TABLES.create_all(engine)
    with Session(engine) as session:
        yield session


def _clear(session: Session) -> None:
    for table in reversed(TABLES.sorted_tables):
        session.execute(table.delete())
    session.commit()


@SLOW
@given(seed=st.integers(0, 2**32), before=st.integers(0, 12), steps=st.integers(1, 12), limit=st.integers(1, 4))
def test_undo_gives_back_the_very_rows(session: Session, seed: int, before: int, steps: int, limit: int) -> None:
    _clear(session)
    chance = random.Random(seed)
    random_act(session, chance, before)
    was = picture(session)
    change = random_act(session, chance, steps)
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
        changes.append(random_act(session, chance, 6))
    for change, was in zip(reversed(changes), reversed(pictures), strict=True):
        undo(session, change, act=ACT, tables=TABLES)
        session.commit()
        assert picture(session) == was


@SLOW
@given(seed=st.integers(0, 2**32))
def test_an_undo_that_is_blocked_writes_nothing(session: Session, seed: int) -> None:
    _clear(session)
    chance = random.Random(seed)
    random_act(session, chance, 8)
    change = random_act(session, chance, 5)
    random_act(session, chance, 5)
    was = picture(session)
    try:
        undo(session, change, act=ACT, tables=TABLES)
    except Blocked as blocked:
        assert blocked.reasons
        session.rollback()
        assert picture(session) == was
    else:
        assert change.state == "undone"
