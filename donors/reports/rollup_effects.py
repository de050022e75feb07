"""What would follow if a figure were defined so: who changes level, and which plans would start. Nothing is written."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.levels.compile import level_case, may_stand
from donors.levels.decide import Change
from donors.levels.effects.decide import START
from donors.levels.effects.queries import bands_by_id, has_effects
from donors.levels.ladders import Ladder, ladders
from donors.levels.models import Standing
from donors.plans.models import PlanTemplate
from donors.rollups.definition import Definition
from donors.rollups.rehearse import follows, would_be
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
    keys = [each.key for each in follows(session, one)]
    measured = [ladder for ladder in ladders(session) if ladder.measure in keys]
    found, changes = [], list[Change]()
    for ladder in measured:
        beside = _beside(session, ladder, one, on=on)
        found.append(_effect(ladder, _moves(session, beside)))
        if has_effects(session, ladder.id):
            changes += _changes(session, ladder, beside)
    starting: Counter[int] = Counter()
    for each in effects_of(session, changes, on=on):
        if each.rule.act == START:
            starting[each.rule.template_id or 0] += each.plans
    names = select(PlanTemplate.id, PlanTemplate.name).where(PlanTemplate.id.in_(starting))
    plans = sorted((name, starting[id_]) for id_, name in session.execute(names) if starting[id_])
    return Effects(tuple(found), tuple(plans))


def _beside(session: Session, ladder: Ladder, one: Definition, *, on: date) -> Any:
    """For everybody who stands on a track, or would: the level of now, and the one that would be (none: no level)."""
    facts = would_be(session, one, keys=[ladder.measure], on=on)
    new = level_case(facts.c[ladder.measure], ladder.bands)
    here: Any = and_(
        Standing.constituent_id == Constituent.id, Standing.track_id == ladder.id, Standing.to_on.is_(None)
    )
    return (
        select(Constituent.id, Standing.level_id.label("old_level"), new.label("new_level"))
        .select_from(Constituent)
        .outerjoin(facts, facts.c.constituent_id == Constituent.id)
        .outerjoin(Standing, here)
        .where(may_stand(ladder, on=on), or_(Standing.id.is_not(None), new.is_not(None)))
        .subquery()
    )


def _moves(session: Session, beside: Any) -> dict[tuple[int | None, int | None], int]:
    """How many would go from one level (none: no level) to another."""
    counted = select(beside.c.old_level, beside.c.new_level, func.count())
    rows = session.execute(counted.group_by(beside.c.old_level, beside.c.new_level))
    return {(old, to): count for old, to, count in rows if old != to}


def _changes(session: Session, ladder: Ladder, beside: Any) -> list[Change]:
    """Who would change level on a track with effects."""
    wanted = select(beside).where(beside.c.old_level.is_distinct_from(beside.c.new_level))
    rows = session.execute(wanted.order_by(beside.c.id)).all()
    known = {band.id: band for band in ladder.bands}
    known |= bands_by_id(session, {old for _, old, _ in rows if old is not None} - known.keys())
    return [Change(one, ladder.id, ladder.name, known.get(old or 0), known.get(new or 0)) for one, old, new in rows]


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
