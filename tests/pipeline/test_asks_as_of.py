"""Opportunities as they stood on any day, also as it was known then: the same as what was remembered meanwhile."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked, Invalid
from donors.core.known import KnownAt
from donors.pipeline.asks.decide import REASONS, STATUSES, Step, Terms
from donors.pipeline.asks.models import Opportunity, OpportunityEntry
from donors.pipeline.asks.queries import Stood, as_of, asks_of, entries
from donors.pipeline.models import Prospect
from donors.workflows.asks import change_ask, open_ask, step_ask
from tests.pipeline.conftest import NOW, TODAY, Begin, february

ACTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["amount", *sorted(STATUSES)]),
        st.integers(1, 28),
        st.none() | st.integers(0, 900),
        st.none() | st.integers(0, 101),
    ),
    max_size=10,
)
Drawn = tuple[int, str, int, int | None, int | None]
Told = tuple[date, str, int | None, int | None]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 4)
@given(acts=ACTS)
def test_any_day_can_be_asked_for(session: Session, harold: Prospect, begin: Begin, acts: list[Drawn]) -> None:
    """What was remembered of each act as it was done is what is found later: by day, and as it was known in between."""
    said: dict[int, list[tuple[int, Told]]] = {}
    with session.begin_nested() as nested:
        for number, act in enumerate(acts):
            row = _done(session, harold, begin(number * 10), act)
            if row is not None:
                told = (entries(session, row.id)[0].entry.happened_on, row.status, row.amount, row.odds)
                said.setdefault(row.id, []).append((number, told))
        for on in {day for tellings in said.values() for _, (day, *_) in tellings} | {february(1), TODAY}:
            assert _found(as_of(session, on)) == _remembered(said, on, len(acts))
            for number in range(len(acts)):
                then = KnownAt(session, NOW + timedelta(minutes=number * 10 + 5))
                assert _found(as_of(session, on, then)) == _remembered(said, on, number)
        nested.rollback()


def _done(session: Session, prospect: Prospect, within: ChangeSet, act: Drawn) -> Opportunity | None:
    """Carries out an act; none when it was refused, or had nothing to say."""
    which, what, day, amount, odds = act
    before = session.scalar(select(func.count(OpportunityEntry.id)))
    rows = asks_of(session, prospect.id, sees=EVERYTHING)
    terms = Terms(amount, odds=odds)
    try:
        with session.begin_nested():
            if which >= len(rows):
                row = open_ask(session, prospect.id, terms, on=february(day), within=within)
            elif what == "amount":
                row = change_ask(session, rows[which].opportunity.id, terms, on=february(day), within=within)
            else:
                step = Step(what, february(day), reason=sorted(REASONS)[0], returns_on=TODAY)
                row = step_ask(session, rows[which].opportunity.id, step, within=within)
    except (Invalid, Blocked):
        return None
    return row if session.scalar(select(func.count(OpportunityEntry.id))) != before else None


def _found(stood: Sequence[Stood]) -> dict[int, Told]:
    return {one.opportunity_id: (one.since, one.status, one.amount, one.odds) for one in stood}


def _remembered(said: dict[int, list[tuple[int, Told]]], on: date, number: int) -> dict[int, Told]:
    """What had been said by an act of that number of the days up to one: of each ask the last."""
    found = {}
    for row, tellings in said.items():
        known = [told for at, told in tellings if at <= number and told[0] <= on]
        if known:
            found[row] = known[-1]
    return found
