"""Reading of the versions of a template: who made each, when, and how many plans run on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet
from donors.plans.models import ONGOING, RunningPlan, TemplateVersion


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


def ongoing_elsewhere(session: Session, template_id: int, version_id: int) -> int:
    """How many plans of a template have not ended and run on another version than this one."""
    found = select(func.count(RunningPlan.id)).where(
        RunningPlan.template_id == template_id,
        RunningPlan.version_id != version_id,
        RunningPlan.state.in_(ONGOING),
    )
    return session.scalar(found) or 0
