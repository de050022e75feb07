"""Reading lists of funds, campaigns and portfolios with their figures, of today or of a past day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from donors.core.errors import NotFound
from donors.core.fields import Field, FieldSet, Join, Kind, joined, joins_of
from donors.core.folding import Folded, fold
from donors.core.known import KnownAt
from donors.core.paging import Page, Paging, Sort, in_order, turn
from donors.rollups.charges import charges
from donors.rollups.definition import Definition
from donors.rollups.fields import everybody_as_of, figure_as_field
from donors.rollups.models import slot_column
from donors.rollups.owners import OWNERS, Owners
from donors.rollups.queries import Value, read
from donors.rollups.returned import Told, returned_fields
from donors.rollups.targets import Target


@dataclass(frozen=True)
class Owned:
    """A fund, a campaign or an officer in a list, with figures by key. `offered`: whether gifts can still name it."""

    id: int
    name: str
    offered: bool
    values: Mapping[str, Value | Told]


@dataclass(frozen=True)
class When:
    """A day in the past, by what is known now or was known at an instant."""

    on: date
    known_at: KnownAt | None = None


def owned(
    session: Session,
    owners: Owners,
    known: Sequence[Definition],
    paging: Paging,
    *,
    text: str = "",
    when: When | None = None,
) -> Page[Owned]:
    """A page of owners with these figures, which it can be sorted by too: as they are kept, or as of a day."""
    fields = owned_fields(session, owners, known, when=when)
    chosen = [fields[one.key] for one in known]
    offered = owners.table.c.get("is_active", true())
    columns = (owners.id, owners.name, offered, *(field.column for field in chosen))
    statement = joined(select(*columns).select_from(owners.table), joins_of(chosen)).where(_there(owners))
    if text:
        statement = statement.where(Folded(owners.name).contains(fold(text), autoescape=True))
    page = turn(session, statement, paging, fields=fields, tie=owners.id)
    returned = returned_fields(session, known)
    rows = tuple(Owned(row[0], row[1], bool(row[2]), _values(known, row[3:], returned)) for row in page.rows)
    return Page(rows, page.total, page.number, page.size, page.sort)


def _values(
    known: Sequence[Definition], row: Sequence[Any], returned: Mapping[str, Field] = MappingProxyType({})
) -> dict[str, Value | Told]:
    found: dict[str, Value | Told] = {}
    for one, value in zip(known, row, strict=True):
        field = returned.get(one.key)
        if field is not None and value is not None:
            found[one.key] = Told(0, field, value)
        else:
            found[one.key] = value if isinstance(value, date) else read(one, value)
    return found


def values_of_all(session: Session, target: Target, known: Sequence[Definition]) -> dict[int, dict[str, Value | Told]]:
    """These kept figures of all owners of a kind, by id and key."""
    owners = OWNERS[target]
    columns = (owners.kept.c[slot_column(one.slot)] for one in known)
    kept = select(owners.id, *columns).join_from(owners.table, owners.kept, owners.is_kept)
    return {row[0]: _values(known, row[1:]) for row in session.execute(kept)}


def owned_fields(
    session: Session, owners: Owners, known: Sequence[Definition], *, when: When | None = None
) -> FieldSet:
    """The name and these figures as fields of owners."""
    returned, known_at = returned_fields(session, known), when.known_at if when else None
    if when is None or not known:
        table, join = owners.kept, owners.join
        columns = {one.key: table.c[slot_column(one.slot)] for one in known}
    else:
        past = everybody_as_of(known, on=when.on, session=session, known_at=known_at, owners=owners)
        join = Join(past, past.c[owners.key] == owners.id)
        columns = {one.key: past.c[one.key] for one in known}
    figures = (
        figure_as_field(one, columns[one.key], join, returned.get(one.key), known_at, subject=owners.target)
        for one in known
    )
    return FieldSet(owners.target, [Field("name", "Name", Kind.TEXT, owners.target, owners.name), *figures])


def names_of(session: Session, owners: Owners) -> dict[int, str]:
    """Names by id, in order of the name: funds, campaigns, officers who are or were in charge of anybody."""
    fields = owned_fields(session, owners, ())
    named = select(owners.id, owners.name).where(_there(owners))
    found = in_order(named, [Sort("name")], fields=fields, tie=owners.id)
    return {id_: name for id_, name in session.execute(found)}


def name_of(session: Session, target: Target, owner_id: int) -> str:
    """The name of a fund, a campaign or an officer. Raises NotFound."""
    owners = OWNERS[target]
    found = session.scalar(select(owners.name).where(owners.id == owner_id))
    if found is None:
        raise NotFound(target.value, owner_id)
    return str(found)


def _there(owners: Owners) -> ColumnElement[bool]:
    """Users are owners when somebody has ever stood in their portfolio."""
    if owners.target is not Target.PORTFOLIO:
        return true()
    return owners.id.in_(select(charges().officer))  # type: ignore[no-any-return]  # of a column
