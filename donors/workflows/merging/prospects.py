"""What a merge does with prospects: two in one pipeline become one, with the history of both."""

from datetime import date
from typing import Any

from sqlalchemy import select

from donors.core.changes import amend, insert, remove
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.asks.opportunity import repeat_amounts
from donors.pipeline.models import AGAIN, Move, Prospect, StageEntry
from donors.pipeline.odds.models import HotClaim
from donors.workflows.merging.under_way import Merging


def prospects(merging: Merging) -> None:
    """Prospects go over; two in one pipeline become one, which stands where the newest stage entry of both says.

    Where it says that one of them left, and the other has not, they stand in the stage of the other from now on.
    It is kept to its team if either was; its strategy is the survivor's or, where that has none, the other's.
    """
    own = {one.pipeline_id: one for one in merging.own(Prospect)}
    for row in merging.rows(Prospect):
        if row.pipeline_id in own:
            _join_prospects(merging, own[row.pipeline_id], row)
            merging.notes.append("Both were prospects in one pipeline; their stages and moves were put together.")
        else:
            merging.hand_over(row)


def _join_prospects(merging: Merging, kept: Prospect, gone: Prospect) -> None:
    session, within = merging.session, merging.within
    entries = select(StageEntry).where(StageEntry.prospect_id.in_((kept.id, gone.id)))
    history = session.scalars(entries.order_by(StageEntry.entered_on, StageEntry.id)).all()
    for entry in history:
        amend(session, entry, within=within, prospect_id=kept.id)
    for move in session.scalars(select(Move).where(Move.prospect_id == gone.id)).all():
        amend(session, move, within=within, prospect_id=kept.id)
    for opportunity in session.scalars(select(Opportunity).where(Opportunity.prospect_id == gone.id)).all():
        amend(session, opportunity, within=within, prospect_id=kept.id)
    for claim in session.scalars(select(HotClaim).where(HotClaim.prospect_id == gone.id)).all():
        amend(session, claim, within=within, prospect_id=kept.id)
    is_active = kept.is_active or gone.is_active
    if is_active and history and history[-1].to_stage_id is None:
        stage_id = kept.stage_id if kept.is_active else gone.stage_id
        history = [*history, _taken_back(merging, kept.id, stage_id, after=history[-1].entered_on)]
    stood = next((entry for entry in reversed(history) if entry.to_stage_id is not None), None)
    values: dict[str, Any] = {
        "stage_id": stood.to_stage_id if stood else kept.stage_id,
        "in_stage_since": stood.entered_on if stood else kept.in_stage_since,
        "is_active": is_active,
        "closed_on": None if is_active else kept.closed_on,
        "closed_as": "" if is_active else kept.closed_as,
        "closed_reason": "" if is_active else kept.closed_reason,
        "returns_on": None if is_active else kept.returns_on,
        "is_confidential": kept.is_confidential or gone.is_confidential,
        **({} if kept.strategy else {"strategy": gone.strategy, "strategy_on": gone.strategy_on}),
    }
    remove(session, gone, within=within)
    amend(session, kept, within=within, **values)
    repeat_amounts(session, [kept.id])


def _taken_back(merging: Merging, prospect_id: int, stage_id: int, *, after: date) -> StageEntry:
    """The entry by which whoever left on a day is in a stage again."""
    entry = StageEntry(
        prospect_id=prospect_id,
        to_stage_id=stage_id,
        how=AGAIN,
        entered_on=max(merging.on, after),
        recorded_at=merging.within.at,
        entered_by=merging.within.by_id,
        why="merged; one of the two had left",
    )
    return insert(merging.session, entry, within=merging.within)
