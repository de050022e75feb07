"""Pages: nothing is lost or shown twice, empty values come last, and addresses may hold nonsense."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from donors.core.errors import Invalid
from donors.core.fields import Kind, joined, joins_of
from donors.core.paging import Page, Paging, Sort, read_paging, sorted_by, turn
from tests.core.criteria_rows import FIELDS, GIVERS, ROW, ROWS, TABLES, write

SORTED = [name for name, field in FIELDS.items() if field.kind is not Kind.SET]
SORTS = st.lists(st.builds(Sort, st.sampled_from(SORTED), st.booleans()), max_size=3, unique_by=lambda s: s.field)


def _turn(session: Session, paging: Paging) -> Page[int]:
    statement = joined(select(ROW.c.id).select_from(ROW), joins_of(sorted_by(paging, FIELDS)))
    return turn(session, statement, paging, fields=FIELDS, tie=ROW.c.id, scalars=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    givers=st.lists(GIVERS, min_size=3, max_size=3),
    rows=st.lists(ROWS, max_size=25),
    sorts=SORTS.map(tuple),
    size=st.integers(1, 9),
)
def test_pages_hold_every_row_once(
    engine: Engine, givers: list[dict[str, Any]], rows: list[dict[str, Any]], sorts: tuple[Sort, ...], size: int
) -> None:
    with Session(engine) as session:
        write(session.connection(), rows, givers)
        whole = _turn(session, Paging(1, 500, sorts)).rows
        first = _turn(session, Paging(1, size, sorts))
        parts = [_turn(session, Paging(number, size, sorts)).rows for number in range(1, first.pages + 1)]
        assert [row for part in parts for row in part] == list(whole)
        assert sorted(whole) == list(range(len(rows)))
        _check_order(sorts, [rows[place] for place in whole])
        session.rollback()


def _check_order(sorts: tuple[Sort, ...], rows: list[dict[str, Any]]) -> None:
    if not sorts or sorts[0].field not in ("count", "seen_on", "given_on"):
        return
    found = [row[sorts[0].field] for row in rows]
    given = [value for value in found if value is not None]
    assert found == [*sorted(given, reverse=sorts[0].descending), *[None] * (len(found) - len(given))]


def test_past_the_end_is_the_last_page(engine: Engine) -> None:
    with Session(engine) as session:
        TABLES.create_all(session.connection())
        empty = _turn(session, Paging(7, 10))
        assert (empty.number, empty.pages, empty.first, empty.last, empty.next, empty.previous) == (
            1,
            1,
            0,
            0,
            None,
            None,
        )
        session.execute(insert(ROW), [{"id": place} for place in range(1, 26)])
        page = _turn(session, Paging(7, 10))
        assert (page.number, page.first, page.last, page.total, page.next, page.previous) == (3, 21, 25, 25, None, 2)


def test_unknown_sorts_are_refused(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(Invalid):
        _turn(session, Paging(sort=(Sort("hat"),)))


@pytest.mark.parametrize(
    ("number", "size", "sort", "paging"),
    [
        (None, None, None, Paging()),
        ("2", "25", "-count,name", Paging(2, 25, (Sort("count", True), Sort("name")))),
        ("0", "0", "", Paging(1, 1)),
        ("-1", "x", "hat", Paging()),
        ("９", "1e3", ",,-", Paging()),
        ("9" * 30, "99999", "name,name", Paging(1, 500, (Sort("name"),))),
    ],
)
def test_addresses_may_hold_nonsense(number: str | None, size: str | None, sort: str | None, paging: Paging) -> None:
    assert read_paging(number, size, sort, fields=FIELDS) == paging


def test_sorts_are_written_as_read() -> None:
    assert [str(sort) for sort in read_paging("1", "50", "-count,name", fields=FIELDS).sort] == ["-count", "name"]
