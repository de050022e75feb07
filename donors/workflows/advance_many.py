"""Moving many prospects to a stage as one act: by the rules of a single step, in statements that do not grow."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet
from donors.core.errors import HouseError
from donors.pipeline import advance as writing
from donors.pipeline.models import Prospect
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import stage_of
from donors.pipeline.steps import Step, steps
from donors.plans.starting.passed_over import passed_over
from donors.plans.starting.start import Start, start_many
from donors.workflows.advance import settle_proposals
from donors.workflows.chosen import make_few
from donors.workflows.facts import facts_changed


@dataclass(frozen=True)
class AdvancedMany:
    """How many prospects were moved, prospect id → why another was not, and for how many the plan did not start."""

    moved: tuple[int, ...]
    refused: dict[int, HouseError]
    without_plan: int = 0


def outlook(session: Session, prospect_ids: Sequence[int], entry: Entry) -> dict[int, Step | HouseError]:
    """Prospect id → the step that `advance_many` would make, or why not. Writes nothing. Raises NotFound (stage)."""
    stage = stage_of(session, entry.stage_id or 0)
    wanted = select(Prospect).where(among(session, Prospect.id, prospect_ids)).order_by(Prospect.id)
    return steps(session, session.scalars(wanted).all(), stage, entry)


def advance_many(session: Session, prospect_ids: Sequence[int], entry: Entry, *, within: ChangeSet) -> AdvancedMany:
    """Moves many to `entry.stage_id`; those who may not are passed over, with the reason.

    Raises NotFound and Invalid for the stage itself.
    """
    moved, refused = writing.enter_stage_many(session, prospect_ids, entry.stage_id or 0, entry, within=within)
    constituents = [prospect.constituent_id for prospect in moved]
    facts_changed(session, constituents, within=within)
    settle_proposals(session, constituents, entry.stage_id or 0, on=entry.on, within=within)
    without = _start_plans(session, constituents, entry, within=within)
    return AdvancedMany(tuple(prospect.id for prospect in moved), refused, without)


def _start_plans(session: Session, constituent_ids: Sequence[int], entry: Entry, *, within: ChangeSet) -> int:
    """Starts the stage's plan for all who may have it, by no lot; returns for how many it did not start."""
    stage = stage_of(session, entry.stage_id or 0)
    if stage.plan_template_id is None or not constituent_ids:
        return 0
    what = Start(stage.plan_template_id, entry.on, f"stage {stage.name}")
    over = passed_over(session, constituent_ids, what.template_id, what.days)
    started = start_many(session, [one for one in constituent_ids if one not in over], what, within=within)
    make_few(session, started, on=what.on, within=within)
    return len(over)
