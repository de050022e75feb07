"""Reading ratings: what holds now, and what was judged before."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.bulk import among
from donors.research.models import Rating


@dataclass(frozen=True)
class Rated:
    """A rating with the name of who gave it (none: the program, or a file)."""

    rating: Rating
    by: str | None


def ratings(session: Session, constituent_id: int) -> list[Rated]:
    """All ratings of a constituent, the newest first. Call it with an id that the viewer may see."""
    return [Rated(*row) for row in session.execute(_of(constituent_id))]


def ratings_now(session: Session, constituent_id: int) -> dict[str, Rated]:
    """Kind → the rating that holds: the one of the newest day, of one day the one recorded last."""
    found: dict[str, Rated] = {}
    for one in ratings(session, constituent_id):
        found.setdefault(one.rating.kind, one)
    return found


def ratings_of(session: Session, ids: Iterable[int]) -> dict[int, list[Rating]]:
    """Constituent → their ratings, the newest first, of those who have any."""
    wanted = select(Rating).where(among(session, Rating.constituent_id, ids))
    found: dict[int, list[Rating]] = {}
    for one in session.scalars(wanted.order_by(Rating.rated_on.desc(), Rating.id.desc())):
        found.setdefault(one.constituent_id, []).append(one)
    return found


def capacity_of(session: Session, constituent_id: int) -> Rating | None:
    """The capacity that holds."""
    newest = _of(constituent_id).where(Rating.kind == "capacity").limit(1)
    return next((rating for rating, _ in session.execute(newest)), None)


def _of(constituent_id: int) -> Select[Rating, str]:
    return (
        select(Rating, User.name)
        .outerjoin(User, User.id == Rating.rated_by)
        .where(Rating.constituent_id == constituent_id)
        .order_by(Rating.rated_on.desc(), Rating.id.desc())
    )
