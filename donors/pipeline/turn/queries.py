"""Reading whose turn it is: an officer's prospects in all pipelines, ranked, and those that are put off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.constituents.restraint import is_left_alone
from donors.core.bulk import among
from donors.core.settings import organization
from donors.mail.decide import Past, within_caps
from donors.mail.gate import caps_of
from donors.mail.models import NEVER_LEFT, Contact, ContactRefusal, Outbox
from donors.pipeline.asks.models import OPEN as OPEN_ASKS
from donors.pipeline.asks.models import PLANNED as PLANNED_ASK
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import Prospect, Stage
from donors.pipeline.queries.board import Card, cards_of
from donors.pipeline.queries.portfolio import LevelChange, level_changes
from donors.pipeline.queries.sieve import in_charge, seen_prospects
from donors.pipeline.turn.decide import Ask, Facts, Reason, expected, reasons, urgency
from donors.plans.models import OPEN, Task

MOST = 2000
"""Prospects of one officer that are ranked; portfolios are far smaller."""
REFUSED_WITHIN = 14
"""Days for which a refused call is a reason to wait."""
CALL = "phone"


@dataclass(frozen=True)
class Turn:
    """A prospect whose turn it is, with the reasons, the weightiest first.

    `expected` is the money to be expected of its open asks in minor units, `purpose` what the largest is for;
    `pressure` why not to contact it now; `rungs` how many stages its pipeline has.
    """

    card: Card
    reasons: tuple[Reason, ...]
    expected: int
    pressure: str
    rungs: int
    purpose: str = ""


def turns(session: Session, officer_id: int, *, on: date, sees: Sight) -> list[Turn]:
    """An officer's prospects that have a reason to be turned to, by `decide.RULE`, in a fixed number of statements.

    Those that are put off beyond the day are left out.
    """
    awake = or_(Prospect.snoozed_until.is_(None), Prospect.snoozed_until <= on)
    found = cards_of(session, _rows(session, officer_id, awake, on=on, sees=sees), on=on, sees=sees)
    ids = [card.prospect.constituent_id for card in found]
    tasks, changes = _due_tasks(session, ids, officer_id, on), level_changes(session, ids, on=on)
    asks, held = _asks(session, [card.prospect.id for card in found]), pressure(session, ids, on=on)
    rungs = _rungs(session)
    ranked = []
    for card in found:
        prospect, who = card.prospect, card.prospect.constituent_id
        own = asks.get(prospect.id, ())
        facts = _facts(card, tasks.get(who), changes.get(who), own, held.get(who, ""))
        why = reasons(facts, on)
        if why:
            money, known = expected(own, prospect.ask_amount), rungs.get(prospect.pipeline_id, 1)
            largest = max(own, key=lambda ask: ask.amount or 0, default=Ask(None))
            ranked.append((urgency(facts, on), Turn(card, why, money, facts.pressure, known, largest.purpose)))
    ranked.sort(key=lambda entry: (entry[0], entry[1].card.prospect.id))
    return [turn for _urgency, turn in ranked]


def _rows(session: Session, officer_id: int, *which: Any, on: date, sees: Sight) -> Sequence[Any]:
    return session.execute(
        select(Prospect, Constituent.name, Constituent.kind, Stage)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .where(Prospect.is_active, in_charge(officer_id, on), ~is_left_alone(), *seen_prospects(sees), *which)
        .order_by(Prospect.id)
        .limit(MOST)
    ).all()


def _facts(card: Card, task: Task | None, change: LevelChange | None, asks: tuple[Ask, ...], held: str) -> Facts:
    following = card.next_move
    return Facts(
        in_stage_since=card.prospect.in_stage_since,
        expected_days=card.stage.expected_days,
        stage=card.stage.name,
        next_move=following.purpose if following else "",
        next_move_on=following.due_on if following else None,
        has_next_move=following is not None,
        task=task.subject if task else "",
        task_due_on=task.due_on if task else None,
        level_change=change.change if change else 0,
        level=change.level if change else "",
        level_since=change.since if change else None,
        asks=asks,
        ask_amount=card.prospect.ask_amount,
        pressure=held,
    )


def _due_tasks(session: Session, ids: Sequence[int], owner_id: int, on: date) -> dict[int, Task]:
    """Constituent id → the officer's task that has been due longest."""
    found: dict[int, Task] = {}
    due = select(Task).where(
        among(session, Task.constituent_id, ids), Task.owner_id == owner_id, Task.state == OPEN, Task.due_on <= on
    )
    for task in session.scalars(due.order_by(Task.due_on, Task.id)):
        found.setdefault(task.constituent_id or 0, task)
    return found


def _asks(session: Session, ids: Sequence[int]) -> dict[int, tuple[Ask, ...]]:
    """Prospect id → its open asks."""
    found: dict[int, tuple[Ask, ...]] = {}
    wanted = select(Opportunity).where(among(session, Opportunity.prospect_id, ids), Opportunity.status.in_(OPEN_ASKS))
    for row in session.scalars(wanted.order_by(Opportunity.id)):
        planned = row.ask_on if row.status == PLANNED_ASK else None
        one = Ask(row.amount, row.odds, planned, None if row.status == PLANNED_ASK else row.expected_on, row.purpose)
        found[row.prospect_id] = (*found.get(row.prospect_id, ()), one)
    return found


def pressure(session: Session, ids: Sequence[int], *, on: date) -> dict[int, str]:
    """Constituent id → why not to contact them now: the limits of contacts are reached, a call was refused lately, or
    they want no contact."""
    caps = caps_of(organization(session))
    past = _contacts(session, ids, on - timedelta(days=max((cap.days for cap in caps), default=1) - 1)) if caps else {}
    answers = {one: within_caps(made, caps, channel=CALL, on=on) for one, made in past.items()}
    found = {one: answer.reason for one, answer in answers.items() if not answer.allowed}
    refused = (
        select(ContactRefusal.constituent_id, ContactRefusal.refused_on, ContactRefusal.reason)
        .where(among(session, ContactRefusal.constituent_id, ids), ContactRefusal.channel == CALL)
        .where(ContactRefusal.refused_on > on - timedelta(days=REFUSED_WITHIN), ContactRefusal.refused_on <= on)
        .order_by(ContactRefusal.id)
    )
    for one, day, reason in session.execute(refused):
        found[one] = f"A call was refused on {day.isoformat()}: {reason}"
    silent = select(Constituent.id).where(among(session, Constituent.id, ids), Constituent.do_not_contact)
    return found | dict.fromkeys(session.scalars(silent), "Wants no contact at all.")


def _contacts(session: Session, ids: Sequence[int], since: date) -> dict[int, list[Past]]:
    made = (
        select(Contact.constituent_id, Contact.happened_on, Contact.channel, Contact.purpose)
        .outerjoin(Outbox, Outbox.id == Contact.mail_id)
        .where(among(session, Contact.constituent_id, ids), Contact.happened_on >= since)
        .where(or_(Outbox.id.is_(None), Outbox.state.not_in(NEVER_LEFT)))
    )
    found: dict[int, list[Past]] = {}
    for one, day, channel, purpose in session.execute(made):
        found.setdefault(one, []).append(Past(day, channel, purpose))
    return found


def _rungs(session: Session) -> dict[int, int]:
    counted = select(Stage.pipeline_id, func.count(Stage.id)).where(Stage.is_active).group_by(Stage.pipeline_id)
    return {pipeline_id: number for pipeline_id, number in session.execute(counted)}


def snoozed(session: Session, officer_id: int | None, *, on: date, sees: Sight, limit: int = 200) -> list[Card]:
    """Prospects that are put off, those that come back first at the top; of one officer, or of all."""
    wanted = (
        select(Prospect, Constituent.name, Constituent.kind, Stage)
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .join(Stage, Stage.id == Prospect.stage_id)
        .where(Prospect.is_active, Prospect.snoozed_until > on, *seen_prospects(sees))
        .order_by(Prospect.snoozed_until, Prospect.id)
    )
    if officer_id is not None:
        wanted = wanted.where(in_charge(officer_id, on))
    return cards_of(session, session.execute(wanted.limit(limit)).all(), on=on, sees=sees)


def count_snoozed(session: Session, officer_id: int, *, on: date, sees: Sight) -> int:
    """How many of an officer's prospects are put off."""
    counted = select(func.count(Prospect.id)).join(Constituent, Constituent.id == Prospect.constituent_id)
    mine = (Prospect.is_active, Prospect.snoozed_until > on, in_charge(officer_id, on), *seen_prospects(sees))
    return session.scalar(counted.where(*mine)) or 0
