"""Reading of what stages ask for, and of the records that prove it, for many prospects at once."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Sight
from donors.core.bulk import among
from donors.core.criteria.compile import to_sql
from donors.core.criteria.parse import from_json
from donors.core.db import BigId, day_date
from donors.core.errors import Invalid
from donors.core.fields import REGISTRY, Join, joined
from donors.core.settings import organization
from donors.pipeline.evidence.decide import Finding, Proof
from donors.pipeline.evidence.models import Evidence
from donors.pipeline.evidence.sources import SOURCES, Source
from donors.pipeline.models import Prospect

Asked = Mapping[int, Sequence[int]]
"""Stage id → ids of the prospects that would enter it."""


def evidence_of(session: Session, stage_ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """Stage id → what it asks for, in order, for those that ask for something."""
    wanted = select(Evidence).where(Evidence.stage_id.in_(stage_ids), Evidence.is_active)
    found: dict[int, list[Evidence]] = {}
    for row in session.scalars(wanted.order_by(Evidence.position, Evidence.id)):
        found.setdefault(row.stage_id, []).append(row)
    return found


def findings(
    session: Session, prospect_ids: Sequence[int], stage_id: int, *, on: date, sees: Sight = EVERYTHING
) -> dict[int, tuple[Finding, ...]]:
    """Prospect id → what a stage asks for, each with the record that proves it on a day.

    The number of statements does not depend on how many prospects there are.
    """
    return findings_for(session, {stage_id: prospect_ids}, on=on, sees=sees)


def findings_for(
    session: Session, asked: Asked, *, on: date, sees: Sight = EVERYTHING
) -> dict[int, tuple[Finding, ...]]:
    """The same for prospects that would enter different stages; each stands in one list."""
    rows = evidence_of(session, list(asked))
    tests, problems = _tests(session, [row for each in rows.values() for row in each], asked, on=on, sees=sees)
    proofs = _proofs(session, tests)
    return {
        prospect_id: tuple(
            Finding(row.id, row.name, proofs.get((row.id, prospect_id)), problems.get(row.id, ""), row.source)
            for row in rows.get(stage_id, ())
        )
        for stage_id, prospect_ids in asked.items()
        for prospect_id in prospect_ids
    }


def _tests(
    session: Session, rows: Sequence[Evidence], asked: Asked, *, on: date, sees: Sight
) -> tuple[list[Select[Any]], dict[int, str]]:
    """The statements that look for proof, and evidence id → why its criteria cannot be read."""
    tests, problems = [], {}
    for row in rows:
        if row.source and asked[row.stage_id]:
            try:
                tests.append(_test(session, row, asked[row.stage_id], on=on, sees=sees))
            except Invalid as error:
                problems[row.id] = error.message
    return tests, problems


def condition(session: Session, row: Evidence, *, on: date) -> tuple[ColumnElement[bool], tuple[Join, ...]]:
    """The criteria of a piece of evidence as SQL over its source's records. Raises Invalid."""
    source, here = _source(row.source), organization(session)
    fields = REGISTRY.fields(session, source.subject)
    if not row.criteria:
        return true(), ()
    return to_sql(from_json(row.criteria, fields, here), fields, on=on, fiscal=here.fiscal)


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise Invalid("source", name, "is not a kind of record", "Choose one of the list.")
    return SOURCES[name]


def _test(session: Session, row: Evidence, prospect_ids: Sequence[int], *, on: date, sees: Sight) -> Select[Any]:
    """The newest record that proves a thing, of each prospect for whom there are enough."""
    source = _source(row.source)
    holds, joins = condition(session, row, on=on)
    day = null() if source.day is None else type_coerce(source.day, Integer)
    latest = (*_latest(source), source.root.id.desc())
    records: Select[Any] = (
        select(
            Prospect.id.label("prospect_id"),
            source.root.id.label("row_id"),
            cast(day, Integer).label("day"),
            cast(source.words(sees), String).label("words"),
            cast(source.amount, BigId).label("amount"),
            func.row_number().over(partition_by=Prospect.id, order_by=latest).label("place"),
            func.count().over(partition_by=Prospect.id).label("number"),
        )
        .select_from(source.root)
        .join(Prospect, source.belongs)
    )
    within = joined(records, (*source.joins, *joins)).where(
        among(session, Prospect.id, prospect_ids), *_in_time(source, row, on), *source.counts(on), holds
    )
    found = within.subquery()
    named = literal(row.id, BigId).label("evidence_id"), literal(row.source).label("source")
    return select(*named, *found.c).where(found.c.place == 1, found.c.number >= row.at_least)


def _latest(source: Source) -> tuple[ColumnElement[Any], ...]:
    return () if source.day is None else (source.day.desc(),)


def _in_time(source: Source, row: Evidence, on: date) -> tuple[ColumnElement[bool], ...]:
    if source.day is None:
        return ()
    happened = (source.day <= on,)
    return happened if row.within_days is None else (*happened, source.day >= on - timedelta(days=row.within_days))


def _proofs(session: Session, tests: Sequence[Select[Any]]) -> dict[tuple[int, int], Proof]:
    """Evidence id and prospect id → the record that proves it."""
    if not tests:
        return {}
    statement = union_all(*tests) if len(tests) > 1 else tests[0]
    return {
        (one.evidence_id, one.prospect_id): Proof(
            one.source, one.row_id, None if one.day is None else day_date(one.day), one.words, one.amount
        )
        for one in session.execute(statement)
    }
