"""Lists of constituents: who answers to some criteria, with which facts, in which order. All ways out share it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight, told_to
from donors.constituents.models import Constituent
from donors.constituents.queries import is_listed
from donors.constituents.search import matching_ids
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import EVERYTHING, Criteria, fields_used
from donors.core.fields import REGISTRY, FieldSet, joined, joins_of
from donors.core.known import KnownAt
from donors.core.paging import Page, Paging, in_order, sorted_by, turn
from donors.core.settings import organization
from donors.levels.then import NOW
from donors.levels.then_fields import level_fields_then
from donors.rollups.fields import fields_as_of

SUBJECT = "constituent"
CHUNK = 1000


@dataclass(frozen=True)
class Wanted:
    """What a list shows (names of fields) and whom (criteria, and what was typed).

    `as_of`: figures and levels of that day, by the `rules` of now or of then; `known_at`, with it: figures of the facts
    that were known at that instant.
    """

    fields: tuple[str, ...]
    criteria: Criteria = EVERYTHING
    text: str = ""
    as_of: date | None = None
    known_at: datetime | None = None
    rules: str = NOW


@dataclass(frozen=True)
class Member:
    """One row: the constituent's id and the values of the fields that were asked for, by name."""

    id: int
    kind: str
    name: str
    values: Mapping[str, Any]


def fields(
    session: Session,
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    named: tuple[str, ...] = (),
    rules: str = NOW,
) -> FieldSet:
    """All fields of constituents; with a day, those of `named` that are figures hold what the facts said then.

    `known_at`, with a day: what those facts said that were known at that instant. Levels are reckoned from the facts of
    the day by the rules of now, or (`rules`) of then.
    """
    known = REGISTRY.fields(session, SUBJECT)
    if as_of is None:
        return known
    knowing = None if known_at is None else KnownAt(session, known_at)
    then = {field.name: field for field in fields_as_of(session, on=as_of, keys=named, known_at=knowing)}
    then |= level_fields_then(session, known, named, on=as_of, rules=rules)
    return FieldSet(SUBJECT, (then.get(name, field) for name, field in known.items()))


def members(session: Session, wanted: Wanted, paging: Paging, *, sees: Sight, on: date) -> Page[Member]:
    """One page of a list. `on` is today, for dates such as last month. Raises Invalid for unknown fields."""
    known = _known(session, wanted, paging)
    statement = _statement(session, wanted, paging, known=known, sees=sees, on=on)
    page = turn(session, statement, paging, fields=known, tie=Constituent.id)
    return Page(tuple(_member(wanted, row) for row in page.rows), page.total, page.number, page.size, page.sort)


def all_members(session: Session, wanted: Wanted, paging: Paging, *, sees: Sight, on: date) -> Iterator[Member]:
    """The whole list, for files: rows come from the database as they are read."""
    known = _known(session, wanted, paging)
    statement = _statement(session, wanted, paging, known=known, sees=sees, on=on)
    ordered = in_order(statement, paging.sort, fields=known, tie=Constituent.id)
    for row in session.execute(ordered.execution_options(yield_per=CHUNK)):
        yield _member(wanted, row)


def member_ids(session: Session, wanted: Wanted, *, sees: Sight, on: date) -> Select[Any]:
    """The ids of all members, as a statement for other queries."""
    only = replace(wanted, fields=())
    statement = _statement(session, only, Paging(), known=_known(session, only, Paging()), sees=sees, on=on)
    return statement.with_only_columns(Constituent.id)


def _known(session: Session, wanted: Wanted, paging: Paging) -> FieldSet:
    used = (*wanted.fields, *fields_used(wanted.criteria), *(each.field for each in paging.sort))
    return fields(session, as_of=wanted.as_of, known_at=wanted.known_at, named=used, rules=wanted.rules)


def _statement(
    session: Session, wanted: Wanted, paging: Paging, *, known: FieldSet, sees: Sight, on: date
) -> Select[Any]:
    columns = [known.named(name) for name in wanted.fields]
    day = wanted.as_of or on
    condition, joins = to_sql(wanted.criteria, known, on=day, fiscal=organization(session).fiscal)
    shown: list[Any] = [
        Constituent.id,
        Constituent.kind,
        Constituent.name,
        *(field.column.label(f"f_{field.name}") for field in columns),
    ]
    statement: Select[Any] = select(*shown).select_from(Constituent)
    statement = joined(statement, (*joins, *joins_of((*columns, *sorted_by(paging, known)))))
    return told_to(statement.where(is_listed(sees), condition, _typed(session, wanted.text)), sees)


def _typed(session: Session, text: str) -> ColumnElement[bool]:
    if not text.strip():
        return true()
    found = matching_ids(session, text)
    return false() if found is None else Constituent.id.in_(found)


def _member(wanted: Wanted, row: Any) -> Member:
    return Member(row[0], row[1], row[2], dict(zip(wanted.fields, row[3:], strict=True)))
