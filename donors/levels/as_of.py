"""Who stood where on a day, by the facts of that day and the rules of now or of then."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, literal, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.core.fields import REGISTRY, FieldSet
from donors.levels.compile import RULING, SUBJECT, Pinned, in_force, is_gone, joined, may_stand, pinned, rules_level
from donors.levels.fields import level_fields_on
from donors.levels.found import PERSON
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import AT_ONCE, FREEZE, KEEP, OVERRIDE
from donors.levels.standings import STANDING
from donors.levels.then import NOW, THEN, definitions_on, ladder_on
from donors.levels.turns import asked_by
from donors.rollups.definition import Definition
from donors.rollups.fields import everybody_as_of, fields_of, some_as_of
from donors.rollups.queries import definitions


def levels_as_of(
    session: Session,
    ladder: Ladder,
    *,
    on: date,
    also: Iterable[str] = (),
    rules: str = NOW,
    only: Sequence[int] | None = None,
) -> Any:
    """A subquery of who stands where on a day by the facts of that day, and the rules of now or (`then`) of that day.

    Columns: constituent_id, level_id (none: no level), figure, and the rollups named in `also` by their keys.
    Figures, also those that criteria ask for, are those of the day; levels on other tracks and what was ruled by hand
    are as recorded for it; all else that criteria ask for is as it is now. Where a track holds levels back, who stood
    higher on that day as recorded did so: what held them was their history, which the facts of a day do not tell.
    `only`: of these constituents alone.
    """
    known = {one.key: one for one in definitions(session)}
    if rules == THEN:
        known |= {one.key: one for one in definitions_on(session, on)}
        ladder = ladder_on(session, ladder, on)
    asked = [one for key, one in known.items() if key in asked_by(ladder)]
    keys = dict.fromkeys([ladder.measure, *also, *(one.key for one in asked)])
    wanted = [known[key] for key in keys]
    among = tuple(known.values())
    if only is None:
        table = everybody_as_of(wanted, on=on, session=session, among=among)
    else:
        table = some_as_of(wanted, only, on=on, session=session, among=among)
    one = _pinned(session, ladder, table, asked, on=on)
    figure = table.c[ladder.measure]
    everyone = ladder.has_rulings or any(not band.bounded for band in ladder.bands)
    start = table_of(Constituent).join(table, table.c.constituent_id == PERSON, isouter=everyone)
    level = rules_level(one, figure) if one is not None else literal(None, BigInteger)
    if ladder.holds_back:
        start, level = _held(start, ladder, level, on)
    columns = (PERSON.label("constituent_id"), level.label("level_id"), figure.label("figure"))
    found = select(*columns, *(table.c[key].label(f"also_{key}") for key in also))
    found = found.select_from(joined(start, one.joins if one is not None else (), made=table))
    asked_for = () if only is None else (PERSON.in_(only),)
    return found.where(may_stand(ladder, on=on), *asked_for).subquery(f"levels_{on:%Y%m%d}")


def _pinned(session: Session, ladder: Ladder, table: Any, asked: list[Definition], *, on: date) -> Pinned | None:
    """The track with the fields of the day; none where its criteria can no longer be read."""
    if not ladder.asks_more:
        return Pinned(ladder, on)
    fields = dict(REGISTRY.fields(session, SUBJECT))
    for field in (*level_fields_on(session, on), *fields_of(session, table, asked)):
        fields[field.name] = field
    day = FieldSet(SUBJECT, fields.values())
    return next(iter(pinned(session, [ladder], on=on, fields=day, every=ladders(session))), None)


def _held(start: Any, ladder: Ladder, level: Any, on: date) -> tuple[Any, ColumnElement[Any]]:
    """The level with what was ruled by hand, and with those who were held above what the rules give."""
    then, ruling = STANDING.alias("then"), RULING.alias("ruling")
    day = literal(on, then.c.from_on.type)
    here = (then.c.constituent_id == PERSON, then.c.track_id == ladder.id, then.c.from_on <= day)
    start = start.outerjoin(then, and_(*here, or_(then.c.to_on.is_(None), then.c.to_on > day)))
    recorded, places = then.c.level_id, {band.id: band.position for band in ladder.bands}
    above = case(places, value=recorded, else_=0) > case(places, value=level, else_=0)
    whens: list[tuple[ColumnElement[bool], Any]] = []
    if ladder.has_rulings:
        mine = and_(ruling.c.constituent_id == PERSON, in_force(ruling.c, ladder, on))
        start = start.outerjoin(ruling, mine)
        whens += [(ruling.c.kind == OVERRIDE, ruling.c.level_id), (ruling.c.kind == FREEZE, recorded)]
    if ladder.deceased == KEEP:
        whens.append((is_gone(on), recorded))
    if ladder.falls != AT_ONCE:
        whens.append((above, recorded))
    return start, case(*whens, else_=level)
