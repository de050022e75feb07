"""What undoing a merge would bring back, and what stays: counts and fields for its page."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, JournalEntry
from donors.core.db import Base
from donors.core.undo_reach import CHANGED, standing
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


def what_was_set(session: Session, change: ChangeSet, found: Parting) -> list[str]:
    """The columns of the records that stay which were set since and stay as they are; clashes, named apart, are not."""
    living = {now for _, now in found.pairs}
    entries = (
        select(JournalEntry.before)
        .join(ChangeSet, ChangeSet.id == JournalEntry.change_set_id)
        .where(JournalEntry.table_name == Constituent.__tablename__, JournalEntry.row_id.in_(living))
        .where(JournalEntry.change_set_id > change.id, JournalEntry.act == "update", standing())
        .order_by(JournalEntry.id)
    )
    met = {column for one in found.clashes if one.row[0] == Constituent.__tablename__ for column in one.columns}
    columns = dict.fromkeys(column for before in session.scalars(entries) for column in before)
    return [one for one in columns if one not in met]
