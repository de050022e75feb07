"""The level on each track as a field of constituents."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import Session, aliased

from donors.constituents.models import Constituent
from donors.core.fields import Field, Join, Kind, Option
from donors.levels.ladders import ladders
from donors.levels.models import Level, Standing

SUBJECT = "constituent"
NEED = "levels.read"


@lru_cache(maxsize=256)
def _joins(track_id: int) -> tuple[Any, Any, tuple[Join, Join]]:
    """The aliases and joins of a track: made once, so that each is joined once."""
    now, level = aliased(Standing, name=f"standing_{track_id}"), aliased(Level, name=f"level_{track_id}")
    here = and_(now.constituent_id == Constituent.id, now.track_id == track_id, now.to_on.is_(None))
    return now, level, (Join(now, here), Join(level, level.id == now.level_id))


def level_fields(session: Session) -> Iterable[Field]:
    """Two fields for each active track: the provider for the registry. `level` is that of the first track."""
    for place, ladder in enumerate(ladders(session)):
        now, level, joins = _joins(ladder.id)
        name = "level" if place == 0 else f"level_{ladder.id}"
        options = tuple(Option(band.name, band.name) for band in ladder.bands)
        label = f"Level: {ladder.name}"
        yield Field(
            name,
            label,
            Kind.CHOICE,
            SUBJECT,
            level.name,
            joins=joins,
            options=options,
            order=level.position,
            permission=NEED,
        )
        yield Field(f"{name}_since", f"{label}, since", Kind.DATE, SUBJECT, now.from_on, joins=joins, permission=NEED)
