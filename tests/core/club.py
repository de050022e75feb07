"""Tables of a club, for tests of change sets and undo: pointers, unique names, every column type, derived rows."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from donors.core.changes import ChangeSet, JournalEntry
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
