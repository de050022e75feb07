"""Everything about a person in one file: each row of each table on the list, with the acts that changed it.

Numbers of other rows are told with their names. What is confidential to somebody else is left out for who may not see
it, and counted, so that nobody takes a part for the whole: an administrator's file is complete. Amounts stand in minor
units of their currency, hours in minutes, days and instants in ISO form.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, not_, select, true
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.accounts.visible import moves as visible_moves
from donors.constituents.models import Constituent
from donors.constituents.queries import constituent, is_visible
from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry, plain
from donors.core.db import Base
from donors.core.settings import organization
from donors.imports.forget import Line, lines_about
from donors.levels.reasons import standings_of
from donors.pipeline.models import Move
from donors.pipeline.queries.sieve import seen_moves
from donors.rights.currencies import Currencies
from donors.rights.gather import TAKEN, Traces, about, held_id, numbers_of, traces
from donors.rights.held import HELD, PERSON, Held
from donors.rights.signs import known_as, signs_of
from donors.rollups.models import slot_column
from donors.rollups.queries import definitions, read
from donors.rollups.returned import told as returned

Row = dict[str, Any]
FIGURES = ("rollup_value", "past_value")
"""Tables whose columns are figures, told by what those are called."""
UNITS = "Amounts are in minor units of their currency, hours in minutes; days and instants are in ISO form, in UTC."


@dataclass(frozen=True)
class Section:
    """The rows of one table: what they are, and why they would stay after an erasure (empty: they would go)."""

    table: str
    title: str
    rows: tuple[Row, ...]
    fate: str
    ground: str = ""
    left_out: int = 0


@dataclass(frozen=True)
class File:
    """All about a person: sections in the order of the list, what changed, which acts did, and lines of kept files.

    `withheld`: changes that are not told, for what they changed is confidential to somebody else.
    """

    numbers: tuple[int, ...]
    name: str
    made_on: date
    sections: tuple[Section, ...]
    changes: tuple[Row, ...]
    acts: tuple[Row, ...]
    lines: tuple[Line, ...]
    levels: tuple[Row, ...] = ()
    withheld: int = 0

    @property
    def left_out(self) -> int:
        """Rows that are confidential to somebody else and not told, changes of such rows too."""
        return sum(section.left_out for section in self.sections) + self.withheld

    def as_json(self) -> Row:
        """The file as plain values."""
        return {
            "person": self.name,
            "numbers": list(self.numbers),
            "made_on": self.made_on.isoformat(),
            "units": UNITS,
            "left_out_as_confidential": self.left_out,
            "held": [
                {
                    "table": one.table,
                    "what": one.title,
                    "after_an_erasure": one.fate,
                    "because": one.ground,
                    "rows": list(one.rows),
                }
                for one in self.sections
            ],
            "levels_now": list(self.levels),
            "changes": list(self.changes),
            "acts": list(self.acts),
            "lines_of_files": [vars(one) | {"cells": dict(one.cells)} for one in self.lines],
        }


def file_of(session: Session, constituent_id: int, *, on: date, sees: Sight) -> File:
    """The file of a person, by the number of now or of a record that was merged. Raises NotFound.

    Call it within one snapshot, so that a person who is erased meanwhile is told whole or not at all.
    """
    row = constituent(session, constituent_id, sees=sees, deleted=True)
    ids = numbers_of(session, row.id)
    found = traces(session, ids)
    hidden = _hidden_moves(session, ids, found["move"], sees)
    told = [_rows(session, held, ids, hidden) for held in HELD]
    entries = frozenset(entry for one in found.values() for entry in one.entries)
    changes = list(_changes(session, entries, hidden))
    in_currencies = Currencies(session, ((one.table, row) for one in told for row in one.rows), changes)
    told = [replace(one, rows=tuple(in_currencies.beside(one.table, row) for row in one.rows)) for one in told]
    known = known_as(ids, found, signs_of(session, found))
    return File(
        numbers=ids,
        name=row.name,
        made_on=on,
        sections=tuple(_named(session, [one for one in told if one.rows or one.left_out], ids, sees)),
        changes=tuple(map(in_currencies.of_change, changes)),
        acts=tuple(_acts(session, known.changes)),
        lines=tuple(lines_about(session, known)),
        levels=tuple(_levels(session, row.id, on)),
        withheld=len(entries) - len(changes),
    )


def _hidden_moves(session: Session, ids: Sequence[int], moves: Traces, sees: Sight) -> frozenset[int]:
    """Moves that the viewer may not read; of those that were taken away, by what was said of them last."""
    there = select(Move.id).where(Move.constituent_id.in_(ids), not_(seen_moves(sees)))
    gone = select(JournalEntry.row_id).where(
        JournalEntry.table_name == "move",
        JournalEntry.act.in_(TAKEN),
        among(session, JournalEntry.row_id, sorted(moves.gone)),
        not_(visible_moves(sees, confidential_to=held_id("confidential_to"))),
    )
    return frozenset((*session.scalars(there), *session.scalars(gone)))


def _shown(held: Held, hidden: Iterable[int]) -> ColumnElement[bool]:
    """That a row is not, or not of, a move that the viewer may not read."""
    if held.table == "move":
        return held.rows.c.id.not_in(hidden)
    return held.rows.c.move_id.not_in(hidden) if "move_id" in held.rows.c else true()


def _rows(session: Session, held: Held, ids: Sequence[int], hidden: frozenset[int]) -> Section:
    table = held.rows
    columns = [column for column in table.c if column.key not in held.hides]
    order = table.c.id if "id" in table.c else next(iter(table.primary_key.columns))
    which, shown = about(held, ids), _shown(held, hidden)
    found = session.execute(select(*columns).where(and_(which, shown)).order_by(order)).all()
    left_out = len(session.execute(select(order).where(and_(which, not_(shown)))).all()) if hidden else 0
    rows = [_plain(one._mapping) for one in found]
    told = rows if held.table not in FIGURES else _with_figures(session, rows)
    return Section(held.table, held.title, tuple(told), held.fate, held.ground, left_out)


def _plain(row: Mapping[Any, Any]) -> Row:
    """A row without what is empty."""
    return {name: plain(value) for name, value in row.items() if value not in (None, "")}


def _with_figures(session: Session, rows: Sequence[Row]) -> list[Row]:
    """The same with figures called by what they are; of one that tells a field of the gift that it chose, the field."""
    slots, here = {slot_column(one.slot): one for one in definitions(session)}, organization(session)
    chosen = {slot: returned(session, one, [row.get(slot) for row in rows]) for slot, one in slots.items()}

    def said(row: Row) -> Row:
        told = {name: value for name, value in row.items() if not name.startswith("n")}
        for slot, one in slots.items():
            if slot in row:
                field = chosen[slot].get(row[slot])
                told[one.label] = field.plain(here) if field else read(one, row[slot])
        return _plain(told)

    return [said(row) for row in rows]


def _named(session: Session, sections: Sequence[Section], ids: Sequence[int], sees: Sight) -> Iterable[Section]:
    """The same with names beside numbers of other rows."""
    for section in sections:
        table = Base.metadata.tables[section.table]
        names = {column.key: _names(session, column, section.rows, ids, sees) for column in _pointing(table)}
        yield replace(section, rows=tuple(_with_names(row, names) for row in section.rows))


def _pointing(table: Table) -> list[Column[Any]]:
    return [key.parent for key in table.foreign_keys if "name" in key.column.table.c and key.column.name == "id"]


def _names(
    session: Session, column: Column[Any], rows: Sequence[Row], own: Sequence[int], sees: Sight
) -> Mapping[int, str]:
    target = next(key.column.table for key in column.foreign_keys)
    ids = {row[column.key] for row in rows if column.key in row}
    if target.name != PERSON:
        wanted = select(target.c.id, target.c.name).where(among(session, target.c.id, sorted(ids)))
    else:
        others = among(session, Constituent.id, sorted(ids - set(own)))
        wanted = select(Constituent.id, Constituent.name).where(others, is_visible(sees))
    return {id_: name for id_, name in session.execute(wanted)} if ids else {}


def _with_names(row: Row, names: Mapping[str, Mapping[int, str]]) -> Row:
    told: Row = {}
    for key, value in row.items():
        told[key] = value
        if key in names and value in names[key]:
            told[f"{key.removesuffix('_id')}_name"] = names[key][value]
    return told


def _changes(session: Session, entries: Iterable[int], hidden: frozenset[int]) -> Iterable[Row]:
    """What rows were before they were changed or taken away, the oldest change first."""
    wanted = select(JournalEntry).where(among(session, JournalEntry.id, sorted(entries))).order_by(JournalEntry.id)
    hides = {held.table: held.hides for held in HELD}
    for entry in session.scalars(wanted):
        if (entry.row_id if entry.table_name == "move" else entry.before.get("move_id")) in hidden:
            continue
        before = {key: value for key, value in entry.before.items() if key not in hides.get(entry.table_name, ())}
        yield {
            "act": entry.change_set_id,
            "table": entry.table_name,
            "row": entry.row_id,
            "what": entry.act,
            "before": before,
        }


def _acts(session: Session, changes: Iterable[int]) -> Iterable[Row]:
    """Who wrote all this, when, through what and why."""
    wanted = (
        select(ChangeSet.id, ChangeSet.kind, ChangeSet.at, ChangeSet.through, ChangeSet.why, User.name)
        .outerjoin(User, User.id == ChangeSet.by_id)
        .where(among(session, ChangeSet.id, sorted(changes)))
    )
    for id_, kind, at, through, why, by in session.execute(wanted.order_by(ChangeSet.id)):
        yield {"act": id_, "kind": kind, "at": at.isoformat(), "through": through, "why": why, "by": by or ""}


def _levels(session: Session, constituent_id: int, on: date) -> Iterable[Row]:
    for one in standings_of(session, constituent_id, on=on):
        yield {"track": one.ladder.name, "level": one.band.name if one.band else "", "why": one.reason}
