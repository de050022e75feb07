"""All that starts plans, in one list: start rules, effects of levels, entries of stages. Each with how often it did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.settings import organization
from donors.levels.effects.decide import DONE, START
from donors.levels.effects.queries import names
from donors.levels.effects.words import Names, how_often, when
from donors.levels.models import Effect, EffectRun, Track
from donors.pipeline.models import Pipeline, Stage
from donors.plans.models import RunningPlan
from donors.plans.starts.event import EVENTS
from donors.plans.starts.models import StartRule
from donors.plans.starts.queries import NOTHING, Tally, start_rules, tallies

RULE, LEVEL, STAGE = "rule", "level", "stage"


@dataclass(frozen=True)
class Source:
    """One thing that starts plans. `id`: of the rule, the effect or the stage; `beside`: its track or pipeline."""

    kind: str
    id: int
    when: str
    beside: str
    template_id: int
    plan: str
    often: str
    is_active: bool
    tally: Tally


def sources(session: Session) -> list[Source]:
    """Rules in the order in which they were made, then levels by track, then stages in their order."""
    known = names(session)
    return [*_rules(session, known), *_levels(session, known), *_stages(session, known)]


def rule_words(rule: StartRule, *, currency: str) -> str:
    """What a rule waits for, in words; the key of its event where the part is gone that knew it."""
    event = EVENTS.get(rule.event)
    return event.words(rule.numbers, currency=currency) if event else rule.event


def rule_often(rule: StartRule) -> str:
    """`once for each`; empty where it starts one each time."""
    if rule.once:
        return "once for each"
    return f"not again within {rule.cool_down} day{'s' if rule.cool_down > 1 else ''}" if rule.cool_down else ""


def _rules(session: Session, known: Names) -> Iterator[Source]:
    counted, currency = tallies(session), organization(session).currency
    for rule in start_rules(session):
        yield Source(
            RULE,
            rule.id,
            rule_words(rule, currency=currency),
            "",
            rule.template_id,
            known.plans[rule.template_id],
            rule_often(rule),
            rule.is_active,
            counted.get(rule.id, NOTHING),
        )


def _levels(session: Session, known: Names) -> Iterator[Source]:
    done = select(EffectRun.effect_id, func.count(), func.max(EffectRun.ran_on)).where(EffectRun.outcome == DONE)
    counted = {row[0]: Tally(row[1], row[2]) for row in session.execute(done.group_by(EffectRun.effect_id))}
    starting = select(Effect, Track.name).join(Track, Track.id == Effect.track_id).where(Effect.act == START)
    for effect, track in session.execute(starting.order_by(Track.position, Effect.id)):
        plan, tally = known.plans.get(effect.template_id or 0, ""), counted.get(effect.id, NOTHING)
        told = (when(effect, known), track, effect.template_id or 0, plan, how_often(effect), effect.is_active)
        yield Source(LEVEL, effect.id, *told, tally)


def _stages(session: Session, known: Names) -> Iterator[Source]:
    counted = _started_by_stages(session)
    with_plan = (
        select(Stage, Pipeline.name)
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .where(Stage.plan_template_id.is_not(None))
        .order_by(Pipeline.position, Stage.position)
    )
    for stage, pipeline in session.execute(with_plan):
        template_id = stage.plan_template_id or 0
        tally = counted.get((template_id, _cause(stage.name)), NOTHING)
        told = (f"On entering {stage.name}", pipeline, template_id, known.plans.get(template_id, ""), "")
        yield Source(STAGE, stage.id, *told, stage.is_active, tally)


def _cause(stage: str) -> str:
    return f"stage {stage}"


def _started_by_stages(session: Session) -> dict[tuple[int, str], Tally]:
    """(template, cause) → how often: plans say in words which stage has started them."""
    started = select(RunningPlan.template_id, RunningPlan.cause, func.count(), func.max(RunningPlan.started_on)).where(
        RunningPlan.cause.like("stage %")
    )
    counted: dict[tuple[int, str], Tally] = {}
    last: date
    for template_id, cause, number, last in session.execute(
        started.group_by(RunningPlan.template_id, RunningPlan.cause)
    ):
        counted[template_id, cause] = Tally(number, last)
    return counted
