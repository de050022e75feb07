"""Deciding by hand: freezing a level, setting it, leaving somebody out of a track. Each is dated and has a reason."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Invalid, NotFound
from donors.core.settings import hold_settings_alone
from donors.levels.ladders import Ladder, ladder
from donors.levels.models import ALL, OVERRIDE, RULINGS, Ruling


@dataclass(frozen=True)
class RulingDraft:
    """A ruling as somebody wants it; `to_on` is the first day on which it no longer holds (none: until it is ended)."""

    kind: str
    reason: str
    level_id: int | None = None
    to_on: date | None = None


def make_way(session: Session, track_id: int) -> None:
    """Before the first ruling on a track: waits for all who have read that there is none. To be called first of all."""
    if not ladder(session, track_id).has_rulings:
        hold_settings_alone(session)


def make_ruling(
    session: Session, constituent_id: int, track_id: int, draft: RulingDraft, *, within: ChangeSet, on: date
) -> Ruling:
    """Decides for a constituent on a track from a day on; what was decided before ends on that day.

    The caller has locked the constituent, and assigns the level. Raises NotFound, Invalid.
    """
    track = ladder(session, track_id)
    _check_who(session, constituent_id, track)
    _check(draft, track, on)
    before = ruling_of(session, constituent_id, track_id, on=on)
    if before is not None:
        amend(session, before, within=within, to_on=on)
    row = Ruling(
        constituent_id=constituent_id,
        track_id=track_id,
        kind=draft.kind,
        level_id=draft.level_id if draft.kind == OVERRIDE else None,
        from_on=on,
        to_on=draft.to_on,
        reason=draft.reason.strip(),
        recorded_at=within.at,
    )
    return insert(session, row, within=within)


def _check_who(session: Session, constituent_id: int, track: Ladder) -> None:
    row = session.get(Constituent, constituent_id)
    if row is None or row.deleted_at is not None:
        raise NotFound("constituent", constituent_id)
    if row.is_unknown_giver or track.target not in (ALL, row.kind):
        raise Invalid("track", track.name, f"is not for a {row.kind} such as this", "Choose another track.")


def _check(draft: RulingDraft, track: Ladder, on: date) -> None:
    if draft.kind not in RULINGS:
        raise Invalid("kind", draft.kind, "is nothing that can be decided", f"Choose one of: {', '.join(RULINGS)}.")
    if not draft.reason.strip():
        raise Invalid("reason", "", "is missing", "Say why, for those who ask next year.")
    if draft.kind == OVERRIDE and track.band(draft.level_id) is None:
        raise Invalid("level", draft.level_id or "", "is no level of this track", "Choose one of its levels.")
    if draft.to_on is not None and draft.to_on <= on:
        raise Invalid("to_on", draft.to_on, "is not after today", "Give a later day, or leave it open.")


def end_ruling(session: Session, ruling: Ruling, *, within: ChangeSet, on: date, expect: int | None = None) -> None:
    """Ends a ruling on a day. The caller has locked the constituent, and assigns the level.

    Raises Invalid, Conflict.
    """
    if ruling.to_on is not None and ruling.to_on <= on:
        raise Invalid("ruling", ruling.id, "has ended already")
    amend(session, ruling, within=within, expect=expect, to_on=on)


def ruling_by_id(session: Session, ruling_id: int) -> Ruling:
    """The ruling, for writing. Raises NotFound."""
    found = session.get(Ruling, ruling_id)
    if found is None:
        raise NotFound("ruling", ruling_id)
    return found


def ruling_of(session: Session, constituent_id: int, track_id: int, *, on: date) -> Ruling | None:
    """What is decided for a constituent on a track on a day."""
    here = select(Ruling).where(Ruling.constituent_id == constituent_id, Ruling.track_id == track_id)
    holding = here.where(Ruling.from_on <= on, or_(Ruling.to_on.is_(None), Ruling.to_on > on))
    return session.scalar(holding.order_by(Ruling.id.desc()).limit(1))


def ruled_on(session: Session, track_id: int) -> tuple[int, ...]:
    """The ids of all for whom something was ever decided on a track."""
    return tuple(session.scalars(select(Ruling.constituent_id).where(Ruling.track_id == track_id).distinct()))


def rulings_in_force(session: Session, constituent_id: int, *, on: date) -> dict[int, Ruling]:
    """What is decided for a constituent on a day, by track."""
    here = select(Ruling).where(Ruling.constituent_id == constituent_id, Ruling.from_on <= on)
    rows = session.scalars(here.where(or_(Ruling.to_on.is_(None), Ruling.to_on > on)).order_by(Ruling.id))
    return {row.track_id: row for row in rows}
