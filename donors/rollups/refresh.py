"""Bringing stored figures in line with the facts: of some constituents in the transaction of a change, or of all."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Select,
    TextClause,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from donors.constituents.models import HOUSEHOLD, Constituent
from donors.core.bulk import table_of
from donors.core.db import is_sqlite
from donors.core.settings import Organization
from donors.giving.models import Credit
from donors.rollups.compile import figures
from donors.rollups.definition import Definition
from donors.rollups.extent import Extent, Form, Scope, shared_owners
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.pools import day_binds
from donors.rollups.queries import wanted_on
from donors.rollups.wanted import Wanted

CHUNK = 20_000
IDS_IN_A_STATEMENT = 500
CASTS = re.compile(r":(\w+)::(\w+(?: PRECISION)?)")
LOCK = 7_302_024
BUCKET_BITS = 13
"""An advisory lock for each 8,192 ids keeps the refresh of a range and the refresh of one apart, on PostgreSQL."""


def refresh(
    session: Session,
    ids: Iterable[int],
    *,
    on: date,
    settings: Organization | None = None,
    known: tuple[Definition, ...] | None = None,
) -> set[int]:
    """Recomputes the figures of these constituents and returns those that differed. What is right is not written.

    Households are constituents like others: name them too (`dirty.reach`). `settings` and `known` definitions are
    those of now, where the caller has read them.
    """
    chosen = sorted(set(ids))
    asked = wanted_on(session, on=on, known=known, settings=settings) if chosen else None
    if asked is None or not asked.definitions:
        return set()
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal)
    differed: set[int] = set()
    hold(session, chosen)
    for start in range(0, len(chosen), IDS_IN_A_STATEMENT):
        part = chosen[start : start + IDS_IN_A_STATEMENT]
        for form, some in _by_form(session, part).items():
            statement = upsert(asked, Extent(form), _dialect(session))
            differed.update(session.scalars(statement, binds | {"ids": some}))
    return differed


def refresh_all(session: Session, *, on: date, after: int = 0, limit: int = CHUNK) -> int | None:
    """Recomputes the next constituents above the id `after`; returns where to go on, or none at the end.

    Each call is one part of at most a second or so; run each in a transaction of its own.
    """
    high = last_of_part(session, after=after, limit=limit)
    if high is not None:
        refresh_between(session, low=after, high=high, on=on)
    return high


def refresh_between(
    session: Session, *, low: int, high: int, on: date, known: tuple[Definition, ...] | None = None
) -> None:
    """Recomputes the constituents above the id `low`, up to `high`; all their figures, or these."""
    hold_between(session, low, high)
    asked = wanted_on(session, on=on, known=known)
    if not asked.definitions:
        return
    if not is_sqlite(session):
        session.execute(PLAINLY)
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal) | {"low": low, "high": high}
    forms = [Form.PLAIN, *([Form.HOUSEHOLD] if _any_household(session, low, high) else [])]
    fresh = not _any_stored(session, low, high)
    for form in forms:
        session.execute(upsert(asked, Extent(form, Scope.RANGE, fresh=fresh), _dialect(session)), binds)
    refresh(session, _shared(session, low, high), on=on, known=asked.definitions)


def parts(session: Session, *, after: int = 0, limit: int = CHUNK) -> Iterator[tuple[int, int]]:
    """All above an id in ranges (above the first id, up to the second) that may be refreshed side by side."""
    low = after
    while (high := last_of_part(session, after=low, limit=limit)) is not None:
        high |= (1 << BUCKET_BITS) - 1
        yield low, high
        low = high


def last_of_part(session: Session, *, after: int, limit: int) -> int | None:
    """The highest id of the next `limit` constituents above an id; none when there is nobody."""
    some = select(Constituent.id).where(Constituent.id > after).order_by(Constituent.id).limit(limit).subquery()
    highest: int | None = session.scalar(select(func.max(some.c.id)))
    return highest


def hold(session: Session, ids: Iterable[int], *, alone: bool = False) -> None:
    """Lets other changes of these constituents' figures and levels wait until the end of the transaction.

    Always in order of id, so that no two wait for each other; what is read afterwards is what the others left.
    `alone` lets everything wait that names them, new gifts too. SQLite has one writer at a time anyway.
    """
    wanted = sorted(set(ids))
    if is_sqlite(session) or not wanted:
        return
    for start in range(0, len(wanted), IDS_IN_A_STATEMENT):
        part = wanted[start : start + IDS_IN_A_STATEMENT]
        session.execute(_ALONE if alone else _TOGETHER, {"ids": part})


def hold_between(session: Session, low: int, high: int) -> None:
    """The same for all constituents above an id, up to another: waits for those who hold some, and lets them wait."""
    if not is_sqlite(session):
        session.execute(_BETWEEN, {"first": low + 1 >> BUCKET_BITS, "last": high >> BUCKET_BITS})


def _by_form(session: Session, ids: list[int]) -> dict[Form, list[int]]:
    """Which form of the statement each constituent needs: read after `hold`, or it might be what was so before."""
    forms: dict[Form, list[int]] = {}
    for id_, kind, shared in session.execute(_KINDS[_dialect(session)], {"ids": ids}):
        form = Form.HOUSEHOLD if kind == HOUSEHOLD else Form.SUMMED if shared else Form.PLAIN
        forms.setdefault(form, []).append(id_)
    return forms


_PERSON = table_of(Constituent).c
_LISTED = _PERSON.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
"""Many ids as one parameter: for PostgreSQL, which takes long to read hundreds of them."""
_SHARES = exists(shared_owners().where(Credit.constituent_id == _PERSON.id))
_EACH = select(_PERSON.id, _PERSON.kind, _SHARES).order_by(_PERSON.id)
_KINDS = {
    "sqlite": _EACH.where(_PERSON.id.in_(bindparam("ids", expanding=True))),
    "postgresql": _EACH.where(_LISTED),
}
_BUCKET = cast(_PERSON.id.bitwise_rshift(literal_column(str(BUCKET_BITS), Integer)), Integer)
_LOCKED = select(_PERSON.id, func.pg_advisory_xact_lock_shared(LOCK, _BUCKET)).where(_LISTED).order_by(_PERSON.id)
PLAINLY = text("SELECT set_config('jit', 'off', true), set_config('random_page_cost', '1.1', true)")
"""To compile so many expressions takes PostgreSQL longer than to work them out for a part; and it looks the gifts of a
part up rather than going through all gifts for each part, which would cost the square of their number."""
_BUCKETS = func.generate_series(bindparam("first", type_=Integer), bindparam("last", type_=Integer)).column_valued()
_BETWEEN = select(func.pg_advisory_xact_lock(LOCK, _BUCKETS))
_TOGETHER, _ALONE = _LOCKED.with_for_update(key_share=True), _LOCKED.with_for_update()


def _any_household(session: Session, low: int, high: int) -> bool:
    within = (Constituent.id > low, Constituent.id <= high, Constituent.kind == HOUSEHOLD)
    return session.scalar(select(exists().where(*within))) or False


def _any_stored(session: Session, low: int, high: int) -> bool:
    within = (rollup_value.c.constituent_id > low, rollup_value.c.constituent_id <= high)
    return session.scalar(select(exists().where(*within))) or False


def _shared(session: Session, low: int, high: int) -> set[int]:
    within = (Credit.constituent_id > low, Credit.constituent_id <= high)
    return set(session.scalars(shared_owners().where(*within)))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@lru_cache(maxsize=64)
def upsert(asked: Wanted, extent: Extent, dialect: str) -> TextClause:
    """The statement that stores figures where they differ. Building it costs more than running it for one: kept."""
    table = rollup_value
    names = [slot_column(one.slot) for one in asked.definitions]
    on = bindparam("on", type_=table.c.constituent_id.type)
    apart = dialect == "sqlite"
    covered = replace(extent, seeks=extent.form is Form.PLAIN, apart=apart)
    found: Select[Any] = figures(asked, covered).add_columns(on)
    by_range = extent.scope is Scope.RANGE and not extent.fresh
    into = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    columns = ["constituent_id", *names, "computed_on"]
    insert = into.from_select(columns, _differing(found, names) if by_range else found)
    upsert = (
        insert
        if extent.fresh
        else insert.on_conflict_do_update(
            index_elements=[table.c.constituent_id],
            set_={name: insert.excluded[name] for name in (*names, "computed_on")},
            where=None if by_range else or_(*(table.c[name].is_distinct_from(insert.excluded[name]) for name in names)),
        )
    )
    wanted = upsert.returning(table.c.constituent_id) if extent.scope is Scope.LIST else upsert
    compiled: SQLCompiler = wanted.compile(dialect=_NAMED[dialect])
    return _as_text(compiled, dialect)


def _differing(found: Select[Any], names: list[str]) -> Select[Any]:
    """Those of the figures that are not stored so. To let a conflict find out would lock every row that is right."""
    new, stored = found.subquery("new"), rollup_value.alias("stored")
    pairs = zip(list(new.c)[1:-1], names, strict=True)
    differs = or_(*(stored.c[name].is_distinct_from(column) for column, name in pairs))
    joined = new.outerjoin(stored, stored.c.constituent_id == new.c.constituent_id)
    return select(new).select_from(joined).where(or_(stored.c.constituent_id.is_(None), differs))


def _as_text(compiled: SQLCompiler, dialect: str) -> TextClause:
    """The SQL with the values that criteria and formulas bring; the other parameters come with each execution."""
    sql = CASTS.sub(r"CAST(:\1 AS \2)", str(compiled))
    kept = []
    for one, name in compiled.bind_names.items():
        if one.expanding and one.value is None and dialect == "postgresql":
            sql = sql.replace(f" IN (__[POSTCOMPILE_{name}])", f" = ANY (CAST(:{name} AS BIGINT[]))")
            continue
        sql = sql.replace(f"(__[POSTCOMPILE_{name}])", f":{name}")
        if one.value is not None:
            kept.append(bindparam(name, one.value, type_=one.type, expanding=one.expanding))
        elif one.expanding:
            kept.append(bindparam(name, expanding=True))
    return text(sql).bindparams(*kept)


_NAMED = {
    "sqlite": SQLiteDialect(paramstyle="named"),
    "postgresql": PGDialect(paramstyle="named"),  # type: ignore[no-untyped-call]  # untyped
}
