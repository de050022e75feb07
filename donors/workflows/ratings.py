"""Ratings, with the levels that look at them."""

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.research import rate as writing
from donors.research.models import Rating
from donors.research.rate import Judged
from donors.workflows.facts import facts_changed


def rate(session: Session, constituent_id: int, judged: Judged, *, within: ChangeSet) -> Rating:
    """Keeps a judgement about a constituent. Raises NotFound, Blocked, Invalid."""
    made = writing.rate(session, constituent_id, judged, within=within)
    facts_changed(session, [constituent_id], within=within)
    return made
