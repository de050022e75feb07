"""Reading the tasks that wait for somebody, with what is known about each: the facts behind `decide.reasons`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import away, stood_in_for
from donors.accounts.models import User
from donors.accounts.visible import Sight
from donors.core.settings import organization
from donors.pipeline.queries.portfolio import LevelChange, level_changes
from donors.pipeline.waiting.constituents import asks, falls, gifts, given, promises
from donors.pipeline.waiting.decide import Facts, Falling, Promise, Reason, Speaker, Stake, Unthanked, reasons, stake
from donors.pipeline.waiting.decide import urgency as urgency_of
from donors.plans.queries.mine import blocked_by, due_of
from donors.plans.queries.tasks import TaskLine
from donors.plans.terms import MAIL

MOST = 500
"""Tasks that are ranked, those due first; whoever has more looks at the list."""


@dataclass(frozen=True)
class Waiting:
    """A task that is due, why not to wait with it (the weightiest first), and the money at stake."""

    line: TaskLine
    reasons: tuple[Reason, ...]
    stake: Stake | None


@dataclass(frozen=True)
class Known:
    """What is known of the constituents of some tasks, each by constituent id."""

    gifts: Mapping[int, Unthanked]
    promises: Mapping[int, Promise]
    falls: Mapping[int, Falling]
    changes: Mapping[int, LevelChange]
    asks: Mapping[int, int]
    given: Mapping[int, int]


def waiting(session: Session, user_id: int, *, on: date, sees: Sight) -> list[Waiting]:
    """The due tasks of a user, and of those for whom they stand in today, by `decide.RULE`."""
    spans = away(session, since=on)
    others = stood_in_for(spans, user_id, on=on)
    lines = due_of(session, [user_id, *others], on=on, sees=sees, limit=MOST)
    say = Speaker(organization(session), on)
    until = {other: next(span.to_on for span in spans[other] if span.holds(on)) for other in others}
    stands_in = {
        id_: f"For {name}, who is away until {say.day(until[id_])}" for id_, name in _names(session, until).items()
    }
    known = _known(session, lines, on=on, sees=sees)
    blocks = blocked_by(session, {line.task.plan_id for line in lines if line.task.plan_id is not None})
    ranked = [(line, _facts(line, known, blocks, stands_in, on)) for line in lines]
    ranked.sort(key=lambda pair: (urgency_of(pair[1], say), pair[0].task.id))
    return [Waiting(line, reasons(facts, say), stake(facts)) for line, facts in ranked]


def _names(session: Session, ids: Mapping[int, date]) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def _known(session: Session, lines: Sequence[TaskLine], *, on: date, sees: Sight) -> Known:
    ids = sorted({line.task.constituent_id for line in lines if line.task.constituent_id is not None})
    return Known(
        gifts(session, ids, on=on),
        promises(session, ids, on=on, sees=sees),
        falls(session, ids, on=on),
        level_changes(session, ids, on=on),
        asks(session, ids, sees=sees),
        given(session, ids),
    )


def _facts(
    line: TaskLine, known: Known, blocks: Mapping[int, int], stands_in: Mapping[int, str], on: date
) -> Facts:  # fmt: skip
    task, who = line.task, line.task.constituent_id or 0
    change = known.changes.get(who)
    return Facts(
        due_on=task.due_on,
        deadline_on=None if task.deadline_days is None else task.due_on + timedelta(days=task.deadline_days),
        trouble=task.trouble,
        held_mail=task.kind == MAIL and task.acted_on is not None,
        plan=line.plan or "",
        blocks=blocks.get(task.plan_id or 0, 0),
        stands_in_for=stands_in.get(task.owner_id or 0, ""),
        gift=known.gifts.get(who),
        promise=known.promises.get(who),
        falling=known.falls.get(who),
        risen=_risen(change, on) if change is not None and change.change > 0 else "",
        ask=known.asks.get(who),
        given=known.given.get(who, 0),
    )


def _risen(change: LevelChange, on: date) -> str:
    days = (on - change.since).days
    ago = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f"Rose to {change.level} {ago}"
