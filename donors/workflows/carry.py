"""Carrying running plans over to the newest version of their template; who gets the new steps is decided here."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.plans.queries.versions import constituents_of
from donors.plans.running.carry import carry_over
from donors.workflows.plans import owners
from donors.workflows.step_ends import let_go_of_plans


def carry_plans(session: Session, plan_ids: Collection[int], *, on: date, within: ChangeSet) -> dict[int, str]:
    """Carries plans over; returns plan → why not, for those that were left as they are."""
    owner_of = owners(session, sorted(constituents_of(session, plan_ids)), on=on)
    refused = carry_over(session, plan_ids, owner_of, on=on, within=within)
    let_go_of_plans(session, set(plan_ids) - set(refused), reason="The plan has no such step any more.", within=within)
    return refused
