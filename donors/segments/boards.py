"""Kept views of the board: whose prospects, narrowed how, in which lanes and order; and what a user's cards show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.criteria.parse import to_json
from donors.core.criteria.tree import EVERYTHING, Criteria
from donors.core.settings import organization
from donors.segments.members import fields
from donors.segments.models import Segment
from donors.segments.save import free_name

BOARD, CARD = "prospect", "card"


@dataclass(frozen=True)
class BoardDraft:
    """A view of the board as somebody wants it kept. `place` is what its address asks for beside the criteria."""

    name: str
    owner_id: int | None
    criteria: Criteria = EVERYTHING
    place: Mapping[str, str] = field(default_factory=dict)
    sort: str = "longest"


def save_board(session: Session, draft: BoardDraft, *, within: ChangeSet) -> Segment:
    """Keeps a new view. Raises Invalid for a name that is missing, too long or taken, and for unknown fields."""
    row = Segment(
        subject=BOARD,
        name=free_name(session, draft.name, draft.owner_id, subject=BOARD),
        owner_id=draft.owner_id,
        criteria=to_json(draft.criteria, fields(session), organization(session)),
        columns={"place": dict(draft.place)},
        sort=draft.sort,
    )
    return insert(session, row, within=within)


def facts_kept(session: Session, user_id: int) -> tuple[str, ...] | None:
    """What a user's cards show; none as long as nothing was chosen."""
    row = _card(session, user_id)
    return None if row is None else tuple(row.columns.get("names", ()))


def keep_facts(session: Session, user_id: int, names: Sequence[str], *, within: ChangeSet) -> None:
    """Lets a user's cards show these facts from now on."""
    row, chosen = _card(session, user_id), {"names": list(names)}
    if row is None:
        values: dict[str, Any] = {"subject": CARD, "name": CARD, "owner_id": user_id, "criteria": {}, "columns": chosen}
        insert(session, Segment(**values), within=within)
    else:
        amend(session, row, within=within, columns=chosen)


def _card(session: Session, user_id: int) -> Segment | None:
    return session.scalar(select(Segment).where(Segment.subject == CARD, Segment.owner_id == user_id))
