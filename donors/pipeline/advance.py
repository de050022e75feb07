"""Writing stage entries: into a pipeline, from stage to stage, out of it and back. Called by workflows only."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.restraint import refuse_left_alone
from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend, amend_many, insert, insert_many
from donors.core.errors import Blocked, Conflict, HouseError, Invalid, NotFound
from donors.pipeline.decide import LEFT, Vouched
from donors.pipeline.evidence.decide import Met, met
from donors.pipeline.evidence.keep import keep
from donors.pipeline.evidence.queries import findings
from donors.pipeline.evidence.required import lacking
from donors.pipeline.models import AGAIN, IN, Prospect, Stage, StageEntry
from donors.pipeline.prospect import Entry, Leaving, prospect_by_id
from donors.pipeline.queries.stages import first_stage, stage_of
from donors.pipeline.steps import Step, required, steps

TO_BEGIN, TO_RETURN = "Entered the pipeline in this stage.", "Taken back into the pipeline."
"""Why a prospect has what its stage asks for claimed, where nobody says more."""


def add(session: Session, constituent_id: int, pipeline_id: int, entry: Entry, *, within: ChangeSet) -> Prospect:
    """Puts a constituent into a pipeline. What its stage asks for and no record proves is claimed, for `entry.why`.

    Raises NotFound, Blocked with the reason.
    """
    _check_constituent(session, constituent_id)
    stage = _entry_stage(session, pipeline_id, entry.stage_id)
    same = select(Prospect.id).where(Prospect.constituent_id == constituent_id, Prospect.pipeline_id == pipeline_id)
    if session.scalar(same) is not None:
        raise Blocked("Not added", ("This constituent is in the pipeline already.",))
    prospect = Prospect(
        constituent_id=constituent_id, pipeline_id=pipeline_id, stage_id=stage.id, in_stage_since=entry.on
    )
    insert(session, prospect, within=within)
    kept = _claimed(session, prospect, stage, entry, TO_BEGIN)
    _note(session, prospect, None, entry, Step(IN, kept), within=within)
    return prospect


def require(session: Session, prospect: Prospect, *, refusal: str = "Not added") -> None:
    """Raises Blocked, under this title, when what the stage of a prospect that came in requires is not filled in."""
    stage = stage_of(session, prospect.stage_id)
    without = lacking(session, [prospect.id], stage.required, on=prospect.in_stage_since)
    if without:
        raise Blocked(refusal, required(stage, without[prospect.id]).reasons)


def enter_stage(
    session: Session, prospect_id: int, entry: Entry, *, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Moves a prospect to another stage, forward or back. The entry is a row for ever, with how its evidence was met.

    A step back asks for nothing. Raises NotFound, Conflict, Invalid (a stage of another pipeline, a day before the last
    entry; `claim`: the stage asks for what is not on record, not confirmed, and no reason is given), Blocked (closed,
    something required is not filled in).
    """
    prospect = prospect_by_id(session, prospect_id, lock=True)
    stage = _entry_stage(session, prospect.pipeline_id, entry.stage_id)
    _unchanged(prospect, expect, stage_id=stage.id, in_stage_since=entry.on)
    step = steps(session, [prospect], stage, entry)[prospect_id]
    if isinstance(step, HouseError):
        raise step
    before = prospect.stage_id
    amend(session, prospect, within=within, expect=expect, stage_id=stage.id, in_stage_since=entry.on)
    _note(session, prospect, before, entry, step, within=within)
    return prospect


def enter_stage_many(
    session: Session, prospect_ids: Sequence[int], stage_id: int, entry: Entry, *, within: ChangeSet
) -> tuple[list[Prospect], dict[int, HouseError]]:
    """The same for many prospects of a pipeline, in a fixed number of statements.

    Returns those that were moved, and prospect id → why not. Raises NotFound, Invalid for the stage itself.
    """
    stage = stage_of(session, stage_id)
    _entry_stage(session, stage.pipeline_id, stage_id)
    wanted = select(Prospect).where(among(session, Prospect.id, prospect_ids)).order_by(Prospect.id)
    prospects = session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()
    refused: dict[int, HouseError] = {one: NotFound("prospect", one) for one in prospect_ids}
    made: dict[int, Step] = {}
    for prospect_id, step in steps(session, prospects, stage, entry).items():
        if isinstance(step, HouseError):
            refused[prospect_id] = step
        else:
            made[prospect_id] = step
            del refused[prospect_id]
    moved = [prospect for prospect in prospects if prospect.id in made]
    before = {prospect.id: prospect.stage_id for prospect in moved}
    amend_many(session, moved, within=within, stage_id=stage.id, in_stage_since=entry.on)
    rows = [_row(one, (before[one.id], stage.id), entry, made[one.id].how, within=within) for one in moved]
    insert_many(session, rows, within=within)
    keep(session, {row.id: made[row.prospect_id].met for row in rows}, within=within)
    return moved, refused


def leave(
    session: Session, prospect_id: int, leaving: Leaving, *, within: ChangeSet, expect: int | None = None
) -> Prospect:
    """Takes a prospect out of the pipeline. Its planned moves stay to be dropped or made.

    Raises NotFound, Conflict, Invalid (no reason; a day that cannot be), Blocked (closed already).
    """
    prospect = prospect_by_id(session, prospect_id, lock=True)
    _check_leaving(prospect, leaving)
    values = {
        "is_active": False,
        "closed_on": leaving.on,
        "closed_as": leaving.how,
        "closed_reason": leaving.reason.strip(),
        "returns_on": leaving.returns_on,
    }
    amend(session, prospect, within=within, expect=expect, **values)
    entry = Entry(leaving.on, why=leaving.reason)
    insert(session, _row(prospect, (prospect.stage_id, None), entry, leaving.how, within=within), within=within)
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
    back = {"is_active": True, "closed_on": None, "closed_as": "", "closed_reason": "", "returns_on": None}
    place = {"stage_id": stage.id, "in_stage_since": entry.on}
    amend(session, prospect, within=within, expect=expect, **back, **place)
    kept = _claimed(session, prospect, stage, entry, TO_RETURN)
    _note(session, prospect, None, entry, Step(AGAIN, kept), within=within)
    return prospect


def _unchanged(prospect: Prospect, expect: int | None, **given: int | date) -> None:
    """Raises Conflict, before anything is judged, when a prospect is not any more what somebody saw."""
    if expect is not None and expect != prospect.version:
        raise Conflict("prospect", {name: getattr(prospect, name) for name in given}, given)


def _claimed(session: Session, prospect: Prospect, stage: Stage, entry: Entry, otherwise: str) -> tuple[Met, ...]:
    found = findings(session, [prospect.id], stage.id, on=entry.on)[prospect.id]
    claim = entry.vouched.claim.strip() or entry.why.strip() or otherwise
    return met(found, Vouched(entry.vouched.confirmed, claim), stage=stage.name)


def _check_constituent(session: Session, constituent_id: int) -> None:
    """Also locks the constituent, so that of two who add it the second sees the first."""
    constituent = session.get(Constituent, constituent_id, with_for_update={"key_share": True})
    if constituent is None or constituent.deleted_at is not None:
        raise NotFound("constituent", constituent_id)
    if constituent.is_unknown_giver:
        raise Blocked("Not added", ("The unknown giver stands for many people and cannot be a prospect.",))
    if constituent.is_deceased:
        raise Blocked("Not added", (f"{constituent.name} is deceased.",))
    refuse_left_alone(constituent, "Not added")


def _check_leaving(prospect: Prospect, leaving: Leaving) -> None:
    if not leaving.reason.strip():
        raise Invalid("reason", leaving.reason, "is empty", "Say why the prospect leaves the pipeline.")
    if leaving.how not in LEFT:
        raise Invalid("how", leaving.how, "is no way to leave a pipeline", f"Use one of: {', '.join(LEFT)}.")
    if leaving.on < prospect.in_stage_since:
        since = prospect.in_stage_since.isoformat()
        raise Invalid("on", leaving.on, f"lies before the last change of stage ({since})", "Choose a later day.")
    if leaving.returns_on is not None and leaving.returns_on <= leaving.on:
        raise Invalid("returns_on", leaving.returns_on, "is not a later day", "Choose one after the prospect leaves.")
    if not prospect.is_active:
        raise Blocked("Not closed", ("The prospect is closed already.",))


def _entry_stage(session: Session, pipeline_id: int, stage_id: int | None) -> Stage:
    stage = first_stage(session, pipeline_id) if stage_id is None else stage_of(session, stage_id)
    if stage.pipeline_id != pipeline_id:
        raise Invalid("stage", stage.name, "belongs to another pipeline", "Choose a stage of this one.")
    if not stage.is_active:
        raise Invalid("stage", stage.name, "is no longer in use", "Choose another stage.")
    return stage


def _note(
    session: Session, prospect: Prospect, before: int | None, entry: Entry, step: Step, *, within: ChangeSet
) -> None:
    way = before, prospect.stage_id
    row = insert(session, _row(prospect, way, entry, step.how, within=within), within=within)
    keep(session, {row.id: step.met}, within=within)


def _row(
    prospect: Prospect, way: tuple[int | None, int | None], entry: Entry, how: str, *, within: ChangeSet
) -> StageEntry:
    """A stage entry; `way`: the ids of the stages from which and to which."""
    return StageEntry(
        prospect_id=prospect.id,
        from_stage_id=way[0],
        to_stage_id=way[1],
        how=how,
        entered_on=entry.on,
        recorded_at=within.at,
        entered_by=within.by_id,
        why=entry.why.strip(),
    )
