"""What follows from a death: nothing is sent any more, running plans stop; figures and history stay."""

from datetime import date

from sqlalchemy.orm import Session

from donors.constituents.edit import declare_deceased
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.plans.stop import stop_all


def record_death(session: Session, row: Constituent, *, died_on: date | None, within: ChangeSet, on: date) -> int:
    """Marks a person as deceased and stops their running plans; returns how many. `on` is today. Raises Invalid."""
    declare_deceased(session, row, on=died_on, within=within)
    return stop_all(session, row.id, reason="deceased", on=on, within=within)
