"""Order: who is on a long list, in its order, found once and kept; each page is then read for those on it alone.

What a page shows is always read anew from the facts; only who stands where on the list is kept, as ids.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.search import matching_ids
from donors.core.paging import LARGEST, Paging, count_pages
from donors.levels.models import Standing
from donors.pipeline.models import Assignment
from donors.reports.answers import Memory, answered

LISTED = (Assignment, User, Standing)
"""What the order of lists may hang on: names, levels and officers of now too."""


@dataclass(frozen=True)
class Turned:
    """The ids of one page, and where it stands in the list."""

    ids: tuple[int, ...]
    total: int
    number: int
    size: int


def in_kept_order(
    session: Session, memory: Memory, name: str, asked: Mapping[str, Any], find: Callable[[], Any]
) -> list[int]:
    """The ids that `find()` yields in its order, kept until something that they may hang on has changed."""
    [ids] = answered(session, memory, name, asked, lambda: [list(find())], also=LISTED)
    return list(ids)


def found_among(session: Session, ids: Sequence[int], text: str) -> Sequence[int]:
    """Those of some ids whom a text finds, in the same order; all of them where there is no text."""
    if not text.strip():
        return ids
    wanted = matching_ids(session, text)
    found = set() if wanted is None else set(session.scalars(select(wanted.subquery().c.constituent_id)))
    return [one for one in ids if one in found]


def turned(ids: Sequence[int], paging: Paging) -> Turned:
    """The page that is asked for; past the end, the last page."""
    size = min(max(paging.size, 1), LARGEST)
    number = min(max(paging.number, 1), count_pages(len(ids), size))
    return Turned(tuple(ids[(number - 1) * size : number * size]), len(ids), number, size)
