"""Reading the lists that gifts and shifts choose from, side by side."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import label
from donors.core.errors import NotFound


def lists(session: Session, kinds: Sequence[type[Any]]) -> list[list[Any]]:
    """All rows of each kind, those in use first, by name."""
    return [list(session.scalars(select(kind).order_by(kind.is_active.desc(), kind.name))) for kind in kinds]


def named(session: Session, kind: type[Any], row_id: int) -> Any:
    """One row of a kind. Raises NotFound."""
    found = session.get(kind, row_id)
    if found is None:
        raise NotFound(label(kind()), row_id)
    return found
