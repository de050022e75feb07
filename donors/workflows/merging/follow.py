"""What hangs on something that goes back goes with it, though it was recorded after the merge."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import EmailAddress, Phone, PostalAddress
from donors.core.bulk import among
from donors.core.changes import ChangeSet, JournalEntry, amend
from donors.core.db import Base
from donors.core.undo_reach import Row
from donors.core.undo_restore import Image, bring_back
from donors.giving.models import Credit
from donors.pipeline.models import Move, Prospect
from donors.plans.models import RunningPlan, Task

GO_WITH: tuple[tuple[Any, Any, Any], ...] = ((Task, RunningPlan, Task.plan_id), (Move, Prospect, Move.prospect_id))
"""Rows that belong to whom another row belongs, and by which column they hang on it."""

POINTS: tuple[Any, ...] = (EmailAddress, Phone, PostalAddress)

Kinds = Mapping[int, set[tuple[str, str]]]
"""Gift → kinds and roles of its credits."""


def follow(session: Session, pairs: Iterable[tuple[int, int]], *, merge: ChangeSet, within: ChangeSet) -> None:
    """Gives tasks to whom their plan went, moves to whom their prospect went, credits to whom those before them went.

    `pairs` are (id that came back, id of the record that it was until now).
    """
    for pair in pairs:
        for child, parent, pointer in GO_WITH:
            apart = select(child, parent.constituent_id).join(parent, parent.id == pointer)
            apart = apart.where(child.constituent_id.in_(pair), parent.constituent_id.in_(pair))
            for row, owner in session.execute(apart.where(child.constituent_id != parent.constituent_id)).all():
                amend(session, row, within=within, constituent_id=owner)
        _credits(session, *pair, merge=merge, within=within)


def _credits(session: Session, old: int, living: int, *, merge: ChangeSet, within: ChangeSet) -> None:
    """A gift that was refunded or corrected since has new credits: they are whose the ones before them are.

    Where both had credit of one kind for a gift before the merge, nobody can say whose a new one is: it stays.
    """
    later = (Credit.constituent_id == living, Credit.created_in > merge.id)
    rows = session.scalars(select(Credit).where(*later).order_by(Credit.id)).all()
    gifts = {row.gift_id for row in rows}
    if not gifts:
        return
    handed, own = _handed(session, old, gifts, merge), _own(session, living, gifts, merge)
    for row in rows:
        kind = (row.kind, row.role)
        if kind in handed[row.gift_id] and kind not in own[row.gift_id]:
            amend(session, row, within=within, constituent_id=old)


def _handed(session: Session, old: int, gifts: set[int], merge: ChangeSet) -> Kinds:
    """The credits that the merge had handed over from the old id, those too that were removed since."""
    entries = select(JournalEntry.row_id, JournalEntry.act, JournalEntry.before).where(
        JournalEntry.table_name == Credit.__tablename__
    )
    ours = JournalEntry.change_set_id == merge.id
    ids = [row_id for row_id, _, was in session.execute(entries.where(ours)) if was.get("constituent_id") == old]
    there = select(Credit.gift_id, Credit.kind, Credit.role).where(among(session, Credit.id, ids))
    found = defaultdict[int, set[tuple[str, str]]](set)
    for gift_id, kind, role in session.execute(there.where(among(session, Credit.gift_id, gifts))):
        found[gift_id].add((kind, role))
    removed = entries.where(JournalEntry.act == "delete", among(session, JournalEntry.row_id, ids))
    for _, _, was in session.execute(removed):
        found[was["gift_id"]].add((was["kind"], was["role"]))
    return found


def _own(session: Session, living: int, gifts: set[int], merge: ChangeSet) -> Kinds:
    """The credits that the record that stays had before the merge."""
    before = select(Credit.gift_id, Credit.kind, Credit.role).where(
        Credit.constituent_id == living, among(session, Credit.gift_id, gifts), Credit.created_in < merge.id
    )
    found = defaultdict[int, set[tuple[str, str]]](set)
    for gift_id, kind, role in session.execute(before):
        found[gift_id].add((kind, role))
    return found


def give_back(session: Session, absorbed: Mapping[Row, int], *, merge: ChangeSet, within: ChangeSet) -> None:
    """Brings back what a later merge had removed because somebody had the same already: an address, a relationship.

    To be called when the undo is through: it comes back to whom it belonged before the merge that is undone.
    """
    for (name, row_id), by in absorbed.items():
        own = (JournalEntry.table_name == name, JournalEntry.row_id == row_id)
        entries = select(JournalEntry.before).where(*own).order_by(JournalEntry.id.desc()).limit(1)
        removed = session.scalars(entries.where(JournalEntry.change_set_id == by, JournalEntry.act == "delete")).one()
        ours = select(JournalEntry.before).where(*own, JournalEntry.change_set_id == merge.id)
        was = dict(removed)
        for before in session.scalars(ours.order_by(JournalEntry.id.desc())):
            was |= before
        bring_back(session, within, Base.metadata.tables[name], [Image(row_id, True, was)])


def settle_primaries(session: Session, ids: Collection[int], *, merge: ChangeSet, within: ChangeSet) -> None:
    """Leaves each with one primary contact point of a kind: of several the one that was chosen since, else the oldest.

    Where none is left, the oldest active one becomes it.
    """
    for model in POINTS:
        active = select(model).where(among(session, model.constituent_id, ids), model.is_active).order_by(model.id)
        every = session.scalars(active).all()
        moved = _moved(session, model.__tablename__, [one.id for one in every], merge)
        for owner in sorted(ids):
            points = [one for one in every if one.constituent_id == owner]
            primary = sorted((one for one in points if one.is_primary), key=lambda one: (one.id in moved, one.id))
            for one in primary[1:]:
                amend(session, one, within=within, is_primary=False)
            for one in points[:1] if not primary else ():
                amend(session, one, within=within, is_primary=True)


def _moved(session: Session, table: str, ids: list[int], merge: ChangeSet) -> set[int]:
    """The points whose place the merge itself had changed."""
    ours = select(JournalEntry.row_id, JournalEntry.before).where(
        JournalEntry.change_set_id == merge.id, JournalEntry.table_name == table, JournalEntry.row_id.in_(ids)
    )
    return {row_id for row_id, before in session.execute(ours) if "is_primary" in before}
