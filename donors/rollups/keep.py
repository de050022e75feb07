"""Figures of funds, campaigns and portfolios: computed while nothing is locked, kept if nobody else was quicker."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from donors.core.claims import changed
from donors.core.db import is_sqlite
from donors.rollups.compile import figures
from donors.rollups.definition import Definition
from donors.rollups.extent import Extent, Scope
from donors.rollups.marks import waiting
from donors.rollups.models import OwnerMark, owner_value, slot_column
from donors.rollups.owners import OWNERS
from donors.rollups.pools import day_binds
from donors.rollups.queries import definitions, wanted_on
from donors.rollups.refresh import IDS_IN_A_STATEMENT
from donors.rollups.targets import OF_MANY, Target


@dataclass(frozen=True)
class Computed:
    """Rows of figures as they are to be kept, and the marks that asked for them."""

    marks: tuple[int, ...]
    rows: tuple[Mapping[str, Any], ...]


def compute_waiting(session: Session, *, on: date) -> Computed | None:
    """The figures that wait, by the facts of now; none where nothing waits. Writes nothing."""
    asked = waiting(session)
    if not asked.marks:
        return None
    rows = [row for target, ids in asked.owners.items() for row in compute(session, target, ids, on=on)]
    return Computed(asked.marks, tuple(rows))


def compute(
    session: Session,
    target: Target,
    ids: Collection[int] | None = None,
    *,
    on: date,
    known: Sequence[Definition] | None = None,
) -> list[dict[str, Any]]:
    """The rows of some owners of a kind, or of all; with all their figures, or with these."""
    asked = wanted_on(session, on=on, known=definitions(session, target) if known is None else known)
    if not asked.definitions:
        return []
    binds: dict[str, Any] = dict(day_binds(asked.definitions, on=on, fiscal=asked.fiscal))
    some = ids is not None and len(ids) <= IDS_IN_A_STATEMENT
    if some:
        binds["ids"] = sorted(ids or ())
    statement = figures(asked, Extent(OWNERS[target].forms[0], Scope.LIST if some else Scope.ALL))
    fixed = {"target": target.value, "computed_on": on}
    names = ["owner_id", *(slot_column(one.slot) for one in asked.definitions)]
    return [fixed | dict(zip(names, row, strict=True)) for row in session.execute(statement, binds)]


def keep(session: Session, found: Computed) -> bool:
    """Keeps what was computed, unless somebody else has answered one of its marks meanwhile: then all of it is void.

    So the figures that are kept last are never older than a mark that was deleted.
    """
    for step in (_held, _answered):
        for start in range(0, len(found.marks), IDS_IN_A_STATEMENT):
            part = found.marks[start : start + IDS_IN_A_STATEMENT]
            if step(session, part) < len(part):
                return False
    write(session, found.rows)
    return True


def _held(session: Session, marks: Sequence[int]) -> int:
    mine = select(OwnerMark.id).where(OwnerMark.id.in_(marks)).order_by(OwnerMark.id).with_for_update()
    return len(session.scalars(mine).all())


def _answered(session: Session, marks: Sequence[int]) -> int:
    return changed(session, delete(OwnerMark).where(OwnerMark.id.in_(marks)))


def write(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes rows of figures over those that are there."""
    into = sqlite.insert(owner_value) if is_sqlite(session) else postgresql.insert(owner_value)
    for alike in _by_columns(rows):
        names = [name for name in alike[0] if name not in ("target", "owner_id")]
        keys = [owner_value.c.target, owner_value.c.owner_id]
        upsert = into.on_conflict_do_update(index_elements=keys, set_={name: into.excluded[name] for name in names})
        session.execute(upsert, [dict(row) for row in alike])


def _by_columns(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(row), []).append(row)
    return list(found.values())


def refresh_waiting(session: Session, *, on: date) -> int:
    """Computes and keeps what waits, in this transaction; returns how many rows of figures it wrote."""
    found = compute_waiting(session, on=on)
    return len(found.rows) if found is not None and keep(session, found) else 0


def refresh_owners(session: Session, *, on: date) -> None:
    """Computes the figures of all funds, campaigns and portfolios in this transaction and empties the queue.

    For commands and small databases.
    """
    session.execute(delete(OwnerMark))
    for target in OF_MANY:
        write(session, compute(session, target, on=on))
