"""Level movement: flows add up to the levels of both days, each has one cause, and each number opens its people."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Sight
from donors.constituents.models import PostalAddress
from donors.core.changes import insert, open_change
from donors.core.paging import Paging
from donors.levels.ladders import ladder
from donors.levels.rulings import RulingDraft, end_ruling, make_ruling
from donors.reports.answers import Memory
from donors.reports.levels import level_report
from donors.reports.models import Answer
from donors.reports.months import months
from donors.reports.movement import Movement, movement
from donors.reports.people import NOBODY, Which, people, turn_people
from donors.reports.stands import Question
from tests.reports.givers import ACT, TODAY, YEAR_AGO, Givers, givers
from tests.reports.test_levels_report import WAYS


@pytest.fixture
def made(session: Session) -> Givers:
    return givers(session)


def test_flows_agree_with_the_level_report_and_its_people(session: Session, made: Givers) -> None:
    question = Question(ladder(session, made.giving), TODAY, YEAR_AGO, EVERYTHING)
    found = movement(session, question)
    report = level_report(session, question, today=TODAY)
    assert found.counts == report.moves
    for line in report.lines:
        assert found.stood(line.band, then=True) == line.sums.people_then
        assert found.stood(line.band, then=False) == line.sums.people
    assert sum(flow.moved.then for flow in found.flows) == report.total.money_then
    assert sum(flow.moved.now for flow in found.flows) == report.total.money
    each_flow_opens_its_people(session, found)
    ways = {way for way, _ in WAYS.values()}
    assert {way: found.went(way).people for way in ways} == {
        way: sum(one == way for one, _ in WAYS.values()) for way in ways
    }
    assert {
        (cause, way): count for cause, ways in found.by_cause().items() for way, count in ways.items() if count
    } == (report.causes)


def each_flow_opens_its_people(session: Session, found: Movement) -> None:
    for flow in found.flows:
        ends = {"then": flow.then.id if flow.then else NOBODY, "now": flow.now.id if flow.now else NOBODY}
        listed = people(session, found.asked, Which(**ends))
        assert len(listed) == flow.moved.people == flow.moved.causes.total()
        assert sum(one.then_figure or 0 for one in listed) == flow.moved.then
        assert sum(one.now_figure or 0 for one in listed) == flow.moved.now
        for cause, count in flow.moved.causes.items():
            assert len(people(session, found.asked, Which(**ends, cause=cause))) == (count if cause else len(listed))


def test_what_is_kept_is_what_is_found_and_nobody_sees_too_much(session: Session, made: Givers) -> None:
    question = Question(ladder(session, made.giving), TODAY, YEAR_AGO, EVERYTHING)
    memory = Memory(lambda write: write(session), ACT.at)
    first = movement(session, question, memory=memory)
    assert movement(session, question, memory=memory) == first == movement(session, question)
    stranger = Question(question.ladder, TODAY, YEAR_AGO, Sight(user_id=None, role="officer", everything=False))
    assert movement(session, stranger, memory=memory).went("in").people == first.went("in").people - 1
    session.rollback()


def test_what_was_ruled_by_hand_is_kept_until_it_is_ended(session: Session, made: Givers) -> None:
    memory = Memory(lambda write: write(session), ACT.at)
    change, fred = open_change(session, "test", act=ACT), made.ids["Fred Faller"]
    plain = Question(ladder(session, made.giving), TODAY, YEAR_AGO, EVERYTHING)
    before = movement(session, plain, memory=memory)
    top = plain.ladder.bands[-1]
    draft = RulingDraft("override", "A bequest that is not here yet", level_id=top.id)
    ruling = make_ruling(session, fred, made.giving, draft, within=change, on=TODAY)
    question = replace(plain, ladder=ladder(session, made.giving))
    for _ in range(2):  # found, then kept
        found = movement(session, question, memory=memory)
        assert found == movement(session, question)
        assert found.stood(top, then=False) == before.stood(top, then=False) + 1
        series = months(session, question, memory=memory)
        assert [counts[-1] for counts in series.people.values()] == [
            found.stood(band, then=False) for band in question.ladder.bands
        ]
    kept = session.scalar(select(func.count()).select_from(Answer))
    movement(session, question, memory=memory)
    assert session.scalar(select(func.count()).select_from(Answer)) == kept
    end_ruling(session, ruling, within=change, on=TODAY)
    assert movement(session, question, memory=memory).stood(top, then=False) == before.stood(top, then=False)
    session.rollback()


def test_what_hangs_on_criteria_holds_until_the_next_change(session: Session, made: Givers) -> None:
    memory = Memory(lambda write: write(session), ACT.at)
    asks = replace(
        ladder(session, made.giving), criteria='{"field": "city", "operator": "equals", "value": "Rivermouth"}'
    )
    question = Question(asks, TODAY, YEAR_AGO, EVERYTHING)
    assert movement(session, question, memory=memory).stood(asks.bands[0], then=False) == 0
    change = open_change(session, "test", act=ACT)
    address = {"constituent_id": made.ids["Rita Riser"], "city": "Rivermouth", "is_primary": True}
    insert(session, PostalAddress(**address), within=change)
    now = movement(session, question, memory=memory)
    assert now == movement(session, question)
    assert sum(now.stood(band, then=False) for band in asks.bands) == 1
    session.rollback()


def test_kept_reports_and_pages_are_those_of_the_facts(session: Session, made: Givers) -> None:
    memory = Memory(lambda write: write(session), ACT.at)
    for track in (made.giving, made.hours):
        question = Question(ladder(session, track), TODAY, YEAR_AGO, EVERYTHING)
        for _ in range(2):  # found, then kept
            report = level_report(session, question, today=TODAY, memory=memory)
            assert report == level_report(session, question, today=TODAY)
            assert months(session, question, memory=memory) == months(session, question)
            for which in (Which(), Which(ways=frozenset({"down", "out"})), Which(cause="time"), Which(then=NOBODY)):
                for number in (1, 2, 9):
                    paging = Paging(number, 3)
                    kept = turn_people(session, question, which, paging, memory=memory)
                    assert kept == turn_people(session, question, which, paging)
    session.rollback()
