"""Reading how entries into stages ended: those with all their evidence, and those for which some was claimed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.interval import wilson
from donors.pipeline.evidence.models import CLAIMED, EvidenceKept
from donors.pipeline.models import Prospect, StageEntry
from donors.pipeline.odds.queries import Which
from donors.pipeline.odds.stays import WAYS, about
from donors.pipeline.odds.survival import FORWARD


@dataclass(frozen=True)
class Ends:
    """Entries with evidence: how many went forward from the stage, how many back or out, how many are in it still."""

    forward: int = 0
    otherwise: int = 0
    inside: int = 0

    @property
    def decided(self) -> int:
        """Those that left the stage."""
        return self.forward + self.otherwise

    @property
    def range(self) -> tuple[float, float]:
        """The interval of the share of those that went forward."""
        return wilson(self.forward, self.decided) or (0.0, 1.0)


def evidence_ends(session: Session, on: date, which: Which) -> dict[bool, Ends]:
    """Whether something was claimed → how such entries ended by a day. One statement."""
    claimed = func.max(cast(EvidenceKept.how == CLAIMED, Integer))
    kept = (
        select(EvidenceKept.stage_entry_id, claimed.label("claimed")).group_by(EvidenceKept.stage_entry_id).subquery()
    )
    after = func.lead(StageEntry.how, type_=StageEntry.how.type).over(
        partition_by=StageEntry.prospect_id, order_by=(StageEntry.entered_on, StageEntry.id)
    )
    entries = (
        select(StageEntry.id, after.label("then"))
        .join(Prospect, Prospect.id == StageEntry.prospect_id)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(StageEntry.entered_on <= on, *about(which, on))
        .subquery()
    )
    counted = (
        select(kept.c.claimed, entries.c.then, func.count())
        .join(entries, entries.c.id == kept.c.stage_entry_id)
        .group_by(kept.c.claimed, entries.c.then)
    )
    found = {False: Ends(), True: Ends()}
    for some, then, number in session.execute(counted):
        was = found[bool(some)]
        forward = then is not None and WAYS.get(then, FORWARD) == FORWARD
        found[bool(some)] = Ends(
            was.forward + number * forward,
            was.otherwise + number * (then is not None and not forward),
            was.inside + number * (then is None),
        )
    return found
