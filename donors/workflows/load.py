"""The load that a start would bring: how many tasks each owner would get in each week. Writes nothing.

The tasks are those of the start itself that people do, counted instead of written; by dates, steps are done on their
day. Where a plan goes one of several ways, each number is the most that any of them brings.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.bulk import among
from donors.plans.dates import Days, unknown_anchors
from donors.plans.decide import ways_through
from donors.plans.models import UNDONE, RunningPlan, Step, Task, TaskQueue
from donors.plans.queries.anchors import anchors_asked, anchors_from
from donors.plans.queries.editions import Edition, edition
from donors.plans.queries.templates import newest_version
from donors.plans.starting.first_tasks import Beginning, Fits, Owner, beginning, fits_for, held_criteria
from donors.plans.terms import MAIL, NOTE, WAIT, is_for_people
from donors.workflows.plans import owners

NOBODY = "nobody"
MOST_WEEKS = 26
"""So many weeks from the first task on stand apart; what comes later is counted together."""
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class LoadRow:
    """What one owner would get: new tasks by week and in all, and how many of theirs are due in these weeks already."""

    owner: str
    new: tuple[int, ...]
    already: tuple[int, ...]
    later: int = 0
    total: int = 0


@dataclass(frozen=True)
class Load:
    """The load of a start. `weeks` are Mondays without a gap; rows go from the largest share to the smallest.

    `tasks` are all for people. `is_most`: plans part, so that the numbers say what there will be at most.
    """

    weeks: tuple[date, ...] = ()
    rows: tuple[LoadRow, ...] = ()
    tasks: int = 0
    is_most: bool = False

    @property
    def most(self) -> int:
        """The largest number of a week: what the darkest field stands for."""
        return max((count for row in self.rows for count in row.new), default=0)

    @property
    def has_later(self) -> bool:
        """Whether anything is due after the last week."""
        return any(row.later for row in self.rows)


def load(session: Session, ids: Sequence[int], template_id: int, *, on: date, by: int | None = None) -> Load:
    """What a start for these constituents on a day would bring, if `by` starts it. Raises NotFound.

    Those who cannot start and those who are held out are for the caller to leave out; of whom a day is not known that a
    step is counted from, nothing is counted.
    """
    course = edition(session, newest_version(session, template_id).id)
    counts = Counts()
    owner_of = owners(session, ids, on=on)
    plan = RunningPlan(started_by=by, started_on=on)
    for begins, some in _alike(session, course, ids, on=on):
        due = _due(course, begins)
        alike: Counter[tuple[Field, ...]] = Counter()
        for plan.constituent_id in some:
            found = (owner_of(plan, course.steps[step_id], day) for step_id, day in due.items())
            who = (Owner(owner.user_id, queue_id=owner.queue_id) for owner in found)
            alike[tuple(zip(who, map(_monday, due.values()), strict=True))] += 1
        ways = ways_through(course.nodes, begins.follows)
        for fields, people in alike.items():
            counts.add(dict(zip(due, fields, strict=True)), ways, people)
    return _arranged(session, counts)


Field = tuple[Owner, date]
"""Whose task, and the Monday of its week."""


@dataclass
class Counts:
    """The most of new tasks in each field, for each owner, and in all."""

    fields: Counter[Field] = field(default_factory=Counter)
    owners: Counter[Owner] = field(default_factory=Counter)
    tasks: int = 0
    is_most: bool = False

    def add(self, steps: Mapping[int, Field], ways: Sequence[Collection[int]], people: int) -> None:
        """Counts plans of so many people: `steps` are those for people, `ways` the steps that come about together."""
        through = {tuple(steps[key] for key in steps if key in way) for way in ways}
        for one in set(steps.values()):
            self.fields[one] += people * max(way.count(one) for way in through)
        for owner in {owner for owner, _week in steps.values()}:
            self.owners[owner] += people * max(sum(one == owner for one, _week in way) for way in through)
        self.tasks += people * max(map(len, through))
        self.is_most = self.is_most or len(through) > 1


def _alike(
    session: Session, course: Edition, ids: Sequence[int], *, on: date
) -> Iterator[tuple[Beginning, Sequence[int]]]:
    """How plans begin, each with those for whom they begin so."""
    anchors = anchors_asked(session, course, ids, Days(on))
    fits: Fits = held_criteria(session, course, ids, on=on)
    groups: dict[tuple[object, ...], list[int]] = {}
    for one in ids:
        holding = tuple(one in holds for holds in fits.values())
        groups.setdefault((*sorted(anchors.get(one, {}).items()), holding), []).append(one)
    for some in groups.values():
        days = Days(on, anchors_from(anchors.get(some[0], {})))
        if not unknown_anchors(course.nodes, days):
            yield beginning(course, days, fits_for(fits, some[0])), some


def _due(course: Edition, begins: Beginning) -> dict[int, date]:
    """The days of the steps that people would do."""
    over = set(begins.follows.passed_over)
    return {
        step_id: begins.moved.get(step_id, begins.dates[step_id]).on
        for step_id, step in course.steps.items()
        if step_id not in over and is_for_people(step.kind, is_held=step.is_held)
    }


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _arranged(session: Session, counts: Counts) -> Load:
    """Owners by name, whatever was noted of why it is they."""
    if not counts.tasks:
        return Load()
    named: Counter[tuple[str, date]] = Counter()
    totals: Counter[str] = Counter()
    names, users = _names(session, set(counts.owners))
    for (owner, week), count in counts.fields.items():
        named[names[owner.user_id, owner.queue_id], week] += count
    for owner, count in counts.owners.items():
        totals[names[owner.user_id, owner.queue_id]] += count
    first, last = min(week for _name, week in named), max(week for _name, week in named)
    weeks = tuple(first + WEEK * number for number in range(min((last - first).days // 7 + 1, MOST_WEEKS)))
    already = _already(session, users, weeks)
    rows = [replace(_row(name, weeks, named, already), total=total) for name, total in totals.items()]
    ordered = tuple(sorted(rows, key=lambda row: (-row.total, row.owner)))
    return Load(weeks, ordered, counts.tasks, counts.is_most)


def _row(
    name: str, weeks: Sequence[date], named: Mapping[tuple[str, date], int], already: Mapping[tuple[str, date], int]
) -> LoadRow:
    later = sum(count for (owner, week), count in named.items() if owner == name and week not in weeks)
    new = tuple(named.get((name, week), 0) for week in weeks)
    return LoadRow(name, new, tuple(already.get((name, week), 0) for week in weeks), later)


def _names(session: Session, found: set[Owner]) -> tuple[dict[tuple[int | None, int | None], str], dict[int, str]]:
    """Owner → name, and the users among them by id."""
    users = {owner.user_id for owner in found if owner.user_id is not None}
    queues = {owner.queue_id for owner in found if owner.queue_id is not None}
    people = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(users)))}
    waiting = select(TaskQueue.id, TaskQueue.name).where(TaskQueue.id.in_(queues))
    lines = {row.id: f"{row.name} (queue)" for row in session.execute(waiting)}
    names = {
        (owner.user_id, owner.queue_id): people.get(owner.user_id or 0) or lines.get(owner.queue_id or 0) or NOBODY
        for owner in found
    }
    return names, people


def _already(session: Session, users: Mapping[int, str], weeks: Sequence[date]) -> Counter[tuple[str, date]]:
    """What users have to do in these weeks as things are."""
    due = (
        select(Task.owner_id, Task.due_on, func.count())
        .outerjoin(Step, Step.id == Task.step_id)
        .where(among(session, Task.owner_id, sorted(users)), Task.state.in_(UNDONE))
        .where(Task.kind.not_in((WAIT, NOTE)), or_(Task.kind != MAIL, Step.is_held))
        .where(Task.due_on.between(weeks[0], weeks[-1] + WEEK - timedelta(days=1)))
    )
    found: Counter[tuple[str, date]] = Counter()
    for owner_id, day, count in session.execute(due.group_by(Task.owner_id, Task.due_on)):
        found[users[owner_id or 0], _monday(day)] += count
    return found
