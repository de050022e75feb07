"""What would become of everybody if a track were another, or a figure were defined otherwise. Writes nothing.

Tracks whose criteria ask for a level that would change are supposed after it, by the level that would be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, literal, null, select
from sqlalchemy.orm import Session, aliased

from donors.constituents.models import Constituent
from donors.core.fields import REGISTRY, Field, FieldSet, Join
from donors.levels.compile import SUBJECT, pinned
from donors.levels.decide import Change
from donors.levels.effects.queries import bands_by_id, has_effects
from donors.levels.foresee import STORED, Figures, foreseen
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Standing
from donors.levels.turns import asked_by, field_name, in_turn, with_leaning
from donors.rollups.definition import Definition
from donors.rollups.fields import fields_of
from donors.rollups.rehearse import follows, would_be

Move = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Supposed:
    """A track as it is (none: a new one), as it would be, and everybody on either: `table` as of `foreseen`."""

    before: Ladder | None
    after: Ladder
    table: Subquery

    @property
    def places(self) -> Mapping[int, int]:
        """Level → its place from below, as it would be; one that goes has the place that it had."""
        known = {band.id: band.position for band in self.before.bands} if self.before is not None else {}
        return known | {band.id: band.position for band in self.after.bands}


@dataclass(frozen=True)
class World:
    """The tracks as they would be, where figures are read from, and the fields of constituents."""

    tracks: tuple[Ladder, ...]
    figures: Figures
    fields: Mapping[str, Field]


def suppose_track(session: Session, after: Ladder, before: Ladder | None, *, on: date) -> list[Supposed]:
    """The track and those that lean on it, as they would be on a day."""
    now = ladders(session)
    there = any(one.id == after.id for one in now)
    tracks = tuple(after if one.id == after.id else one for one in now) if there else (*now, after)
    leaning = with_leaning(tracks, {after.id})
    world = World(tracks, STORED, dict(REGISTRY.fields(session, SUBJECT)))
    known = {one.id: one for one in now} | {after.id: before}
    return list(_in_turn(session, world, known, leaning, on=on))


def suppose_figure(session: Session, one: Definition, *, on: date) -> list[Supposed]:
    """The tracks that measure or ask by a figure, and those that lean on them, if it were defined so on a day."""
    new = follows(session, one)
    keys, tracks = {each.key for each in new}, ladders(session)
    touched = {each.id for each in tracks if each.measure in keys or asked_by(each) & keys}
    if not touched:
        return []
    table = would_be(session, one, keys=sorted(keys), on=on)
    read = {field.name: field for field in fields_of(session, table, new)}
    world = World(tracks, Figures(table), dict(REGISTRY.fields(session, SUBJECT)) | read)
    leaning = with_leaning(tracks, touched)
    return list(_in_turn(session, world, {each.id: each for each in tracks}, leaning, on=on))


def moves_of(session: Session, made: Supposed) -> Sequence[Move]:
    """Who would change level: constituent, from which to which by their ids (none: no level)."""
    table = made.table.c
    moving = select(table.constituent_id, table.old_level, table.new_level)
    differing = moving.where(table.old_level.is_distinct_from(table.new_level))
    return [(one, old, new) for one, old, new in session.execute(differing.order_by(table.constituent_id))]


def changes_of(session: Session, made: Supposed, moves: Sequence[Move] | None = None) -> list[Change]:
    """Who would change level, for effects; none where no effect can follow. `moves`: those of it, if known."""
    if made.before is None or not has_effects(session, made.before.id):
        return []
    rows = moves_of(session, made) if moves is None else moves
    known = {band.id: band for band in made.after.bands}
    known |= bands_by_id(session, {old for _, old, _ in rows if old is not None} - known.keys())
    track = made.after
    return [Change(one, track.id, track.name, known.get(old or 0), known.get(new or 0)) for one, old, new in rows]


def _in_turn(
    session: Session, world: World, known: Mapping[int, Ladder | None], some: Iterable[int], *, on: date
) -> Iterator[Supposed]:
    chosen = set(some)
    fields = dict(world.fields)
    for wave in in_turn((each for each in world.tracks if each.id in chosen), world.tracks):
        here = FieldSet(SUBJECT, fields.values())
        for one in pinned(session, wave, on=on, fields=here, every=world.tracks):
            before = known[one.ladder.id]
            made = Supposed(before, one.ladder, foreseen(one, before, on=on, figures=world.figures))
            name = field_name(one.ladder, world.tracks.index(one.ladder))
            fields |= {field.name: field for field in _level_fields(made, name, fields, on=on)}
            yield made


def _level_fields(made: Supposed, name: str, known: Mapping[str, Field], *, on: date) -> Iterator[Field]:
    """The level and its history as fields, as they would be; those that are not there yet nobody can ask for."""
    table, join = made.table, Join(made.table, made.table.c.constituent_id == Constituent.id)
    same, none = table.c.new_level == table.c.old_level, table.c.new_level.is_(None)
    day, place = literal(on, Standing.from_on.type), made.places
    then = _named(made, table.c.old_level)

    def become(ending: str, column: Any, **more: Any) -> Iterator[Field]:
        old = known.get(f"{name}{ending}")
        if old is not None:
            joins = (join, *(each for each in old.joins if each is not join))
            yield replace(old, column=column(old.column), joins=joins, **more)

    order = case(place, value=table.c.new_level, else_=null()) if place else null()
    yield from become("", lambda _: _named(made, table.c.new_level), order=order)
    yield from become("_since", lambda old: case((same, old), (none, null()), else_=day))
    yield from become("_before", lambda old: case((same, old), (table.c.old_level.is_not(None), then), else_=old))
    yield from become(
        "_reached", lambda old: case((same, old), (none, null()), else_=func.coalesce(_first(table), day))
    )
    yield from become("_falls_on", lambda _: table.c.falls_on)
    yield from become("_falls_to", lambda _: _named(made, table.c.falls_to))


def _named(made: Supposed, column: Any) -> ColumnElement[Any]:
    tracks = (one for one in (made.before, made.after) if one is not None)
    names = {band.id: band.name for one in tracks for band in one.bands}
    return case(names, value=column, else_=null()) if names else null()


def _first(table: Subquery) -> Any:
    past = aliased(Standing)
    mine = (past.constituent_id == table.c.constituent_id, past.level_id == table.c.new_level)
    return select(func.min(past.from_on)).where(*mine).correlate(table).scalar_subquery()
