"""Reading kept views."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.core.errors import NotFound
from donors.segments.members import SUBJECT
from donors.segments.models import Segment


def segments(session: Session, *, sees: Sight, subject: str = SUBJECT) -> Sequence[Segment]:
    """The views that somebody may open: their own and the shared ones, by name."""
    mine = or_(Segment.owner_id.is_(None), Segment.owner_id == sees.user_id)
    return session.scalars(select(Segment).where(Segment.subject == subject, mine).order_by(Segment.name)).all()


def segment(session: Session, segment_id: int, *, sees: Sight, subject: str = SUBJECT) -> Segment:
    """One view of a subject. Raises NotFound, also for somebody else's own one."""
    found = session.get(Segment, segment_id)
    if found is None or found.subject != subject or found.owner_id not in (None, sees.user_id):
        raise NotFound("view", segment_id)
    return found
