"""Steps as a picture: the geometry, what stands beside each dot, and the same as rows of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from donors.plans.dates import DateRule, Due, Moving, Node, moved
from donors.plans.models import CANCELLED, DONE, OPEN, SKIPPED, WAITING, Task
from donors.plans.templates import describe
from donors.plans.templates.describe import NAMELESS, Names
from donors.plans.templates.drafts import Draft
from donors.plans.templates.endings import endings
from donors.plans.terms import MAIL, MOVE, NOT_NEEDED, NOTE, STAGE, TASK, WAIT
from donors.web.charts.branches import Branches, Stop, branches

SIGNS = {
    TASK: "list-checks",
    MAIL: "mail",
    NOTE: "sticky-note",
    MOVE: "move",
    STAGE: "stage",
    WAIT: "hourglass",
}
"""Kind of a step → its icon."""


@dataclass(frozen=True)
class Line:
    """What stands beside one dot. `due` is none where no date can be told; `case` says when it comes at all,
    `ends` after which of its outcomes nothing follows."""

    place: int
    kind: str
    subject: str
    when: str
    case: str
    owner: str
    extra: tuple[str, ...]
    ends: str
    due: Due
    has_criteria: bool


@dataclass(frozen=True)
class Picture:
    """A plan as the macro `chart_branches` draws it: lines by their places."""

    start: date
    chart: Branches
    lines: Mapping[int, Line]
    signs: Mapping[int, str]
    tones: Mapping[int, str] = field(default_factory=dict)

    @property
    def last(self) -> date:
        """The day of the last step."""
        return max((line.due.on for line in self.lines.values()), default=self.start)


def nodes(drafts: Sequence[Draft]) -> tuple[Node, ...]:
    """Drafts as the rules of dates see them, by their places."""
    return tuple(
        Node(
            place,
            draft.days,
            tuple((link.position, link.outcome) for link in draft.links),
            draft.after,
            draft.counts,
            draft.joins,
        )
        for place, draft in enumerate(drafts, start=1)
    )


def picture(
    drafts: Sequence[Draft],
    dates: Mapping[int, Due],
    start: date,
    names: Names,
    owners: Mapping[int, str],
) -> Picture:
    """The picture of steps on their days. `owners` are names by place, where they are known."""
    ends = endings(drafts)
    lines = {
        place: _line((place, draft, ends.get(place, "")), dates[place], names, owners.get(place))
        for place, draft in enumerate(drafts, start=1)
    }
    stops = [
        Stop(place, dates[place].on, tuple((link.position, link.outcome) for link in draft.links))
        for place, draft in enumerate(drafts, start=1)
    ]
    return Picture(
        start,
        branches(stops, start=start),
        lines,
        {place: SIGNS.get(draft.kind, "circle") for place, draft in enumerate(drafts, start=1)},
    )


def course(drafts: Sequence[Draft], tasks: Mapping[int, Task], start: date, *, today: date, rule: DateRule) -> Picture:
    """The picture of a running plan: `tasks` by the places of their steps, each on the day it ended or is due.

    What waits for a step that is late is drawn on the day on which it is due if that one is done today.
    """
    anew = _anew(drafts, tasks, today, rule)
    there = {place: draft for place, draft in enumerate(drafts, start=1) if place in tasks}
    stops = [
        Stop(place, anew.get(place, _day(tasks[place])), tuple((link.position, link.outcome) for link in draft.links))
        for place, draft in there.items()
    ]
    ends = endings(drafts)
    lines = {
        place: _line(
            (place, draft, ends.get(place, "")),
            Due(tasks[place].original_due_on, anew.get(place, tasks[place].due_on)),
            NAMELESS,
            None,
        )
        for place, draft in there.items()
    }
    signs = {place: _sign(tasks[place]) for place in there}
    tones = {place: _tone(tasks[place], today) for place in there}
    return Picture(start, branches(stops, start=start), lines, signs, tones)


def _anew(drafts: Sequence[Draft], tasks: Mapping[int, Task], today: date, rule: DateRule) -> dict[int, date]:
    """The days of waiting steps that are counted from late ones, if those are done today."""
    late = {place: today for place, task in tasks.items() if task.state == OPEN and task.due_on < today}
    known = {place: _day(task) for place, task in tasks.items() if task.result != NOT_NEEDED}
    waiting = {place for place, task in tasks.items() if task.state == WAITING}
    found = moved(nodes(drafts), Moving(late, known, waiting), rule) if late else {}
    return {place: due.on for place, due in found.items()}


def _day(task: Task) -> date:
    return task.done_on if task.state == DONE and task.done_on else task.due_on


def _sign(task: Task) -> str:
    ended = {DONE: "check", SKIPPED: "skip-forward", CANCELLED: "close"}
    return ended.get(task.state) or SIGNS.get(task.kind, "circle")


def _tone(task: Task, today: date) -> str:
    if task.state == OPEN:
        return "late" if task.due_on < today else "open"
    return {DONE: "done", SKIPPED: "off", CANCELLED: "off"}.get(task.state, "")


def _line(step: tuple[int, Draft, str], due: Due, names: Names, owner: str | None) -> Line:
    place, draft, ends = step
    extra = (describe.substance(draft, names), describe.escalation(draft, names))
    return Line(
        place=place,
        kind=draft.kind,
        subject=draft.subject.strip() or "No subject yet",
        when=describe.timing(draft),
        case=describe.conditions(draft),
        owner=owner or describe.owner(draft, names),
        extra=tuple(part for part in extra if part),
        ends=ends,
        due=due,
        has_criteria=draft.criteria is not None,
    )
