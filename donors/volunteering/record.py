"""Recording shifts: one, or many at once by the same rules; editing and removing them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert as sql_insert
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Invalid, NotFound
from donors.core.settings import Organization
from donors.volunteering.models import Activity, Shift
from donors.volunteering.shift_input import ShiftInput, check

CHUNK = 5_000
IDS_IN_A_QUERY = 500
KEPT_BY_EDITS = {"recorded_at", "source", "external_id", "fingerprint"}


def record_shift(session: Session, wanted: ShiftInput, *, within: ChangeSet, organization: Organization) -> Shift:
    """Records a shift. Raises Invalid and NotFound."""
    check(wanted)
    _check_known(session, [wanted])
    return insert(session, Shift(**_columns(wanted, within, organization)), within=within)


def record_shifts(
    session: Session, wanted: Sequence[ShiftInput], *, within: ChangeSet, organization: Organization
) -> list[int]:
    """Records many shifts and returns their ids in the order given. All or none: raises as `record_shift` does."""
    for one in wanted:
        check(one)
    _check_known(session, wanted)
    rows = [_columns(one, within, organization) | {"created_in": within.id} for one in wanted]
    ids: list[int] = []
    for start in range(0, len(rows), CHUNK):
        statement = sql_insert(Shift).returning(Shift.id, sort_by_parameter_order=True)
        ids += session.scalars(statement, rows[start : start + CHUNK]).all()
    return ids


def shift_by_id(session: Session, shift_id: int) -> Shift:
    """The shift, for writing. Raises NotFound."""
    shift = session.get(Shift, shift_id)
    if shift is None:
        raise NotFound("shift", shift_id)
    return shift


def edit_shift(
    session: Session,
    shift: Shift,
    wanted: ShiftInput,
    *,
    within: ChangeSet,
    organization: Organization,
    expect: int | None = None,
) -> set[int]:
    """Makes the shift what is wanted; returns the constituents it touches. Raises Invalid, NotFound, Conflict."""
    check(wanted)
    _check_known(session, [wanted])
    touched = {shift.constituent_id, wanted.constituent_id}
    columns = _columns(wanted, within, organization)
    changed = {name: value for name, value in columns.items() if name not in KEPT_BY_EDITS}
    amend(session, shift, within=within, expect=expect, **changed)
    return touched


def delete_shift(session: Session, shift: Shift, *, within: ChangeSet) -> set[int]:
    """Takes a shift out of the books; returns the constituent it touches."""
    touched = {shift.constituent_id}
    remove(session, shift, within=within)
    return touched


def _check_known(session: Session, wanted: Iterable[ShiftInput]) -> None:
    people = sorted({one.constituent_id for one in wanted})
    for start in range(0, len(people), IDS_IN_A_QUERY):
        part = people[start : start + IDS_IN_A_QUERY]
        live = select(Constituent.id).where(Constituent.id.in_(part), Constituent.deleted_at.is_(None))
        # Locked as for gifts: a merge or a deletion of one of them waits.
        kept = live.order_by(Constituent.id).with_for_update(read=True, key_share=True)
        missing = set(part) - set(session.scalars(kept))
        if missing:
            raise NotFound("constituent", min(missing))
    activities = {one.activity_id for one in wanted if one.activity_id is not None}
    unknown = activities - set(session.scalars(select(Activity.id).where(Activity.id.in_(activities))))
    if unknown:
        raise Invalid("activity", min(unknown), "is no activity we know", "Choose one of the list.")


def _columns(wanted: ShiftInput, within: ChangeSet, organization: Organization) -> dict[str, Any]:
    fiscal_year = organization.fiscal.year_of(wanted.worked_on)
    return vars(wanted) | {"fiscal_year": fiscal_year, "recorded_at": within.at}
