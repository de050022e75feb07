"""What an undo brings back for somebody who is another record by now goes to that record, as the merge would have done.

When that merge is undone in its turn, it goes back to whom it had named.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Alias, Constituent
from donors.core.changes import ChangeSet, JournalEntry, amend
from donors.core.db import Base
from donors.core.errors import Blocked
from donors.core.undo import tables_touched
from donors.workflows.merging.holdings import Place, holdings
from donors.workflows.merging.rules import RULES, carry_over, stays_behind
from donors.workflows.merging.under_way import Merging

PLACES = tuple(place for place, rule in RULES.items() if rule is not stays_behind)
"""Where a row says whose it is, and a merge gives it to whom stays."""
TABLES, COLUMNS = {table for table, _ in PLACES}, {column for _, column in PLACES}
ALIASES = (Alias.__tablename__, "constituent_id")
Held = dict[tuple[int, int], set[Place]]
"""(old id, living id) → the places that still hold the old one."""


def pass_on(session: Session, undoing: ChangeSet, *, on: date) -> None:
    """Carries over what ids hold that lead elsewhere: what the undo has given to them, and where it has merged them
    again, what was recorded for them meanwhile. To be called when the undo is through."""
    touched = tables_touched(session, undoing)
    places = [place for place in PLACES if place[0] in touched]
    if ALIASES in places:
        _carry_over(session, _astray(session, undoing, [ALIASES]), within=undoing, on=on)
        _refuse_circles(session)
    held = _astray(session, undoing, places)
    if ALIASES in places:
        for old, living in _merged_again(session, undoing):
            held[old, living] |= holdings(session, [old])[old].keys()
    _carry_over(session, held, within=undoing, on=on)


def _refuse_circles(session: Session) -> None:
    """Raises Blocked where a merge comes back whose two are one already, the other way round."""
    session.flush()
    whose = select(Constituent.name).join(Alias, Alias.old_id == Constituent.id)
    for name in session.scalars(whose.where(Alias.constituent_id == Alias.old_id)):
        reason = f"{name} has since been merged with the record that would stay; undo that merge first."
        raise Blocked("This cannot be undone", (reason,))


def _carry_over(session: Session, held: Held, *, within: ChangeSet, on: date) -> None:
    for (old, living), places in sorted(held.items()):
        survivor, other = (session.get_one(Constituent, one) for one in (living, old))
        carry_over(Merging(session, survivor, other, within, on), places)


def _astray(session: Session, undoing: ChangeSet, places: Iterable[Place]) -> Held:
    """The places where rows that an undo has touched hold ids that lead elsewhere."""
    found: Held = defaultdict(set)
    for name, column in places:
        table = Base.metadata.tables[name].alias()
        ids = select(JournalEntry.row_id).where(_by(undoing), JournalEntry.table_name == name)
        led = select(Alias.old_id, Alias.constituent_id).join(table, table.c[column] == Alias.old_id)
        for old, living in session.execute(led.where(table.c.id.in_(ids)).distinct()):
            found[old, living].add((name, column))
    return found


def _merged_again(session: Session, undoing: ChangeSet) -> Iterable[tuple[int, int]]:
    """(old id, living id) of those whom the undo of an undo has merged again."""
    ids = select(JournalEntry.row_id).where(_by(undoing), JournalEntry.table_name == ALIASES[0])
    led = select(Alias.old_id, Alias.constituent_id).where(Alias.id.in_(ids))
    return [(old, living) for old, living in session.execute(led)]


def _by(undoing: ChangeSet) -> ColumnElement[bool]:
    return JournalEntry.change_set_id == undoing.id


def take_back(session: Session, pairs: Iterable[tuple[int, int]], *, merge: ChangeSet, within: ChangeSet) -> None:
    """Gives back what undos since the merge had brought back for an old id, and passed on to the living one.

    `pairs` are (id that came back, id of the record that it was until now).
    """
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    for old, living in pairs:
        for name, row_id, owners in _passed_on(session, old, merge):
            row: Any = session.get(models[name], row_id)
            if row is not None and any(getattr(row, column) == living for column in owners):
                amend(session, row, within=within, **owners)


def _passed_on(session: Session, old: int, merge: ChangeSet) -> list[tuple[str, int, dict[str, int]]]:
    """Rows that undos since had passed on from an id: (table, row, columns that say whose it was)."""
    undos = select(ChangeSet.id).where(ChangeSet.kind == "undo", ChangeSet.id > merge.id)
    named = or_(*(JournalEntry.before[column].as_string() == str(old) for column in sorted(COLUMNS)))
    entries = (
        select(JournalEntry.table_name, JournalEntry.row_id, JournalEntry.before)
        .where(JournalEntry.change_set_id.in_(undos), JournalEntry.act == "update", named)
        .where(JournalEntry.table_name.in_(TABLES))
        .order_by(JournalEntry.id)
    )
    return [
        (name, row_id, {column: was for column, was in before.items() if column in COLUMNS})
        for name, row_id, before in session.execute(entries)
    ]
