"""What undoing a merge would bring back, what stays, and what was set since: counts and fields for its page."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base
from donors.core.images import decoded_row
from donors.core.undo_reach import CHANGED, standing
from donors.giving.models import Credit
from donors.workflows.merging.decide import OWNERS
from donors.workflows.merging.holdings import WORDS
from donors.workflows.merging.rules import RULES
from donors.workflows.merging.unmerge import Parting

FOLLOW = frozenset({"credit", "task"})
"""Rows that follow the gift or the plan that they belong to."""


def who_parts(session: Session, found: Parting) -> list[tuple[Constituent, Constituent]]:
    """Each record that comes back, with the one that it is now."""
    return [(session.get_one(Constituent, old), session.get_one(Constituent, now)) for old, now in found.pairs]


def what_goes_back(session: Session, change: ChangeSet, found: Parting) -> dict[str, int]:
    """Words → rows that go back to the records that come back."""
    spared = found.spared().rows
    entries = select(JournalEntry.table_name, JournalEntry.row_id, JournalEntry.act, JournalEntry.before).where(
        JournalEntry.change_set_id == change.id, JournalEntry.table_name.in_(WORDS), JournalEntry.act.in_(CHANGED)
    )
    back = {
        (table, row_id)
        for table, row_id, act, before in session.execute(entries)
        if row_id not in spared.get(table, ()) and (act == "delete" or OWNERS & before.keys())
    }
    counts = Counter(table for table, _ in back)
    return {words: counts[table] for table, words in WORDS.items() if counts[table]}


def what_stays(session: Session, change: ChangeSet, found: Parting) -> dict[str, int]:
    """Words → rows that were recorded since, and stay with the record that they were recorded for."""
    living = {now for _, now in found.pairs}
    counts: Counter[str] = Counter()
    for name, column in RULES:
        if name in WORDS and name not in FOLLOW and column == "constituent_id":
            table = Base.metadata.tables[name]
            since = (table.c[column].in_(living), table.c.created_in > change.id)
            counts[name] += session.scalar(select(func.count()).select_from(table).where(*since)) or 0
    return {words: counts[table] for table, words in WORDS.items() if counts[table]}


@dataclass(frozen=True)
class SetSince:
    """A field of a record that stays which was set since, and stays so: as it was at the merge, as it is now.

    `by` and `at` say who set it last and when; `by` is empty for the program.
    """

    constituent_id: int
    column: str
    before: Any
    now: Any
    by: str
    at: datetime


def what_was_set(session: Session, change: ChangeSet, found: Parting) -> list[SetSince]:
    """The fields of the records that stay which were set since and stay so; clashes, named apart, are not."""
    table, living = Base.metadata.tables[Constituent.__tablename__], sorted({now for _, now in found.pairs})
    entries = (
        select(JournalEntry.row_id, JournalEntry.before, User.name, ChangeSet.at)
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .outerjoin(User, User.id == ChangeSet.by_id)
        .where(JournalEntry.table_name == table.name, among(session, JournalEntry.row_id, living), *_since(change))
        .order_by(JournalEntry.id)
    )
    met = {(one.row, column) for one in found.clashes for column in one.columns}
    rows = {row.id: row for row in session.scalars(select(Constituent).where(among(session, Constituent.id, living)))}
    told: dict[tuple[int, str], SetSince] = {}
    for row_id, image, by, at in session.execute(entries):
        for column, value in decoded_row(table, image).items():
            if ((table.name, row_id), column) in met:
                continue
            first = told.get((row_id, column))
            before, now = first.before if first else value, getattr(rows[row_id], column)
            told[row_id, column] = SetSince(row_id, column, before, now, by or "", at)
    return [one for one in told.values() if one.before != one.now]


def what_was_changed(session: Session, change: ChangeSet, found: Parting) -> dict[str, int]:
    """Words → rows from before the merge that were changed since, and stay so wherever they go; clashes are not."""
    living, met = sorted({now for _, now in found.pairs}), {one.row for one in found.clashes}
    counts: Counter[str] = Counter()
    for name, column in RULES:
        if name in WORDS and name != Credit.__tablename__ and column == "constituent_id":
            table = Base.metadata.tables[name]
            changed = (
                select(table.c.id)
                .join(JournalEntry, and_(JournalEntry.row_id == table.c.id, JournalEntry.table_name == name))
                .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
                .where(among(session, table.c[column], living), table.c.created_in <= change.id, *_since(change))
            )
            counts[name] = len({row_id for row_id in session.scalars(changed) if (name, row_id) not in met})
    return {words: counts[table] for table, words in WORDS.items() if counts[table]}


def _since(change: ChangeSet) -> tuple[ColumnElement[bool], ...]:
    """That an entry of the journal tells of a change since, which stands."""
    return JournalEntry.change_set_id > change.id, JournalEntry.act == "update", standing()
