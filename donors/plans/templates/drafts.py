"""Steps as somebody writes them, before they are a version of a template."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from donors.plans.terms import ALL, CALENDAR, HOWEVER, OFFICER, PARENT_DONE, PARENT_DUE, START, TASK


@dataclass(frozen=True)
class Link:
    """That a step waits for the one at `position` (from 1) of the same draft, which must end with `outcome`."""

    position: int
    outcome: str = HOWEVER


@dataclass(frozen=True)
class Draft:
    """A step as somebody writes it; the words are those of the table `step` and of `terms`.

    When nothing is said about `after`, a step with links is counted from the day on which those before it ended,
    another one from the start.
    """

    subject: str
    days: int = 0
    links: tuple[Link, ...] = ()
    note: str = ""
    role: str = OFFICER
    owner_id: int | None = None
    reminds: bool = True
    kind: str = TASK
    after: str = ""
    counts: str = CALENDAR
    joins: str = ALL
    criteria: dict[str, Any] | None = None
    deadline_days: int | None = None
    escalates_to: str = ""
    escalates_to_id: int | None = None
    queue_id: int | None = None
    mail_template_id: int | None = None
    is_held: bool = False
    stage_id: int | None = None
    method: str = ""

    def __post_init__(self) -> None:
        if not self.after:
            object.__setattr__(self, "after", PARENT_DONE if self.links else START)


def without(drafts: Sequence[Draft], position: int) -> tuple[Draft, ...]:
    """The drafts without one step: those that waited for it wait for what it waited for, and positions close up."""
    gone = drafts[position - 1]
    return tuple(_lifted(draft, position, gone) for place, draft in enumerate(drafts, start=1) if place != position)


def _lifted(draft: Draft, position: int, gone: Draft) -> Draft:
    links: list[Link] = []
    for link in draft.links:
        links += gone.links if link.position == position else (link,)
    closed = tuple(dict.fromkeys(_closed_up(link, position) for link in links))
    freed = draft.links and not closed and draft.after in (PARENT_DUE, PARENT_DONE)
    return replace(draft, links=closed, after=START if freed else draft.after)


def _closed_up(link: Link, position: int) -> Link:
    return replace(link, position=link.position - 1) if link.position > position else link
