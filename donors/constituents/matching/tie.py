"""Which pairs hang together: A and B, B and C are one group of three, whatever is said of A and C."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from donors.constituents.matching.models import DuplicatePair, NotDuplicate
from donors.core.bulk import table_of

PAIR = table_of(DuplicatePair)


def tops(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Id → the lowest id of its group. Pure."""
    above: dict[int, int] = {}

    def top(one: int) -> int:
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    for low, high in pairs:
        first, second = sorted((top(low), top(high)))
        above[second] = first
    return {one: top(one) for one in above}


def tie(session: Session) -> None:
    """Writes the groups of all pairs that nobody has decided against."""
    decided = and_(NotDuplicate.low_id == PAIR.c.low_id, NotDuplicate.high_id == PAIR.c.high_id)
    columns = select(PAIR.c.low_id, PAIR.c.high_id, PAIR.c.group_id, PAIR.c.group_size)
    rows = session.execute(columns.outerjoin(NotDuplicate, decided).where(NotDuplicate.id.is_(None))).all()
    group_of = tops((row.low_id, row.high_id) for row in rows)
    sizes: dict[int, int] = {}
    for top in group_of.values():
        sizes[top] = sizes.get(top, 0) + 1
    moved = [
        {"low": row.low_id, "high": row.high_id, "to": top, "size": sizes[top]}
        for row in rows
        if (top := group_of[row.low_id]) != row.group_id or sizes[top] != row.group_size
    ]
    if moved:
        mine = (PAIR.c.low_id == bindparam("low"), PAIR.c.high_id == bindparam("high"))
        values: dict[str, Any] = {"group_id": bindparam("to"), "group_size": bindparam("size")}
        session.connection().execute(update(PAIR).where(*mine).values(**values), moved)
