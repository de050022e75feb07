"""The level report: sums that agree with the facts and with one another, and who is behind them."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Sight
from donors.levels.decide import level_for
from donors.levels.ladders import ladder
from donors.reports import months as series
from donors.reports.ahead import fall, rise
from donors.reports.levels import LevelReport, level_report
from donors.reports.overview import edges, lines_now, standers, steps
from donors.reports.people import NOBODY, Which, count_people, people
from donors.reports.plain.values import guarded
from donors.reports.stands import Question
from donors.rollups.queries import definition, explain, values_as_of
from tests.reports.givers import TODAY, YEAR_AGO, Givers, givers

STRANGER = Sight(user_id=None, role="officer", everything=False)
WAYS = {
    "Rita Riser": ("up", "gift"),
    "Fred Faller": ("down", "time"),
    "Lena Left": ("out", "time"),
    "Nina New": ("in", "gift"),
    "Stan Stayer": ("stay", ""),
    "Hidden Helen": ("in", "gift"),
    "Home household": ("stay", ""),
    "Refunded Ralph": ("down", "correction"),
}
"""Who is in the report, which way each went and why. Homer is counted with his household."""


@pytest.fixture
def made(session: Session) -> Givers:
    return givers(session)


def asked(session: Session, made: Givers, *, sees: Sight = EVERYTHING, on: date = TODAY) -> Question:
    return Question(ladder(session, made.giving), on, YEAR_AGO, sees)


def report(session: Session, question: Question) -> LevelReport:
    return level_report(session, question, today=TODAY)


def everybody_is_counted_once_by_what_moved_them(session: Session, made: Givers) -> None:
    found = people(session, asked(session, made), Which())
    assert {one.name: (one.way, one.cause) for one in found} == WAYS
    counted = report(session, asked(session, made))
    assert counted.causes == Counter((cause, way) for way, cause in WAYS.values() if way != "stay")


def levels_and_sums_are_those_of_the_facts_on_both_days(session: Session, made: Givers) -> None:
    question = asked(session, made)
    found = report(session, question)
    ids = [one for name, one in made.ids.items() if name in WAYS]
    then, now = (values_as_of(session, ids, on=day) for day in (YEAR_AGO, TODAY))
    for line in found.lines:
        here = [values for values in now.values() if level_for(values[KEY], question.ladder.bands) == line.band]
        before = [values for values in then.values() if level_for(values[KEY], question.ladder.bands) == line.band]
        sums = sorted(int(values[KEY]) for values in here)
        assert (line.sums.people, line.sums.people_then) == (len(here), len(before))
        assert (line.sums.money, line.sums.money_then) == (sum(sums), sum(int(values[KEY]) for values in before))
        assert line.sums.lifetime == sum(int(values["lifetime_total"]) for values in here)
        assert line.sums.median == (sums[(len(sums) - 1) // 2] + sums[len(sums) // 2] + 1) // 2 if sums else True


KEY = "last_365_days_total"


def rows_and_columns_of_the_matrix_add_up_exactly(session: Session, made: Givers) -> None:
    found = report(session, asked(session, made))
    for line in found.lines:
        out = sum(count for (then, _), count in found.moves.items() if then == line.band.id)
        into = sum(count for (_, now), count in found.moves.items() if now == line.band.id)
        assert (out, into) == (line.sums.people_then, line.sums.people)
    assert found.went("in", "up", "down", "out") + found.stayed == sum(found.moves.values())
    assert found.total.people == sum(line.sums.people for line in found.lines)
    assert found.total.people - found.total.people_then == found.went("in") - found.went("out")


def another_day_has_other_figures(session: Session, made: Givers) -> None:
    past = report(session, Question(ladder(session, made.giving), YEAR_AGO, YEAR_AGO - timedelta(365), EVERYTHING))
    now = report(session, asked(session, made))
    assert past.total.people == now.total.people_then == 6
    assert past.total.money == now.total.money_then
    assert not past.covers_known
    assert now.covers_known
    assert now.total.people == 7


def the_same_day_twice_moves_nobody(session: Session, made: Givers) -> None:
    found = report(session, Question(ladder(session, made.giving), TODAY, TODAY, EVERYTHING))
    assert found.causes == {}
    assert found.total.people == found.total.people_then == found.stayed


def each_number_opens_exactly_its_people(session: Session, made: Givers) -> None:
    question = asked(session, made)
    found = report(session, question)
    for (then, now), count in found.moves.items():
        which = Which(then=then or NOBODY, now=now or NOBODY)
        assert count == count_people(session, question, which) == len(people(session, question, which))
    for (cause, way), count in found.causes.items():
        assert count == count_people(session, question, Which(ways=frozenset({way}), cause=cause))


def test_a_stranger_finds_the_confidential_in_no_number_and_no_list(session: Session, made: Givers) -> None:
    question = asked(session, made, sees=STRANGER)
    assert report(session, question).total.people == 6
    assert "Hidden Helen" not in {one.name for one in people(session, question, Which())}
    assert sum(series.months(session, question).people[question.ladder.bands[-1].id]) == 0
    lines, total = lines_now(session, question)
    assert total.people == 6
    assert standers(session, question, level_id=lines[0].band.id, limit=9) == (0, [])
    assert "Hidden Helen" not in {step.name for step in steps(session, question)}


def months_in_one_pass_equal_months_one_by_one(session: Session, made: Givers) -> None:
    for track in (made.giving, made.hours):
        question = Question(ladder(session, track), TODAY, YEAR_AGO, EVERYTHING)
        days = series.month_ends(TODAY)
        assert series._at_once(session, question, days) == series._one_by_one(session, question, days)
    found = series.months(session, asked(session, made))
    assert (len(found.days), found.days[-1], found.totals[-1]) == (13, TODAY, 7)


def the_overview_of_now_agrees_with_the_report_of_today(session: Session, made: Givers) -> None:
    question = asked(session, made)
    lines, total = lines_now(session, question)
    found = report(session, question)
    assert [(line.sums.people, line.sums.money, line.sums.median) for line in lines] == [
        (line.sums.people, line.sums.money, line.sums.median) for line in found.lines
    ]
    assert (total.people, total.money, total.lifetime) == (found.total.people, found.total.money, found.total.lifetime)
    assert edges(session, question, percent=10, limit=5) == []


def what_time_will_take_and_what_would_hold_the_level(session: Session, made: Givers) -> None:
    bands = ladder(session, made.giving).bands
    one = definition(session, KEY)
    _, rows = explain(session, KEY, made.ids["Rita Riser"], on=TODAY)
    falls = fall(one, rows, bands)
    assert falls is not None
    assert (falls.on, falls.to, falls.missing) == (TODAY + timedelta(days=306), None, 100_000)
    rises = rise(150_000, bands)
    assert rises is not None
    assert (rises.to.name, rises.missing) == ("Benefactor", 350_000)
    assert rise(9_999_999_900, bands) is None
    assert fall(definition(session, "lifetime_total"), rows, bands) is None


def test_the_report_agrees_with_the_facts_and_with_itself(session: Session, made: Givers) -> None:
    everybody_is_counted_once_by_what_moved_them(session, made)
    levels_and_sums_are_those_of_the_facts_on_both_days(session, made)
    rows_and_columns_of_the_matrix_add_up_exactly(session, made)
    each_number_opens_exactly_its_people(session, made)


def test_every_day_has_its_own_figures(session: Session, made: Givers) -> None:
    another_day_has_other_figures(session, made)
    the_same_day_twice_moves_nobody(session, made)
    months_in_one_pass_equal_months_one_by_one(session, made)


def test_what_stands_now_agrees_with_the_report_of_today(session: Session, made: Givers) -> None:
    the_overview_of_now_agrees_with_the_report_of_today(session, made)
    what_time_will_take_and_what_would_hold_the_level(session, made)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_no_name_is_a_formula_in_a_file(name: str) -> None:
    assert guarded(name) == f"'{name}"
    assert guarded("Anna = Berg") == "Anna = Berg"
