"""What becomes of prospects that would enter a stage: which way they go and how its evidence is met, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from donors.constituents.restraint import frozen_among
from donors.core.errors import Blocked, HouseError, Invalid
from donors.pipeline.evidence.decide import Finding, Met, direction, met
from donors.pipeline.evidence.queries import findings
from donors.pipeline.evidence.required import Required, lacking
from donors.pipeline.models import BACK, FORWARD, Prospect, Stage
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import stages


@dataclass(frozen=True)
class Step:
    """A step that may be made: forward or back, and how each thing that the stage asks for is met."""

    how: str
    met: tuple[Met, ...] = ()


def steps(session: Session, prospects: Sequence[Prospect], stage: Stage, entry: Entry) -> dict[int, Step | HouseError]:
    """Prospect id → its step into a stage, or what stands in its way.

    The number of statements does not depend on how many prospects there are. The errors: Invalid (stage, entered_on,
    claim), Blocked (closed, there already, something required is not filled in).
    """
    found: dict[int, Step | HouseError] = {}
    places = {one.id: one.position for one in stages(session, stage.pipeline_id, retired=True)}
    frozen = frozen_among(session, (one.constituent_id for one in prospects))
    onward = []
    for prospect in prospects:
        why = frozen.get(prospect.constituent_id)
        wrong = Blocked("Not moved", (why,)) if why else _barred(prospect, stage, entry)
        if wrong is not None:
            found[prospect.id] = wrong
        elif direction(places[prospect.stage_id], stage.position) == BACK:
            found[prospect.id] = Step(BACK)
        else:
            onward.append(prospect)
    return found | _onward(session, onward, stage, entry)


def _onward(
    session: Session, prospects: Sequence[Prospect], stage: Stage, entry: Entry
) -> dict[int, Step | HouseError]:
    """The steps of those who go forward."""
    ids = [prospect.id for prospect in prospects]
    if not ids:
        return {}
    without = lacking(session, ids, stage.required, on=entry.on)
    proven = findings(session, ids, stage.id, on=entry.on)
    found: dict[int, Step | HouseError] = {}
    for prospect in prospects:
        if prospect.id in without:
            found[prospect.id] = required(stage, without[prospect.id])
        else:
            found[prospect.id] = _judged(proven[prospect.id], stage, entry)
    return found


def _judged(found: Sequence[Finding], stage: Stage, entry: Entry) -> Step | HouseError:
    try:
        return Step(FORWARD, met(found, entry.vouched, stage=stage.name))
    except Invalid as error:
        return error


def required(stage: Stage, things: Sequence[Required]) -> Blocked:
    """That a stage requires what is not filled in."""
    reasons = (f"{stage.name} requires: {one.label[0].lower()}{one.label[1:]}. {one.remedy}" for one in things)
    return Blocked("Not moved", tuple(reasons))


def _barred(prospect: Prospect, stage: Stage, entry: Entry) -> HouseError | None:
    """What of the prospect itself stands in the way."""
    if stage.pipeline_id != prospect.pipeline_id:
        return Invalid("stage", stage.name, "belongs to another pipeline", "Choose a stage of this one.")
    if not prospect.is_active:
        return Blocked("Not moved", ("The prospect is closed; take it back into the pipeline first.",))
    if entry.on < prospect.in_stage_since:
        since = prospect.in_stage_since.isoformat()
        return Invalid("entered_on", entry.on, f"lies before the last change of stage ({since})", "Choose a later day.")
    if prospect.stage_id == stage.id:
        return Blocked("Not moved", (f"The prospect is in {stage.name} already.",))
    return None
