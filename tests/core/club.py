"""Tables of a club, for tests of change sets and undo: pointers, unique names, every column type, derived rows."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, MetaData, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from donors.core.changes import Act, ChangeSet, JournalEntry, amend, insert, open_change, remove
from donors.core.db import Base, Day, Editable, Recorded

TABLES = MetaData()
ChangeSet.__table__.to_metadata(TABLES)
JournalEntry.__table__.to_metadata(TABLES)


class Own(DeclarativeBase):
    """Keeps these tables apart from the program's."""

    registry = registry(metadata=TABLES, type_annotation_map=Base.registry.type_annotation_map)


class Club(Editable, Own):
    __tablename__ = "club"

    name: Mapped[str]
    founded: Mapped[date | None] = mapped_column(Day)
    opened_at: Mapped[datetime | None]
    is_open: Mapped[bool | None]
    rules: Mapped[dict[str, Any] | None]


class Person(Editable, Own):
    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("name"),)

    name: Mapped[str]
    born: Mapped[date | None]
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"), index=True)


class Badge(Recorded, Own):
    __tablename__ = "badge"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"), index=True)


class Figure(Own):
    """A derived value."""

    __tablename__ = "figure"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    badges: Mapped[int]


class Letter(Own):
    """A row that outlives what it points at."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


NOON = datetime(2026, 6, 17, 12, 0, 0, 123456, tzinfo=UTC)
ACT = Act(by=None, at=NOON, through="cli")
MODELS = (Club, Person, Badge)


def picture(session: Session) -> dict[tuple[str, int], dict[str, Any]]:
    """All rows as they are, but for their versions."""
    session.expire_all()
    return {
        (model.__tablename__, row.id): {
            column.key: getattr(row, column.key) for column in model.__table__.c if column.key != "version"
        }
        for model in MODELS
        for row in session.scalars(select(model))
    }


def club_values(chance: random.Random) -> dict[str, Any]:
    """The columns of some club."""
    return {
        "name": chance.choice(["Chess", "Žižkov", "O’Hara’s “best”", ""]),
        "founded": chance.choice([None, date(1905, 3, 1), date(2026, 1, 1)]),
        "opened_at": chance.choice([None, NOON, NOON.replace(microsecond=0), NOON - timedelta(days=30000)]),
        "is_open": chance.choice([None, True, False]),
        "rules": chance.choice([None, {}, {"a": [1, None, "ü"], "b": {"c": 1.5}}]),
    }


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


def random_act(session: Session, chance: random.Random, steps: int, *, act: Act = ACT) -> ChangeSet:
    """A change set of random steps; those that the tables refuse leave no trace."""
    change = open_change(session, "test", act=act)
    for _ in range(steps):
        try:
            with session.begin_nested():
                _step(session, change, chance)
        except IntegrityError:
            session.expire_all()
    session.commit()
    return change
