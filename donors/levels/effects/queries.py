"""Reading of effects: the rules of tracks, what is known of those whom they concern, and what became of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.models import User
from donors.core.bulk import among
from donors.core.errors import NotFound
from donors.levels.decide import Band
from donors.levels.effects.decide import DONE, FAILED, LEAVE, NOTICE, START, STOP, TASK, Book, Open, Rule
from donors.levels.effects.words import Names
from donors.levels.models import Effect, EffectRun, Level, Standing, Track
from donors.plans.decide import RETIRED
from donors.plans.models import ONGOING, PlanTemplate, RunningPlan
from donors.plans.starting.eligible import barred


def rule_of(row: Effect) -> Rule:
    """An effect as rules see it."""
    return Rule(
        row.id,
        row.track_id,
        row.level_id,
        row.occasion,
        row.act,
        row.template_id,
        row.words,
        row.days,
        row.to_officer,
        tuple(row.users),
        row.once,
        row.cool_down,
    )


def rules_of(session: Session, track_ids: Collection[int]) -> list[Rule]:
    """The active effects of tracks."""
    if not track_ids:
        return []
    wanted = select(Effect).where(Effect.track_id.in_(track_ids), Effect.is_active).order_by(Effect.id)
    return [rule_of(row) for row in session.scalars(wanted)]


def has_effects(session: Session, track_id: int) -> bool:
    """Whether a track has active effects: only then anybody needs to know who changed level on it."""
    return session.scalar(select(exists().where(Effect.track_id == track_id, Effect.is_active))) or False


def effects_of_track(session: Session, track_id: int) -> Sequence[Effect]:
    """All effects of a track, those of every level first, then by level, in the order in which they were made."""
    wanted = select(Effect).outerjoin(Level, Level.id == Effect.level_id).where(Effect.track_id == track_id)
    return session.scalars(wanted.order_by(func.coalesce(Level.position, 0), Effect.id)).all()


def effect(session: Session, effect_id: int) -> Effect:
    """One effect. Raises NotFound."""
    found = session.get(Effect, effect_id)
    if found is None:
        raise NotFound("effect", effect_id)
    return found


def names(session: Session) -> Names:
    """The names of all levels, plan templates and users, for effects in words."""
    named: list[dict[int, str]] = []
    for model in (Level, PlanTemplate, User):
        named.append({row.id: row.name for row in session.execute(select(model.id, model.name))})
    return Names(*named)


def book(session: Session, ids: Sequence[int], rules: Iterable[Rule], *, officers: Mapping[int, int]) -> Book:
    """What the rules must know of these constituents; `officers` are those in charge, where anybody is asked for."""
    rules = list(rules)
    acts = {rule.act for rule in rules}
    templates = [rule.template_id for rule in rules if rule.template_id is not None]
    retired = select(PlanTemplate.id).where(PlanTemplate.id.in_(templates), PlanTemplate.is_active.is_(False))
    return Book(
        barred=barred(session, ids) if acts != {STOP} else {},
        last=_last_runs(session, ids, [rule.id for rule in rules if rule.once or rule.cool_down]),
        plans=_open_plans(session, ids) if acts & {START, STOP} else {},
        retired=dict.fromkeys(session.scalars(retired), RETIRED) if templates else {},
        officers=officers,
        able=_active(session) if acts & {TASK, NOTICE} else frozenset(),
    )


def _last_runs(session: Session, ids: Sequence[int], effect_ids: list[int]) -> dict[tuple[int, int], date]:
    if not effect_ids:
        return {}
    done = select(EffectRun.effect_id, EffectRun.constituent_id, func.max(EffectRun.ran_on)).where(
        among(session, EffectRun.constituent_id, ids), EffectRun.effect_id.in_(effect_ids), EffectRun.outcome == DONE
    )
    found = session.execute(done.group_by(EffectRun.effect_id, EffectRun.constituent_id))
    return {(effect_id, constituent_id): last for effect_id, constituent_id, last in found}


def _open_plans(session: Session, ids: Sequence[int]) -> dict[int, dict[int, Open]]:
    came = (
        select(EffectRun.plan_id, EffectRun.to_level_id)
        .join(Effect, Effect.id == EffectRun.effect_id)
        .where(EffectRun.outcome == DONE, Effect.act == START, Effect.occasion != LEAVE)
        .where(among(session, EffectRun.constituent_id, ids))
        .subquery()
    )
    running = (
        select(RunningPlan.constituent_id, RunningPlan.id, RunningPlan.template_id, came.c.to_level_id)
        .outerjoin(came, came.c.plan_id == RunningPlan.id)
        .where(among(session, RunningPlan.constituent_id, ids), RunningPlan.state.in_(ONGOING))
    )
    found: dict[int, dict[int, Open]] = {}
    for constituent_id, plan_id, template_id, level_id in session.execute(running):
        found.setdefault(constituent_id, {})[template_id] = Open(plan_id, template_id, level_id)
    return found


def _active(session: Session) -> frozenset[int]:
    return frozenset(session.scalars(select(User.id).where(User.deactivated_at.is_(None))))


def newest_standings(session: Session, ids: Sequence[int], track_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """(constituent, track) → the standing that began last."""
    newest = select(Standing.constituent_id, Standing.track_id, func.max(Standing.id)).where(
        among(session, Standing.constituent_id, ids), Standing.track_id.in_(track_ids)
    )
    found = session.execute(newest.group_by(Standing.constituent_id, Standing.track_id))
    return {(constituent_id, track_id): standing_id for constituent_id, track_id, standing_id in found}


def bands_by_id(session: Session, ids: Collection[int]) -> dict[int, Band]:
    """Levels as bands, retired ones too."""
    rows = session.scalars(select(Level).where(Level.id.in_(ids)))
    return {row.id: Band(row.id, row.name, row.position, row.minimum, row.maximum) for row in rows}


@dataclass(frozen=True)
class RunLine:
    """What became of an effect, with the names of the levels (none: no level), of the plan's template and the track."""

    run: EffectRun
    effect: Effect
    track: str
    old: str | None
    new: str | None
    plan: str | None


def runs_of(
    session: Session,
    constituent_id: int,
    *,
    limit: int,
    tracks: Collection[int] | None = None,
    outcomes: Collection[str] | None = None,
) -> list[RunLine]:
    """What became of effects for a constituent, the newest first; of some tracks, with some outcomes."""
    wanted = _lines().where(EffectRun.constituent_id == constituent_id)
    for column, among_these in ((Effect.track_id, tracks), (EffectRun.outcome, outcomes)):
        if among_these is not None:
            wanted = wanted.where(column.in_(among_these))
    newest = wanted.order_by(EffectRun.ran_on.desc(), EffectRun.id.desc()).limit(limit)
    return [RunLine(*row) for row in session.execute(newest)]


def _lines() -> Select[EffectRun, Effect, str, str, str, str]:
    old, new = aliased(Level), aliased(Level)
    return (
        select(EffectRun, Effect, Track.name, old.name, new.name, PlanTemplate.name)
        .join(Effect, Effect.id == EffectRun.effect_id)
        .join(Track, Track.id == Effect.track_id)
        .outerjoin(old, old.id == EffectRun.from_level_id)
        .outerjoin(new, new.id == EffectRun.to_level_id)
        .outerjoin(PlanTemplate, PlanTemplate.id == Effect.template_id)
    )


@dataclass(frozen=True)
class Failure:
    """An effect that failed, for how many constituents, since when, and the reason of the newest."""

    effect: Effect
    track: str
    count: int
    since: date
    why: str


def failures(session: Session) -> list[Failure]:
    """The effects that failed and were not tried again, the newest first."""
    newest = aliased(EffectRun)
    counted = (
        select(EffectRun.effect_id, func.count(), func.min(EffectRun.ran_on), func.max(EffectRun.id).label("newest"))
        .where(EffectRun.outcome == FAILED)
        .group_by(EffectRun.effect_id)
        .subquery()
    )
    found = session.execute(
        select(Effect, Track.name, *list(counted.c)[1:3], newest.why)
        .join(counted, counted.c.effect_id == Effect.id)
        .join(newest, newest.id == counted.c.newest)
        .join(Track, Track.id == Effect.track_id)
        .order_by(counted.c.newest.desc())
    )
    return [Failure(*row) for row in found]


def failed_runs(session: Session, effect_id: int, *, limit: int) -> dict[int, EffectRun]:
    """Constituent → the newest failed run of an effect, locked."""
    wanted = select(EffectRun).where(EffectRun.effect_id == effect_id, EffectRun.outcome == FAILED)
    locked = wanted.order_by(EffectRun.id.desc()).limit(limit).with_for_update()
    found: dict[int, EffectRun] = {}
    for row in session.scalars(locked.execution_options(populate_existing=True)).all():
        found.setdefault(row.constituent_id, row)
    return found


def counts_of_runs(session: Session, track_id: int) -> dict[int, int]:
    """Effect → for how many constituents it was carried out."""
    done = select(EffectRun.effect_id, func.count()).join(Effect, Effect.id == EffectRun.effect_id)
    counted = done.where(Effect.track_id == track_id, EffectRun.outcome == DONE).group_by(EffectRun.effect_id)
    return {effect_id: count for effect_id, count in session.execute(counted)}
