"""Fields of the row that a figure chose. The figure keeps the row's id; the field is read by joins that begin there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnClause, FromClause, SQLColumnExpression, Table, case, inspect, null, select
from sqlalchemy.orm import QueryableAttribute, Session
from sqlalchemy.sql.visitors import replacement_traverse

from donors.core.errors import Invalid
from donors.core.fields import Field, FieldSet, Join, joins_of
from donors.core.known import KnownAt, seen
from donors.core.settings import Organization
from donors.rollups.definition import Definition, Returns, Source
from donors.rollups.families import family_of, fields_of_rows

IDS_IN_A_QUERY = 500


@dataclass(frozen=True)
class Told:
    """What a figure tells of the row that it chose: a field, and its value there. `row_id` is what is kept."""

    row_id: int
    field: Field
    value: Any

    def plain(self, organization: Organization) -> str | None:
        """As files carry it."""
        return self.field.plain(self.value, organization)


def returnable(session: Session, source: Source) -> FieldSet:
    """The fields of a source's rows that a figure can return."""
    if source is Source.FORMULA:
        return FieldSet(str(source), ())
    family = family_of(source)
    known = fields_of_rows(session, family).values()
    return FieldSet(
        family.name, (one for one in known if one.members is None and one.name not in {"id", *family.early})
    )


def returns_field(one: Definition) -> bool:
    """Whether a definition returns a field of the row that it chooses, and not the row itself, its day or amount."""
    return one.returns is Returns.ROW and bool(one.field)


def check_returned(session: Session, one: Definition) -> None:
    """Raises Invalid when the rows of a definition's source have no such field."""
    if returns_field(one) and one.field not in (known := returnable(session, one.source)):
        raise Invalid("Field", one.field, "is no field that can be returned", f"Choose one of: {', '.join(known)}.")


def returned_fields(session: Session, known: Iterable[Definition]) -> dict[str, Field]:
    """The field that each of these definitions returns, by key; those that return none, or one that is gone, are not
    in it."""
    by_source: dict[Source, FieldSet] = {}
    found = {}
    for one in known:
        if returns_field(one):
            fields = by_source.get(one.source) or by_source.setdefault(one.source, returnable(session, one.source))
            if one.field in fields:
                found[one.key] = fields[one.field]
    return found


def at_row(
    one: Definition, field: Field, row_id: SQLColumnExpression[int], *, known_at: KnownAt | None = None
) -> Field:
    """The field as it is in the row with this id, or as it was known; its joins begin at the table of the id."""
    asked = (one.source, field.column, field.order, field.joins, row_id)
    if isinstance(row_id, Column) and isinstance(row_id.table, Table):
        column, order, joins = _kept(*asked)
    else:
        column, order, joins = _reached(*asked, known_at=known_at)
    return replace(field, column=column, order=order, joins=joins)


Expression = SQLColumnExpression[Any]


def _reached(
    source: Source,
    column: Expression,
    order: Expression | None,
    joins: tuple[Join, ...],
    row_id: Expression,
    *,
    known_at: KnownAt | None = None,
) -> tuple[Expression, Expression | None, tuple[Join, ...]]:
    """Column, order and joins over tables of their own."""
    steps = (*family_of(source).way(row_id), *joins)
    own: dict[FromClause, FromClause] = {}
    made = []
    for step in steps:
        table = inspect(step.target).selectable
        own[table] = (table if known_at is None else known_at.instead_of(table)).alias()
        made.append(Join(own[table], _over(step.on, own)))
    there: Any = next(iter(own.values()))
    found = _over(column, own)
    if not isinstance(found, Column):  # without a row, “refunded” is empty and not false
        found = case((there.c.id.is_not(None), found), else_=null())
    return found, None if order is None else _over(order, own), tuple(made)


_kept = lru_cache(maxsize=1024)(_reached)
"""From columns of tables, so that who asks for a field twice makes each join once."""


def _over(expression: Any, own: Mapping[FromClause, FromClause]) -> Any:
    """The expression over other tables."""

    def instead(element: Any, **_: Any) -> Any:
        if isinstance(element, ColumnClause) and element.table is not None and element.table in own:
            return own[element.table].c[element.key]
        return own.get(element) if isinstance(element, FromClause) else None

    clause = expression.__clause_element__() if isinstance(expression, QueryableAttribute) else expression
    return replacement_traverse(clause, {}, instead)


def tells(session: Session, one: Definition, value: Any, *, known_at: KnownAt | None = None) -> Any:
    """A figure's value, or what it returns of the row whose id that is."""
    if value is None or not returns_field(one):
        return value
    return told(session, one, [value], known_at=known_at).get(value, value)


def told(
    session: Session, one: Definition, row_ids: Iterable[int | None], *, known_at: KnownAt | None = None
) -> dict[int, Told]:
    """What a definition returns of some rows, by their ids; nothing for one that returns no field.

    `known_at`: as the rows were known then.
    """
    field = returned_fields(session, [one]).get(one.key)
    ids = sorted({id_ for id_ in row_ids if id_ is not None})
    if field is None or not ids:
        return {}
    first = inspect(family_of(one.source).way(field.column)[0].target).selectable.alias()
    here = at_row(one, field, first.c.id)
    statement = select(first.c.id, here.column).select_from(first)
    for step in joins_of([here]):
        statement = statement.outerjoin(step.target, step.on)
    found: dict[int, Told] = {}
    for start in range(0, len(ids), IDS_IN_A_QUERY):
        some = statement.where(first.c.id.in_(ids[start : start + IDS_IN_A_QUERY]))
        rows = session.execute(seen(some, known_at))
        found |= {id_: Told(id_, field, value) for id_, value in rows}
    return found
