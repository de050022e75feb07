"""A track as SQL: who may have a level, which one the rules give, and what was ruled by hand. The one place for it.

Criteria are pinned to a day first, so that relative dates mean the same in every statement of that day.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, and_, case, cast, exists, literal, not_, null, or_, true
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.calendar import FiscalCalendar
from donors.core.criteria.compile import to_sql
from donors.core.criteria.parse import from_json
from donors.core.criteria.pin import pin
from donors.core.criteria.tree import Criteria
from donors.core.errors import Invalid
from donors.core.fields import REGISTRY, FieldSet, Join
from donors.core.settings import Organization, organization
from donors.levels.decide import Band
from donors.levels.ladders import Ladder
from donors.levels.models import ALL, EXCLUDE, FISCAL_YEAR, KEEP, LEAVE, Ruling
from donors.levels.settle import CALENDAR_YEARS, Falling
from donors.levels.turns import leans_on
from donors.rollups.models import rollup_value

SUBJECT = "constituent"
RULING = table_of(Ruling)


@dataclass(frozen=True)
class Pinned:
    """A track as it decides on a day. Equal ones make the same statement, whatever the fields' options.

    `on` is none where the day does not matter; `whole` are the criteria of the track, `levels` those of its levels by
    id; `leans_on` the tracks whose levels they ask for.
    """

    ladder: Ladder
    on: date | None = None
    whole: Criteria | None = None
    levels: tuple[tuple[int, Criteria], ...] = ()
    leans_on: frozenset[int] = frozenset()
    fiscal: FiscalCalendar = CALENDAR_YEARS
    fields: FieldSet | None = field(default=None, compare=False, repr=False)

    @property
    def falling(self) -> Falling:
        """When somebody falls here."""
        return Falling(self.ladder.falls, self.ladder.grace_days, self.fiscal)

    def condition(self, tree: Criteria) -> tuple[ColumnElement[bool], tuple[Join, ...]]:
        """One of the criteria as SQL, with the joins that it needs from the constituent."""
        if self.fields is None:
            raise ValueError("criteria without fields")
        return to_sql(tree, self.fields, on=self.on or date.min, fiscal=self.fiscal)

    @property
    def joins(self) -> tuple[Join, ...]:
        """The joins that all criteria need from the constituent."""
        trees = [*([self.whole] if self.whole is not None else []), *(tree for _, tree in self.levels)]
        return tuple(dict.fromkeys(join for tree in trees for join in self.condition(tree)[1]))


def pinned(
    session: Session,
    tracks: Iterable[Ladder],
    *,
    on: date,
    fields: FieldSet | None = None,
    every: Iterable[Ladder] | None = None,
) -> tuple[Pinned, ...]:
    """The tracks as they decide on a day. Those whose criteria can no longer be read are left out: see `unreadable`.

    `fields` stand for the fields of constituents of now; `every` are all tracks in use, where `tracks` are only some.
    """
    chosen = tuple(tracks)
    if not any(one.asks_more or one.falls == FISCAL_YEAR for one in chosen):
        return tuple(Pinned(one, on if one.looks_at_the_day else None) for one in chosen)
    here = organization(session)
    known = fields if fields is not None or not any(one.asks_more for one in chosen) else _fields(session)
    read = (_read(one, known, here, on) for one in chosen)
    around = chosen if every is None else tuple(every)
    return tuple(replace(one, leans_on=leans_on(one.ladder, around)) for one in read if one is not None)


def _fields(session: Session) -> FieldSet:
    return REGISTRY.fields(session, SUBJECT)


def _read(ladder: Ladder, fields: FieldSet | None, here: Organization, on: date) -> Pinned | None:
    day = on if ladder.looks_at_the_day else None
    if fields is None or not ladder.asks_more:
        return Pinned(ladder, day, fiscal=here.fiscal)
    try:
        whole, levels = trees_of(ladder, fields, here)
    except Invalid:
        return None
    return Pinned(
        ladder,
        day,
        pin(whole, on=on, fiscal=here.fiscal) if whole is not None else None,
        tuple((id_, pin(tree, on=on, fiscal=here.fiscal)) for id_, tree in levels),
        fiscal=here.fiscal,
        fields=fields,
    )


def trees_of(
    ladder: Ladder, fields: FieldSet, here: Organization
) -> tuple[Criteria | None, tuple[tuple[int, Criteria], ...]]:
    """The criteria of the track (none: no more than the bands) and of its levels by id. Raises Invalid."""
    whole = from_json(json.loads(ladder.criteria), fields, here) if ladder.criteria else None
    asking = (band for band in ladder.bands if band.criteria)
    return whole, tuple((band.id, from_json(json.loads(band.criteria), fields, here)) for band in asking)


def unreadable(session: Session, tracks: Iterable[Ladder]) -> dict[int, str]:
    """Track → what is wrong with its criteria: a field or a choice that they name is there no more."""
    asking = [one for one in tracks if one.asks_more]
    here, fields = organization(session), _fields(session) if asking else FieldSet(SUBJECT, ())
    found: dict[int, str] = {}
    for ladder in asking:
        try:
            trees_of(ladder, fields, here)
        except Invalid as error:
            found[ladder.id] = error.message
    return found


def may_stand(ladder: Ladder, *, on: date | None) -> ColumnElement[bool]:
    """The condition on constituents who can have a level on a track on a day: live, known, of its kind, not left out.

    `on` is needed where the track looks at the day (rulings, deceased).
    """
    conditions: list[ColumnElement[bool]] = [Constituent.deleted_at.is_(None), Constituent.is_unknown_giver.is_(False)]
    if ladder.target != ALL:
        conditions.append(Constituent.kind == ladder.target)
    if ladder.anonymous == LEAVE:
        conditions.append(Constituent.is_anonymous.is_(False))
    if ladder.deceased == LEAVE:
        conditions.append(not_(is_gone(on)))
    if ladder.has_rulings:
        ruling = RULING.alias("excluded").c
        mine = (ruling.constituent_id == Constituent.id, ruling.kind == EXCLUDE, in_force(ruling, ladder, on))
        conditions.append(not_(exists().where(*mine)))
    return and_(*conditions)


def is_gone(on: date | None) -> ColumnElement[bool]:
    """The condition that a constituent is deceased on a day."""
    known = Constituent.deceased_on
    return and_(Constituent.is_deceased, or_(known.is_(None), known <= literal(on, known.type)))


def is_kept(ladder: Ladder, *, on: date | None) -> ColumnElement[bool]:
    """The condition that a level stays as it is, whatever the rules say."""
    return is_gone(on) if ladder.deceased == KEEP else literal(value=False)


def in_force(ruling: Any, ladder: Ladder, on: date | None) -> ColumnElement[bool]:
    """The condition that a ruling holds on a track on a day."""
    day = literal(on, RULING.c.from_on.type)
    return and_(ruling.track_id == ladder.id, ruling.from_on <= day, or_(ruling.to_on.is_(None), ruling.to_on > day))


def rules_level(one: Pinned, figure: Any) -> ColumnElement[Any]:
    """The id of the level that figure and criteria give: `decide.level_for` as SQL."""
    met = {id_: one.condition(tree)[0] for id_, tree in one.levels}
    level = level_case(figure, one.ladder.bands, met)
    return level if one.whole is None else case((one.condition(one.whole)[0], level), else_=null())


def level_case(
    figure: Any, bands: Iterable[Band], met: Mapping[int, ColumnElement[bool]] | None = None
) -> ColumnElement[Any]:
    """The id of the level that a figure reaches. `met` holds the condition of each level that has criteria."""
    ordered = sorted(bands, key=lambda band: -band.position)
    whens = [(_holds(figure, band, met or {}), literal(band.id, BigInteger)) for band in ordered]
    return case(*whens, else_=null()) if whens else cast(null(), BigInteger)


def _holds(figure: Any, band: Band, met: Mapping[int, ColumnElement[bool]]) -> ColumnElement[bool]:
    bounds: list[ColumnElement[bool]] = [figure.is_not(None)] if band.bounded else []
    if band.minimum is not None:
        bounds.append(figure >= band.minimum)
    if band.maximum is not None:
        bounds.append(figure < band.maximum)
    if band.criteria:
        bounds.append(met[band.id] if band.id in met else literal(value=False))
    return and_(true(), *bounds)


def joined(start: FromClause, joins: Iterable[Join], *, made: Any = rollup_value) -> FromClause:
    """The joins of criteria on a FROM that starts at constituents and has `made` (their figures) already."""
    for join in dict.fromkeys(joins):
        if join.target is not made:
            start = start.outerjoin(join.target, join.on)
    return start
