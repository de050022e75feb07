"""Known at: whatever was changed, removed, undone or brought back since, a statement answers as it did at the time."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, aliased

from donors.core.changes import ChangeSet, amend, insert, open_change
from donors.core.errors import Blocked
from donors.core.known import KnownAt
from donors.core.undo import undo
from tests.core.club import ACT, MODELS, NOON, TABLES, Badge, Club, Person, picture, random_act


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    TABLES.create_all(engine)
    with Session(engine) as session:
        yield session


def _known(session: Session, minute: int) -> dict[tuple[str, int], dict[str, Any]]:
    known = KnownAt(session, NOON + timedelta(minutes=minute), TABLES)
    return {
        (model.__tablename__, row["id"]): {name: value for name, value in row.items() if name != "version"}
        for model in MODELS
        for row in session.execute(known.see(select(*model.__table__.c))).mappings()
    }


@given(st.integers(0, 10**9))
@settings(max_examples=settings().max_examples // 3, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_past_instant_is_seen_as_it_was(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    for table in reversed(TABLES.sorted_tables):
        session.execute(table.delete())
    session.commit()
    seen, done = [picture(session)], list[ChangeSet]()
    for minute in range(1, 12):
        act = replace(ACT, at=NOON + timedelta(minutes=minute))
        if done and chance.random() < 0.3:
            try:
                with session.begin_nested():
                    done.append(undo(session, chance.choice(done), act=act, tables=TABLES))
            except Blocked:
                session.expire_all()
        else:
            done.append(random_act(session, chance, chance.randrange(1, 7), act=act))
        session.commit()
        seen.append(picture(session))
    for minute, then in enumerate(seen):
        assert _known(session, minute) == then
    session.rollback()


def test_joins_aliases_and_subqueries_read_what_was_known(session: Session) -> None:
    change = open_change(session, "first", act=ACT)
    club = insert(session, Club(name="Chess"), within=change)
    person = insert(session, Person(name="Ann", club_id=club.id), within=change)
    insert(session, Badge(person_id=person.id), within=change)
    later = open_change(session, "later", act=replace(ACT, at=NOON + timedelta(days=1)))
    amend(session, club, within=later, name="Go")
    insert(session, Badge(person_id=person.id), within=later)
    other = aliased(Badge)
    badges = select(func.count(other.id)).where(other.person_id == Person.id).scalar_subquery()
    counted = select(Badge.person_id, func.count().label("badges")).group_by(Badge.person_id).cte("counted")
    statement = (
        select(Club.name, badges, counted.c.badges)
        .select_from(Person)
        .join(Club, Club.id == Person.club_id)
        .outerjoin(counted, counted.c.person_id == Person.id)
    )
    assert session.execute(statement).one() == ("Go", 2, 2)
    assert session.execute(KnownAt(session, NOON, TABLES).see(statement)).one() == ("Chess", 1, 1)
    assert session.execute(KnownAt(session, NOON - timedelta(days=1), TABLES).see(statement)).all() == []


def test_an_act_that_was_committed_late_is_known_from_its_own_instant(session: Session) -> None:
    """A change set may get its id before one that is older: then ids do not tell what was known."""
    early = open_change(session, "slow", act=replace(ACT, at=NOON + timedelta(minutes=2)))
    late = open_change(session, "quick", act=replace(ACT, at=NOON + timedelta(minutes=1)))
    slow = insert(session, Club(name="Slow"), within=early)
    quick = insert(session, Club(name="Quick"), within=late)
    amend(session, quick, within=late, name="Quicker")
    assert list(_known(session, 1)) == [("club", quick.id)]
    assert _known(session, 1)["club", quick.id]["name"] == "Quicker"
    assert set(_known(session, 2)) == {("club", slow.id), ("club", quick.id)}
