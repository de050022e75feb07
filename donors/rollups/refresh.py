"""Bringing stored figures in line with the facts: of some constituents in the transaction of a change, or of all."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache

from sqlalchemy import Select, TextClause, bindparam, exists, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.orm import Session

from donors.constituents.models import HOUSEHOLD, Constituent
from donors.core.db import is_sqlite
from donors.core.settings import Organization, organization
from donors.giving.models import Credit
from donors.rollups.compile import figures
from donors.rollups.definition import Definition
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import day_binds, definitions
from donors.rollups.rows import Extent, Form, Scope, shared_owners

CHUNK = 20_000
IDS_IN_A_STATEMENT = 500
CASTS = re.compile(r":(\w+)::(\w+)")
LOCK = 7_302_024
"""The advisory lock that keeps a refresh of everybody and the refresh of one apart, on PostgreSQL."""


def refresh(session: Session, ids: Iterable[int], *, on: date, settings: Organization | None = None) -> set[int]:
    """Recomputes the figures of these constituents and returns those that differed. What is right is not written.

    Households are constituents like others: name them too (`dirty.reach`).
    """
    wanted = sorted(set(ids))
    known = definitions(session) if wanted else ()
    if not known:
        return set()
    fiscal = (settings or organization(session)).fiscal
    differed: set[int] = set()
    hold(session, wanted)
    for start in range(0, len(wanted), IDS_IN_A_STATEMENT):
        part = wanted[start : start + IDS_IN_A_STATEMENT]
        for form, some in _by_form(session, part).items():
            statement = upsert(known, Extent(form), _dialect(session))
            differed.update(session.scalars(statement, day_binds(on, fiscal) | {"ids": some}))
    return differed


def refresh_all(session: Session, *, on: date, after: int = 0, limit: int = CHUNK) -> int | None:
    """Recomputes the next constituents above the id `after`; returns where to go on, or none at the end.

    Each call is one part of at most a second or so; run each in a transaction of its own.
    """
    high = last_of_part(session, after=after, limit=limit)
    if high is None:
        return None
    hold_everybody(session)
    known = definitions(session)
    if not known:
        return None
    binds = day_binds(on, organization(session).fiscal) | {"low": after, "high": high}
    forms = [Form.PLAIN, *([Form.HOUSEHOLD] if _any_household(session, after, high) else [])]
    for form in forms:
        statement = upsert(known, Extent(form, Scope.RANGE), _dialect(session))
        session.execute(statement, binds)
    refresh(session, _shared(session, after, high), on=on)
    return high


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


def hold_everybody(session: Session) -> None:
    """The same for all constituents: waits for those who hold some, and lets them wait."""
    if not is_sqlite(session):
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _by_form(session: Session, ids: list[int]) -> dict[Form, list[int]]:
    """Which form of the statement each constituent needs: read after `hold`, or it might be what was so before."""
    forms: dict[Form, list[int]] = {}
    for id_, kind, shared in session.execute(_KINDS, {"ids": ids}):
        form = Form.HOUSEHOLD if kind == HOUSEHOLD else Form.SUMMED if shared else Form.PLAIN
        forms.setdefault(form, []).append(id_)
    return forms


_KINDS = (
    select(Constituent.id, Constituent.kind, exists(shared_owners().where(Credit.constituent_id == Constituent.id)))
    .where(Constituent.id.in_(bindparam("ids", expanding=True)))
    .order_by(Constituent.id)
)
_LOCKED = (
    select(Constituent.id, func.pg_advisory_xact_lock_shared(LOCK))
    .where(Constituent.id.in_(bindparam("ids", expanding=True)))
    .order_by(Constituent.id)
)
_TOGETHER, _ALONE = _LOCKED.with_for_update(key_share=True), _LOCKED.with_for_update()


def _any_household(session: Session, low: int, high: int) -> bool:
    within = (Constituent.id > low, Constituent.id <= high, Constituent.kind == HOUSEHOLD)
    return session.scalar(select(exists().where(*within))) or False


def _shared(session: Session, low: int, high: int) -> set[int]:
    within = (Credit.constituent_id > low, Credit.constituent_id <= high)
    return set(session.scalars(shared_owners().where(*within)))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@lru_cache(maxsize=64)
def upsert(known: tuple[Definition, ...], extent: Extent, dialect: str) -> TextClause:
    """The statement that stores figures where they differ. Building it costs more than running it for one: kept."""
    table = rollup_value
    names = [slot_column(one.slot) for one in known]
    on = bindparam("on", type_=table.c.constituent_id.type)
    seeks = dialect == "sqlite" and extent.form is Form.PLAIN
    select_all: Select[tuple[object, ...]] = figures(known, replace(extent, seeks=seeks)).add_columns(on)
    into = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    insert = into.from_select(["constituent_id", *names, "computed_on"], select_all)
    upsert = insert.on_conflict_do_update(
        index_elements=[table.c.constituent_id],
        set_={name: insert.excluded[name] for name in (*names, "computed_on")},
        where=or_(*(table.c[name].is_distinct_from(insert.excluded[name]) for name in names)),
    )
    if extent.scope is not Scope.LIST:
        return _as_text(str(upsert.compile(dialect=_NAMED[dialect])), extent)
    returning = upsert.returning(table.c.constituent_id)
    return _as_text(str(returning.compile(dialect=_NAMED[dialect])), extent)


def _as_text(sql: str, extent: Extent) -> TextClause:
    sql = CASTS.sub(r"CAST(:\1 AS \2)", sql)
    if extent.scope is not Scope.LIST:
        return text(sql)
    return text(sql.replace("(__[POSTCOMPILE_ids])", ":ids")).bindparams(bindparam("ids", expanding=True))


_NAMED = {
    "sqlite": SQLiteDialect(paramstyle="named"),
    "postgresql": PGDialect(paramstyle="named"),  # type: ignore[no-untyped-call]
}
