"""Undo says what it would do and what stands in its way, goes on after a kill, and happens once."""

import random
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, JournalEntry, amend, insert, open_change, remove
from donors.core.errors import Blocked
from donors.core.undo import Touched, begin_undo, touched, undo, undo_of, undo_part, values_touched
from donors.core.undo_plan import plan_undo
from tests.core.club import ACT, NOON, TABLES, Badge, Club, Figure, Letter, Person, club_values, picture
from tests.harness.statements import counted


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    TABLES.create_all(engine)
    with Session(engine) as session:
        yield session


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
    was, ids = picture(session), (badge.id, ida.id)
    undoing = undo(session, change, act=ACT, along=["badge"], tables=TABLES)
    assert picture(session) == {}
    kept = session.scalars(select(JournalEntry).where(JournalEntry.table_name == "badge")).one()
    assert (kept.row_id, kept.before["person_id"]) == ids
    undo(session, undoing, act=ACT, tables=TABLES)
    assert picture(session) == was


def test_derived_rows_go_or_let_go(session: Session) -> None:
    change = open_change(session, "test", act=ACT)
    ida = insert(session, Person(name="Ida"), within=change)
    session.add_all([Figure(person_id=ida.id, badges=3), Letter(person_id=ida.id)])
    undo(session, change, act=ACT, tables=TABLES)
    assert session.scalars(select(Figure)).all() == []
    assert session.scalars(select(Letter.person_id)).all() == [None]


def test_many_rows_come_back_in_as_few_statements_as_some(session: Session) -> None:
    def statements(many: int) -> int:
        base = open_change(session, "test", act=ACT)
        rows = [insert(session, Club(name=f"Club {number}"), within=base) for number in range(2 * many)]
        change = open_change(session, "test", act=ACT)
        for row in rows[:many]:
            amend(session, row, within=change, name="Go")
        for row in rows[many:]:
            remove(session, row, within=change)
        with counted(session) as sent:
            undo(session, change, act=ACT, tables=TABLES)
        return len(sent)

    assert statements(3) == statements(30)


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
    values = club_values(random.Random(1)) | {
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
