"""Reading shifts: one, those of one volunteer, and lists that the database narrows, sums, sorts and cuts.

`sees` is the viewer's sight of constituents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Looking, Sight
from donors.constituents.models import Constituent
from donors.constituents.queries import is_visible
from donors.constituents.search import matching_ids
from donors.core.changes import ChangeSet
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import EVERYTHING, Criteria
from donors.core.errors import NotFound
from donors.core.fields import REGISTRY, Field, FieldSet, Join, joined, joins_of
from donors.core.paging import Page, Paging, Sort, in_order, sorted_by, turn
from donors.volunteering.fields import ACTIVITY, SUBJECT, VOLUNTEER
from donors.volunteering.models import Activity, Shift
from donors.volunteering.shift_input import ShiftInput

NEWEST_FIRST = (Sort("worked_on", descending=True), Sort("id", descending=True))


@dataclass(frozen=True)
class ShiftLine:
    """A shift in a list, with the names that go with it."""

    shift: Shift
    volunteer: str
    activity: str


@dataclass(frozen=True)
class ShiftSieve:
    """Which shifts: `text` finds volunteers and external ids; `criteria` ask by the registered fields of shifts."""

    text: str = ""
    criteria: Criteria = EVERYTHING


@dataclass(frozen=True)
class ShiftTotals:
    """How many shifts of how many volunteers, and their length in minutes."""

    count: int
    volunteers: int
    minutes: int


def has_shifts(session: Session) -> bool:
    """Whether there is any shift at all."""
    return session.scalar(select(Shift.id).limit(1)) is not None


def shift(session: Session, shift_id: int, *, sees: Sight) -> ShiftLine:
    """The shift of an id. Raises NotFound, also where the viewer may not see the volunteer."""
    found = _read(session, _lines().where(Shift.id == shift_id, is_visible(sees)))
    if not found:
        raise NotFound("shift", shift_id)
    return found[0]


def shifts_of(session: Session, constituent_id: int, *, sees: Sight, limit: int = 200) -> list[ShiftLine]:
    """The shifts of a volunteer, the newest first."""
    mine = _lines().where(Shift.constituent_id == constituent_id, is_visible(sees))
    return _read(session, mine.order_by(Shift.worked_on.desc(), Shift.id.desc()).limit(limit))


def likely_same(session: Session, given: ShiftInput, *, sees: Sight, request_key: str | None) -> list[ShiftLine]:
    """Shifts of the same volunteer, day and length: mostly the same one, entered twice.

    What the same form has recorded (`request_key`) is no other shift: recording it again says so itself.
    """
    same = _lines().where(
        Shift.constituent_id == given.constituent_id,
        Shift.worked_on == given.worked_on,
        Shift.minutes == given.minutes,
        is_visible(sees),
    )
    if request_key is not None:
        same = same.where(Shift.created_in.not_in(select(ChangeSet.id).where(ChangeSet.request_key == request_key)))
    return _read(session, same.order_by(Shift.id).limit(5))


def entered_by(session: Session, user_id: int, *, since: datetime, sees: Sight, limit: int = 8) -> list[ShiftLine]:
    """The last shifts that a user has entered since an instant."""
    own = select(ChangeSet.id).where(
        ChangeSet.at >= since, ChangeSet.by_id == user_id, ChangeSet.kind == "shift.record"
    )
    mine = _lines().where(Shift.created_in.in_(own), is_visible(sees))
    return _read(session, mine.order_by(Shift.id.desc()).limit(limit))


def activities(session: Session) -> list[tuple[int, str, bool]]:
    """Activities: id, name, whether new shifts may name it. Those in use first, by name."""
    rows = select(Activity.id, Activity.name, Activity.is_active).order_by(Activity.is_active.desc(), Activity.name)
    return [(id_, name, active) for id_, name, active in session.execute(rows)]


def shift_fields(session: Session) -> FieldSet:
    """The fields that lists of shifts can name."""
    return REGISTRY.fields(session, SUBJECT)


def shift_page(session: Session, which: ShiftSieve, paging: Paging, *, looking: Looking) -> Page[ShiftLine]:
    """One page of the shifts asked for; without an order the newest come first."""
    fields = shift_fields(session)
    paging = Paging(paging.number, paging.size, paging.sort or NEWEST_FIRST)
    columns = select(Shift, Constituent.name, Activity.name).select_from(Shift)
    joins = (VOLUNTEER, ACTIVITY, *joins_of(sorted_by(paging, fields)))
    wanted = _narrowed(session, cast(Select[Any], columns), which, joins, looking)
    page = turn(session, wanted, paging, fields=fields, tie=Shift.id)
    rows = tuple(ShiftLine(one, volunteer, activity or "") for one, volunteer, activity in page.rows)
    return Page(rows, page.total, page.number, page.size, page.sort)


def shift_totals(session: Session, which: ShiftSieve, *, looking: Looking) -> ShiftTotals:
    """Count, volunteers and minutes of all shifts asked for, on all pages."""
    people = func.count(Shift.constituent_id.distinct())
    sums = select(func.count(Shift.id), people, func.coalesce(func.sum(Shift.minutes), 0)).select_from(Shift)
    count, volunteers, minutes = session.execute(_narrowed(session, cast(Select[Any], sums), which, (), looking)).one()
    return ShiftTotals(count, volunteers, int(minutes))


def shift_rows(
    session: Session, which: ShiftSieve, sort: Sequence[Sort], columns: Sequence[Field], *, looking: Looking
) -> Iterator[Sequence[Any]]:
    """The values of some fields of all shifts asked for, in order, for a file."""
    fields = shift_fields(session)
    order = tuple(sort) or NEWEST_FIRST
    joins = joins_of([*columns, *(fields.named(each.field) for each in order)])
    wanted = select(*(field.column for field in columns)).select_from(Shift)
    narrowed = _narrowed(session, wanted, which, joins, looking)
    return iter(session.execute(in_order(narrowed, order, fields=fields, tie=Shift.id)))


def _narrowed(
    session: Session, statement: Select[Any], which: ShiftSieve, joins: tuple[Join, ...], looking: Looking
) -> Select[Any]:
    fields = shift_fields(session)
    condition, more = to_sql(which.criteria, fields, on=looking.on, fiscal=looking.fiscal)
    wanted = [condition, *_by_text(session, which.text.strip())]
    if not looking.sees.everything:
        more, wanted = (*more, VOLUNTEER), [*wanted, is_visible(looking.sees)]
    return joined(statement, (*joins, *more)).where(and_(*wanted))


def _by_text(session: Session, text: str) -> list[ColumnElement[bool]]:
    if not text:
        return []
    people = matching_ids(session, text)
    return [or_(Shift.constituent_id.in_(people) if people is not None else false(), Shift.external_id == text)]


def _lines() -> Select[Shift, str, str | None]:
    return (
        select(Shift, Constituent.name, Activity.name)
        .join(Constituent, Constituent.id == Shift.constituent_id)
        .outerjoin(Activity, Activity.id == Shift.activity_id)
    )


def _read(session: Session, statement: Select[Shift, str, str | None]) -> list[ShiftLine]:
    return [ShiftLine(one, volunteer, activity or "") for one, volunteer, activity in session.execute(statement)]
