"""Acts on constituents that were chosen from a list: what would happen to whom, before anything is written.

The reasons are those of the acts themselves (`start_many`, `assign`, `add`), read for many at once; two are the list's
own: the dead are given to nobody, and those who want no contact are left to an act on themselves alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.edit import edit
from donors.constituents.models import Constituent
from donors.constituents.restraint import is_left_alone
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.pipeline.models import Assignment, Prospect
from donors.pipeline.prospect import Entry
from donors.plans.models import STARTING, RunningPlan
from donors.plans.starting.make import make_tasks
from donors.plans.starting.passed_over import passed_over
from donors.plans.starting.start import Start
from donors.workflows.advance import add_prospect
from donors.workflows.facts import facts_changed
from donors.workflows.optout import reaching_ends
from donors.workflows.plans import Refusal, owners, start_plans

PART = 5000
AT_ONCE = 300
"""Of how many plans the tasks are made in one go."""

DECEASED = "deceased"
NOT_KNOWN = "stands for all givers who are not known"
LEFT_ALONE = "objected to fundraising, restricted or erased"
NO_CONTACT = "wants no contact at all"
GONE = "no longer there"


@dataclass(frozen=True)
class Outlook:
    """Whom an act would reach, and whom it would leave out: reason → ids. Ids in the order in which they were given."""

    will: tuple[int, ...]
    left_out: dict[str, tuple[int, ...]]

    @property
    def all(self) -> int:
        """How many were chosen."""
        return len(self.will) + sum(map(len, self.left_out.values()))


def plan_outlook(session: Session, ids: Sequence[int], what: Start) -> Outlook:
    """Who would get a plan. Raises NotFound."""
    known = {one: why.word for one, why in passed_over(session, ids, what.template_id, what.days).items()}
    return _outlook(ids, known | _barred(session, ids))


def officer_outlook(session: Session, ids: Sequence[int], officer_id: int) -> tuple[Outlook, dict[str, int]]:
    """Whom an officer would take over as primary, and from whom: name of the officer now (empty: nobody) → how many."""
    now = dict(_officers(session, ids))
    theirs = _noted([one for one, (officer, _) in now.items() if officer == officer_id], "theirs already")
    outlook = _outlook(ids, _barred(session, ids, no_contact=False) | theirs)
    before: dict[str, int] = {}
    for one in outlook.will:
        name = now[one][1] if one in now else ""
        before[name] = before.get(name, 0) + 1
    return outlook, before


def prospects_outlook(session: Session, ids: Sequence[int], pipeline_id: int) -> Outlook:
    """Who would enter a pipeline."""
    here = _among(
        session,
        ids,
        lambda part: select(Prospect.constituent_id).where(
            Prospect.constituent_id.in_(part), Prospect.pipeline_id == pipeline_id, Prospect.is_active
        ),
    )
    before = _among(
        session,
        ids,
        lambda part: select(Prospect.constituent_id).where(
            Prospect.constituent_id.in_(part), Prospect.pipeline_id == pipeline_id, ~Prospect.is_active
        ),
    )
    left = "was in this pipeline before: take it back on its own page"
    return _outlook(ids, _barred(session, ids) | _noted(before, left) | _noted(here, "in this pipeline already"))


def no_contact_outlook(session: Session, ids: Sequence[int]) -> Outlook:
    """Who would be marked as wanting no contact."""
    barred = _barred(session, ids)
    return _outlook(ids, {one: why for one, why in barred.items() if why != DECEASED})


def but(outlook: Outlook, ids: Sequence[int], reason: str) -> Outlook:
    """The same without some, who are left out for a reason."""
    out = set(ids)
    left = tuple(one for one in outlook.will if one in out)
    will = tuple(one for one in outlook.will if one not in out)
    return Outlook(will, outlook.left_out | ({reason: left} if left else {}))


def start_chosen(session: Session, ids: Sequence[int], what: Start, *, within: ChangeSet) -> tuple[int, bool]:
    """Starts plans for many; returns how many, and whether their tasks are made already: for few they are made here,
    for more by the scheduler, in the same change set, so that one undo takes all of it back.

    The share that the template holds out get theirs on paper only.
    """
    started = start_plans(session, ids, what, within=within)
    return started, make_few(session, started, on=what.on, within=within)


def make_few(session: Session, started: int, *, on: date, within: ChangeSet) -> bool:
    """Makes the tasks of plans that this change set has started, where they are few; returns whether they are."""
    if started > AT_ONCE:
        return False
    made = select(RunningPlan).where(RunningPlan.created_in == within.id, RunningPlan.state == STARTING)
    plans = session.scalars(made).all()
    make_tasks(session, plans, owners(session, [plan.constituent_id for plan in plans], on=on))
    return True


def add_prospects(
    session: Session, ids: Sequence[int], pipeline_id: int, entry: Entry, *, within: ChangeSet
) -> tuple[int, int]:
    """Puts many into a pipeline; returns how many entered it, and for how many the stage's plan did not start.

    Those who entered it meanwhile, or lack what the stage requires, are passed over. Raises NotFound, Invalid.
    """
    added = without_plan = 0
    for one in ids:
        try:
            with session.begin_nested():
                moved = add_prospect(session, one, pipeline_id, entry, within=within)
        except Blocked:
            continue
        added += 1
        without_plan += isinstance(moved.plan, Refusal)
    return added, without_plan


def mark_no_contact(session: Session, ids: Sequence[int], *, within: ChangeSet) -> int:
    """Marks many as wanting no contact; returns how many were not marked before."""
    found = session.scalars(select(Constituent).where(Constituent.id.in_(ids)).order_by(Constituent.id))
    marked = [row.id for row in found.all() if edit(session, row, values={"do_not_contact": True}, within=within)]
    facts_changed(session, marked, within=within)
    reaching_ends(session, marked, within=within)
    return len(marked)


def _outlook(ids: Sequence[int], reasons: dict[int, str]) -> Outlook:
    left: dict[str, list[int]] = {}
    for one in ids:
        if one in reasons:
            left.setdefault(reasons[one], []).append(one)
    will = tuple(one for one in ids if one not in reasons)
    return Outlook(will, {reason: tuple(rows) for reason, rows in left.items()})


def _noted(ids: Sequence[int], reason: str) -> dict[int, str]:
    return dict.fromkeys(ids, reason)


def _barred(session: Session, ids: Sequence[int], *, no_contact: bool = True) -> dict[int, str]:
    """Those for whom nothing is begun, with the reason."""
    found = dict.fromkeys(ids, GONE)
    for part in _parts(ids):
        flags = select(
            Constituent.id,
            Constituent.is_unknown_giver,
            Constituent.is_deceased,
            is_left_alone(),
            Constituent.do_not_contact,
        ).where(Constituent.id.in_(part), Constituent.deleted_at.is_(None))
        for one, *holds in session.execute(flags):
            reasons = (NOT_KNOWN, DECEASED, LEFT_ALONE, NO_CONTACT if no_contact else "")
            found[one] = next((reason for reason, is_so in zip(reasons, holds, strict=True) if is_so), "")
    return {one: reason for one, reason in found.items() if reason}


def _officers(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, tuple[int, str]]]:
    for part in _parts(ids):
        primary = (
            select(Assignment.constituent_id, User.id, User.name)
            .join(User, User.id == Assignment.officer_id)
            .where(Assignment.constituent_id.in_(part), Assignment.role == "primary", Assignment.to_on.is_(None))
        )
        for constituent_id, user_id, name in session.execute(primary):
            yield constituent_id, (user_id, name)


def _among(session: Session, ids: Sequence[int], ask: Callable[[Sequence[int]], Select[Any]]) -> list[int]:
    return [one for part in _parts(ids) for one in session.scalars(ask(part))]


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[first : first + PART] for first in range(0, len(ids), PART))
