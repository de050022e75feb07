"""Starting and stopping plans: who gets the tasks is decided here, where officers are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.pipeline.queries.prospects import officers_of
from donors.plans import stop as ending
from donors.plans.first_tasks import Owner, OwnerOf
from donors.plans.make import claim_starting, make_tasks
from donors.plans.models import RunningPlan, Step
from donors.plans.start import Start, start, start_many
from donors.workflows.held_out import with_lots
from donors.workflows.people import StandIns, stand_ins


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
    """Stops a plan. Raises NotFound, Conflict, Invalid (no reason), Blocked (it has ended)."""
    return ending.stop(session, plan_id, reason=reason, on=on, within=within, expect=expect)


def owners(session: Session, constituent_ids: Sequence[int], *, on: date) -> OwnerOf:
    """Resolves the roles of steps: the primary officer, the starter, a named user; stand-ins for those who are gone.

    Without an officer the starter gets the task, without a starter an administrator. Whoever is away when a step is
    due is stood in for.
    """
    officers = officers_of(session, constituent_ids, on=on)
    people = stand_ins(session, since=on)

    def owner_of(plan: RunningPlan, step: Step, due_on: date) -> Owner:
        if step.owner_role == "user":
            return people.active(step.owner_id, due_on)
        officer = officers.get(plan.constituent_id)
        if step.owner_role == "officer" and officer is not None:
            return people.active(officer, due_on)
        return _for_starter(people, plan, step, due_on)

    return owner_of


def _for_starter(people: StandIns, plan: RunningPlan, step: Step, due_on: date) -> Owner:
    owner = people.active(plan.started_by, due_on)
    note = "No officer is assigned." if step.owner_role == "officer" else ""
    return Owner(owner.user_id, " ".join(part for part in (note, owner.note) if part))
