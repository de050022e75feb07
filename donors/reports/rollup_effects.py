"""What would follow if a figure were defined so: who changes level, and which plans would start. Nothing is written."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.levels.compile import level_case, may_stand
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Standing
from donors.plans.models import PlanTemplate
from donors.rollups.definition import Definition
from donors.rollups.rehearse import follows, would_be


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
    keys = [each.key for each in follows(session, one)]
    measured = [ladder for ladder in ladders(session) if ladder.measure in keys]
    starting: Counter[int] = Counter()
    found = []
    for ladder in measured:
        moves = _moves(session, ladder, one, on=on)
        found.append(_effect(ladder, moves))
        starting.update(_starting(ladder, moves))
    names = select(PlanTemplate.id, PlanTemplate.name).where(PlanTemplate.id.in_(starting))
    plans = sorted((name, starting[id_]) for id_, name in session.execute(names))
    return Effects(tuple(found), tuple(plans))


def _moves(session: Session, ladder: Ladder, one: Definition, *, on: date) -> dict[tuple[int | None, int | None], int]:
    """How many would go from one level (none: no level) to another."""
    facts = would_be(session, one, keys=[ladder.measure], on=on)
    new = level_case(facts.c[ladder.measure], ladder.bands)
    here: Any = and_(
        Standing.constituent_id == Constituent.id, Standing.track_id == ladder.id, Standing.to_on.is_(None)
    )
    new_level = new.label("new_level")
    beside = (
        select(Standing.level_id.label("old_level"), new_level)
        .select_from(Constituent)
        .outerjoin(facts, facts.c.constituent_id == Constituent.id)
        .outerjoin(Standing, here)
        .where(may_stand(ladder, on=on), or_(Standing.id.is_not(None), new.is_not(None)))
        .subquery()
    )
    counted = select(beside.c.old_level, beside.c.new_level, func.count())
    rows = session.execute(counted.group_by(beside.c.old_level, beside.c.new_level))
    return {(old, to): count for old, to, count in rows if old != to}


def _place(ladder: Ladder, level_id: int | None) -> int:
    band = ladder.band(level_id)
    return band.position if band else 0


def _effect(ladder: Ladder, moves: dict[tuple[int | None, int | None], int]) -> LevelEffect:
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


def _starting(ladder: Ladder, moves: dict[tuple[int | None, int | None], int]) -> dict[int, int]:
    """Plan template → how many would rise to a level that starts it."""
    found: Counter[int] = Counter()
    for (old, new), many in moves.items():
        band = ladder.band(new)
        if band and band.plan_template_id and band.position > _place(ladder, old):
            found[band.plan_template_id] += many
    return found
