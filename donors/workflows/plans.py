"""Starting and stopping plans: who gets the tasks is decided here, where officers are known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, NotFound
from donors.pipeline.queries.prospects import charges_of
from donors.plans.models import ONGOING, RunningPlan
from donors.plans.queries.anchors import anchors_from
from donors.plans.running import stop as ending
from donors.plans.starting.first_tasks import Owner, OwnerOf
from donors.plans.starting.make import claim_starting, make_tasks
from donors.plans.starting.start import Start, start, start_many
from donors.plans.terms import ASK_DATE, EVENT, OFFICER, QUEUE, SECOND, USER
from donors.workflows.held_out import with_lots
from donors.workflows.people import StandIns, stand_ins
from donors.workflows.step_ends import let_go_of_plans


@dataclass(frozen=True)
class Refusal:
    """Why a plan was not started, in sentences."""

    reasons: tuple[str, ...]


def start_plan(
    session: Session, constituent_id: int, template_id: int, *, cause: str, within: ChangeSet, on: date
) -> RunningPlan | Refusal:
    """Starts a plan with all its tasks, or says why not. `cause` in words: by hand, level Patron, stage Cultivation.

    Raises NotFound for the template.
    """
    return start_as(session, constituent_id, Start(template_id, on, cause), within=within)


def start_as(session: Session, constituent_id: int, what: Start, *, within: ChangeSet) -> RunningPlan | Refusal:
    """The same, with the days that steps are counted from. Raises NotFound for the template."""
    owner_of = owners(session, [constituent_id], on=what.on)
    try:
        return start(session, constituent_id, what, owner_of, within=within)
    except Blocked as blocked:
        return Refusal(blocked.reasons)


def start_plans(session: Session, constituent_ids: Sequence[int], what: Start, *, within: ChangeSet) -> int:
    """Asks for plans of many; the scheduler makes their tasks. Returns how many were started. Raises NotFound.

    The share that the template holds out get theirs on paper only.
    """
    return start_many(session, constituent_ids, with_lots(session, constituent_ids, what), within=within)


def run_steps(session: Session, *, on: date, limit: int = 200) -> int:
    """Makes the tasks of plans that were asked for, and returns how many plans those were.

    Claim and effect are one transaction, the caller's: a crash leaves the plans to the next.
    """
    plans = claim_starting(session, limit=limit)
    make_tasks(session, plans, owners(session, [plan.constituent_id for plan in plans], on=on))
    return len(plans)


def stop_plan(
    session: Session, plan_id: int, *, reason: str, on: date, within: ChangeSet, expect: int | None = None
) -> RunningPlan:
    """Stops a plan, and lets go of the mails and moves that waited for it.

    Raises NotFound, Conflict, Invalid (no reason), Blocked.
    """
    plan = ending.stop(session, plan_id, reason=reason, on=on, within=within, expect=expect)
    let_go_of_plans(session, [plan_id], reason=reason, within=within)
    return plan


def restart_plan(session: Session, plan_id: int, *, within: ChangeSet, on: date) -> RunningPlan | Refusal:
    """Starts a plan again from its first step, by the newest version; what was left of the old one is cancelled.

    Anchors that were given stay. For somebody who wants no contact the change set has to say why. Raises NotFound.
    """
    plan = session.get(RunningPlan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFound("plan", plan_id)
    what = Start(plan.template_id, on, "by hand", anchors_from(plan.anchors), again=True, despite=within.why)
    given = {name: day for name, day in what.anchors.items() if name in (EVENT, ASK_DATE)}
    try:
        with session.begin_nested():
            if plan.state in ONGOING:
                stop_plan(session, plan_id, reason="started again", on=on, within=within)
            owner_of = owners(session, [plan.constituent_id], on=on)
            return start(session, plan.constituent_id, replace(what, anchors=given), owner_of, within=within)
    except Blocked as blocked:
        return Refusal(blocked.reasons)


def owners(session: Session, constituent_ids: Sequence[int], *, on: date) -> OwnerOf:
    """Resolves the roles of steps: officers, the starter, a named user, a queue; stand-ins for who is away or gone.

    Without an officer the starter gets the task, without a starter an administrator. Whoever is away when a step is
    due is stood in for.
    """
    owner_of = roles(session, constituent_ids, on=on)
    return lambda plan, step, due_on: owner_of(plan, Named(step.owner_role, step.owner_id, step.queue_id), due_on)


@dataclass(frozen=True)
class Named:
    """A role, with the user or the queue that it names."""

    role: str
    user_id: int | None = None
    queue_id: int | None = None


RoleOf = Callable[[RunningPlan, Named, date], Owner]
"""Resolves a role for a plan and a day on which something is due."""


def roles(session: Session, constituent_ids: Sequence[int], *, on: date) -> RoleOf:
    """Who stands for a role, as officers are on a day. The second is the secondary officer, or else the primary one."""
    in_charge = charges_of(session, constituent_ids, on=on)
    people = stand_ins(session, since=on)

    def owner_of(plan: RunningPlan, named: Named, due_on: date) -> Owner:
        if named.role == USER:
            return people.active(named.user_id, due_on)
        if named.role == QUEUE:
            return Owner(None, queue_id=named.queue_id)
        charge = in_charge.get(plan.constituent_id, {})
        wanted = ("secondary", "primary") if named.role == SECOND else ("primary",) if named.role == OFFICER else ()
        officer = next((charge[each] for each in wanted if each in charge), None)
        if officer is not None:
            return people.active(officer, due_on)
        return _for_starter(people, plan, named.role, due_on)

    return owner_of


def _for_starter(people: StandIns, plan: RunningPlan, role: str, on: date) -> Owner:
    owner = people.active(plan.started_by, on)
    note = "No officer is assigned." if role in (OFFICER, SECOND) else ""
    return Owner(owner.user_id, " ".join(part for part in (note, owner.note) if part))
