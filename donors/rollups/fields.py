"""Rollups as fields of constituents: as stored, and as the facts counted on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, CompoundSelect, Integer, Subquery, bindparam, type_coerce, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import replacement_traverse

from donors.constituents.models import Constituent
from donors.core.db import Day
from donors.core.fields import Field, Join
from donors.core.known import KnownAt, seen
from donors.rollups.compile import figures
from donors.rollups.definition import Definition, Source, ValueKind
from donors.rollups.extent import OF_PEOPLE, Extent, Form, Scope
from donors.rollups.families import family_of
from donors.rollups.formulas import KINDS, digits_of, with_parts
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.owners import CONSTITUENTS, Owners
from donors.rollups.pools import day_binds
from donors.rollups.queries import definitions, wanted_on
from donors.rollups.returned import at_row, returned_fields
from donors.rollups.wanted import Wanted
from donors.rollups.words import HEADINGS

SUBJECT = "constituent"
STORED = CONSTITUENTS.join


def stored_fields(session: Session) -> Iterable[Field]:
    """A field for each active definition: the provider for the registry."""
    known = definitions(session)
    returned = returned_fields(session, known)
    return [_returning(one, returned[one.key]) if one.key in returned else _stored(one) for one in known]


def _returning(one: Definition, returned: Field | None) -> Field:
    return figure_as_field(one, rollup_value.c[slot_column(one.slot)], STORED, returned)


@lru_cache(maxsize=2048)
def _stored(one: Definition) -> Field:
    """Made once for each version of a definition: every act that may move a level asks for all of them."""
    return _returning(one, None)


def fields_as_of(
    session: Session, *, on: date, keys: Iterable[str], known_at: KnownAt | None = None
) -> tuple[Field, ...]:
    """Fields that hold these rollups as the facts counted on a day, computed when they are asked.

    Replace the stored fields of the same names by these. Keys that are no rollups fall away. `known_at`: of the facts
    that were known then.
    """
    wanted = set(keys)
    known = [one for one in definitions(session) if one.key in wanted]
    if not known:
        return ()
    table = everybody_as_of(known, on=on, session=session, known_at=known_at)
    return fields_of(session, table, known, known_at=known_at)


def fields_of(
    session: Session, table: Subquery, known: Sequence[Definition], *, known_at: KnownAt | None = None
) -> tuple[Field, ...]:
    """Fields that read these figures from a subquery of `constituent_id` and figures by key."""
    join = Join(table, table.c.constituent_id == Constituent.id)
    returned = returned_fields(session, known)
    return tuple(figure_as_field(one, table.c[one.key], join, returned.get(one.key), known_at) for one in known)


def everybody_as_of(
    known: Sequence[Definition],
    *,
    on: date,
    session: Session,
    known_at: KnownAt | None = None,
    owners: Owners = CONSTITUENTS,
    among: Sequence[Definition] | None = None,
) -> Subquery:
    """A subquery of `constituent_id` and these figures by key, of everybody who had any on a day; or of other owners.

    Subqueries of several days may stand in one statement: each carries its own day, and names of its own. `among`: the
    definitions that formulas name, where they are not those of now.
    """
    parts = definitions(session, owners.target) if among is None else among
    asked = wanted_on(session, on=on, known=with_parts(known, parts))
    extents = (Extent(form, Scope.ALL, as_of=True) for form in owners.forms)
    return _everybody(asked, extents, on=on, known_at=known_at)


def some_as_of(
    known: Sequence[Definition], ids: Sequence[int], *, on: date, session: Session, among: Sequence[Definition]
) -> Subquery:
    """What `everybody_as_of` says of everybody, of some constituents alone."""
    asked = wanted_on(session, on=on, known=with_parts(known, among))
    extents = (Extent(form, as_of=True) for form in CONSTITUENTS.forms)
    return _everybody(asked, extents, on=on, only=ids)


def everybody_now(asked: Wanted, owners: Owners, *, on: date) -> Subquery:
    """A subquery of the owners of a kind and these figures by key as all facts count now, kept or not."""
    forms = OF_PEOPLE if owners is CONSTITUENTS else owners.forms
    extents = (Extent(form, Scope.ALL, shared=form is Form.SUMMED) for form in forms)
    return _everybody(asked, extents, on=on)


def _everybody(
    asked: Wanted,
    extents: Iterable[Extent],
    *,
    on: date,
    known_at: KnownAt | None = None,
    only: Sequence[int] | None = None,
) -> Subquery:
    tagged = (replace(extent, tag=f"_{extent.form}_{on:%Y%m%d}") for extent in extents)
    both = union_all(*(figures(asked, extent) for extent in tagged))
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal)
    return seen(_of_day(both, binds, only), known_at).subquery(f"figures_{on:%Y%m%d}")


def _of_day(
    statement: CompoundSelect[Any], values: Mapping[str, int], only: Sequence[int] | None
) -> CompoundSelect[Any]:
    """The statement with the values of its day in it, so that another day may stand beside it."""
    day = values["on"]
    own = {name: bindparam(f"{name}_{day}", value, type_=Integer) for name, value in values.items()}
    if only is not None:
        own["ids"] = bindparam(f"ids_{day}", list(only), expanding=True)

    def of_day(element: Any, **_: Any) -> Any:
        return own.get(element.key) if isinstance(element, BindParameter) else None

    dated: CompoundSelect[Any] = replacement_traverse(statement, {}, of_day)  # type: ignore[assignment]  # of the kind that came in
    return dated


def figure_as_field(
    one: Definition,
    column: Any,
    join: Join,
    returned: Field | None = None,
    known_at: KnownAt | None = None,
    *,
    subject: str = SUBJECT,
) -> Field:
    """A figure as a field of its owner; one that returns a field of the row it chose, as that field there."""
    if returned is not None:
        there = at_row(one, returned, column, known_at=known_at)
        need = returned.permission or family_of(one.source).permission
        return replace(
            there,
            name=one.key,
            label=one.label,
            subject=subject,
            joins=(join, *there.joins),
            help=one.description,
            permission=need,
            group=HEADINGS[one.source],
        )
    typed = type_coerce(column, Day() if one.value_kind is ValueKind.DATE else BigInteger())
    need = "" if one.source is Source.FORMULA else family_of(one.source).permission
    return Field(
        one.key,
        one.label,
        KINDS[one.value_kind],
        subject,
        typed,
        joins=(join,),
        help=one.description,
        digits=digits_of(one),
        permission=need or "giving.read",
        group=HEADINGS[one.source],
    )
