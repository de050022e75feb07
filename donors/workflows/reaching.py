"""Calls, letters and personal mails: the contact gate is asked before they are planned; made, they are contacts."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Blocked
from donors.mail.decide import YES, Answer, Channel
from donors.mail.gate import Asked, ask, keep_contact, keep_refusal, may_contact, take_back_contact
from donors.pipeline.decide import METHODS
from donors.pipeline.models import MADE, Move
from donors.pipeline.move import Plan, plan_move
from donors.plans.models import Step, Task
from donors.plans.terms import MOVE, NO_ANSWER

CHANNELS: dict[str, Channel] = {"call": "phone", "mail": "email", "letter": "post"}
"""Method of a move → the channel by which it reaches somebody. Who meets people asks no channel."""


class Barred(Blocked):
    """The contact gate does not let a move be planned."""


def plan_by_hand(session: Session, constituent_id: int, plan: Plan, *, within: ChangeSet) -> Move:
    """Plans a move that a person wants to make. Limits and quiet times are theirs to judge; a refusal is not.

    Raises NotFound, Invalid; Barred when this person may not be reached this way.
    """
    require_by_hand(session, constituent_id, plan, within=within)
    return plan_move(session, constituent_id, plan, within=within)


def require_by_hand(session: Session, constituent_id: int, plan: Plan, *, within: ChangeSet) -> None:
    """Raises Barred when this person may not be reached by the method of a move."""
    asked = _by_hand(constituent_id, plan, within.id)
    answer = YES if asked is None else ask(session, asked, within=within)[0]
    if not answer.allowed:
        raise Barred("The move was not planned", (answer.reason,))


def keep_refused_plan(session: Session, constituent_id: int, plan: Plan, *, reason: str, act: Act) -> None:
    """Keeps that a move was refused, in a transaction that stands when the act itself was taken back."""
    within = open_change(session, "contact.refuse", act=act)
    asked = _by_hand(constituent_id, plan, within.id)
    if asked is not None:
        keep_refusal(session, asked, reason, within=within)


def ask_for_step(session: Session, task: Task, method: str, *, within: ChangeSet) -> Answer:
    """The answer of the gate for a call or letter that a step wants, by limits too. A no is kept, with its reason.

    A limit that will have passed by the day on which the step is due is none.
    """
    channel = CHANNELS.get(method)
    if channel is None:
        return YES
    asked = Asked(task.constituent_id or 0, channel, "personal", f"step/{task.id}", task.subject)
    answer = may_contact(session, asked, at=within.at)
    if answer.again_on is not None and answer.again_on <= task.due_on:
        return YES
    if not answer.allowed:
        keep_refusal(session, asked, answer.reason, within=within)
    return answer


def keep_move(session: Session, move: Move, *, within: ChangeSet) -> None:
    """Writes a move that was made into the ledger of contacts, if it reached somebody by a channel.

    For a step of a plan it stands there once, whichever way the step was ended.
    """
    channel = CHANNELS.get(move.method)
    if move.state != MADE or channel is None or move.made_on is None or move.outcome == "no_answer":
        return
    about = METHODS[move.method] if move.confidential_to is not None else move.purpose or METHODS[move.method]
    asked = Asked(move.constituent_id, channel, "personal", _key(move), about)
    keep_contact(session, asked, on=move.made_on, within=within)


def forget_move(session: Session, move: Move, *, within: ChangeSet) -> None:
    """Takes a move out of the ledger of contacts: it was not made, or not in this way."""
    take_back_contact(session, _key(move), within=within)


def _key(move: Move) -> str:
    return f"move/{move.id}" if move.task_id is None else f"step/{move.task_id}"


def keep_steps(session: Session, task_ids: Collection[int], *, result: str, on: date, within: ChangeSet) -> None:
    """Writes steps of plans that were made by hand into the ledger, if they reached somebody by a channel."""
    if result == NO_ANSWER:
        return
    made = (
        select(Task, Step.method)
        .join(Step, Step.id == Task.step_id)
        .where(among(session, Task.id, sorted(task_ids)), Task.kind == MOVE, Step.method.in_(list(CHANNELS)))
    )
    for task, method in session.execute(made.order_by(Task.id)).all():
        key = f"step/{task.id}"
        asked = Asked(task.constituent_id or 0, CHANNELS[method], "personal", key, task.subject)
        keep_contact(session, asked, on=on, within=within)


def _by_hand(constituent_id: int, plan: Plan, change_set_id: int) -> Asked | None:
    channel = CHANNELS.get(plan.method)
    key = f"move/planned/{change_set_id}"
    return None if channel is None else Asked(constituent_id, channel, "own", key, plan.purpose)
