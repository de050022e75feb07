"""What would follow if a figure were defined so: who changes level, and which plans would start. Nothing is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.levels.compile import may_stand
from donors.levels.decide import Change, level_for
from donors.levels.effects.decide import START
from donors.levels.effects.queries import bands_by_id, has_effects
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Standing
from donors.plans.models import PlanTemplate
from donors.rollups.definition import Definition
from donors.rollups.rehearse import Outcome, follows, outcome
from donors.workflows.effects import effects_of

Step = tuple[int, int | None, int | None]
"""Who would change level, from which one to which, by id; none is no level."""


@dataclass(frozen=True)
class LevelEffect:
    """How many would rise, fall, come to a level or lose theirs on one track."""

    track_id: int
    track: str
    up: int
    down: int
    into: int
    out: int


@dataclass(frozen=True)
class Effects:
    """Per track the changes of level, and per template how many plans would start (none where one is open)."""

    levels: tuple[LevelEffect, ...]
    plans: tuple[tuple[str, int], ...]


def measured(session: Session, one: Definition) -> tuple[Ladder, ...]:
    """The tracks that measure by the definition, or by a formula that is reckoned from it."""
    keys = {each.key for each in follows(session, one)}
    return tuple(ladder for ladder in ladders(session) if ladder.measure in keys)


def effects(session: Session, one: Definition, *, on: date, found: Outcome | None = None) -> Effects:
    """What keeping the definition would do to levels and plans.

    `found`: its outcome with the measures of the tracks that are `measured` by it, where the caller has it.
    """
    tracks = measured(session, one)
    found = found or outcome(session, one, on=on, keys=(ladder.measure for ladder in tracks))
    levels, changes = [], list[Change]()
    for ladder in tracks:
        steps = _steps(session, ladder, found.after[ladder.measure], on=on)
        levels.append(_effect(ladder, Counter((old, new) for _, old, new in steps)))
        if has_effects(session, ladder.id):
            changes += _changes(session, ladder, steps)
    starting: Counter[int] = Counter()
    for each in effects_of(session, changes, on=on):
        if each.rule.act == START:
            starting[each.rule.template_id or 0] += each.plans
    names = select(PlanTemplate.id, PlanTemplate.name).where(PlanTemplate.id.in_(starting))
    plans = sorted((name, starting[id_]) for id_, name in session.execute(names) if starting[id_])
    return Effects(tuple(levels), tuple(plans))


def _steps(session: Session, ladder: Ladder, figures: Mapping[int, int | None], *, on: date) -> list[Step]:
    """Who would change level on a track with these figures, in order of id."""
    here = and_(Standing.constituent_id == Constituent.id, Standing.track_id == ladder.id, Standing.to_on.is_(None))
    standing = select(Constituent.id, Standing.level_id).outerjoin(Standing, here).where(may_stand(ladder, on=on))
    steps: list[Step] = []
    for id_, old in session.execute(standing.order_by(Constituent.id)):
        band = level_for(figures.get(id_), ladder.bands)
        if (new := band.id if band else None) != old:
            steps.append((id_, old, new))
    return steps


def _changes(session: Session, ladder: Ladder, steps: list[Step]) -> list[Change]:
    """The changes of level on a track with effects."""
    known = {band.id: band for band in ladder.bands}
    known |= bands_by_id(session, {old for _, old, _ in steps if old is not None} - known.keys())
    return [Change(id_, ladder.id, ladder.name, known.get(old or 0), known.get(new or 0)) for id_, old, new in steps]


def _place(ladder: Ladder, level_id: int | None) -> int:
    band = ladder.band(level_id)
    return band.position if band else 0


def _effect(ladder: Ladder, moves: Counter[tuple[int | None, int | None]]) -> LevelEffect:
    def count(holds: Any) -> int:
        return sum(many for (old, new), many in moves.items() if holds(old, new))

    between = [(old, new) for old, new in moves if old is not None and new is not None]
    rising = {(old, new) for old, new in between if _place(ladder, new) > _place(ladder, old)}
    return LevelEffect(
        ladder.id,
        ladder.name,
        up=sum(moves[pair] for pair in rising),
        down=sum(moves[pair] for pair in between if pair not in rising),
        into=count(lambda old, _new: old is None),
        out=count(lambda _old, new: new is None),
    )
