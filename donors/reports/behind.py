"""Behind: the gifts behind a figure with the words that go with them, and whether the figure waits to be refreshed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.queries import is_visible
from donors.giving.models import Gift
from donors.giving.queries.gifts import GiftLine, lines, read
from donors.rollups.everybody import waits_with_everybody
from donors.rollups.models import Dirty

IDS = 500


def gifts_behind(session: Session, ids: Sequence[int], *, sees: Sight) -> dict[int, GiftLine]:
    """Gifts by their ids, of givers whom the viewer may see; at most the first `IDS`."""
    statement = lines().where(Gift.id.in_(list(ids)[:IDS]), is_visible(sees))
    return {line.gift.id: line for line in read(session, statement)}


def is_waiting(session: Session, constituent_id: int) -> bool:
    """Whether the figures of a constituent wait to be refreshed."""
    alone = session.get(Dirty, constituent_id) is not None
    return alone or bool(session.scalar(select(waits_with_everybody(constituent_id))))
