"""Recording shifts: the shift, the figures and levels of who worked it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.core.settings import settled
from donors.levels.assign import Because
from donors.rollups.definition import Source
from donors.volunteering import record
from donors.volunteering.models import Shift
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.refresh import Refreshed, refresh_because

CAUSE, OF_SHIFTS = "hours", frozenset({Source.SHIFTS})


def record_shift(session: Session, wanted: ShiftInput, *, act: Act, on: date) -> Shift:
    """Records a shift and all that follows. Raises Invalid, NotFound, AlreadyDone."""
    change = open_change(session, "shift.record", act=act)
    settings = settled(session)
    shift = record.record_shift(session, wanted, within=change, organization=settings)
    change.outcome = {"shift_id": shift.id}
    because = Because(CAUSE, on)
    refresh_because(session, {shift.constituent_id}, because=because, within=change, of=OF_SHIFTS)
    return shift


def record_shifts(session: Session, wanted: Sequence[ShiftInput], *, within: ChangeSet, on: date) -> list[int]:
    """Records many shifts and returns their ids in the order given. All or none: raises as `record_shift` does."""
    settings = settled(session)
    ids = record.record_shifts(session, wanted, within=within, organization=settings)
    touched = {one.constituent_id for one in wanted}
    refresh_because(session, touched, because=Because(CAUSE, on), within=within, of=OF_SHIFTS)
    return ids


def edit_shift(
    session: Session, shift_id: int, wanted: ShiftInput, *, act: Act, on: date, expect: int | None = None
) -> Refreshed:
    """Makes a shift what is wanted. Raises NotFound, Invalid, Conflict, AlreadyDone."""
    change = open_change(session, "shift.edit", act=act)
    settings = settled(session)
    shift = record.shift_by_id(session, shift_id)
    touched = record.edit_shift(session, shift, wanted, within=change, organization=settings, expect=expect)
    return refresh_because(session, touched, because=Because(CAUSE, on), within=change, of=OF_SHIFTS)


def remove_shift(session: Session, shift_id: int, *, act: Act, on: date) -> Refreshed:
    """Takes a shift out of the books. Raises NotFound, AlreadyDone."""
    change = open_change(session, "shift.remove", act=act)
    touched = record.delete_shift(session, record.shift_by_id(session, shift_id), within=change)
    return refresh_because(session, touched, because=Because(CAUSE, on), within=change, of=OF_SHIFTS)
