"""Reading of single prospects, their stage history, and who is in charge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.permissions import ROLES, carries
from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.errors import NotFound
from donors.pipeline.models import BACK, Assignment, Pipeline, Prospect, Stage, StageEntry
from donors.pipeline.queries.sieve import running, seen_prospects


@dataclass(frozen=True)
class Standing:
    """A prospect with its pipeline and stage."""

    prospect: Prospect
    pipeline: Pipeline
    stage: Stage


@dataclass(frozen=True)
class Entered:
    """One line of the stage history; `stage` none: the prospect left. `days`: how long it lasted."""

    entry: StageEntry
    stage: str | None
    before: str | None
    by: str | None
    days: int

    @property
    def back(self) -> bool:
        """Whether it was a step to an earlier stage."""
        return self.entry.how == BACK


@dataclass(frozen=True)
class InCharge:
    """An assignment with the officer's name."""

    assignment: Assignment
    officer: str


def prospect(session: Session, prospect_id: int, *, sees: Sight) -> Prospect:
    """A prospect. Raises NotFound, also when it is not for the viewer."""
    statement = select(Prospect).join(Constituent, Constituent.id == Prospect.constituent_id)
    found = session.scalar(statement.where(Prospect.id == prospect_id, *seen_prospects(sees)))
    if found is None:
        raise NotFound("prospect", prospect_id)
    return found


def prospects_of(session: Session, constituent_id: int, *, sees: Sight) -> list[Standing]:
    """The pipelines in which a constituent stands or stood, active ones first."""
    statement = (
        select(Prospect, Pipeline, Stage)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Pipeline, Pipeline.id == Prospect.pipeline_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .where(Prospect.constituent_id == constituent_id, *seen_prospects(sees))
        .order_by(Prospect.is_active.desc(), Pipeline.position, Prospect.id)
    )
    return [Standing(found, pipeline, stage) for found, pipeline, stage in session.execute(statement)]


def history(session: Session, prospect_id: int, *, on: date) -> list[Entered]:
    """The stage entries of a prospect, newest first."""
    before = aliased(Stage)
    statement = (
        select(StageEntry, Stage.name, before.name, User.name)
        .outerjoin(Stage, Stage.id == StageEntry.to_stage_id)
        .outerjoin(before, before.id == StageEntry.from_stage_id)
        .outerjoin(User, User.id == StageEntry.entered_by)
        .where(StageEntry.prospect_id == prospect_id)
        .order_by(StageEntry.entered_on.desc(), StageEntry.id.desc())
    )
    until, found = on, []
    for entry, stage, earlier, by in session.execute(statement):
        days = max(0, (until - entry.entered_on).days)
        found.append(Entered(entry, stage, earlier, by, days))
        until = entry.entered_on
    return found


def in_charge_of(session: Session, constituent_id: int) -> list[InCharge]:
    """All assignments of a constituent, running ones first, then the newest."""
    statement = (
        select(Assignment, User.name)
        .join(User, User.id == Assignment.officer_id)
        .where(Assignment.constituent_id == constituent_id)
        .order_by(Assignment.to_on.is_not(None), Assignment.from_on.desc(), Assignment.id.desc())
    )
    return [InCharge(assignment, name) for assignment, name in session.execute(statement)]


def officers_of(session: Session, constituent_ids: Sequence[int], *, on: date) -> dict[int, int]:
    """Constituent id → id of the primary officer on a day, for those who have one."""
    found: dict[int, int] = {}
    for first in range(0, len(constituent_ids), 5000):
        statement = select(Assignment.constituent_id, Assignment.officer_id).where(
            Assignment.constituent_id.in_(constituent_ids[first : first + 5000]),
            Assignment.role == "primary",
            *running(on),
        )
        found |= {constituent_id: officer_id for constituent_id, officer_id in session.execute(statement)}
    return found


def charges_of(session: Session, constituent_ids: Sequence[int], *, on: date) -> dict[int, dict[str, int]]:
    """Constituent id → role → id of the officer in it on a day; of several in a role the one who came first."""
    wanted = (
        select(Assignment.constituent_id, Assignment.role, Assignment.officer_id)
        .where(among(session, Assignment.constituent_id, constituent_ids), *running(on))
        .order_by(Assignment.id)
    )
    found: dict[int, dict[str, int]] = {}
    for constituent_id, role, officer_id in session.execute(wanted):
        found.setdefault(constituent_id, {}).setdefault(role, officer_id)
    return found


def acting_officers(session: Session, constituent_ids: Sequence[int], *, on: date) -> dict[int, int]:
    """Constituent id → the active user in charge on a day: the primary officer, or else the secondary one."""
    charged = select(Assignment.constituent_id, Assignment.officer_id).join(User, User.id == Assignment.officer_id)
    able = charged.where(
        among(session, Assignment.constituent_id, constituent_ids),
        Assignment.role.in_(("primary", "secondary")),
        User.deactivated_at.is_(None),
        *running(on),
    )
    found: dict[int, int] = {}
    for constituent_id, officer_id in session.execute(able.order_by(Assignment.role, Assignment.id)):
        found.setdefault(constituent_id, officer_id)
    return found


def officers(session: Session, *, volunteers: bool = False) -> list[User]:
    """Active users who can be in charge: those whose role may write the pipeline, by name.

    With `volunteers` also those who may read it: a volunteer solicitor needs no more.
    """
    need = "pipeline.read" if volunteers else "pipeline.write"
    able = [role for role in ROLES if carries(role, need)]
    statement = select(User).where(User.deactivated_at.is_(None), User.role.in_(able))
    return list(session.scalars(statement.order_by(User.name, User.id)))
