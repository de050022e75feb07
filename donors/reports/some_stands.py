"""Some stands: what `stands` says of everybody, for some by their ids, where bands alone decide: for pages of lists."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, literal, select, union_all
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.levels.compile import may_stand
from donors.levels.decide import level_for
from donors.reports.stands import Question, cause, counted_once, lifetime_of
from donors.rollups.definition import Definition
from donors.rollups.queries import definition, values_as_of


class Pair(NamedTuple):
    """Where somebody stood on the two days; none where there was no level."""

    constituent_id: int
    then_level: int | None
    now_level: int | None
    then_figure: int | None
    now_figure: int | None
    lifetime: int | None


def standing_of(session: Session, asked: Question, ids: Sequence[int]) -> dict[int, Pair]:
    """Levels and figures of the two days, by id."""
    one = definition(session, asked.ladder.measure)
    more = definition(session, lifetime_of(one.source))
    then, now = (_on(session, asked, ids, day, (one, more)) for day in (asked.since, asked.on))
    nothing = (None, None, None)
    return {id_: Pair(id_, *_crossed(then.get(id_, nothing), now.get(id_, nothing))) for id_ in ids}


def _crossed(then: tuple[Any, Any, Any], now: tuple[Any, Any, Any]) -> tuple[Any, Any, Any, Any, Any]:
    return then[0], now[0], then[1], now[1], now[2]


def _on(
    session: Session, asked: Question, ids: Sequence[int], day: date, known: tuple[Definition, Definition]
) -> dict[int, tuple[int, int, int | None]]:
    """Level, figure and figure of all time on a day, of those who have a level then."""
    ladder, (one, more) = asked.ladder, known
    counted = select(Constituent.id).where(
        Constituent.id.in_(ids), may_stand(ladder, on=day), counted_once(ladder, day)
    )
    here = set(session.scalars(counted))
    found = {}
    for id_, values in values_as_of(session, ids, on=day, known=(one, more)).items():
        figure, lifetime = (values[each.key] for each in (one, more))
        band = level_for(figure, ladder.bands) if isinstance(figure, int) and id_ in here else None
        if band is not None:
            found[id_] = (band.id, figure, lifetime)
    return found  # type: ignore[return-value]  # figures of tracks are whole numbers


def causes_of(session: Session, asked: Question, found: Mapping[int, Pair]) -> dict[int, str]:
    """What moved each of some, by the rule of `stands.cause`."""
    if not found:
        return {}
    rows = union_all(*(select(*_literals(one)) for one in found.values())).subquery("some_pairs")
    return {id_: why for id_, why in session.execute(select(rows.c.constituent_id, cause(session, rows.c, asked)))}


def _literals(one: Pair) -> list[Any]:
    columns = (("constituent_id", BigInteger), ("then_level", Integer), ("now_level", Integer))
    return [literal(getattr(one, name), kind).label(name) for name, kind in columns]
