"""The level on each track as a field as of a day: by the facts of that day, and the rules of now or of then."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import case, null
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.fields import Field, FieldSet, Join, Option
from donors.levels.as_of import levels_as_of
from donors.levels.fields import level_fields_on
from donors.levels.ladders import Ladder, ladders
from donors.levels.then import NOW, THEN, ladder_of_days
from donors.levels.turns import field_name


def level_fields_then(
    session: Session, known: FieldSet, named: Collection[str], *, on: date, rules: str = NOW
) -> dict[str, Field]:
    """Those fields of `named` that tell of levels, by name: the level reckoned anew, its history as it is recorded."""
    tracks = ladders(session)
    found = {field.name: field for field in level_fields_on(session, on) if field.name in named}
    for place, ladder in enumerate(tracks):
        name = field_name(ladder, place)
        if name in named and name in known:
            found |= {field.name: field for field in _level(session, known.named(name), ladder, on, rules)}
    return found


def _level(session: Session, field: Field, ladder: Ladder, on: date, rules: str) -> Iterator[Field]:
    table: Any = levels_as_of(session, ladder, on=on, rules=rules).alias(f"then_{ladder.id}_{on:%Y%m%d}")
    bands = (ladder_of_days(session, ladder, (on,)) if rules == THEN else ladder).bands
    column = table.c.level_id
    named: Any = case({band.id: band.name for band in bands}, value=column, else_=null()) if bands else null()
    order: Any = case({band.id: band.position for band in bands}, value=column, else_=null()) if bands else null()
    options = tuple(Option(name, name) for name in dict.fromkeys((*(band.name for band in bands), *_names(field))))
    join = Join(table, table.c.constituent_id == Constituent.id)
    yield replace(field, column=named, order=order, joins=(join,), options=options)


def _names(field: Field) -> Iterator[str]:
    return (str(option.value) for option in field.options)
