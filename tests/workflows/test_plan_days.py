"""Weeks of plans by a clock of our own, over a leap day and a change of clocks; `make soak` lives through years."""

from datetime import date

import pytest
from flask import Flask

from tests.cast import OLIVE, Person
from tests.soak.plan_days import Years

SPAN = (date(2028, 2, 21), date(2028, 3, 31))
PEOPLE = 12


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_second_run_and_one_with_crashes_come_to_the_same(app: Flask, cast: dict[Person, int]) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        first = Years(cast[OLIVE], PEOPLE, *SPAN)
        log = first.live(engine)
        crashes = range(3, first.commits, max(1, first.commits // 40))
        dying = Years(cast[OLIVE], PEOPLE, *SPAN, crashes=crashes)
        assert dying.live(engine) == log
    assert len(log) > 50
    assert len(crashes) >= 40
    for word in (
        "'done'",
        "'open'",
        "'skipped'",
        "'mail'",
        "'move'",
        "'A week', 'done'",
        "'Tell', 'done'",
        "'not needed'",
    ):
        assert any(word in line for line in log), word
