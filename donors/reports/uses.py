"""Uses: where a rollup is used, so that nobody changes or retires one without knowing what follows it."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.formula.tree import figures_used
from donors.levels.models import Track
from donors.rollups.definition import Source
from donors.rollups.formulas import read_formula
from donors.rollups.models import RollupDefinition
from donors.rollups.queries import definitions
from donors.rollups.targets import OF_MANY, Target


@dataclass
class Use:
    """What stands on one rollup: tracks by id and name, formulas by key and label."""

    tracks: list[tuple[int, str]] = field(default_factory=list)
    formulas: list[tuple[str, str]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether anything stands on it."""
        return bool(self.tracks or self.formulas)


def uses(session: Session) -> dict[str, Use]:
    """Where each rollup is used, by key; those that are not used are left out."""
    found: dict[str, Use] = {}
    measured = (
        select(Track.id, Track.name, RollupDefinition.key)
        .join(RollupDefinition, RollupDefinition.id == Track.measure_id)
        .where(Track.is_active)
        .order_by(Track.position, Track.id)
    )
    for id_, name, key in session.execute(measured):
        found.setdefault(key, Use()).tracks.append((id_, name))
    for owner in (Target.CONSTITUENT, *OF_MANY):
        known = definitions(session, owner)
        for one in (each for each in known if each.source is Source.FORMULA):
            for key in figures_used(read_formula(one, known)):
                found.setdefault(key, Use()).formulas.append((one.key, one.label))
    return found
