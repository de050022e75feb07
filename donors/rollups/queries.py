"""Reading rollups: definitions, stored figures, and the rows behind a figure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import HOUSEHOLD, Constituent
from donors.core.db import day_date
from donors.core.errors import NotFound
from donors.core.known import KnownAt, seen
from donors.core.packed import Packed, Shelf, unpack
from donors.core.settings import Organization, organization
from donors.rollups.compile import figures, rows_behind
from donors.rollups.definition import Definition, Operation, Returns, Source, ValueKind
from donors.rollups.extent import Extent, Form, Scope
from donors.rollups.families import fields_by_source
from donors.rollups.frame import parse_frame, parse_year_kind
from donors.rollups.models import RollupDefinition, slot_column
from donors.rollups.owners import OWNERS
from donors.rollups.pools import day_binds
from donors.rollups.targets import Target
from donors.rollups.wanted import Wanted, wanted

Value = int | date | None


_TABLE = RollupDefinition.__table__.c
DEFINITIONS = Packed(
    select(
        _TABLE.position,
        _TABLE.id,
        _TABLE.key,
        _TABLE.label,
        _TABLE.source,
        _TABLE.operation,
        _TABLE.returns,
        _TABLE.value_kind,
        _TABLE.frame,
        _TABLE.slot,
        _TABLE.description,
        _TABLE.version,
        _TABLE.target,
        _TABLE.criteria,
        _TABLE.years,
        _TABLE.number,
        _TABLE.field,
        _TABLE.formula,
    ).where(_TABLE.is_active)
)
"""The active definitions."""
_SHELF = Shelf(DEFINITIONS)


def definitions(session: Session, owner: Target = Target.CONSTITUENT) -> tuple[Definition, ...]:
    """The active definitions of one kind of owner (`Target.owner`), in the order in which pages list them."""
    [text] = _SHELF.texts(session)
    return read_definitions(text, owner)


@lru_cache(maxsize=32)
def read_definitions(text: str, owner: Target = Target.CONSTITUENT) -> tuple[Definition, ...]:
    """The definitions of one kind of owner in a packed text of `DEFINITIONS`, in order."""
    return tuple(one for one in _all_read(text) if one.target.owner is owner)


@lru_cache(maxsize=32)
def _all_read(text: str) -> tuple[Definition, ...]:
    return tuple(_read(*row[1:]) for row in sorted(unpack(text), key=lambda row: (row[0], row[1])))


def _read(id_: int, key: str, label: str, *rest: Any) -> Definition:
    source, operation, returns, value_kind, frame, slot, description, version, target, criteria, *more = rest
    years, number, field, formula = more
    return Definition(
        key=key,
        label=label,
        source=Source(source),
        operation=Operation(operation),
        returns=Returns(returns),
        value_kind=ValueKind(value_kind),
        frame=parse_frame(frame),
        slot=slot,
        description=description,
        id=id_,
        version=version,
        target=Target(target),
        criteria=criteria_text(criteria),
        years=parse_year_kind(years),
        number=number,
        field=field,
        formula=formula,
    )


def criteria_text(stored: object) -> str:
    """Stored criteria as a definition carries them: text, empty for all rows. SQLite packs JSON as text already."""
    if not stored or stored == "null":
        return ""
    return stored if isinstance(stored, str) else json.dumps(stored, sort_keys=True)


_COLUMNS = (
    *("id", "key", "label", "source", "operation", "returns", "value_kind", "frame", "slot", "description", "version"),
    *("target", "criteria", "years", "number", "field", "formula"),
)


def of_row(row: RollupDefinition, other: Mapping[str, Any] | None = None) -> Definition:
    """A definition from its row, also one that is off; `other` holds columns that shall be others."""
    there = other or {}
    return _read(*(there[name] if name in there else getattr(row, name) for name in _COLUMNS))


def wanted_on(
    session: Session, *, on: date, known: Sequence[Definition] | None = None, settings: Organization | None = None
) -> Wanted:
    """These definitions (all that are active) with their criteria as they stand on a day.

    `known` and `settings` are those of now, where the caller has read them. Raises Invalid when a field is gone.
    """
    chosen = definitions(session) if known is None else tuple(known)
    fields = fields_by_source(session) if any(one.criteria for one in chosen) else {}
    return wanted(chosen, fields, on=on, organization=settings or organization(session))


def definition(session: Session, key: str, owner: Target = Target.CONSTITUENT) -> Definition:
    """The active definition of one kind of owner with this key. Raises NotFound."""
    found = next((one for one in definitions(session, owner) if one.key == key), None)
    if found is None:
        raise NotFound("rollup", key)
    return found


def read(one: Definition, stored: int | None) -> Value:
    """A stored integer as what it is: a date for dates, the integer itself for the rest."""
    return day_date(stored) if stored is not None and one.value_kind is ValueKind.DATE else stored


@dataclass(frozen=True)
class Figure:
    """One figure of one owner: minor units, a count, a date, minutes, a year or an id by its definition."""

    definition: Definition
    value: Value


def figures_of(session: Session, owner_id: int, owner: Target = Target.CONSTITUENT) -> dict[str, Figure]:
    """The stored figures of a constituent, or of another kind of owner, by key; empty where there is nothing."""
    owners = OWNERS[owner]
    mine = select(owners.kept).join_from(owners.table, owners.kept, owners.is_kept).where(owners.id == owner_id)
    found = session.execute(mine).first()
    stored = found._mapping if found is not None else {}
    return {one.key: Figure(one, read(one, stored.get(slot_column(one.slot)))) for one in definitions(session, owner)}


def values_of(session: Session, owner_id: int, owner: Target = Target.CONSTITUENT) -> dict[str, Value]:
    """The stored values of a constituent, or of another kind of owner, by key."""
    return {key: figure.value for key, figure in figures_of(session, owner_id, owner).items()}


def values_as_of(
    session: Session,
    ids: Sequence[int],
    *,
    on: date,
    known: Sequence[Definition] | None = None,
    known_at: KnownAt | None = None,
    owner: Target = Target.CONSTITUENT,
) -> dict[int, dict[str, Value]]:
    """Figures of some owners of one kind from the facts as they counted on a day; who had none is left out.

    All figures, or `known`, among them all that their formulas name. `known_at`: of the facts that were known then.
    """
    asked = wanted_on(session, on=on, known=definitions(session, owner) if known is None else known)
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal) | {"ids": list(ids)}
    values = {}
    for form in OWNERS[owner].forms:
        for row in session.execute(seen(figures(asked, Extent(form, as_of=True)), known_at), binds):
            values[row[0]] = {one.key: read(one, row._mapping[one.key]) for one in asked.definitions}
    return values


@dataclass(frozen=True)
class Reason:
    """A row behind a figure: a gift (or shift) with what it counts for; `decides` marks the one that was chosen."""

    row_id: int
    on: date
    amount: int
    fiscal_year: int
    decides: bool


def explain(
    session: Session, key: str, owner_id: int, *, on: date, as_of: bool = False, known_at: KnownAt | None = None
) -> tuple[Definition, tuple[Reason, ...]]:
    """The definition and the rows behind a constituent's figure, newest first. Raises NotFound."""
    one = definition(session, key)
    return one, reasons(session, one, owner_id, on=on, as_of=as_of, known_at=known_at)


def reasons(
    session: Session,
    one: Definition,
    owner_id: int,
    *,
    on: date,
    as_of: bool = False,
    known_at: KnownAt | None = None,
) -> tuple[Reason, ...]:
    """The rows behind what a definition, kept or not, yields for an owner of its kind, newest first. Raises NotFound.

    For a household the rows are its own and its members', each gift once, with what it counts for there; for a
    portfolio likewise. A formula has no rows of its own: its figures have. `as_of`: as the facts counted on the day;
    `known_at`: of those known then.
    """
    form = _form_of(session, one, owner_id)
    if form is None or one.source is Source.FORMULA:
        return ()
    extent = Extent(form, Scope.LIST, as_of)
    asked = wanted_on(session, on=on, known=[one])
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal) | {"ids": [owner_id]}
    found = session.execute(seen(rows_behind(asked, one, extent), known_at), binds).all()
    chosen = _decisive(one, found)
    return tuple(
        Reason(row.row_id, day_date(row.given_on), row.amount, row.fiscal_year, row.row_id in chosen)
        for row in sorted(found, key=lambda row: (row.given_on, row.row_id), reverse=True)
    )


def _form_of(session: Session, one: Definition, owner_id: int) -> Form | None:
    """The form of an owner's rows; none for a constituent of another kind than the definition is for."""
    owners = OWNERS[one.target.owner]
    if owners.target is not Target.CONSTITUENT:
        if session.scalar(select(owners.id).where(owners.id == owner_id)) is None:
            raise NotFound(owners.target, owner_id)
        return owners.forms[0]
    kind = session.scalar(select(Constituent.kind).where(Constituent.id == owner_id))
    if kind is None:
        raise NotFound("constituent", owner_id)
    if one.target not in (Target.CONSTITUENT, kind):
        return None
    return Form.HOUSEHOLD if kind == HOUSEHOLD else Form.SUMMED


def _decisive(one: Definition, rows: Sequence[Any]) -> set[int]:
    """The row that was chosen, or those in the middle; ties fall by order of creation."""
    if not rows:
        return set()
    if one.operation is Operation.NTH:
        ordered = sorted(rows, key=lambda row: (row.given_on, row.row_id))
        return {row.row_id for row in ordered[one.number - 1 : one.number]}
    if one.operation in (Operation.MEDIAN, Operation.PERCENTILE):
        ordered = sorted(rows, key=lambda row: (row.amount, row.row_id))
        return {ordered[place].row_id for place in _middle(one, len(rows))}
    key = _KEYS.get(one.operation)
    return {max(rows, key=key).row_id} if key is not None else set()


def _middle(one: Definition, count: int) -> tuple[int, ...]:
    """The places, from 0, that a median or a percentile (by nearest rank) looks at."""
    if one.operation is Operation.MEDIAN:
        return (count - 1) // 2, count // 2
    return (-(-one.number * count // 100) - 1,)


_KEYS: Mapping[Operation, Callable[[Any], tuple[int, int]]] = {
    Operation.LARGEST: lambda row: (row.amount, row.row_id),
    Operation.SMALLEST: lambda row: (-row.amount, -row.row_id),
    Operation.FIRST: lambda row: (-row.given_on, -row.row_id),
    Operation.LAST: lambda row: (row.given_on, row.row_id),
    Operation.DAYS_SINCE: lambda row: (row.given_on, row.row_id),
}
