"""Reading the rules of an organization as a document of plain values."""

from dataclasses import fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.settings import Organization, organization
from donors.levels.models import AT_ONCE, STAND, Level, Track
from donors.levels.units import unit_of
from donors.pipeline.models import Pipeline, Stage
from donors.plans.models import PlanTemplate
from donors.plans.queries.templates import drafts_of, newest_version
from donors.rollups.models import RollupDefinition
from donors.workflows.rules.effects import exported_effects
from donors.workflows.rules.evidence import exported_evidence
from donors.workflows.rules.mails import exported_mails
from donors.workflows.rules.rollups import exported, told
from donors.workflows.rules.steps import exported_step, names_for_steps

Document = dict[str, Any]


def export(session: Session) -> Document:
    """All rules by section, in the order in which they are applied. Names stand for ids, sums are decimal strings."""
    plans = {row.id: row.name for row in session.scalars(select(PlanTemplate))}
    return {
        "organization": _organization(organization(session)),
        "mail": exported_mails(session),
        "template": [
            _template(session, row) for row in session.scalars(select(PlanTemplate).order_by(PlanTemplate.id))
        ],
        "pipeline": [
            _pipeline(session, row, plans) for row in session.scalars(select(Pipeline).order_by(Pipeline.position))
        ],
        "rollup": exported(session),
        "track": [_track(session, row) for row in session.scalars(select(Track).order_by(Track.position))],
    }


def _organization(current: Organization) -> Document:
    values = {field.name: getattr(current, field.name) for field in fields(Organization)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _template(session: Session, row: PlanTemplate) -> Document:
    version = newest_version(session, row.id)
    names = names_for_steps(session)
    return {
        "name": row.name,
        "description": row.description,
        "active": row.is_active,
        "skips_weekends": version.skips_weekends,
        "reschedule": version.reschedule,
        "allows_copies": row.allows_copies,
        "cooldown_days": version.cooldown_days,
        "held_out_percent": version.held_out_percent,
        "step": [exported_step(draft, names) for draft in drafts_of(session, version.id)],
    }


def _pipeline(session: Session, row: Pipeline, plans: dict[int, str]) -> Document:
    rows = session.scalars(select(Stage).where(Stage.pipeline_id == row.id).order_by(Stage.position, Stage.id)).all()
    stages, asked = [], exported_evidence(session, [stage.id for stage in rows])
    for stage in rows:
        optional = {"expected_days": stage.expected_days, "plan": plans.get(stage.plan_template_id or 0)}
        given = {name: value for name, value in optional.items() if value is not None}
        lists = {"required": list(stage.required), "evidence": asked.get(stage.id, [])}
        needs = {name: value for name, value in lists.items() if value}
        stages.append({"name": stage.name, "kind": stage.kind, "active": stage.is_active} | given | needs)
    return {"name": row.name, "active": row.is_active, "stage": stages}


def _track(session: Session, row: Track) -> Document:
    measure = session.get_one(RollupDefinition, row.measure_id)
    unit, here = unit_of(measure.value_kind, measure.number), organization(session)
    rows = session.scalars(
        select(Level).where(Level.track_id == row.id, Level.is_active).order_by(Level.position, Level.id)
    )
    levels = []
    for level in rows:
        optional = {
            "minimum": unit.plain(level.minimum, here),
            "maximum": unit.plain(level.maximum, here),
            "criteria": told(level.criteria) if level.criteria else None,
        }
        levels.append({"name": level.name} | {name: value for name, value in optional.items() if value is not None})
    following = exported_effects(session, row.id)
    effects: Document = {"effect": following} if following else {}
    table: Document = {
        "name": row.name,
        "description": row.description,
        "target": row.target,
        "measure": measure.key,
        "active": row.is_active,
    }
    optional = {
        "criteria": told(row.criteria) if row.criteria else None,
        "deceased": row.deceased if row.deceased != STAND else None,
        "anonymous": row.anonymous if row.anonymous != STAND else None,
        "falls": row.falls if row.falls != AT_ONCE else None,
        "grace_days": row.grace_days or None,
    }
    return table | {name: value for name, value in optional.items() if value is not None} | {"level": levels} | effects
