"""What was done to a gift: the change sets that wrote it or a part of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, union
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, JournalEntry
from donors.giving.models import Credit, Gift, GiftAdjustment, GiftSplit

PARTS = (GiftSplit, GiftAdjustment, Credit)


@dataclass(frozen=True)
class Done:
    """One act on a gift; `before` holds the columns of the gift that it changed, as they were."""

    change: ChangeSet
    before: dict[str, Any]


def history(session: Session, gift: Gift) -> list[Done]:
    """The acts on a gift, the newest first."""
    wrote = [select(Gift.created_in).where(Gift.id == gift.id)]
    wrote += [select(part.created_in).where(part.gift_id == gift.id) for part in PARTS]
    wrote.append(select(JournalEntry.change_set_id).where(_of(gift.id)))
    found = session.scalars(
        select(ChangeSet).where(ChangeSet.id.in_(union(*wrote).subquery().select())).order_by(ChangeSet.id.desc())
    ).all()
    images = select(JournalEntry.change_set_id, JournalEntry.before).where(
        JournalEntry.table_name == "gift", JournalEntry.row_id == gift.id
    )
    before = {change_id: image for change_id, image in session.execute(images)}
    return [Done(change, before.get(change.id, {})) for change in found]


def _of(gift_id: int) -> ColumnElement[bool]:
    """Entries of the journal about a gift and about the parts that it has now."""
    own = and_(JournalEntry.table_name == "gift", JournalEntry.row_id == gift_id)
    parts = (
        and_(
            JournalEntry.table_name == part.__tablename__,
            JournalEntry.row_id.in_(select(part.id).where(part.gift_id == gift_id)),
        )
        for part in PARTS
    )
    return or_(own, *parts)
