"""The practice charity keeps the invariants, and they notice when something is amiss."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.cli.practice.draw import draw
from donors.cli.practice.load import Loader
from donors.core.db import current_session
from donors.giving.models import Credit, Gift, GiftSplit
from donors.levels.models import Standing
from donors.pipeline.models import Prospect, Stage
from tests.invariants import broken
from tests.rollups.test_sequences import acts, world

ON = date(2026, 11, 22)


@pytest.fixture
def practice(app: Flask) -> Session:
    """A session on a small practice charity."""
    with app.app_context():
        Loader(draw(7, ON, 300)).load()
        yield current_session()
        current_session().rollback()


def test_the_practice_charity_keeps_them_and_each_wrong_is_noticed(practice: Session) -> None:
    assert broken(practice) == {}
    split, credit, standing, prospect = (
        practice.scalars(select(model).limit(1)).one() for model in (GiftSplit, Credit, Standing, Prospect)
    )
    elsewhere = select(Stage.id).where(Stage.id != prospect.stage_id).limit(1).scalar_subquery()
    for wrong, said in (
        (update(GiftSplit).where(GiftSplit.id == split.id).values(amount=split.amount + 1), "Splits of a gift"),
        (update(Credit).where(Credit.id == credit.id).values(amount=credit.amount + 1), "The open hard credits"),
        (update(Credit).where(Credit.id == credit.id).values(fiscal_year=1990), "the fiscal year"),
        (update(Gift).where(Gift.id == credit.gift_id).values(version=2), "gift: an image"),
        (update(Standing).where(Standing.id == standing.id).values(to_on=date(1990, 1, 1)), "A standing's level"),
        (update(Prospect).where(Prospect.id == prospect.id).values(stage_id=elsewhere), "A prospect's stage"),
    ):
        with practice.begin_nested() as attempt:
            practice.execute(wrong, execution_options={"synchronize_session": False})
            assert any(name.startswith(said) for name in broken(practice)), said
            attempt.rollback()


@given(done=st.lists(acts, min_size=6, max_size=20))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_acts_keep_them(session: Session, done: list[Any]) -> None:
    session.rollback()
    session.expunge_all()
    here = world(session)
    for verb, *details in done:
        getattr(here, verb)(*details)
    session.flush()
    # The sequences write stays as rows, past the rule that keeps them apart.
    assert set(broken(session)) <= {"The stays of one person do not overlap"}
    session.rollback()
