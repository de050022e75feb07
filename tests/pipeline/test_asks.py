"""Opportunities: what is said of them from day to day, what an act may not say, and how they stood on any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.pipeline.asks.decide import NEXT, STATUSES, Step, Terms, asked_on, checked_step
from donors.pipeline.asks.models import ASKED, DECLINED, DEFERRED, ENDED, PLANNED, OpportunityEntry
from donors.pipeline.asks.queries import ask, asks_of, asks_of_constituent, entries
from donors.pipeline.models import Pipeline, Prospect, Stage
from donors.pipeline.prospect import Entry, Leaving
from donors.workflows.advance import add_prospect, advance, leave
from donors.workflows.asks import change_ask, open_ask, step_ask
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.undo import undo_change
from tests.cast import OLIVE, SAM, Person
from tests.pipeline.conftest import NOW, TODAY, Begin, MakePerson, february


def test_an_ask_from_plan_to_gift(
    session: Session, harold: Prospect, stage: dict[str, Stage], change: ChangeSet, cast: dict[Person, int]
) -> None:
    terms = Terms(50_000_00, " The roof ", ask_on=february(20), expected_on=date(2026, 6, 1), odds=40)
    made = open_ask(session, harold.id, terms, on=february(2), within=change)
    assert (made.status, made.purpose, made.officer_id, harold.ask_amount) == (
        PLANNED,
        "The roof",
        cast[OLIVE],
        50_000_00,
    )
    advance(session, harold.id, Entry(february(9), stage["Solicitation"].id), within=change)
    step_ask(session, made.id, Step(ASKED, february(10), "over lunch"), within=change)
    assert (made.ask_on, made.status_since) == (february(10), february(10))
    higher = Terms(60_000_00, "The roof", ask_on=february(10), odds=70, officer_id=cast[SAM])
    change_ask(session, made.id, higher, on=february(12), within=change)
    step_ask(session, made.id, Step("committed", february(14)), within=change)
    assert harold.ask_amount == 60_000_00
    step_ask(session, made.id, Step("received", february(20)), within=change)
    assert harold.ask_amount is None
    said = entries(session, made.id)
    assert [(one.entry.status, one.entry.amount, one.entry.odds, one.entry.why, one.stage) for one in said] == [
        ("received", 60_000_00, 70, "", "Solicitation"),
        ("committed", 60_000_00, 70, "", "Solicitation"),
        ("asked", 60_000_00, 70, "", "Solicitation"),
        ("asked", 50_000_00, 40, "over lunch", "Solicitation"),
        ("planned", 50_000_00, 40, "", "Identification"),
    ]
    assert [one.officer for one in said[2:4]] == ["Sam Stranger", "Olive Officer"]


def test_the_stage_is_that_of_the_day(
    session: Session, harold: Prospect, stage: dict[str, Stage], change: ChangeSet
) -> None:
    advance(session, harold.id, Entry(february(9), stage["Qualification"].id), within=change)
    advance(session, harold.id, Entry(february(12), stage["Cultivation"].id), within=change)
    for day, name in ((5, "Identification"), (9, "Qualification"), (11, "Qualification"), (12, "Cultivation")):
        made = open_ask(session, harold.id, Terms(), on=february(day), within=change)
        assert entries(session, made.id)[0].stage == name


def test_nothing_is_said_where_nothing_changed(session: Session, harold: Prospect, change: ChangeSet) -> None:
    made = open_ask(session, harold.id, Terms(5_00), on=february(2), within=change)
    again = Terms(5_00, officer_id=made.officer_id)
    change_ask(session, made.id, again, on=february(3), within=change)
    assert len(entries(session, made.id)) == 1


def test_the_sum_of_open_asks_stands_on_the_prospect(session: Session, harold: Prospect, change: ChangeSet) -> None:
    assert harold.ask_amount is None
    first = open_ask(session, harold.id, Terms(10_00), on=february(2), within=change)
    open_ask(session, harold.id, Terms(), on=february(2), within=change)
    open_ask(session, harold.id, Terms(7_00), on=february(2), within=change, status=ASKED)
    assert harold.ask_amount == 17_00
    step_ask(session, first.id, Step(DECLINED, february(3), reason="timing"), within=change)
    assert harold.ask_amount == 7_00
    step_ask(session, first.id, Step(PLANNED, february(4)), within=change)
    assert (harold.ask_amount, first.reason) == (17_00, "")
    assert [one.is_open for one in asks_of(session, harold.id, sees=EVERYTHING)] == [True, True, True]


@pytest.mark.parametrize(
    ("terms", "field", "says"),
    [
        (Terms(0), "amount", "more than zero"),
        (Terms(-5), "amount", "more than zero"),
        (Terms(odds=101), "odds", "between 0 and 100"),
        (Terms(odds=-1), "odds", "between 0 and 100"),
        (Terms(ask_on=february(9), expected_on=february(8)), "expected_on", "lies before the ask"),
    ],
)
def test_terms_that_cannot_be(
    session: Session, harold: Prospect, change: ChangeSet, terms: Terms, field: str, says: str
) -> None:
    made = open_ask(session, harold.id, Terms(5_00), on=february(2), within=change)
    with pytest.raises(Invalid, match=says) as opened:
        open_ask(session, harold.id, terms, on=february(2), within=change)
    with pytest.raises(Invalid, match=says) as changed:
        change_ask(session, made.id, terms, on=february(2), within=change)
    assert opened.value.field == changed.value.field == field


def test_acts_that_are_refused(session: Session, harold: Prospect, change: ChangeSet) -> None:
    made = open_ask(session, harold.id, Terms(5_00), on=february(5), within=change)
    for step, field in (
        (Step("sold", february(6)), "status"),
        (Step(DECLINED, february(6)), "reason"),
        (Step(DEFERRED, february(6), reason="timing"), "returns_on"),
        (Step(DEFERRED, february(6), reason="timing", returns_on=february(6)), "returns_on"),
        (Step(ASKED, february(4)), "on"),
        (Step(ASKED, TODAY + timedelta(days=1)), "on"),
    ):
        with pytest.raises(Invalid) as refused:
            step_ask(session, made.id, step, within=change)
        assert refused.value.field == field
    with pytest.raises(Blocked, match="already"):
        step_ask(session, made.id, Step(PLANNED, february(6)), within=change)
    with pytest.raises(Invalid, match="begins"):
        open_ask(session, harold.id, Terms(), on=february(5), within=change, status="received")
    with pytest.raises(Conflict):
        change_ask(session, made.id, Terms(6_00), on=february(6), within=change, expect=made.version - 1)
    with pytest.raises(NotFound):
        step_ask(session, 999, Step(ASKED, february(6)), within=change)
    leave(session, harold.id, Leaving(february(20), "moved away"), within=change)
    with pytest.raises(Blocked, match="left the pipeline"):
        open_ask(session, harold.id, Terms(), on=february(21), within=change)


def test_who_may_see_them(session: Session, harold: Prospect, change: ChangeSet, cast: dict[Person, int]) -> None:
    made = open_ask(session, harold.id, Terms(5_00), on=february(5), within=change)
    session.get_one(Constituent, harold.constituent_id).confidential = True
    session.flush()
    stranger = sight(cast[SAM], "officer")
    assert asks_of(session, harold.id, sees=stranger) == []
    assert asks_of_constituent(session, harold.constituent_id, sees=stranger) == []
    with pytest.raises(NotFound):
        ask(session, made.id, sees=stranger)
    assert ask(session, made.id, sees=EVERYTHING).name == "Harold"


def test_undo_takes_the_last_thing_said_first(session: Session, harold: Prospect, begin: Begin) -> None:
    first, second, third = begin(1), begin(2), begin(3)
    made = open_ask(session, harold.id, Terms(5_00), on=february(5), within=first)
    change_ask(session, made.id, Terms(9_00), on=february(6), within=second)
    step_ask(session, made.id, Step(DECLINED, february(7), reason="amount"), within=third)
    assert harold.ask_amount is None
    back = Act(by=None, at=NOW + timedelta(hours=1), through="web")
    for earlier in (first, second):
        with pytest.raises(Blocked):
            undo_change(session, earlier, act=back, on=TODAY)
    for latest, amount in ((third, 9_00), (second, 5_00), (first, None)):
        undo_change(session, latest, act=back, on=TODAY)
        assert harold.ask_amount == amount
    assert session.scalar(select(func.count(OpportunityEntry.id))) == 0


def test_another_ask_does_not_keep_one_from_being_undone(session: Session, harold: Prospect, begin: Begin) -> None:
    first, second = begin(1), begin(2)
    open_ask(session, harold.id, Terms(5_00), on=february(5), within=first)
    open_ask(session, harold.id, Terms(9_00), on=february(5), within=second)
    undo_change(session, first, act=Act(by=None, at=NOW + timedelta(hours=1), through="web"), on=TODAY)
    assert harold.ask_amount == 9_00


def test_asks_of_two_who_become_one(
    session: Session, pipeline: Pipeline, harold: Prospect, person: MakePerson, change: ChangeSet, begin: Begin
) -> None:
    other = add_prospect(session, person("Harry"), pipeline.id, Entry(february(1)), within=change).prospect
    open_ask(session, harold.id, Terms(5_00), on=february(5), within=change)
    gone = open_ask(session, other.id, Terms(9_00), on=february(5), within=change)
    other_id, merging = other.id, begin(1)
    merge_constituents(session, Pair(harold.constituent_id, other.constituent_id), within=merging, on=TODAY)
    assert harold.ask_amount == 14_00
    assert {one.opportunity.id for one in asks_of(session, harold.id, sees=EVERYTHING)} > {gone.id}
    undo_change(session, merging, act=Act(by=None, at=NOW + timedelta(hours=1), through="web"), on=TODAY)
    assert (harold.ask_amount, session.get_one(Prospect, other_id).ask_amount) == (5_00, 9_00)
    assert gone.prospect_id == other_id


@given(before=st.sampled_from(sorted(STATUSES)), after=st.sampled_from(sorted(STATUSES)))
def test_which_step_may_follow_which(before: str, after: str) -> None:
    step = Step(after, TODAY, reason="timing", returns_on=TODAY + timedelta(days=1))
    try:
        kept = checked_step(before, step)
    except Blocked:
        assert before == after or (before in ENDED and after in ENDED)
    else:
        assert after in NEXT[before]
        assert bool(kept.reason) == bool(kept.returns_on) == (after in (DECLINED, DEFERRED))


def test_from_any_status_any_other_is_reached() -> None:
    for start in STATUSES:
        reached, fresh = {start}, {start}
        while fresh:
            fresh = {after for one in fresh for after in NEXT[one]} - reached
            reached |= fresh
        assert reached == set(STATUSES)


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 3))


@given(before=st.none() | DAYS, status=st.sampled_from(sorted(STATUSES)), on=DAYS)
def test_who_is_asked_is_so_by_that_day(before: date | None, status: str, on: date) -> None:
    after = asked_on(before, Step(status, on))
    if status in (ASKED, "considering"):
        assert after is not None
        assert after <= on
    else:
        assert after == before
