"""Making the rules of an organization what a document says. Applying the same document twice changes nothing."""

from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.calendar import Reschedule
from donors.core.changes import ChangeSet, amend
from donors.core.closing import read_closing
from donors.core.errors import Invalid
from donors.core.settings import organization
from donors.levels import track as tracks
from donors.levels.models import Track
from donors.levels.units import Unit, unit_of
from donors.pipeline import stages as pipelines
from donors.pipeline.models import KINDS, Pipeline, Stage
from donors.plans.dates import DateRule
from donors.plans.models import PlanTemplate
from donors.plans.queries.templates import drafts_of, newest_version, starts_of, template_named
from donors.plans.templates import template as templates
from donors.rollups.models import RollupDefinition
from donors.workflows.organization import change_organization
from donors.workflows.rules.effects import apply_effects
from donors.workflows.rules.evidence import apply_evidence
from donors.workflows.rules.mails import MAIL, apply_mail
from donors.workflows.rules.read import checked, found, listed
from donors.workflows.rules.rollups import ROLLUP, apply_rollup
from donors.workflows.rules.steps import names_for_steps, read_step, stage_names

SECTIONS = {"organization": dict, "mail": list, "template": list, "pipeline": list, "rollup": list, "track": list}
ORGANIZATION = {
    "name": str,
    "zone": str,
    "locale": str,
    "currency": str,
    "fiscal_start_month": int,
    "fiscal_named_for_end": bool,
    "sender_address": str,
    "second_factor_for": str,
    "closed_days": list,
    "holiday_country": str,
    "holiday_region": str,
    "quiet_from": str,
    "quiet_until": str,
    "quiet_weekdays": list,
    "quiet_when_closed": bool,
    "reply_address": str,
    "bounce_address": str,
    "contact_caps": list,
    "portfolio_warning": int,
    "portfolio_limit": int,
    "own_hosts": list,
    "late_leads_to": str,
}
TEMPLATE = {
    "name": str,
    "description": str,
    "active": bool,
    "skips_weekends": bool,
    "reschedule": str,
    "allows_copies": bool,
    "cooldown_days": int,
    "held_out_percent": int,
    "step": list,
}
PIPELINE = {"name": str, "active": bool, "stage": list}
STAGE = {
    "name": str,
    "kind": str,
    "expected_days": int,
    "required": list,
    "plan": str,
    "active": bool,
    "evidence": list,
}
TRACK = {
    "name": str,
    "description": str,
    "target": str,
    "measure": str,
    "criteria": dict,
    "deceased": str,
    "anonymous": str,
    "falls": str,
    "grace_days": int,
    "active": bool,
    "level": list,
    "effect": list,
}
LEVEL = {"name": str, "minimum": str, "maximum": str, "criteria": dict}


def apply(session: Session, document: dict[str, Any], *, within: ChangeSet) -> None:
    """Applies all sections that are there. Raises Invalid with the place; roll back then."""
    checked(document, "document", known=SECTIONS, needs=())
    if "organization" in document:
        _apply_organization(session, document["organization"], within=within)
    for place, table in sorted(_places(document, "rollup"), key=_is_formula):
        apply_rollup(session, dict(checked(table, place, known=ROLLUP, needs=("key",))), place, within=within)
    for place, table in _places(document, "mail"):
        apply_mail(session, checked(table, place, known=MAIL), within=within)
    _begin_pipelines(session, document, within=within)
    for place, table in _places(document, "template"):
        _apply_template(session, checked(table, place, known=TEMPLATE), place, within=within)
    for place, table in _places(document, "pipeline"):
        _apply_pipeline(session, checked(table, place, known=PIPELINE), place, within=within)
    for place, table in _places(document, "track"):
        _apply_track(session, checked(table, place, known=TRACK), place, within=within)


def _is_formula(place: tuple[str, Any]) -> bool:
    """Formulas come after the figures that they name."""
    return isinstance(place[1], dict) and bool(place[1].get("formula"))


def _places(table: dict[str, Any], name: str, place: str = "") -> list[tuple[str, Any]]:
    return [(f"{place}{name}[{number}]", one) for number, one in enumerate(listed(table, name), start=1)]


def _apply_organization(session: Session, table: Any, *, within: ChangeSet) -> None:
    values = dict(checked(table, "organization", known=ORGANIZATION, needs=()))
    if "closed_days" in values:
        values["closed_days"] = tuple(_closing(day) for day in values["closed_days"])
    for name in ("quiet_weekdays", "contact_caps", "own_hosts"):
        if name in values:
            values[name] = tuple(values[name])
    change_organization(session, lambda here: replace(here, **values), within=within)


def _closing(day: Any) -> str:
    try:
        return str(read_closing(str(day)))
    except Invalid as error:
        raise Invalid("organization.closed_days", day, error.problem, error.remedy) from error


def _apply_template(session: Session, table: dict[str, Any], place: str, *, within: ChangeSet) -> None:
    row = template_named(session, table["name"])
    before = None if row is None else _draft(session, row)
    wanted = _wanted_template(session, table, place, before)
    if row is None:
        row = templates.create(session, wanted, within=within)
    elif wanted != before:
        templates.revise(session, row.id, wanted, within=within)
    active = table.get("active", row.is_active)
    if active != row.is_active:
        templates.set_active(session, row.id, active=active, within=within)


def _draft(session: Session, row: PlanTemplate) -> templates.TemplateDraft:
    version = newest_version(session, row.id)
    rule = DateRule(version.skips_weekends, cast(Reschedule, version.reschedule))
    drafts, starts = drafts_of(session, version.id), starts_of(session, version.id)
    return templates.TemplateDraft(row.name, drafts, row.description, rule, starts)


def _wanted_template(
    session: Session, table: dict[str, Any], place: str, before: templates.TemplateDraft | None
) -> templates.TemplateDraft:
    known = before or templates.TemplateDraft(table["name"], ())
    rule = replace(known.rule, **{name: table[name] for name in ("skips_weekends", "reschedule") if name in table})
    starting = ("allows_copies", "cooldown_days", "held_out_percent")
    starts = replace(known.starts, **{name: table[name] for name in starting if name in table})
    steps = known.steps
    if "step" in table:
        names = names_for_steps(session)
        steps = tuple(read_step(one, at, names) for at, one in _places(table, "step", f"{place}."))
    description = table.get("description", known.description)
    return replace(known, steps=steps, description=description, rule=rule, starts=starts)


def _plan_ids(session: Session) -> dict[str, int]:
    return {row.name: row.id for row in session.scalars(select(PlanTemplate))}


def _begin_pipelines(session: Session, document: dict[str, Any], *, within: ChangeSet) -> None:
    """Makes the stages that there are not yet, bare of plans and of what they ask for: steps of templates may propose
    them."""
    known = stage_names(session)
    for place, table in _places(document, "pipeline"):
        told = checked(table, place, known=PIPELINE)
        stages = [dict(checked(one, at, known=STAGE)) for at, one in _places(told, "stage", f"{place}.")]
        if any(f"{told['name']} / {one['name']}" not in known for one in stages):
            bare = [{name: value for name, value in one.items() if name not in ("plan", "evidence")} for one in stages]
            _apply_pipeline(session, {**told, "stage": bare}, place, within=within)


def _apply_pipeline(session: Session, table: dict[str, Any], place: str, *, within: ChangeSet) -> None:
    row = session.scalar(select(Pipeline).where(Pipeline.name == table["name"]))
    if row is None:
        row = pipelines.add_pipeline(session, table["name"], within=within)
    amend(session, row, within=within, is_active=table.get("active", row.is_active))
    plans = _plan_ids(session)
    for position, (at, one) in enumerate(_places(table, "stage", f"{place}."), start=1):
        values = checked(one, at, known=STAGE)
        plan = found(plans, values.get("plan"), f"{at}.plan")
        known = session.scalar(select(Stage).where(Stage.pipeline_id == row.id, Stage.name == values["name"]))
        kind = values.get("kind", known.kind if known else KINDS[min(position, len(KINDS)) - 1])
        needs = tuple(values.get("required", known.required if known else ()))
        draft = pipelines.StageDraft(values["name"], position, values.get("expected_days"), plan, kind, needs)
        stage = _apply_stage(session, row.id, draft, active=values.get("active", True), within=within)
        if "evidence" in values:
            apply_evidence(session, stage.id, _places(values, "evidence", f"{at}."), within=within)


def _apply_stage(
    session: Session, pipeline_id: int, draft: pipelines.StageDraft, *, active: bool, within: ChangeSet
) -> Stage:
    row = session.scalar(select(Stage).where(Stage.pipeline_id == pipeline_id, Stage.name == draft.name))
    if row is None:
        row = pipelines.add_stage(session, pipeline_id, draft, within=within)
    else:
        pipelines.change_stage(session, row.id, draft, within=within)
    if row.is_active and not active:
        pipelines.retire_stage(session, row.id, within=within)
    elif active:
        amend(session, row, within=within, is_active=True)
    return row


def _apply_track(session: Session, table: dict[str, Any], place: str, *, within: ChangeSet) -> None:
    row = session.scalar(select(Track).where(Track.name == table["name"]))
    wanted = _wanted_track(session, table, place, row)
    if row is None:
        row = tracks.create_track(session, wanted, within=within)
    else:
        tracks.edit_track(session, row.id, wanted, within=within)
    if "effect" in table:
        apply_effects(session, row.id, _places(table, "effect", f"{place}."), within=within)
    active = table.get("active", row.is_active)
    if active != row.is_active:
        tracks.set_active(session, row.id, active=active, within=within)


def _wanted_track(session: Session, table: dict[str, Any], place: str, row: Track | None) -> tracks.TrackDraft:
    known = tracks.draft_of(session, row) if row is not None else tracks.TrackDraft(table["name"], "", ())
    measure = table.get("measure", known.measure)
    kept = session.scalar(select(RollupDefinition).where(RollupDefinition.key == measure))
    if kept is None:
        raise Invalid(f"{place}.measure", measure, "is no figure", "Name the key of a rollup.")
    levels = known.levels
    if "level" in table:
        unit = unit_of(kept.value_kind, kept.number)
        reading = _Reading(unit, organization(session).currency)
        levels = tuple(_level(one, at, reading) for at, one in _places(table, "level", f"{place}."))
    names = ("description", "target", "criteria", "deceased", "anonymous", "falls", "grace_days")
    return replace(known, measure=measure, levels=levels, **{name: table[name] for name in names if name in table})


@dataclass(frozen=True)
class _Reading:
    """What the bounds of a level mean: their unit."""

    unit: Unit
    currency: str

    def bound(self, text: str | None, place: str) -> int | None:
        """A bound in the unit of the measure. Raises Invalid."""
        return None if text is None else self.unit.read(text, field=place, currency=self.currency)


def _level(one: Any, place: str, reading: _Reading) -> tracks.LevelDraft:
    values = checked(one, place, known=LEVEL)
    return tracks.LevelDraft(
        values["name"],
        reading.bound(values.get("minimum"), f"{place}.minimum"),
        reading.bound(values.get("maximum"), f"{place}.maximum"),
        criteria=values.get("criteria"),
    )
