"""The effects of a track, by level, as its page lists them."""

from dataclasses import dataclass

from donors.core.db import Session
from donors.levels.effects.queries import counts_of_runs, effects_of_track, names
from donors.levels.effects.words import how_often, what, when
from donors.levels.ladders import Ladder
from donors.levels.models import Effect


@dataclass(frozen=True)
class EffectLine:
    """One effect in words, and for how many it was carried out."""

    effect: Effect
    when: str
    what: str
    often: str
    runs: int


@dataclass(frozen=True)
class EffectGroup:
    """The effects of one level; of every level, and of levels that are retired, without id."""

    level_id: int | None
    name: str
    lines: tuple[EffectLine, ...]


def effect_groups(session: Session, ladder: Ladder) -> list[EffectGroup]:
    """Every level from the highest, then the whole track, then what is left of retired levels."""
    known, runs = names(session), counts_of_runs(session, ladder.id)
    lines = [
        EffectLine(one, when(one, known), what(one, known), how_often(one), runs.get(one.id, 0))
        for one in effects_of_track(session, ladder.id)
    ]
    groups = [
        EffectGroup(band.id, band.name, tuple(line for line in lines if line.effect.level_id == band.id))
        for band in reversed(ladder.bands)
    ]
    every = tuple(line for line in lines if line.effect.level_id is None)
    there = {None, *(band.id for band in ladder.bands)}
    retired = tuple(line for line in lines if line.effect.level_id not in there)
    groups.append(EffectGroup(None, "Every level", every))
    return [*groups, EffectGroup(0, "Retired levels", retired)] if retired else groups


def what_follows(session: Session, ladder: Ladder) -> dict[int | None, list[str]]:
    """Level (none: every level) → what its active effects do, in words."""
    return {
        group.level_id: [f"{line.when}: {line.what}" for line in group.lines if line.effect.is_active]
        for group in effect_groups(session, ladder)
    }
