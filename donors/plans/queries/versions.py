"""Reading of the versions of a template: who made each, when, and how many plans run on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.bulk import among
from donors.core.changes import ChangeSet
from donors.plans.models import ONGOING, UNDONE, RunningPlan, Step, Task, TemplateVersion


@dataclass(frozen=True)
class VersionLine:
    """A version, who made it (none: the program) and when, and how many plans have not ended on it."""

    version: TemplateVersion
    by: str | None
    at: datetime
    ongoing: int


def version_lines(session: Session, template_id: int, *, limit: int = 20) -> list[VersionLine]:
    """The versions of a template, newest first."""
    ongoing = (
        select(func.count(RunningPlan.id))
        .where(RunningPlan.version_id == TemplateVersion.id, RunningPlan.state.in_(ONGOING))
        .correlate(TemplateVersion)
        .scalar_subquery()
    )
    found = (
        select(TemplateVersion, User.name, ChangeSet.at, ongoing)
        .join(ChangeSet, ChangeSet.id == TemplateVersion.created_in)
        .outerjoin(User, User.id == ChangeSet.by_id)
        .where(TemplateVersion.template_id == template_id)
        .order_by(TemplateVersion.number.desc())
        .limit(limit)
    )
    return [VersionLine(*row) for row in session.execute(found)]


def behind(session: Session, template_id: int, version_id: int) -> Sequence[int]:
    """The plans of a template that have not ended and run on another version than this one, by id."""
    found = select(RunningPlan.id).where(
        RunningPlan.template_id == template_id,
        RunningPlan.version_id != version_id,
        RunningPlan.state.in_(ONGOING),
    )
    return session.scalars(found.order_by(RunningPlan.id)).all()


def constituents_of(session: Session, plan_ids: Collection[int]) -> set[int]:
    """For whom some plans run."""
    found = select(RunningPlan.constituent_id).where(among(session, RunningPlan.id, sorted(plan_ids)))
    return set(session.scalars(found))


def undone_places(session: Session, plan_ids: Collection[int]) -> dict[int, set[int]]:
    """Plan → the positions of its steps that are open or wait."""
    statement = (
        select(Task.plan_id, Step.position)
        .join(Step, Step.id == Task.step_id)
        .where(among(session, Task.plan_id, sorted(plan_ids)), Task.state.in_(UNDONE))
    )
    found: dict[int, set[int]] = {}
    for plan_id, position in session.execute(statement):
        found.setdefault(plan_id or 0, set()).add(position)
    return found
