"""Writing prospects: into a pipeline, from stage to stage, out of it and back."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid, NotFound
from donors.pipeline.models import Prospect, Stage, StageEntry
from donors.pipeline.queries.stages import first_stage, stage_of


@dataclass(frozen=True)
class Entry:
    """Into which stage, on which day, and why. No stage: the first one of the pipeline."""

    on: date
    stage_id: int | None = None
    why: str = ""


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


@dataclass(frozen=True)
class Details:
    """What a prospect is to be asked for: minor units of the organization's currency, and the purpose."""

    ask_amount: int | None = None
    purpose: str = ""


def describe(
    session: Session, prospect_id: int, details: Details, *, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Sets the amount and purpose of the ask. Raises NotFound, Conflict, Invalid."""
    if details.ask_amount is not None and details.ask_amount <= 0:
        raise Invalid(
            "ask_amount", details.ask_amount, "must be more than zero", "Leave it empty when it is not known."
        )
    prospect = prospect_by_id(session, prospect_id)
    purpose = details.purpose.strip()
    amend(session, prospect, within=within, expect=expect, ask_amount=details.ask_amount, purpose=purpose)
    return prospect


def close(
    session: Session, prospect_id: int, *, reason: str, on: date, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Takes a prospect out of the pipeline. Its planned moves stay to be dropped or made.

    Raises NotFound, Conflict, Invalid (no reason), Blocked (closed already).
    """
    prospect = prospect_by_id(session, prospect_id, lock=True)
    if not reason.strip():
        raise Invalid("reason", reason, "is empty", "Say why the prospect leaves the pipeline.")
    if not prospect.is_active:
        raise Blocked("Not closed", ("The prospect is closed already.",))
    closed = {"is_active": False, "closed_on": on, "closed_reason": reason.strip()}
    amend(session, prospect, within=within, expect=expect, **closed)
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


def prospect_by_id(session: Session, prospect_id: int, *, lock: bool = False) -> Prospect:
    """A prospect. Raises NotFound."""
    found = session.get(Prospect, prospect_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("prospect", prospect_id)
    return found


def _check_constituent(session: Session, constituent_id: int) -> None:
    constituent = session.get(Constituent, constituent_id)
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
