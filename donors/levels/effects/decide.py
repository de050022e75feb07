"""Pure rules of effects: whom they concern, in which order they run, and what becomes of each.

Occasions, of one level: *reach* (comes to it from anywhere), *rise* (comes to it from below or from no level), *fall*
(comes to it from above), *leave* (goes from it to anywhere). Of every level of a track: the same for each level; and
whoever falls out of the track to no level has fallen too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from donors.levels.decide import Change
from donors.plans.decide import COPY

REACH, LEAVE, RISE, FALL = "reach", "leave", "rise", "fall"
OCCASIONS = (REACH, RISE, FALL, LEAVE)
START, STOP, TASK, NOTICE = "start plan", "stop plans", "task", "notice"
ACTS = (START, STOP, TASK, NOTICE)
DONE, REFUSED, ONCE, COOL_DOWN, FAILED = "done", "refused", "once", "cool-down", "failed"
SKIPPED = (ONCE, COOL_DOWN)

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
            here = one.change.constituent_id
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

    change: Change
    outcome: str
    why: str = ""
    plans: tuple[Open, ...] = ()
    users: tuple[int, ...] = ()
    task_id: int | None = None


def concerns(rule: Rule, change: Change) -> bool:
    """Whether an effect has to do with a change."""
    if rule.track_id != change.track_id:
        return False
    if rule.occasion == LEAVE:
        return change.old is not None and rule.level_id in (None, change.old.id)
    if rule.occasion == FALL and rule.level_id is None:
        return change.falls
    if change.new is None or rule.level_id not in (None, change.new.id):
        return False
    if rule.occasion == RISE:
        return change.rises
    return rule.occasion == REACH or change.falls


def ordered(rules: Iterable[Rule]) -> list[Rule]:
    """The order in which effects run: what stops goes first, so that a plan may begin anew; then as they were made."""
    return sorted(rules, key=lambda rule: (rule.act != STOP, rule.id))


def verdict(rule: Rule, change: Change, book: Book, *, on: date) -> Verdict | None:
    """What becomes of an effect for a change that concerns it; none where there is nothing that could stop."""
    here = change.constituent_id
    if rule.act == STOP and not _of_level_left(change, book):
        return None
    last = book.last.get((rule.id, here))
    if last is not None and rule.once:
        return Verdict(change, ONCE, f"It runs once for somebody, and ran on {said(last)}.")
    if last is not None and on < last + timedelta(days=rule.cool_down):
        again = last + timedelta(days=rule.cool_down)
        return Verdict(change, COOL_DOWN, f"It ran on {said(last)} and may run again from {said(again)}.")
    if here in book.barred and rule.act != STOP:
        return Verdict(change, REFUSED, book.barred[here])
    return _ACTS[rule.act](rule, change, book)


def said(day: date) -> str:
    """A day in a sentence."""
    return f"{day.day} {day:%B %Y}"


def _start(rule: Rule, change: Change, book: Book) -> Verdict:
    template = rule.template_id or 0
    if template in book.retired:
        return Verdict(change, REFUSED, book.retired[template])
    if template in book.plans.get(change.constituent_id, {}):
        return Verdict(change, REFUSED, COPY)
    came = None if rule.occasion == LEAVE or change.new is None else change.new.id
    return Verdict(change, DONE, plans=(Open(None, template, came),))


def _stop(_rule: Rule, change: Change, book: Book) -> Verdict:
    return Verdict(change, DONE, plans=_of_level_left(change, book))


def _of_level_left(change: Change, book: Book) -> tuple[Open, ...]:
    running = book.plans.get(change.constituent_id, {}).values()
    return tuple(plan for plan in running if change.old is not None and plan.level_id == change.old.id)


def _task(rule: Rule, change: Change, book: Book) -> Verdict:
    officer = book.officers.get(change.constituent_id)
    meant = [*([officer] if officer else []), *rule.users]
    owner = next((one for one in meant if one in book.able), None)
    return Verdict(change, DONE, users=() if owner is None else (owner,))


def _notice(rule: Rule, change: Change, book: Book) -> Verdict:
    officer = book.officers.get(change.constituent_id) if rule.to_officer else None
    told = dict.fromkeys([*([officer] if officer else []), *rule.users])
    users = tuple(one for one in told if one in book.able)
    return Verdict(change, DONE, users=users) if users else Verdict(change, REFUSED, NOBODY)


_ACTS = {START: _start, STOP: _stop, TASK: _task, NOTICE: _notice}
