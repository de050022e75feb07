"""Writing pipelines and their stages."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.models import Pipeline, Prospect, Stage


@dataclass(frozen=True)
class StageDraft:
    """A stage as somebody writes it. `expected_days` none: no limit."""

    name: str
    position: int
    expected_days: int | None = None
    plan_template_id: int | None = None


def add_pipeline(session: Session, name: str, *, within: ChangeSet) -> Pipeline:
    """Adds a pipeline at the end. Raises Invalid (name)."""
    if not name.strip():
        raise Invalid("name", name, "is empty", "Give the pipeline a name.")
    if session.scalar(select(Pipeline.id).where(Pipeline.name == name.strip())) is not None:
        raise Invalid("name", name, "is the name of another pipeline", "Choose another one.")
    last = session.scalar(select(func.max(Pipeline.position))) or 0
    return insert(session, Pipeline(name=name.strip(), position=last + 1), within=within)


def add_stage(session: Session, pipeline_id: int, draft: StageDraft, *, within: ChangeSet) -> Stage:
    """Adds a stage. Raises Invalid."""
    _check(session, pipeline_id, draft, but=0)
    stage = Stage(
        pipeline_id=pipeline_id,
        name=draft.name.strip(),
        position=draft.position,
        expected_days=draft.expected_days,
        plan_template_id=draft.plan_template_id,
    )
    return insert(session, stage, within=within)


def change_stage(
    session: Session, stage_id: int, draft: StageDraft, *, within: ChangeSet, expect: int | None = None
) -> Stage:
    """Changes name, place, expected days or plan of a stage. Raises NotFound, Invalid, Conflict."""
    stage = _stage(session, stage_id)
    _check(session, stage.pipeline_id, draft, but=stage_id)
    amend(
        session,
        stage,
        within=within,
        expect=expect,
        name=draft.name.strip(),
        position=draft.position,
        expected_days=draft.expected_days,
        plan_template_id=draft.plan_template_id,
    )
    return stage


def retire_stage(session: Session, stage_id: int, *, within: ChangeSet, expect: int | None = None) -> None:
    """Takes a stage out of use. Raises NotFound, Conflict, Blocked while prospects stand in it."""
    stage = _stage(session, stage_id)
    held = session.scalar(select(func.count(Prospect.id)).where(Prospect.stage_id == stage_id, Prospect.is_active))
    if held:
        raise Blocked("The stage was not retired", (f"{held} prospects stand in it; move them first.",))
    amend(session, stage, within=within, expect=expect, is_active=False)


def _stage(session: Session, stage_id: int) -> Stage:
    found = session.get(Stage, stage_id)
    if found is None:
        raise NotFound("stage", stage_id)
    return found


def _check(session: Session, pipeline_id: int, draft: StageDraft, *, but: int) -> None:
    if not draft.name.strip():
        raise Invalid("name", draft.name, "is empty", "Give the stage a name.")
    if draft.expected_days is not None and draft.expected_days < 1:
        raise Invalid("expected_days", draft.expected_days, "is below 1", "Leave it empty for no limit.")
    same = select(Stage.id).where(Stage.pipeline_id == pipeline_id, Stage.name == draft.name.strip(), Stage.id != but)
    if session.scalar(same) is not None:
        raise Invalid("name", draft.name, "is the name of another stage of this pipeline", "Choose another one.")
