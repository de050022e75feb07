"""Moving prospects: into the pipeline, to another stage, out of it and back. Entering a stage starts its plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet
from donors.pipeline import advance as writing
from donors.pipeline.assign import Charge, assign
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.prospects import officers_of
from donors.pipeline.queries.stages import stage_of
from donors.plans.models import OPEN, RunningPlan, Step, Task
from donors.plans.running.close import Completion
from donors.plans.terms import STAGE
from donors.rollups.marks import mark_change
from donors.workflows.facts import facts_changed
from donors.workflows.plans import Refusal, start_plan
from donors.workflows.tasks import complete_task


@dataclass(frozen=True)
class Advanced:
    """A prospect in its new stage, and the plan that the stage started or why it did not (none: it has no plan)."""

    prospect: Prospect
    plan: RunningPlan | Refusal | None


def advance(
    session: Session, prospect_id: int, entry: Entry, *, within: ChangeSet, expect: int | None = None
) -> Advanced:
    """Moves a prospect to another stage, forward or back; forward with what the stage asks for.

    Raises NotFound, Conflict, Invalid, Blocked. A plan that cannot start does not keep the prospect from moving.
    """
    prospect = writing.enter_stage(session, prospect_id, entry, within=within, expect=expect)
    facts_changed(session, [prospect.constituent_id], within=within)
    settle_proposals(session, [prospect.constituent_id], prospect.stage_id, on=entry.on, within=within)
    return Advanced(prospect, _start_stage_plan(session, prospect, entry, within=within))


def settle_proposals(
    session: Session, constituent_ids: Sequence[int], stage_id: int, *, on: date, within: ChangeSet
) -> None:
    """Completes the steps of plans that propose the stage in which these constituents now stand."""
    proposing = (
        select(Task.id)
        .join(Step, Step.id == Task.step_id)
        .where(among(session, Task.constituent_id, constituent_ids), Task.kind == STAGE, Task.state == OPEN)
        .where(Step.stage_id == stage_id)
    )
    for task_id in session.scalars(proposing.order_by(Task.id)).all():
        complete_task(session, task_id, Completion(on), within=within)


def add_prospect(
    session: Session,
    constituent_id: int,
    pipeline_id: int,
    entry: Entry,
    *,
    within: ChangeSet,
    officer_id: int | None = None,
) -> Advanced:
    """Puts a constituent into a pipeline, with a primary officer when one is named. Raises NotFound, Blocked."""
    prospect = writing.add(session, constituent_id, pipeline_id, entry, within=within)
    if officer_id is not None and officers_of(session, [constituent_id], on=entry.on).get(constituent_id) != officer_id:
        charge = Charge(officer_id, entry.on, reason="added to the pipeline")
        assign(session, constituent_id, charge, within=within)
        mark_change(session, within)
    writing.require(session, prospect)
    facts_changed(session, [constituent_id], within=within)
    settle_proposals(session, [prospect.constituent_id], prospect.stage_id, on=entry.on, within=within)
    return Advanced(prospect, _start_stage_plan(session, prospect, entry, within=within))


def take_back(
    session: Session, prospect_id: int, entry: Entry, *, within: ChangeSet, expect: int | None = None
) -> Advanced:
    """Takes a closed prospect back into the pipeline. Raises NotFound, Conflict, Invalid, Blocked."""
    prospect = writing.reopen(session, prospect_id, entry, within=within, expect=expect)
    writing.require(session, prospect, refusal="Not taken back")
    facts_changed(session, [prospect.constituent_id], within=within)
    settle_proposals(session, [prospect.constituent_id], prospect.stage_id, on=entry.on, within=within)
    return Advanced(prospect, _start_stage_plan(session, prospect, entry, within=within))


def leave(
    session: Session, prospect_id: int, leaving: Leaving, *, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Takes a prospect out of the pipeline. Raises NotFound, Conflict, Invalid, Blocked."""
    prospect = writing.leave(session, prospect_id, leaving, within=within, expect=expect)
    facts_changed(session, [prospect.constituent_id], within=within)
    return prospect


def _start_stage_plan(
    session: Session, prospect: Prospect, entry: Entry, *, within: ChangeSet
) -> RunningPlan | Refusal | None:
    stage = stage_of(session, prospect.stage_id)
    if stage.plan_template_id is None:
        return None
    cause = f"stage {stage.name}"
    return start_plan(session, prospect.constituent_id, stage.plan_template_id, cause=cause, within=within, on=entry.on)
