"""The level on each track, and its history, as fields of constituents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from donors.constituents.models import Constituent
from donors.core.fields import Field, Join, Kind, Option
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import FREEZE, OVERRIDE, Level, Ruling, Standing
from donors.levels.turns import field_name

SUBJECT = "constituent"
NEED = "levels.read"
HELD = (Option(FREEZE, "Frozen"), Option(OVERRIDE, "Set by hand"))


@dataclass(frozen=True, eq=False)
class _Here:
    """What the fields of a track read: made once, so that each join is made once."""

    now: Any
    level: Any
    joins: tuple[Join, Join]
    to: Join
    fallen: Any
    ruling: Any
    held: Join


@lru_cache(maxsize=256)
def _here(track_id: int, on: date | None = None) -> _Here:
    """The standing of now on a track, or that of a day as it is recorded."""
    tag = f"{track_id}" if on is None else f"{track_id}_{on:%Y%m%d}"
    now, level = aliased(Standing, name=f"standing_{tag}"), aliased(Level, name=f"level_{tag}")
    fallen, ruling = aliased(Level, name=f"falls_to_{tag}"), aliased(Ruling, name=f"ruling_{tag}")
    mine = and_(now.constituent_id == Constituent.id, now.track_id == track_id, _covers(now, on))
    standing = Join(now, mine)
    return _Here(
        now,
        level,
        (standing, Join(level, level.id == now.level_id)),
        Join(fallen, fallen.id == now.falls_to_id),
        fallen,
        ruling,
        Join(ruling, ruling.id == now.ruling_id),
    )


def _covers(now: Any, on: date | None) -> Any:
    if on is None:
        return now.to_on.is_(None)
    day = literal(on, now.from_on.type)
    return and_(now.from_on <= day, or_(now.to_on.is_(None), now.to_on > day))


def level_fields(session: Session) -> Iterable[Field]:
    """Seven fields for each active track: the provider for the registry. `level` is that of the first track."""
    return [field for place, one in enumerate(ladders(session)) for field in _fields(one, field_name(one, place))]


def level_fields_on(session: Session, on: date) -> Iterable[Field]:
    """The same as recorded for a day."""
    tracks = enumerate(ladders(session))
    return [field for place, one in tracks for field in _fields(one, field_name(one, place), on)]


@lru_cache(maxsize=64)
def _fields(ladder: Ladder, name: str, on: date | None = None) -> tuple[Field, ...]:
    return tuple(_made(ladder, name, on))


def _made(ladder: Ladder, name: str, on: date | None) -> Iterator[Field]:
    here, label = _here(ladder.id, on), f"Level: {ladder.name}"
    options = tuple(Option(band.name, band.name) for band in ladder.bands)

    def field(ending: str, words: str, kind: Kind, column: Any, *more: Join, **rest: Any) -> Field:
        joins = (*here.joins[:1], *more)
        return Field(f"{name}{ending}", f"{label}{words}", kind, SUBJECT, column, joins=joins, permission=NEED, **rest)

    yield field("", "", Kind.CHOICE, here.level.name, here.joins[1], options=options, order=here.level.position)
    yield field("_since", ", since", Kind.DATE, here.now.from_on)
    yield field("_before", ", before", Kind.TEXT, _before(ladder, here.now), help="The level that was held before.")
    yield field("_reached", ", first reached", Kind.DATE, _reached(here.now), help="The first day ever on this level.")
    yield field("_falls_on", ", falls on", Kind.DATE, here.now.falls_on, help="The first day on a lower level.")
    yield field("_falls_to", ", falls to", Kind.TEXT, here.fallen.name, here.to)
    yield field("_ruling", ", by hand", Kind.CHOICE, here.ruling.kind, here.held, options=HELD)


def _before(ladder: Ladder, now: Any) -> ColumnElement[Any]:
    """The name of the level of the standing before the one of now, or of the last one for somebody without a level."""
    past, level = aliased(Standing), aliased(Level)
    mine = (past.constituent_id == Constituent.id, past.track_id == ladder.id, past.id.is_distinct_from(now.id))
    named = select(level.name).join_from(past, level, level.id == past.level_id).where(*mine, past.to_on.is_not(None))
    newest = named.order_by(past.from_on.desc(), past.id.desc()).limit(1)
    return newest.correlate(Constituent, now).scalar_subquery()


def _reached(now: Any) -> ColumnElement[Any]:
    past = aliased(Standing)
    mine = (past.constituent_id == now.constituent_id, past.level_id == now.level_id)
    return select(func.min(past.from_on)).where(*mine).correlate(now).scalar_subquery()
