"""Every operation over every time frame agrees to the cent with DuckDB, which knows nothing of the engine."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from donors.core.db import is_sqlite
from donors.core.errors import Invalid
from donors.rollups.compile import figures
from donors.rollups.definition import (
    Definition,
    Operation,
    Source,
    allowed_returns,
    check_definition,
    distinct_fields,
    value_kind_of,
)
from donors.rollups.extent import Extent, Scope
from donors.rollups.frame import CALENDAR, FISCAL, YearKind, parse_frame
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.owners import OWNERS
from donors.rollups.pools import day_binds
from donors.rollups.queries import wanted_on
from donors.rollups.refresh import parts, refresh_between
from donors.rollups.targets import OF_MANY, Target
from tests.rollups.crowd import TODAY, Crowd, crowd
from tests.rollups.drawn import FRAMES
from tests.rollups.warehouse import Warehouse

SOURCES = (Source.HARD, Source.SOFT, Source.CREDIT, Source.ALLOCATIONS, Source.SHIFTS, Source.MOVES)
OF_GIFTS: dict[str, Any] = {
    "": None,
    "checks": {"field": "method", "operator": "equals", "value": "Check"},
    "no campaign or large": {
        "any": [
            {"field": "campaign_id", "operator": "is empty"},
            {"field": "amount", "operator": "at least", "value": "25"},
        ]
    },
    "long ago": {"not": {"field": "received_on", "operator": "equals", "value": "last 400 days"}},
}
OF_CREDITS: dict[str, Any] = {
    **OF_GIFTS,
    "roles": {"field": "credit_role", "operator": "any of", "value": ["spouse", "matching"]},
    "both funds": {"field": "funds", "operator": "all of", "value": [1, 2]},
}
OF_PARTS = {**OF_GIFTS, "fund A": {"field": "fund", "operator": "equals", "value": 1}}
OF_SHIFTS: dict[str, Any] = {"": None, "long shifts": {"field": "hours", "operator": "greater", "value": "2"}}
OF_MOVES: dict[str, Any] = {
    "": None,
    "calls and visits": {"field": "method", "operator": "any of", "value": ["call", "visit"]},
    "substantive": {"field": "substantive", "operator": "equals", "value": "yes"},
}
CRITERIA = {Source.ALLOCATIONS: OF_PARTS, Source.SHIFTS: OF_SHIFTS, Source.MOVES: OF_MOVES}
YEARS = (FISCAL, CALENDAR, YearKind("club", 2), YearKind("club", 9))
THEN = date(2024, 6, 30)
BATCH = 30
"""So many definitions in one statement: SQLite joins at most 64 tables."""

OF_PEOPLE = [Target.CONSTITUENT] * 7 + [Target.PERSON, Target.HOUSEHOLD, Target.ORGANIZATION]


def definitions(*, every_source: bool, whose: Sequence[Target] = OF_PEOPLE) -> Iterator[Definition]:
    """Each operation with all it can return, over each frame: of every source, or of one after the other."""
    turns = cycle(SOURCES)
    criteria = {source: cycle(CRITERIA.get(source, OF_CREDITS).items()) for source in SOURCES}
    years, targets, numbers = cycle(YEARS), cycle(whose), cycle([1, 2, 25, 90])
    operations = [one for one in Operation if one is not Operation.FORMULA]
    asked = [(operation, kept) for operation in operations for kept in sorted(allowed_returns(operation))]
    for (operation, returns), frame in product(asked, FRAMES):
        for source in SOURCES if every_source else [next(turns)]:
            words, tree = next(criteria[source])
            made = Definition(
                f"{source} {operation} {returns} {frame}",
                "",
                source,
                operation,
                returns,
                value_kind_of(source, operation, returns),
                frame=parse_frame(frame),
                description=words,
                target=next(targets),
                criteria=json.dumps(tree) if tree else "",
                years=next(years),
                number=next(numbers),
                field=distinct_fields(source)[len(frame) % len(distinct_fields(source))],
            )
            if fits(made):
                yield made


def batches(known: list[Definition], many: int) -> Iterator[tuple[Definition, ...]]:
    """So many at a time, of one kind of owner."""
    for owner in OWNERS:
        own = [one for one in known if one.target.owner is owner]
        for start in range(0, len(own), many):
            yield tuple(own[start : start + many])


def fits(one: Definition) -> bool:
    """Whether the parts go together."""
    try:
        check_definition(one)
    except Invalid:
        return False
    return True


def stored(session: Session, known: tuple[Definition, ...]) -> dict[str, dict[int, int]]:
    """The figures of everybody by definition, computed and stored as the nightly run does."""
    if known[0].target in OF_MANY:
        return computed(session, known, on=TODAY, as_of=False)
    slotted = tuple(Definition(**{**vars(one), "slot": slot}) for slot, one in enumerate(known, start=1))
    for low, high in parts(session):
        refresh_between(session, low=low, high=high, on=TODAY, known=slotted)
    found: dict[str, dict[int, int]] = {one.key: {} for one in slotted}
    for row in session.execute(select(rollup_value)).mappings():
        for one in slotted:
            if (value := row[slot_column(one.slot)]) is not None:
                found[one.key][row["constituent_id"]] = value
    return found


def as_of(session: Session, known: tuple[Definition, ...]) -> dict[str, dict[int, int]]:
    """The figures of everybody by definition as the facts counted on a past day."""
    return computed(session, known, on=THEN, as_of=True)


def computed(session: Session, known: tuple[Definition, ...], *, on: date, as_of: bool) -> dict[str, dict[int, int]]:
    """The figures of all owners of a kind by definition."""
    found: dict[str, dict[int, int]] = {one.key: {} for one in known}
    asked, owners = wanted_on(session, on=on, known=known), OWNERS[known[0].target.owner]
    binds = day_binds(asked.definitions, on=on, fiscal=asked.fiscal)
    for form in owners.forms:
        for row in session.execute(figures(asked, Extent(form, Scope.ALL, as_of=as_of)), binds).mappings():
            for one in known:
                if row[one.key] is not None:
                    found[one.key][row[owners.key]] = row[one.key]
    return found


def agree(here: Crowd, folder: Path, asked: list[Definition]) -> None:
    warehouse = Warehouse(here, folder)
    here.session.execute(text("ANALYZE"))  # as the database does by itself once the rows are committed
    if not is_sqlite(here.session):
        here.session.execute(text("SET LOCAL statement_timeout = 0"))  # as jobs do
    assert {one.operation for one in asked} == {*Operation} - {Operation.FORMULA}
    assert len({one.frame for one in asked}) == len(FRAMES)
    for day, until, compute, known in ((TODAY, None, stored, asked), (THEN, THEN, as_of, asked[::4])):
        warehouse.look(on=day, until=until)
        for some in batches(known, BATCH):
            found = compute(here.session, some)
            for one in some:
                differ(found[one.key], warehouse.figures(one), one)


def differ(found: dict[int, int], wanted: dict[int, int], one: Definition) -> None:
    """Fails with the first few owners whose figures differ."""
    apart = {
        who: (found.get(who), wanted.get(who))
        for who in found.keys() | wanted.keys()
        if found.get(who) != wanted.get(who)
    }
    assert not apart, (len(apart), dict(list(apart.items())[:3]), one)


def test_figures_of_a_small_crowd(session: Session, tmp_path: Path) -> None:
    agree(crowd(session, gifts=1_000, seed=1), tmp_path, list(definitions(every_source=False))[::9])


def test_figures_of_funds_campaigns_and_portfolios(session: Session, tmp_path: Path) -> None:
    asked = list(definitions(every_source=False, whose=OF_MANY))[::2]
    agree(crowd(session, gifts=1_000, seed=4), tmp_path, asked)


@pytest.mark.soak
def test_figures_of_many_at_large(session: Session, tmp_path: Path) -> None:
    agree(crowd(session, gifts=20_000, seed=5), tmp_path, list(definitions(every_source=True, whose=OF_MANY)))


@pytest.mark.soak
def test_figures_of_every_source(session: Session, tmp_path: Path) -> None:
    agree(crowd(session, gifts=5_000, seed=2), tmp_path, list(definitions(every_source=True)))


@pytest.mark.soak
def test_figures_of_200_000_gifts(session: Session, tmp_path: Path) -> None:
    agree(crowd(session, gifts=200_000, seed=3), tmp_path, list(definitions(every_source=False))[::3])
