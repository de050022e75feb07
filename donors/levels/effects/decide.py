"""Pure rules of effects: whom they concern, in which order they run, and what becomes of each.

Occasions, of one level: *reach* (comes to it from anywhere), *rise* (comes to it from below or from no level), *fall*
(comes to it from above), *leave* (goes from it to anywhere). Of every level of a track: the same for each level; and
whoever falls out of the track to no level has fallen too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from donors.levels.decide import Band, rises
from donors.plans.decide import COPY

REACH, LEAVE, RISE, FALL = "reach", "leave", "rise", "fall"
OCCASIONS = (REACH, RISE, FALL, LEAVE)
START, STOP, TASK, NOTICE = "start plan", "stop plans", "task", "notice"
ACTS = (START, STOP, TASK, NOTICE)
DONE, REFUSED, ONCE, COOL_DOWN, FAILED = "done", "refused", "once", "cool-down", "failed"
SKIPPED = (ONCE, COOL_DOWN)

NO_PLAN = "No plan of the level left is running."
NOBODY = "There is nobody to tell: no officer is in charge."


@dataclass(frozen=True)
class Rule:
    """An effect as rules see it: the columns of `Effect`. `level_id` is none for every level of the track."""

    id: int
    track_id: int
    level_id: int | None
    occasion: str
    act: str
    template_id: int | None = None
    words: str = ""
    days: int = 0
    to_officer: bool = False
    users: tuple[int, ...] = ()
    once: bool = False
    cool_down: int = 0


@dataclass(frozen=True)
class Step:
    """One change of level; `old` or `new` is none for no level, and they differ."""

    constituent_id: int
    track_id: int
    old: Band | None
    new: Band | None

    @property
    def falls(self) -> bool:
        """Whether it is a step down, to no level too."""
        return self.old is not None and (self.new is None or self.new.position < self.old.position)


@dataclass(frozen=True)
class Open:
    """A plan that runs. `level_id`: whoever came to this level got it by an effect (none: it was started otherwise).

    `id` is none for one that a rehearsal has started.
    """

    id: int | None
    template_id: int
    level_id: int | None = None


@dataclass
class Book:
    """What is known of some constituents, kept up while effects run for them, one after the other.

    `barred`: why somebody gets no plan, no task and no notice; `last`: (effect, constituent) → the day on which it last
    ran; `plans`: constituent → template → the open plan; `retired`: templates that start no more; `officers`:
    constituent → who is in charge; `able`: active users.
    """

    barred: dict[int, str] = field(default_factory=dict)
    last: dict[tuple[int, int], date] = field(default_factory=dict)
    plans: dict[int, dict[int, Open]] = field(default_factory=dict)
    retired: Mapping[int, str] = field(default_factory=dict)
    officers: Mapping[int, int] = field(default_factory=dict)
    able: frozenset[int] = frozenset()

    def note(self, rule: Rule, verdicts: Iterable["Verdict"], *, on: date) -> None:
        """Takes in what an effect has done."""
        for one in verdicts:
            if one.outcome != DONE:
                continue
            here = one.step.constituent_id
            self.last[rule.id, here] = max(on, self.last.get((rule.id, here), on))
            for plan in one.plans:
                if rule.act == STOP:
                    del self.plans[here][plan.template_id]
                else:
                    self.plans.setdefault(here, {})[plan.template_id] = plan


@dataclass(frozen=True)
class Verdict:
    """What becomes of an effect for one change. `plans` are those to start or to stop, `users` who does or is told.

    `task_id` is known once the task was made.
    """

    step: Step
    outcome: str
    why: str = ""
    plans: tuple[Open, ...] = ()
    users: tuple[int, ...] = ()
    task_id: int | None = None


def concerns(rule: Rule, step: Step) -> bool:
    """Whether an effect has to do with a change."""
    if rule.track_id != step.track_id:
        return False
    if rule.occasion == LEAVE:
        return step.old is not None and rule.level_id in (None, step.old.id)
    if rule.occasion == FALL and rule.level_id is None:
        return step.falls
    if step.new is None or rule.level_id not in (None, step.new.id):
        return False
    if rule.occasion == RISE:
        return rises(step.old, step.new)
    return rule.occasion == REACH or step.falls


def ordered(rules: Iterable[Rule]) -> list[Rule]:
    """The order in which effects run: what stops goes first, so that a plan may begin anew; then as they were made."""
    return sorted(rules, key=lambda rule: (rule.act != STOP, rule.id))


def verdict(rule: Rule, step: Step, book: Book, *, on: date) -> Verdict:
    """What becomes of an effect for a change that concerns it."""
    here = step.constituent_id
    last = book.last.get((rule.id, here))
    if last is not None and rule.once:
        return Verdict(step, ONCE, f"It runs once for somebody, and ran on {said(last)}.")
    if last is not None and on < last + timedelta(days=rule.cool_down):
        again = last + timedelta(days=rule.cool_down)
        return Verdict(step, COOL_DOWN, f"It ran on {said(last)} and may run again from {said(again)}.")
    if here in book.barred and rule.act != STOP:
        return Verdict(step, REFUSED, book.barred[here])
    return _ACTS[rule.act](rule, step, book)


def said(day: date) -> str:
    """A day in a sentence."""
    return f"{day.day} {day:%B %Y}"


def _start(rule: Rule, step: Step, book: Book) -> Verdict:
    template = rule.template_id or 0
    if template in book.retired:
        return Verdict(step, REFUSED, book.retired[template])
    if template in book.plans.get(step.constituent_id, {}):
        return Verdict(step, REFUSED, COPY)
    came = None if rule.occasion == LEAVE or step.new is None else step.new.id
    return Verdict(step, DONE, plans=(Open(None, template, came),))


def _stop(_rule: Rule, step: Step, book: Book) -> Verdict:
    running = book.plans.get(step.constituent_id, {}).values()
    left = tuple(plan for plan in running if step.old is not None and plan.level_id == step.old.id)
    return Verdict(step, DONE, plans=left) if left else Verdict(step, REFUSED, NO_PLAN)


def _task(rule: Rule, step: Step, book: Book) -> Verdict:
    officer = book.officers.get(step.constituent_id)
    meant = [*([officer] if officer else []), *rule.users]
    owner = next((one for one in meant if one in book.able), None)
    return Verdict(step, DONE, users=() if owner is None else (owner,))


def _notice(rule: Rule, step: Step, book: Book) -> Verdict:
    officer = book.officers.get(step.constituent_id) if rule.to_officer else None
    told = dict.fromkeys([*([officer] if officer else []), *rule.users])
    users = tuple(one for one in told if one in book.able)
    return Verdict(step, DONE, users=users) if users else Verdict(step, REFUSED, NOBODY)


_ACTS = {START: _start, STOP: _stop, TASK: _task, NOTICE: _notice}
