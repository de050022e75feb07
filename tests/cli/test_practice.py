"""The practice charity: the same for the same seed and day, and true to what its cast says of itself."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.cli.practice.draw import draw
from donors.cli.practice.load import Loader
from donors.cli.practice.story import Charity
from donors.constituents.models import Constituent
from donors.core.db import transaction
from donors.levels.models import Effect, Level, Standing, Track
from donors.plans.models import RunningPlan
from donors.rollups.queries import values_of

ON = date(2026, 11, 22)


def test_the_same_seed_and_day_give_the_same_charity() -> None:
    assert repr(draw(7, ON, 300)) == repr(draw(7, ON, 300))
    assert repr(draw(8, ON, 300)) != repr(draw(7, ON, 300))


def test_nothing_lies_in_the_future_and_sums_are_positive() -> None:
    charity = draw(7, ON, 600)
    assert len(charity.people) == 600
    assert all(gift.on <= ON and gift.cents > 0 for gift in charity.gifts)
    assert all(gift.refunded_on is None or gift.on < gift.refunded_on <= ON for gift in charity.gifts)
    assert all(shift.on <= ON and shift.minutes > 0 for shift in charity.shifts)
    assert all(move.on <= ON for prospect in charity.prospects for move in prospect.moves if move.made)


def test_the_full_charity_is_of_the_size_that_is_promised() -> None:
    charity: Charity = draw(2014, ON)
    assert len(charity.people) == 5000
    assert len(charity.gifts) > 20_000
    assert len({gift.on.year for gift in charity.gifts}) >= 12


@pytest.fixture
def practice(app: Flask) -> None:
    """A small practice charity, loaded."""
    with app.app_context():
        Loader(draw(7, ON, 120)).load()


def level_of(session: Session, name: str, on: date = ON) -> str | None:
    """The level of a member of the cast on the giving track, on a day."""
    standing = (
        select(Level.name)
        .join(Standing, Standing.level_id == Level.id)
        .join(Track, Track.id == Standing.track_id)
        .join(Constituent, Constituent.id == Standing.constituent_id)
        .where(Constituent.name == name, Track.name == "Giving", Standing.from_on <= on)
        .where(Standing.to_on.is_(None) | (Standing.to_on > on))
    )
    return session.scalar(standing)


def test_each_of_the_cast_embodies_its_rule(app: Flask, practice: None) -> None:
    with app.app_context(), transaction() as session:
        ids = {row.name: row.id for row in session.scalars(select(Constituent))}
        assert level_of(session, "Yusuf Rahmani") == "Supporter"
        assert level_of(session, "Prudence Lightfoot") == "Friend"
        assert level_of(session, "Graciela Montoya") == "Patron"
        assert level_of(session, "Octavia Renn") is None
        assert level_of(session, "Malcolm Adeyemi") == "Friend"
        assert level_of(session, "Malcolm Adeyemi", date(2026, 10, 31)) == "Patron"
        assert values_of(session, ids["Constance Bellweather"])["current_streak"] == 12
        assert values_of(session, ids["Nadia Holloway"])["soft_gift_count"] == 1
        assert values_of(session, ids["Nadia Holloway"])["soft_lifetime_total"] == 90000
        assert values_of(session, ids["Haddad household"])["gift_count"] == 2
        assert values_of(session, ids["Lucia Ferrante"])["lifetime_total"] in (0, None)
        assert ids["Graciela Montoya"] in set(session.scalars(select(RunningPlan.constituent_id)))
        effects = session.scalars(select(Effect.act).join(Level).where(Level.name == "Patron"))
        assert sorted(effects) == ["notice", "start plan", "stop plans", "task"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_interrupted_load_is_told_and_not_taken_for_a_whole_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = app.test_cli_runner()
    monkeypatch.setattr("donors.cli.demo.draw", lambda seed, on: draw(seed, on, 60))
    monkeypatch.setattr("donors.cli.practice.relations.load_plans", lambda *_: 1 / 0)
    assert runner.invoke(args=["demo"]).exit_code == 1
    again = runner.invoke(args=["demo", "--if-empty"])
    assert again.exit_code == 1
    assert "interrupted" in again.output


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_second_load_changes_nothing_and_prints_the_logins(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = app.test_cli_runner()
    monkeypatch.setattr("donors.cli.demo.draw", lambda seed, on: draw(seed, on, 60))
    assert runner.invoke(args=["demo"]).exit_code == 0
    again = runner.invoke(args=["demo", "--if-empty"])
    assert again.exit_code == 0
    assert "maren@rivermouth.example" in again.output
    assert runner.invoke(args=["demo"]).exit_code == 1
