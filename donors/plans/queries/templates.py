"""Reading of templates, their versions and steps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.calendar import Reschedule
from donors.core.errors import NotFound
from donors.core.settings import organization
from donors.plans.decide import DateRule, Draft
from donors.plans.models import RUNNING, STARTING, PlanTemplate, RunningPlan, Step, TemplateVersion


@dataclass(frozen=True)
class TemplateLine:
    """A template in a list: how many steps its newest version has, and how many plans run and have ended."""

    id: int
    name: str
    description: str
    is_active: bool
    number: int
    steps: int
    days: int
    running: int
    ended: int


def templates(session: Session, *, active_only: bool = False) -> list[TemplateLine]:
    """All templates by name."""
    steps = (
        select(TemplateVersion.template_id, TemplateVersion.number, func.count(Step.id).label("steps"))
        .join(Step, Step.version_id == TemplateVersion.id)
        .group_by(TemplateVersion.template_id, TemplateVersion.number)
        .subquery()
    )
    statement = (
        select(PlanTemplate, func.coalesce(steps.c.steps, 0))
        .outerjoin(steps, (steps.c.template_id == PlanTemplate.id) & (steps.c.number == PlanTemplate.rule_version))
        .order_by(PlanTemplate.name)
    )
    if active_only:
        statement = statement.where(PlanTemplate.is_active)
    counts = plan_counts(session)
    return [_line(session, template, count, counts) for template, count in session.execute(statement)]


def _line(session: Session, template: PlanTemplate, steps: int, counts: dict[int, dict[str, int]]) -> TemplateLine:
    by_state = counts.get(template.id, {})
    running = by_state.get(RUNNING, 0) + by_state.get(STARTING, 0)
    return TemplateLine(
        template.id,
        template.name,
        template.description,
        template.is_active,
        template.rule_version,
        steps,
        days=length(steps_of(session, newest_version(session, template.id).id)),
        running=running,
        ended=sum(by_state.values()) - running,
    )


def length(steps: Sequence[Step]) -> int:
    """The days from the start to the last step, when everything is done on its day."""
    total: dict[int, int] = {}
    left = list(steps)
    while left:
        step = next(step for step in left if step.parent_id is None or step.parent_id in total)
        total[step.id] = step.days_after + (0 if step.parent_id is None else total[step.parent_id])
        left.remove(step)
    return max(total.values(), default=0)


def plan_counts(session: Session) -> dict[int, dict[str, int]]:
    """Template id → state → how many plans."""
    found: dict[int, dict[str, int]] = {}
    statement = select(RunningPlan.template_id, RunningPlan.state, func.count()).group_by(
        RunningPlan.template_id, RunningPlan.state
    )
    for template_id, state, count in session.execute(statement):
        found.setdefault(template_id, {})[state] = count
    return found


def newest_version(session: Session, template_id: int) -> TemplateVersion:
    """The version from which plans start now. Raises NotFound."""
    found = session.scalar(
        select(TemplateVersion)
        .where(TemplateVersion.template_id == template_id)
        .order_by(TemplateVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("plan template", template_id)
    return found


def version(session: Session, version_id: int) -> TemplateVersion:
    """A version by its id. Raises NotFound."""
    found = session.get(TemplateVersion, version_id)
    if found is None:
        raise NotFound("version of a template", version_id)
    return found


def versions(session: Session, template_id: int) -> list[TemplateVersion]:
    """All versions of a template, newest first."""
    statement = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return list(session.scalars(statement.order_by(TemplateVersion.number.desc())))


def steps_of(session: Session, version_id: int) -> list[Step]:
    """The steps of a version in their order."""
    return list(session.scalars(select(Step).where(Step.version_id == version_id).order_by(Step.position)))


def rule_of(session: Session, version_id: int) -> DateRule:
    """The date rule of a version. Raises NotFound."""
    found = version(session, version_id)
    closed = organization(session).closed
    return DateRule(found.skips_weekends, cast(Reschedule, found.reschedule), found.follows_completion, closed)


def drafts_of(session: Session, version_id: int) -> tuple[Draft, ...]:
    """The steps of a version as drafts, for an editor to start from."""
    steps = steps_of(session, version_id)
    positions: dict[Any, int] = {step.id: step.position for step in steps}
    return tuple(
        Draft(
            subject=step.subject,
            days_after=step.days_after,
            parent=positions.get(step.parent_id),
            note=step.note,
            role=step.owner_role,
            owner_id=step.owner_id,
            reminds=step.reminds,
        )
        for step in steps
    )


def step_counts(session: Session, template_ids: Collection[int]) -> dict[int, int]:
    """Template id → how many steps a plan gets that starts now."""
    newest = (TemplateVersion.template_id == PlanTemplate.id) & (TemplateVersion.number == PlanTemplate.rule_version)
    counted = select(PlanTemplate.id, func.count()).join(TemplateVersion, newest)
    counted = counted.join(Step, Step.version_id == TemplateVersion.id).where(PlanTemplate.id.in_(template_ids))
    return {template_id: count for template_id, count in session.execute(counted.group_by(PlanTemplate.id))}


def template_named(session: Session, name: str) -> PlanTemplate | None:
    """The template with a name."""
    return session.scalar(select(PlanTemplate).where(PlanTemplate.name == name))
