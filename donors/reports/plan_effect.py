"""What plans of a template bring about: how far they come, whether steps are on time, and who gave afterwards.

Giving of those whom the lot let have the plan is compared with that of those whom it held out: they are alike but for
the plan. Plans that no lot decided about (by hand, by a stage, of somebody who is spared) are no part of that. Whoever
had the plan several times counts once, by the first. Only those count whose days after the start are over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.core.interval import difference, share, wilson
from donors.giving.models import Gift
from donors.plans.models import CANCELLED, DONE, SKIPPED, RunningPlan, Step, Task

LEAST = 30
"""Below so many people with the plan by lot, or held out, nothing is said of the difference."""


@dataclass(frozen=True)
class EffectQuestion:
    """Plans of a template that started from a day to another; gifts within so many days after the start."""

    template_id: int
    since: date
    on: date
    days: int
    sees: Sight


@dataclass(frozen=True)
class StepLine:
    """One step, by place and subject, over the versions of the template. Counts are of its tasks.

    `late` is the median of the days by which those that were done late were late; none where none was.
    """

    position: int
    subject: str
    done: int
    skipped: int
    cancelled: int
    ahead: int
    on_time: int
    late: int | None

    @property
    def all(self) -> int:
        """How many plans had it."""
        return self.done + self.skipped + self.cancelled + self.ahead

    @property
    def reached(self) -> float | None:
        """The share of the plans that came past it: it was done, or skipped and the plan went on."""
        return share(self.done + self.skipped, self.all)

    @property
    def punctual(self) -> float | None:
        """The share of the done ones that were done by their day."""
        return share(self.on_time, self.done)


@dataclass(frozen=True)
class Group:
    """Some people: how many, how many gave within the days, and how much in all."""

    people: int = 0
    gave: int = 0
    money: int = 0

    @property
    def share(self) -> float | None:
        """The share that gave."""
        return share(self.gave, self.people)

    @property
    def range(self) -> tuple[float, float] | None:
        """Its interval."""
        return wilson(self.gave, self.people)

    @property
    def each(self) -> int | None:
        """Money for each of the people, whether they gave or not; minor units."""
        return round(self.money / self.people) if self.people else None


@dataclass(frozen=True)
class PlanEffect:
    """The report. `by_lot` are those of the `treated` whom the lot let have the plan. `too_early`: how many more
    started whose days are not over yet."""

    asked: EffectQuestion
    steps: tuple[StepLine, ...]
    treated: Group
    by_lot: Group
    held_out: Group
    too_early: int
    plans: int
    finished: int
    stopped: int

    @property
    def enough(self) -> bool:
        """Whether there are enough people in both groups to speak of a difference."""
        return min(self.by_lot.people, self.held_out.people) >= LEAST

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """The share that gave with the plan, by lot, less that without, and its interval; none while there is too
        little."""
        both = (self.by_lot.gave, self.by_lot.people), (self.held_out.gave, self.held_out.people)
        return difference(*both) if self.enough else None


def plan_effect(session: Session, asked: EffectQuestion) -> PlanEffect:
    """Looks at all plans of the question."""
    gifts = _gifts(session, asked)
    with_plan, drawn = _begun(session, asked, ~RunningPlan.held_out), _begun(session, asked, RunningPlan.by_lot)
    begun = {one[0]: one for one in (*with_plan, *drawn)}.values()
    states = _states(session, asked)
    return PlanEffect(
        asked=asked,
        steps=_steps(session, asked),
        treated=_group(with_plan, gifts, asked),
        by_lot=_group([one for one in drawn if not one[1]], gifts, asked),
        held_out=_group([one for one in drawn if one[1]], gifts, asked),
        too_early=sum(not _is_over(one, asked) for one in begun),
        plans=sum(states.values()),
        finished=states.get(DONE, 0),
        stopped=states.get("stopped", 0),
    )


def _which(asked: EffectQuestion) -> ColumnElement[bool]:
    seen = rows(asked.sees, confidential=Constituent.confidential.expression, constituent_id=Constituent.id.expression)
    started = RunningPlan.started_on.between(asked.since, asked.on)
    return and_(RunningPlan.template_id == asked.template_id, started, Constituent.deleted_at.is_(None), seen)


def _plans(asked: EffectQuestion, *columns: Any) -> Any:
    people = Constituent.id == RunningPlan.constituent_id
    return select(*columns).select_from(RunningPlan).join(Constituent, people).where(_which(asked))


def _states(session: Session, asked: EffectQuestion) -> dict[str, int]:
    counted = _plans(asked, RunningPlan.state, func.count()).where(~RunningPlan.held_out).group_by(RunningPlan.state)
    return {state: count for state, count in session.execute(counted)}


Begun = tuple[int, bool, date]
"""Somebody, whether they were held out, and when the plan started first for them."""


def _begun(session: Session, asked: EffectQuestion, which: Any) -> list[Begun]:
    """For whom such plans started."""
    found: dict[int, Begun] = {}
    columns = (RunningPlan.constituent_id, RunningPlan.held_out, RunningPlan.started_on)
    plans = _plans(asked, *columns).where(which)
    for one in session.execute(plans.order_by(RunningPlan.started_on, RunningPlan.id)):
        found.setdefault(one[0], (one[0], one[1], one[2]))
    return list(found.values())


def _is_over(begun: Begun, asked: EffectQuestion) -> bool:
    """Whether the days after the start are over."""
    return begun[2] + timedelta(days=asked.days) < asked.on


def _gifts(session: Session, asked: EffectQuestion) -> dict[int, list[tuple[date, int]]]:
    """Giver → days and amounts of the gifts that may count."""
    people = _plans(asked, RunningPlan.constituent_id)
    given = select(Gift.constituent_id, Gift.received_on, Gift.base_amount).where(
        Gift.constituent_id.in_(people), Gift.received_on.between(asked.since, asked.on), Gift.base_amount > 0
    )
    found: dict[int, list[tuple[date, int]]] = {}
    for constituent_id, on, amount in session.execute(given):
        found.setdefault(constituent_id, []).append((on, amount))
    return found


def _group(begun: Sequence[Begun], gifts: dict[int, list[tuple[date, int]]], asked: EffectQuestion) -> Group:
    """Gifts of the day of the start do not count: one of them may have been what started the plan."""
    gave = money = 0
    over = [one for one in begun if _is_over(one, asked)]
    for constituent_id, _held, start in over:
        last = start + timedelta(days=asked.days)
        amounts = [amount for on, amount in gifts.get(constituent_id, ()) if start < on <= last]
        gave += bool(amounts)
        money += sum(amounts)
    return Group(len(over), gave, money)


def _steps(session: Session, asked: EffectQuestion) -> tuple[StepLine, ...]:
    step = (Step.position, Step.subject)
    counted = (
        select(*step, Task.state, Task.due_on, Task.done_on, func.count())
        .select_from(Task)
        .join(Step, Step.id == Task.step_id)
        .join(RunningPlan, RunningPlan.id == Task.plan_id)
        .join(Constituent, Constituent.id == RunningPlan.constituent_id)
        .where(_which(asked))
        .group_by(*step, Task.state, Task.due_on, Task.done_on)
    )
    found: dict[tuple[int, str], list[tuple[str, int, int]]] = {}
    for position, subject, state, due_on, done_on, count in session.execute(counted):
        late = (done_on - due_on).days if state == DONE and done_on else 0
        found.setdefault((position, subject), []).append((state, late, count))
    return tuple(_step(*named, counts) for named, counts in sorted(found.items()))


def _step(position: int, subject: str, counts: Sequence[tuple[str, int, int]]) -> StepLine:
    def sum_of(*states: str) -> int:
        return sum(count for state, _late, count in counts if state in states)

    late = [days for state, days, count in counts if state == DONE and days > 0 for _ in range(count)]
    done, gone = sum_of(DONE), sum_of(SKIPPED, CANCELLED)
    return StepLine(
        position,
        subject,
        done=done,
        skipped=sum_of(SKIPPED),
        cancelled=sum_of(CANCELLED),
        ahead=sum(count for _state, _late, count in counts) - done - gone,
        on_time=done - len(late),
        late=_median(late),
    )


def _median(days: Iterable[int]) -> int | None:
    found = list(days)
    return round(median(found)) if found else None
