"""Keeping views: criteria with their columns and order, for oneself or for everybody."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.criteria.parse import to_json
from donors.core.criteria.tree import Criteria
from donors.core.errors import Invalid
from donors.core.settings import organization
from donors.segments.members import SUBJECT, fields
from donors.segments.models import Segment

LONGEST = 60


@dataclass(frozen=True)
class Draft:
    """A view as somebody wants it kept. `owner_id` none: shared with everybody."""

    name: str
    criteria: Criteria
    columns: tuple[str, ...]
    sort: str
    owner_id: int | None


def save(session: Session, draft: Draft, *, within: ChangeSet) -> Segment:
    """Keeps a new view. Raises Invalid for a name that is missing, too long or taken, and for unknown fields."""
    row = Segment(subject=SUBJECT, **_columns(session, draft, but=None))
    return insert(session, row, within=within)


def change(session: Session, row: Segment, *, draft: Draft, within: ChangeSet, expect: int | None = None) -> None:
    """Changes a view. Raises Invalid or Conflict."""
    amend(session, row, within=within, expect=expect, **_columns(session, draft, but=row.id))


def drop(session: Session, row: Segment, *, within: ChangeSet) -> None:
    """Takes a view away."""
    remove(session, row, within=within)


def free_name(
    session: Session, typed: str, owner_id: int | None, *, subject: str = SUBJECT, but: int | None = None
) -> str:
    """The name of a view, once it is tidied. Raises Invalid where it is missing, too long or taken."""
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST:
        raise Invalid("name", name, "is missing or too long", f"Give a name of at most {LONGEST} characters.")
    taken = select(Segment.id).where(Segment.subject == subject, Segment.name == name)
    mine = Segment.owner_id.is_(None) if owner_id is None else Segment.owner_id == owner_id
    if session.scalar(taken.where(mine, Segment.id != (but or 0))) is not None:
        raise Invalid("name", name, "is taken", "Choose another name.")
    return name


def _columns(session: Session, draft: Draft, *, but: int | None) -> dict[str, Any]:
    name, known = free_name(session, draft.name, draft.owner_id, but=but), fields(session)
    for each in draft.columns:
        known.named(each)
    return {
        "name": name,
        "owner_id": draft.owner_id,
        "criteria": to_json(draft.criteria, known, organization(session)),
        "columns": {"names": list(draft.columns)},
        "sort": draft.sort,
    }
