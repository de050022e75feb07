"""Many new people, for the program's own scheduler to be busy with."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.core.db import transaction
from donors.plans.models import RunningPlan
from donors.rollups.models import Dirty


def make_people(session: Session, count: int, *, within: ChangeSet) -> list[int]:
    """The ids of so many new persons."""
    rows = [Constituent(kind="person", name=f"P{n}", sort_name=f"p{n}", created_in=within.id) for n in range(count)]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def waiting() -> Sequence[int]:
    """How many plans have no tasks yet, and how many constituents wait to be refreshed."""
    with transaction() as session:
        starting = select(func.count()).select_from(RunningPlan).where(RunningPlan.state == "starting")
        return session.scalar(starting) or 0, session.scalar(select(func.count()).select_from(Dirty)) or 0
