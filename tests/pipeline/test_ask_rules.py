"""The suggested ask keeps its rules whatever is known; what does not fit is found alike in one and in all."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.asks.lint import LINTS, Facts, any_lint, facts_of, lint, linted
from donors.pipeline.asks.models import OPEN, Opportunity
from donors.pipeline.asks.suggestion import AIM, RUNGS, Grounds, suggest
from donors.pipeline.models import Prospect, Stage
from tests.pipeline.conftest import TODAY

SUMS = st.none() | st.integers(0, 10**9)


def dollars(amount: int) -> int:
    return amount * 100


@pytest.mark.parametrize(
    ("grounds", "low", "high", "binding"),
    [
        (Grounds(dollars(1200), dollars(800), dollars(2000)), 2_000, 3_000, "and half as much again"),
        (Grounds(dollars(1200), dollars(800), dollars(2000), dollars(250_000)), 2_000, 7_500, "4 times the best year"),
        (Grounds(dollars(100), dollars(80), None, dollars(250_000)), 200, 2_000, "20 times the largest gift"),
        (Grounds(dollars(1000), dollars(1000), None, dollars(2500)), 2_000, 2_500, "than the capacity"),
        (Grounds(capacity=dollars(250_000)), 50_000, 100_000, "2 % of the net worth"),
    ],
)
def test_the_binding_rule_is_named(grounds: Grounds, low: int, high: int, binding: str) -> None:
    found = suggest(grounds)
    assert found is not None
    assert (found.low, found.high) == (dollars(low), dollars(high))
    assert binding in found.binding.words
    assert found.binding in found.rules


def test_too_little_to_go_by() -> None:
    assert suggest(Grounds()) is None
    assert suggest(Grounds(0, 0, 0, 0)) is None


def test_a_capacity_that_giving_contradicts_is_left_aside() -> None:
    found = suggest(Grounds(dollars(10_000), dollars(5_000), capacity=dollars(4_000)))
    assert found is not None
    assert found.high > dollars(10_000)
    assert "Rate it anew" in found.doubt


@given(largest=SUMS, average=SUMS, best_year=SUMS, capacity=SUMS)
def test_no_suggestion_breaks_a_rule(
    largest: int | None, average: int | None, best_year: int | None, capacity: int | None
) -> None:
    grounds = Grounds(largest, average, best_year, capacity)
    found = suggest(grounds)
    if found is None:
        assert not largest
        assert not capacity
        return
    assert 0 < found.low <= found.high
    assert (found.rungs[0], found.rungs[-1]) == (found.low, found.high)
    assert list(found.rungs) == sorted(set(found.rungs))
    if largest:
        assert found.high <= 20 * largest
        if best_year is not None and best_year >= largest:
            assert found.high <= 4 * best_year
    if capacity and not found.doubt:
        assert found.high <= capacity
    most = max(one.amount for one in found.rules if one.kind == AIM)
    assert found.high <= next(rung * 10**n for n in range(12) for rung in RUNGS if rung * 10**n >= most)
    assert set(found.binding.inputs) <= {name for name in ("largest", "average", "best_year", "capacity")}


FACTS = Facts("asked", 5_00, TODAY - timedelta(days=30), TODAY + timedelta(days=30), TODAY - timedelta(days=30))


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (FACTS, ()),
        (Facts("planned", None, None, None, TODAY), ("amount", "date")),
        (Facts("asked", 5_00, TODAY, None, TODAY), ("date",)),
        (Facts("asked", 5_00, date(2025, 8, 1), TODAY, date(2025, 8, 1)), ("silent",)),
        (Facts("asked", 5_00, date(2026, 4, 1), date(2026, 5, 1), TODAY), ("future",)),
        (Facts("planned", 5_00, date(2026, 4, 1), date(2026, 3, 20), TODAY), ("order",)),
        (Facts("committed", 5_00, None, date(2026, 4, 1), TODAY), ("unasked",)),
        (Facts("received", 5_00, date(2026, 3, 2), date(2026, 4, 1), date(2026, 3, 1)), ("unasked",)),
        (Facts("considering", 5_00, date(2026, 1, 1), date(2026, 3, 1), TODAY), ("late",)),
        (Facts("considering", 5_00, TODAY, TODAY, TODAY, active=False), ("left",)),
        (Facts("declined", 5_00, TODAY, TODAY, TODAY, solicited=True), ("declined",)),
        (Facts("declined", 5_00, TODAY, TODAY, TODAY, solicited=True, others_open=True), ()),
        (Facts("deferred", None, None, None, TODAY), ()),
    ],
)
def test_what_does_not_fit(facts: Facts, codes: tuple[str, ...]) -> None:
    assert lint(facts, TODAY) == codes


DAYS = st.none() | st.dates(TODAY - timedelta(days=220), TODAY + timedelta(days=3))
ROWS = st.lists(
    st.tuples(st.sampled_from(sorted(STATUSES)), st.none() | st.just(5_00), DAYS, DAYS, DAYS.filter(bool)), max_size=4
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 2)
@given(rows=ROWS, active=st.booleans(), in_solicitation=st.booleans())
def test_one_and_all_are_judged_alike(
    session: Session,
    harold: Prospect,
    stage: dict[str, Stage],
    change: ChangeSet,
    rows: list[tuple[str, int | None, date | None, date | None, date]],
    active: bool,
    in_solicitation: bool,
) -> None:
    place = stage["Solicitation" if in_solicitation else "Cultivation"]
    with session.begin_nested() as nested:
        amend(session, harold, within=change, is_active=active, stage_id=place.id)
        made = [insert(session, _row(harold, *values), within=change) for values in rows]
        openly = sum(row.status in OPEN for row in made)
        expected = {
            row.id: lint(facts_of(row, harold, kind=place.kind, others_open=openly - (row.status in OPEN) > 0), TODAY)
            for row in made
        }
        statement = select(Opportunity.id).join(Prospect, Prospect.id == Opportunity.prospect_id)
        for code in LINTS:
            found = set(session.scalars(statement.where(linted(code, TODAY))))
            assert found == {row_id for row_id, codes in expected.items() if code in codes}
        every = set(session.scalars(statement.where(any_lint(TODAY))))
        assert every == {row_id for row_id, codes in expected.items() if codes}
        nested.rollback()


def _row(
    prospect: Prospect, status: str, amount: int | None, ask_on: date | None, expected_on: date | None, since: date
) -> Opportunity:
    return Opportunity(
        prospect_id=prospect.id,
        status=status,
        amount=amount,
        ask_on=ask_on,
        expected_on=expected_on,
        status_since=since,
        opened_on=since,
    )
