"""Three years of plans of 2,000 people by a clock of our own: the same log twice, and after 200 crashes."""

import random
from datetime import date

import pytest
from flask import Flask

from tests.cast import OLIVE, Person
from tests.soak.plan_days import Years

SPAN = (date(2027, 1, 1), date(2029, 12, 31))
PEOPLE = 2000
EVERY = 1095
"""Days from one plan of a person to the next: one for each."""
CRASHES = 200


@pytest.mark.soak
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_three_years_come_to_the_same(app: Flask, cast: dict[Person, int]) -> None:
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
        first = Years(cast[OLIVE], PEOPLE, *SPAN, EVERY)
        log = first.live(engine)
        assert Years(cast[OLIVE], PEOPLE, *SPAN, EVERY).live(engine) == log
        crashes = set(random.sample(range(1, first.commits), CRASHES))
        assert Years(cast[OLIVE], PEOPLE, *SPAN, EVERY, crashes=crashes).live(engine) == log
