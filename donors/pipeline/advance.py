"""Writing stage entries: into a pipeline, from stage to stage, back after a close. Called by workflows only."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.models import Prospect, Stage, StageEntry
from donors.pipeline.prospect import Entry, prospect_by_id
from donors.pipeline.queries.stages import first_stage, stage_of


def add(session: Session, constituent_id: int, pipeline_id: int, entry: Entry, *, within: ChangeSet) -> Prospect:
    """Puts a constituent into a pipeline. Raises NotFound, Blocked with the reason."""
    _check_constituent(session, constituent_id)
    stage = _entry_stage(session, pipeline_id, entry.stage_id)
    same = select(Prospect.id).where(Prospect.constituent_id == constituent_id, Prospect.pipeline_id == pipeline_id)
    if session.scalar(same) is not None:
        raise Blocked("Not added", ("This constituent is in the pipeline already.",))
    prospect = Prospect(
        constituent_id=constituent_id, pipeline_id=pipeline_id, stage_id=stage.id, in_stage_since=entry.on
    )
    insert(session, prospect, within=within)
    _note(session, prospect, None, entry, within=within)
    return prospect


def enter_stage(
    session: Session, prospect_id: int, entry: Entry, *, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Moves a prospect to another stage, forward or back. The entry is a row for ever.

    Raises NotFound, Conflict, Invalid (a stage of another pipeline, a day before the last entry), Blocked (closed).
    """
    prospect = prospect_by_id(session, prospect_id, lock=True)
    stage = _entry_stage(session, prospect.pipeline_id, entry.stage_id)
    if not prospect.is_active:
        raise Blocked("Not moved", ("The prospect is closed; take it back into the pipeline first.",))
    if entry.on < prospect.in_stage_since:
        since = prospect.in_stage_since.isoformat()
        raise Invalid("entered_on", entry.on, f"lies before the last change of stage ({since})", "Choose a later day.")
    before = prospect.stage_id
    if before == stage.id:
        raise Blocked("Not moved", (f"The prospect is in {stage.name} already.",))
    amend(session, prospect, within=within, expect=expect, stage_id=stage.id, in_stage_since=entry.on)
    _note(session, prospect, before, entry, within=within)
    return prospect


def reopen(
    session: Session, prospect_id: int, entry: Entry, *, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Takes a closed prospect back, into the stage that it left unless another is named. Raises as `enter_stage`."""
    prospect = prospect_by_id(session, prospect_id, lock=True)
    _check_constituent(session, prospect.constituent_id)
    if prospect.is_active:
        raise Blocked("Not taken back", ("The prospect is in the pipeline.",))
    stage = _entry_stage(session, prospect.pipeline_id, entry.stage_id or prospect.stage_id)
    before = prospect.stage_id
    amend(
        session,
        prospect,
        within=within,
        expect=expect,
        is_active=True,
        closed_on=None,
        closed_reason="",
        stage_id=stage.id,
        in_stage_since=entry.on,
    )
    _note(session, prospect, before, entry, within=within)
    return prospect


def _check_constituent(session: Session, constituent_id: int) -> None:
    """Also locks the constituent, so that of two who add it the second sees the first."""
    constituent = session.get(Constituent, constituent_id, with_for_update={"key_share": True})
    if constituent is None or constituent.deleted_at is not None:
        raise NotFound("constituent", constituent_id)
    if constituent.is_unknown_giver:
        raise Blocked("Not added", ("The unknown giver stands for many people and cannot be a prospect.",))
    if constituent.is_deceased:
        raise Blocked("Not added", (f"{constituent.name} is deceased.",))


def _entry_stage(session: Session, pipeline_id: int, stage_id: int | None) -> Stage:
    stage = first_stage(session, pipeline_id) if stage_id is None else stage_of(session, stage_id)
    if stage.pipeline_id != pipeline_id:
        raise Invalid("stage", stage.name, "belongs to another pipeline", "Choose a stage of this one.")
    if not stage.is_active:
        raise Invalid("stage", stage.name, "is no longer in use", "Choose another stage.")
    return stage


def _note(session: Session, prospect: Prospect, before: int | None, entry: Entry, *, within: ChangeSet) -> StageEntry:
    row = StageEntry(
        prospect_id=prospect.id,
        from_stage_id=before,
        to_stage_id=prospect.stage_id,
        entered_on=entry.on,
        recorded_at=within.at,
        entered_by=within.by_id,
        why=entry.why.strip(),
    )
    return insert(session, row, within=within)
