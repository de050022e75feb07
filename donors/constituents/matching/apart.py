"""People's decisions that two constituents are not the same: kept for ever, within change sets."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from donors.constituents.check import note as checked_note
from donors.constituents.matching.models import NotDuplicate
from donors.core.changes import ChangeSet, insert_many, remove

Ids = tuple[int, int]
CHUNK = 300


def declare_apart(session: Session, pairs: Iterable[Ids], *, within: ChangeSet, note: str = "") -> int:
    """These pairs are not the same; returns how many of them had not been decided before. Raises Invalid."""
    wanted = list(dict.fromkeys(ordered(*pair) for pair in pairs if pair[0] != pair[1]))
    known = {(one.low_id, one.high_id) for one in decisions(session, wanted)}
    said = checked_note("note", note)
    rows = [NotDuplicate(low_id=low, high_id=high, note=said) for low, high in wanted if (low, high) not in known]
    insert_many(session, rows, within=within)
    return len(rows)


def withdraw(session: Session, pairs: Iterable[Ids], *, within: ChangeSet) -> int:
    """Takes decisions back: these pairs are looked at again. Returns how many there were."""
    found = decisions(session, [ordered(*pair) for pair in pairs])
    for row in found:
        remove(session, row, within=within)
    return len(found)


def decisions(session: Session, pairs: Sequence[Ids]) -> list[NotDuplicate]:
    """What was decided of some pairs, lower id first."""
    found: list[NotDuplicate] = []
    own = NotDuplicate
    for start in range(0, len(pairs), CHUNK):
        some = pairs[start : start + CHUNK]
        found += session.scalars(select(own).where(tuple_(own.low_id, own.high_id).in_(some)))
    return found


def ordered(one: int, other: int) -> Ids:
    """A pair with the lower id first."""
    return (one, other) if one < other else (other, one)
