"""What follows from a death: nothing is sent, running plans stop, levels do as tracks say; figures and history stay."""

from datetime import date

from sqlalchemy.orm import Session

from donors.constituents.edit import declare_deceased, delete
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.plans.running.stop import stop_all
from donors.workflows.facts import facts_changed
from donors.workflows.step_ends import let_go_of_plans


def record_death(session: Session, row: Constituent, *, died_on: date | None, within: ChangeSet, on: date) -> int:
    """Marks a person as deceased and stops their running plans; returns how many. `on` is today. Raises Invalid."""
    declare_deceased(session, row, on=died_on, within=within)
    facts_changed(session, [row.id], within=within, cause="death")
    stopped = stop_all(session, row.id, reason="deceased", on=on, within=within)
    let_go_of_plans(session, stopped, reason="deceased", within=within)
    return len(stopped)


def remove_constituent(session: Session, row: Constituent, *, within: ChangeSet, on: date) -> int:
    """Takes a constituent off all lists and stops their running plans; returns how many."""
    delete(session, row, at=within.at, within=within)
    stopped = stop_all(session, row.id, reason="removed", on=on, within=within)
    let_go_of_plans(session, stopped, reason="removed", within=within)
    return len(stopped)
