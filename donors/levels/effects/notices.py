"""Notices: who is told of which changes of level, on Today until they were seen, and once a day by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.accounts.visible import Sight, rows, visible
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.claims import changed
from donors.levels.models import Effect, EffectRun, Level, Notice, Track


@dataclass(frozen=True)
class NoticeLine:
    """One notice: of whom, on which track, from which level to which (none: no level), and what the effect adds."""

    id: int
    constituent_id: int
    name: str
    track: str
    old: str | None
    new: str | None
    on: date
    words: str
    effect_id: int
    seen_on: date | None


def notices(
    session: Session, user_id: int, *, sees: Sight, seen: bool = False, limit: int = 50, offset: int = 0
) -> list[NoticeLine]:
    """A user's notices, the newest first: those not seen yet, or with `seen` all of them."""
    wanted = _lines().where(*_of(user_id, sees, seen=seen)).order_by(Notice.id.desc())
    return [NoticeLine(*row) for row in session.execute(wanted.limit(limit).offset(offset))]


def count_notices(session: Session, user_id: int, *, sees: Sight, seen: bool = False) -> int:
    """How many those are."""
    counted = select(func.count(Notice.id)).join(EffectRun, EffectRun.id == Notice.run_id)
    counted = counted.join(Constituent, Constituent.id == EffectRun.constituent_id)
    return session.scalar(counted.where(*_of(user_id, sees, seen=seen))) or 0


def mark_seen(session: Session, user_id: int, *, on: date, up_to: int) -> int:
    """Takes a user's notices up to this id as seen; returns how many. A stamp: it has no before-image."""
    mine = (Notice.user_id == user_id, Notice.id <= up_to, Notice.seen_on.is_(None))
    return changed(session, update(Notice).where(*mine).values(seen_on=on))


@dataclass(frozen=True)
class Digest:
    """What one user is told of one effect in one mail: `notice_ids` are all it stands for."""

    user: User
    effect: Effect
    lines: tuple[NoticeLine, ...]

    @property
    def notice_ids(self) -> tuple[int, ...]:
        """The notices in it."""
        return tuple(line.id for line in self.lines)


def users_to_mail(session: Session, *, after: int, limit: int) -> Sequence[User]:
    """The next users above an id who have notices that were not mailed yet; practice users are left out."""
    waiting = select(Notice.user_id).where(Notice.mailed_on.is_(None), Notice.user_id > after)
    reached = (User.deactivated_at.is_(None), User.practice.is_(False), User.id.in_(waiting))
    return session.scalars(select(User).where(*reached).order_by(User.id).limit(limit)).all()


def digests_of(session: Session, user: User) -> list[Digest]:
    """What is to be mailed to a user, a digest for each effect: nothing of constituents whom they may not see."""
    wanted = _lines().where(*_of(user.id, visible(user), seen=True), Notice.mailed_on.is_(None))
    lines = [NoticeLine(*row) for row in session.execute(wanted.order_by(Effect.id, Notice.id))]
    grouped = groupby(lines, key=lambda line: line.effect_id)
    return [Digest(user, session.get_one(Effect, effect_id), tuple(some)) for effect_id, some in grouped]


def mark_mailed(session: Session, notice_ids: Sequence[int], *, on: date) -> None:
    """Stamps notices that went into a mail."""
    session.execute(
        update(Notice).where(among(session, Notice.id, notice_ids)).values(mailed_on=on),
        execution_options={"synchronize_session": False},
    )


def _of(user_id: int, sees: Sight, *, seen: bool) -> list[ColumnElement[bool]]:
    there = Constituent.deleted_at.is_(None)
    may = rows(sees, confidential=Constituent.confidential.expression, constituent_id=Constituent.id.expression)
    return [Notice.user_id == user_id, there, may, *([] if seen else [Notice.seen_on.is_(None)])]


def _lines() -> Select[int, int, str, str, str, str, date, str, int, date | None]:
    old, new = aliased(Level), aliased(Level)
    return (
        select(
            Notice.id,
            Constituent.id,
            Constituent.name,
            Track.name,
            old.name,
            new.name,
            EffectRun.ran_on,
            Effect.words,
            Effect.id,
            Notice.seen_on,
        )
        .join(EffectRun, EffectRun.id == Notice.run_id)
        .join(Constituent, Constituent.id == EffectRun.constituent_id)
        .join(Effect, Effect.id == EffectRun.effect_id)
        .join(Track, Track.id == Effect.track_id)
        .outerjoin(old, old.id == EffectRun.from_level_id)
        .outerjoin(new, new.id == EffectRun.to_level_id)
    )
