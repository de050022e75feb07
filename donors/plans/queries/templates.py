"""Reading of templates, their versions and steps."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from donors.core.calendar import Reschedule
from donors.core.errors import NotFound
from donors.core.settings import organization
from donors.plans.dates import DateRule, Node
from donors.plans.dates import length as length_of
from donors.plans.models import ONGOING, PlanTemplate, RunningPlan, Step, StepLink, TemplateVersion
from donors.plans.templates.drafts import Draft, Link
from donors.plans.templates.template import AS_DRAFTED, StartRule


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
    running = sum(by_state.get(state, 0) for state in ONGOING)
    return TemplateLine(
        template.id,
        template.name,
        template.description,
        template.is_active,
        template.rule_version,
        steps,
        days=length_of(nodes_of(session, newest_version(session, template.id).id)),
        running=running,
        ended=sum(by_state.values()) - running,
    )


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


def links_of(session: Session, version_id: int) -> dict[int, tuple[tuple[int, str], ...]]:
    """Step id → the steps that it waits for, each with the outcome that it asks, in their order."""
    before = aliased(Step)
    statement = (
        select(StepLink.step_id, StepLink.parent_id, StepLink.outcome)
        .join(Step, Step.id == StepLink.step_id)
        .join(before, before.id == StepLink.parent_id)
        .where(Step.version_id == version_id)
        .order_by(before.position, StepLink.id)
    )
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for step_id, parent_id, outcome in session.execute(statement):
        found[step_id] = (*found.get(step_id, ()), (parent_id, outcome))
    return found


def nodes_of(session: Session, version_id: int) -> tuple[Node, ...]:
    """The steps of a version as the rules see them, in their order."""
    links = links_of(session, version_id)
    return tuple(
        Node(step.id, step.days, links.get(step.id, ()), step.after, step.counts, step.joins)
        for step in steps_of(session, version_id)
    )


def rule_of(session: Session, version_id: int) -> DateRule:
    """The date rule of a version. Raises NotFound."""
    found = version(session, version_id)
    return DateRule(found.skips_weekends, cast(Reschedule, found.reschedule), organization(session).closed)


def starts_of(session: Session, version_id: int) -> StartRule:
    """For whom a version starts. Raises NotFound."""
    found = version(session, version_id)
    template = session.get_one(PlanTemplate, found.template_id)
    return StartRule(template.allows_copies, found.cooldown_days, found.held_out_percent, found.spares_from_level_id)


def drafts_of(session: Session, version_id: int) -> tuple[Draft, ...]:
    """The steps of a version as drafts, for an editor to start from."""
    steps, links = steps_of(session, version_id), links_of(session, version_id)
    positions = {step.id: step.position for step in steps}
    return tuple(
        Draft(
            subject=step.subject,
            links=tuple(Link(positions[parent], outcome) for parent, outcome in links.get(step.id, ())),
            note=step.note,
            role=step.owner_role,
            owner_id=step.owner_id,
            queue_id=step.queue_id,
            **{name: getattr(step, name) for name in AS_DRAFTED},
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
