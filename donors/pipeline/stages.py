"""Writing pipelines and their stages."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.evidence.required import known
from donors.pipeline.models import KINDS, Pipeline, Prospect, Stage


@dataclass(frozen=True)
class StageDraft:
    """A stage as somebody writes it. `expected_days` none: no limit; `required`: keys of `REQUIRED` (evidence)."""

    name: str
    position: int
    expected_days: int | None = None
    plan_template_id: int | None = None
    kind: str = KINDS[0]
    required: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """The columns of the stage. Raises Invalid."""
        return {
            "name": self.name.strip(),
            "position": self.position,
            "expected_days": self.expected_days,
            "plan_template_id": self.plan_template_id,
            "kind": self.kind,
            "required": known(self.required),
        }


def add_pipeline(session: Session, name: str, *, within: ChangeSet) -> Pipeline:
    """Adds a pipeline at the end. Raises Invalid (name)."""
    _check_name(session, name, but=0)
    last = session.scalar(select(func.max(Pipeline.position))) or 0
    return insert(session, Pipeline(name=name.strip(), position=last + 1), within=within)


def change_pipeline(
    session: Session, pipeline_id: int, name: str, position: int, *, within: ChangeSet, expect: int | None = None
) -> Pipeline:
    """Renames a pipeline, and gives it a place among the others. Raises NotFound, Invalid, Conflict."""
    row = _pipeline(session, pipeline_id)
    _check_name(session, name, but=pipeline_id)
    amend(session, row, within=within, expect=expect, name=name.strip(), position=position)
    return row


def set_pipeline_active(
    session: Session, pipeline_id: int, *, active: bool, within: ChangeSet, expect: int | None = None
) -> None:
    """Takes a pipeline out of use, or back into it. Raises NotFound, Conflict, Blocked while prospects stand in it."""
    row = _pipeline(session, pipeline_id)
    held = session.scalar(select(func.count(Prospect.id)).where(Prospect.pipeline_id == row.id, Prospect.is_active))
    if held and not active:
        raise Blocked("The pipeline was not retired", (f"{_stand(held or 0)} in it; close or move them first.",))
    amend(session, row, within=within, expect=expect, is_active=active)


def standing(session: Session) -> dict[int, int]:
    """Stage id → how many prospects stand in it, where any do."""
    held = select(Prospect.stage_id, func.count(Prospect.id)).where(Prospect.is_active)
    return {stage_id: count for stage_id, count in session.execute(held.group_by(Prospect.stage_id))}


def _stand(count: int) -> str:
    return "1 prospect stands" if count == 1 else f"{count} prospects stand"


def add_stage(session: Session, pipeline_id: int, draft: StageDraft, *, within: ChangeSet) -> Stage:
    """Adds a stage. Raises Invalid."""
    _check(session, pipeline_id, draft, but=0)
    return insert(session, Stage(pipeline_id=pipeline_id, **draft.values), within=within)


def change_stage(
    session: Session, stage_id: int, draft: StageDraft, *, within: ChangeSet, expect: int | None = None
) -> Stage:
    """Changes a stage. Raises NotFound, Invalid, Conflict."""
    stage = _stage(session, stage_id)
    _check(session, stage.pipeline_id, draft, but=stage_id)
    amend(session, stage, within=within, expect=expect, **draft.values)
    return stage


def retire_stage(session: Session, stage_id: int, *, within: ChangeSet, expect: int | None = None) -> None:
    """Takes a stage out of use. Raises NotFound, Conflict, Blocked while prospects stand in it."""
    stage = _stage(session, stage_id)
    held = session.scalar(select(func.count(Prospect.id)).where(Prospect.stage_id == stage_id, Prospect.is_active))
    if held:
        raise Blocked("The stage was not retired", (f"{_stand(held)} in it; move them first.",))
    amend(session, stage, within=within, expect=expect, is_active=False)


def _pipeline(session: Session, pipeline_id: int) -> Pipeline:
    found = session.get(Pipeline, pipeline_id)
    if found is None:
        raise NotFound("pipeline", pipeline_id)
    return found


def _check_name(session: Session, name: str, *, but: int) -> None:
    if not name.strip():
        raise Invalid("name", name, "is empty", "Give the pipeline a name.")
    if session.scalar(select(Pipeline.id).where(Pipeline.name == name.strip(), Pipeline.id != but)) is not None:
        raise Invalid("name", name, "is the name of another pipeline", "Choose another one.")


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
    if draft.kind not in KINDS:
        raise Invalid("kind", draft.kind, "is not a kind of stage", f"Use one of: {', '.join(KINDS)}.")
    same = select(Stage.id).where(Stage.pipeline_id == pipeline_id, Stage.name == draft.name.strip(), Stage.id != but)
    if session.scalar(same) is not None:
        raise Invalid("name", draft.name, "is the name of another stage of this pipeline", "Choose another one.")
