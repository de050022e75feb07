"""Undo gives back the very rows, whatever a change set did, in parts or at once, and says what stands in its way."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, JournalEntry, amend, insert, open_change, remove
from donors.core.errors import Blocked
from donors.core.undo import Touched, begin_undo, touched, undo, undo_of, undo_part, values_touched
from donors.core.undo_plan import plan_undo
from tests.core.club import TABLES, Badge, Club, Figure, Letter, Person

NOON = datetime(2026, 6, 17, 12, 0, 0, 123456, tzinfo=UTC)
ACT = Act(by=None, at=NOON, through="cli")
SLOW = settings(max_examples=settings().max_examples // 3, suppress_health_check=[HealthCheck.function_scoped_fixture])
MODELS = (Club, Person, Badge)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    TABLES.create_all(engine)
    with Session(engine) as session:
        yield session


def _picture(session: Session) -> dict[tuple[str, int], dict[str, Any]]:
    """All rows as they are, but for their versions."""
    session.expire_all()
    return {
        (model.__tablename__, row.id): {
            column.key: getattr(row, column.key) for column in model.__table__.c if column.key != "version"
        }
        for model in MODELS
        for row in session.scalars(select(model))
    }


def _random_row(session: Session, model: type[Any], chance: random.Random) -> Any:
    rows = session.scalars(select(model).order_by(model.id)).all()
    return chance.choice(rows) if rows else None


def _club_values(chance: random.Random) -> dict[str, Any]:
    return {
        "name": chance.choice(["Chess", "Žižkov", "O’Hara’s “best”", ""]),
        "founded": chance.choice([None, date(1905, 3, 1), date(2026, 1, 1)]),
        "opened_at": chance.choice([None, NOON, NOON.replace(microsecond=0), NOON - timedelta(days=30000)]),
        "is_open": chance.choice([None, True, False]),
        "rules": chance.choice([None, {}, {"a": [1, None, "ü"], "b": {"c": 1.5}}]),
    }


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
        insert(session, Club(**_club_values(chance)), within=change)
    elif what in (1, 2):
        insert(session, Person(**_person_values(session, chance)), within=change)
    elif what == 3 and person:
        insert(session, Badge(person_id=person.id, club_id=club.id if club else None), within=change)
    elif what == 4 and person:
        amend(session, person, within=change, **_person_values(session, chance))
    elif what == 5 and club:
        amend(session, club, within=change, **_club_values(chance))
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
    was = _picture(session)
    change = _act(session, chance, steps)
    became = _picture(session)

    undoing = begin_undo(session, change, act=ACT, tables=TABLES)
    session.commit()
    while undo_part(session, change, within=undoing, limit=limit, tables=TABLES):
        session.commit()
    session.commit()
    assert _picture(session) == was
    assert (change.state, undoing.state) == ("undone", "done")

    again = undo(session, undoing, act=ACT, tables=TABLES)
    assert _picture(session) == became
    assert (change.state, undoing.state, again.state) == ("done", "undone", "done")

    undo(session, change, act=ACT, tables=TABLES)
    assert _picture(session) == was


@SLOW
@given(seed=st.integers(0, 2**32), acts=st.integers(2, 5))
def test_undoing_all_from_the_last_leaves_nothing(session: Session, seed: int, acts: int) -> None:
    _clear(session)
    chance = random.Random(seed)
    pictures, changes = [], []
    for _ in range(acts):
        pictures.append(_picture(session))
        changes.append(_act(session, chance, 6))
    for change, was in zip(reversed(changes), reversed(pictures), strict=True):
        undo(session, change, act=ACT, tables=TABLES)
        session.commit()
        assert _picture(session) == was


@SLOW
@given(seed=st.integers(0, 2**32))
def test_an_undo_that_is_blocked_writes_nothing(session: Session, seed: int) -> None:
    _clear(session)
    chance = random.Random(seed)
    _act(session, chance, 8)
    change = _act(session, chance, 5)
    _act(session, chance, 5)
    was = _picture(session)
    try:
        undo(session, change, act=ACT, tables=TABLES)
    except Blocked as blocked:
        assert blocked.reasons
        session.rollback()
        assert _picture(session) == was
    else:
        assert change.state == "undone"


def test_plan_counts_and_names_nothing_in_the_way(session: Session) -> None:
    first = open_change(session, "test", act=ACT)
    old = insert(session, Person(name="Ida"), within=first)
    gone = insert(session, Person(name="Max"), within=first)
    change = open_change(session, "test", act=ACT)
    club = insert(session, Club(name="Chess"), within=change)
    amend(session, old, within=change, club_id=club.id)
    amend(session, club, within=change, name="Go")
    club_id, gone_id = club.id, gone.id
    remove(session, gone, within=change)
    plan = plan_undo(session, change, tables=TABLES)
    assert (plan.created, plan.changed, plan.obstacles) == ({"club": 1}, {"person": 2}, ())
    undoing = undo(session, change, act=ACT, tables=TABLES)
    assert touched(session, undoing) == (
        Touched("club", 1, club_id, club_id),
        Touched("person", 2, old.id, gone_id),
    )
    assert values_touched(session, undoing, table="person", column="club_id", tables=TABLES) == {club_id}
    assert undo_of(session, change) == undoing


def test_versions_go_on_rising(session: Session) -> None:
    person = insert(session, Person(name="Ida"), within=open_change(session, "test", act=ACT))
    change = open_change(session, "test", act=ACT)
    amend(session, person, within=change, name="Ada")
    undo(session, change, act=ACT, tables=TABLES)
    assert (person.name, person.version) == ("Ida", 3)
    removal = open_change(session, "test", act=ACT)
    remove(session, person, within=removal)
    undo(session, removal, act=ACT, tables=TABLES)
    assert session.scalars(select(Person.version)).one() == 4


def test_what_others_built_upon_is_named(session: Session) -> None:
    base = open_change(session, "test", act=ACT)
    club = insert(session, Club(name="Chess"), within=base)
    change = open_change(session, "test", act=ACT)
    ida, max_ = (insert(session, Person(name=name), within=change) for name in ("Ida", "Max"))
    amend(session, club, within=change, name="Go", is_open=True)
    later = open_change(session, "test", act=ACT)
    amend(session, ida, within=later, name="Ada")
    badge = insert(session, Badge(person_id=max_.id), within=later)
    amend(session, club, within=later, name="Bridge")
    with pytest.raises(Blocked) as blocked:
        undo(session, change, act=ACT, tables=TABLES)
    assert set(blocked.value.reasons) == {
        f"Club {club.id} was changed again since (change set {later.id}).",
        f"Person {ida.id} was changed since it was made (change set {later.id}).",
        f"Person {max_.id} is used by badge {badge.id} (change set {later.id}).",
    }
    undo(session, later, act=ACT, tables=TABLES)
    undo(session, change, act=ACT, tables=TABLES)
    assert club.name == "Chess"


def test_changes_of_other_columns_do_not_block(session: Session) -> None:
    club = insert(session, Club(name="Chess"), within=open_change(session, "test", act=ACT))
    change = open_change(session, "test", act=ACT)
    amend(session, club, within=change, name="Go")
    amend(session, club, within=open_change(session, "test", act=ACT), is_open=True)
    undo(session, change, act=ACT, tables=TABLES)
    assert (club.name, club.is_open) == ("Chess", True)


def test_rows_that_go_along_are_kept_in_the_journal(session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    ida = insert(session, Person(name="Ida"), within=change)
    badge = insert(session, Badge(person_id=ida.id), within=open_change(session, "test", act=ACT))
    assert plan_undo(session, change, tables=TABLES).obstacles
    was, ids = _picture(session), (badge.id, ida.id)
    undoing = undo(session, change, act=ACT, along=["badge"], tables=TABLES)
    assert _picture(session) == {}
    kept = session.scalars(select(JournalEntry).where(JournalEntry.table_name == "badge")).one()
    assert (kept.row_id, kept.before["person_id"]) == ids
    undo(session, undoing, act=ACT, tables=TABLES)
    assert _picture(session) == was


def test_derived_rows_go_or_let_go(session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    ida = insert(session, Person(name="Ida"), within=change)
    session.add_all([Figure(person_id=ida.id, badges=3), Letter(person_id=ida.id)])
    undo(session, change, act=ACT, tables=TABLES)
    assert session.scalars(select(Figure)).all() == []
    assert session.scalars(select(Letter.person_id)).all() == [None]


def test_names_that_were_swapped_come_back(session: Session) -> None:
    base = open_change(session, "test", act=ACT)
    ida, max_ = (insert(session, Person(name=name), within=base) for name in ("Ida", "Max"))
    change = open_change(session, "test", act=ACT)
    amend(session, ida, within=change, name="Eva")
    amend(session, max_, within=change, name="Ida")
    insert(session, Person(name="Max"), within=change)
    undo(session, change, act=ACT, tables=TABLES)
    assert session.execute(select(Person.id, Person.name).order_by(Person.id)).all() == [
        (ida.id, "Ida"),
        (max_.id, "Max"),
    ]


def test_undo_is_done_once(session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    insert(session, Person(name="Ida"), within=change)
    undo(session, change, act=ACT, tables=TABLES)
    with pytest.raises(Blocked, match="undone already"):
        undo(session, change, act=ACT, tables=TABLES)


def test_an_undo_goes_on_after_a_kill(engine: Engine, session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    for number in range(25):
        insert(session, Person(name=f"Person {number}"), within=change)
    session.commit()
    undoing = begin_undo(session, change, act=ACT, tables=TABLES)
    change_id, undoing_id = change.id, undoing.id
    session.commit()
    assert undo_part(session, change, within=undoing, limit=10, tables=TABLES) == 10
    session.commit()
    assert undo_part(session, change, within=undoing, limit=10, tables=TABLES) == 10
    session.rollback()
    session.close()
    with Session(engine) as other:
        half = other.get_one(ChangeSet, change_id)
        assert half.state == "undoing"
        taken_up = begin_undo(other, half, act=ACT, tables=TABLES)
        assert taken_up.id == undoing_id
        parts = [undo_part(other, half, within=taken_up, limit=10, tables=TABLES) for _ in range(3)]
        assert parts == [10, 5, 0]
        assert half.state == "undone"


def test_images_of_one_and_of_many_are_alike(session: Session) -> None:
    values = _club_values(random.Random(1)) | {
        "founded": date(1905, 3, 1),
        "opened_at": NOON,
        "is_open": False,
        "rules": {"a": [1, None, "ü"]},
    }
    change = open_change(session, "test", act=ACT)
    one, _many = (insert(session, Club(**values), within=change) for _ in range(2))
    remove(session, one, within=open_change(session, "test", act=ACT))
    undo(session, change, act=ACT, tables=TABLES)
    first, second = session.scalars(select(JournalEntry.before).order_by(JournalEntry.id)).all()
    assert first.keys() == second.keys()
    assert {**first, "id": 0} == {**second, "id": 0}
