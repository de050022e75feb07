"""Tables of rollups: definitions are rows, values lie in typed slots of one wide row per constituent, fund or officer.

A slot is a 64-bit integer column: money in minor units, minutes, counts, day numbers, ids of chosen gifts. A new
definition takes a free slot; no table changes. `INDEXED` slots are for figures that lists sort by often.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from donors.core.db import Base, BigId, Day, Editable, Instant

SLOTS = 240
INDEXED = (*range(1, 9), *range(237, 241))
"""Slots with an index: the first for figures of ours that lists sort by most, the last for those of staff."""


OF_MANY_SLOTS = (SLOTS + 1, 2 * SLOTS)
"""The first and the last slot for figures of funds, campaigns and portfolios, which lie in a table of their own."""


def slot_column(slot: int) -> str:
    """The column of a slot: 1 is `n01`, 100 is `n100`."""
    return f"n{slot:02d}"


def _index(name: str) -> Index:
    here = text(f"{name} IS NOT NULL")
    return Index(f"ix_rollup_value_{name}", name, "constituent_id", sqlite_where=here, postgresql_where=here)


rollup_value = Table(
    "rollup_value",
    Base.metadata,
    Column("constituent_id", BigId, primary_key=True, autoincrement=False, info={"points_at": "constituent"}),
    Column("computed_on", Day, nullable=False),
    *(Column(slot_column(slot), BigInteger) for slot in range(1, SLOTS + 1)),
    *(_index(slot_column(slot)) for slot in INDEXED),
)
"""Its rows are made of constituents by one statement and hold nothing that the facts do not: no foreign key is checked
for each, which would cost as much as all the figures.
"""


past_value = Table(
    "past_value",
    Base.metadata,
    Column("constituent_id", BigId, primary_key=True, autoincrement=False, info={"points_at": "constituent"}),
    Column("as_of", Day, nullable=False),
    Column("known_at", Instant),
    *(Column(slot_column(slot), BigInteger) for slot in range(1, SLOTS + 1)),
)
"""Figures of everybody as of a day, and as they were known at an instant (none: as they were known when they were
computed), in the slots of their definitions. Filled anew each time that somebody asks; no page reads it.
"""


owner_value = Table(
    "owner_value",
    Base.metadata,
    Column("target", Text, primary_key=True),
    Column("owner_id", BigId, primary_key=True, autoincrement=False),
    Column("computed_on", Day, nullable=False),
    *(Column(slot_column(slot), BigInteger) for slot in range(OF_MANY_SLOTS[0], OF_MANY_SLOTS[1] + 1)),
)
"""Figures of funds, campaigns and officers' portfolios, named by `target`: so few rows that no slot needs an index."""


class RollupDefinition(Editable, Base):
    """One figure: what it counts (`source`, `operation`, `returns`), over which time (`frame`), and where it is kept.

    The words are those of `definition.Definition`; `criteria` is the stored form of a tree, none for all rows, and
    `years` says which kind of years its yearly operation goes by.
    """

    __tablename__ = "rollup_definition"

    key: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    operation: Mapped[str]
    returns: Mapped[str]
    frame: Mapped[str]
    value_kind: Mapped[str]
    target: Mapped[str] = mapped_column(default="constituent")
    criteria: Mapped[dict[str, Any] | None]
    years: Mapped[str] = mapped_column(default="fiscal year")
    number: Mapped[int] = mapped_column(default=0)
    field: Mapped[str] = mapped_column(default="")
    formula: Mapped[str] = mapped_column(default="")
    slot: Mapped[int] = mapped_column(unique=True)
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class Dirty(Base):
    """A constituent whose figures wait to be refreshed by the queue."""

    __tablename__ = "dirty"

    constituent_id: Mapped[int] = mapped_column(ForeignKey("constituent.id"), primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    change_set_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"), index=True)


class OwnerMark(Base):
    """That figures of funds, campaigns or portfolios wait: of all that a change set touched; or of one owner of a
    `target`, or of all its owners where none is named.

    Marks are only added and deleted, so that no two acts ever wait for each other's.
    """

    __tablename__ = "owner_mark"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    since: Mapped[datetime]
    target: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None]
    change_set_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"), index=True)


class Everybody(Base):
    """An order to bring everybody in line, part by part: one row, however many they are.

    `phase` is labels (the fiscal years of credits and shifts first) or figures (with the levels that follow);
    `after` is the highest id that is done in it. With a `key` it is about that figure alone, and those that are
    reckoned from it. A new order stands for all older ones of its reason and key. `effects`: those of levels run.
    """

    __tablename__ = "everybody"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    phase: Mapped[str] = mapped_column(default="figures")
    after: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
    reason: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    change_set_id: Mapped[int | None] = mapped_column(ForeignKey("change_set.id"), index=True)
    effects: Mapped[bool] = mapped_column(default=True)


class RollupFault(Base):
    """A difference that a verification found between a stored figure and the facts.

    It is of a constituent, or of the owner of another `target` (a fund, a campaign, an officer).
    """

    __tablename__ = "rollup_fault"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    found_at: Mapped[datetime]
    verified_on: Mapped[date]
    constituent_id: Mapped[int | None] = mapped_column(ForeignKey("constituent.id"), index=True)
    target: Mapped[str] = mapped_column(default="constituent")
    owner_id: Mapped[int | None]
    key: Mapped[str]
    stored: Mapped[int | None] = mapped_column(BigInteger)
    computed: Mapped[int | None] = mapped_column(BigInteger)
