"""What would follow if a figure were defined so: who changes level, and which plans would start. Nothing is written."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.levels.effects.decide import START
from donors.levels.suppose import Move, Supposed, changes_of, moves_of, suppose_figure
from donors.plans.models import PlanTemplate
from donors.reports.what_if import DOWN, IN, OUT, UP, way_of
from donors.rollups.definition import Definition
from donors.workflows.effects import effects_of


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


def effects(session: Session, one: Definition, *, on: date) -> Effects:
    """What keeping the definition would do to levels and plans."""
    supposed = [(each, moves_of(session, each)) for each in suppose_figure(session, one, on=on)]
    changes = [change for each, moves in supposed for change in changes_of(session, each, moves)]
    starting: Counter[int] = Counter()
    for each in effects_of(session, changes, on=on):
        if each.rule.act == START:
            starting[each.rule.template_id or 0] += each.plans
    names = select(PlanTemplate.id, PlanTemplate.name).where(PlanTemplate.id.in_(starting))
    plans = sorted((name, starting[id_]) for id_, name in session.execute(names) if starting[id_])
    return Effects(tuple(_effect(each, moves) for each, moves in supposed), tuple(plans))


def _effect(supposed: Supposed, moves: Iterable[Move]) -> LevelEffect:
    went = Counter(way_of(supposed, (old, new)) for _, old, new in moves)
    track = supposed.after
    return LevelEffect(track.id, track.name, up=went[UP], down=went[DOWN], into=went[IN], out=went[OUT])
