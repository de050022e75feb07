"""Why somebody stands where they stand, read from the database; and the level's history as fields of constituents."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet
from donors.core.fields import REGISTRY, joined, joins_of
from donors.giving.gift_input import AdjustmentInput
from donors.levels.fields import level_fields
from donors.levels.ladders import ladder
from donors.levels.reasons import explained, standings_of
from donors.levels.rulings import RulingDraft
from donors.levels.track import LevelDraft, TrackDraft, create_track
from donors.workflows import adjust
from donors.workflows.rulings import end
from tests.workflows.test_rulings import ACT, PLAIN, TODAY, change, decide, give, level_id, night, person

__all__ = ["change"]
TWICE = {"field": "gift_count", "operator": "at least", "value": 2}
LATELY = {"field": "last_gift_on", "operator": "at least", "value": "last 30 days"}
CITY = {"field": "city", "operator": "equals", "value": "Bonn"}


def said(session: Session, who: int) -> str:
    [view] = standings_of(session, who, on=TODAY)
    return view.reason


def test_criteria_that_are_met_and_those_that_are_not(session: Session, change: ChangeSet) -> None:
    levels = (
        LevelDraft("Silver", 10_000, criteria=TWICE),
        LevelDraft("Gold", 100_000, criteria={"all": [TWICE, CITY, LATELY]}),
    )
    track = create_track(session, TrackDraft("Test", "lifetime_total", levels), within=change).id
    anna = person(session, change)
    give(session, anna, 200)
    assert "Not Silver yet: it asks that number of gifts is at least 2." in said(session, anna)
    give(session, anna, 300)
    words = said(session, anna)
    assert words.startswith("Silver since Mar 10, 2026, because ")
    assert "is at least $100.00 and number of gifts is at least 2; the gift that decided it was" in words
    assert words.endswith("$500.00 short of Gold, which also asks that city is “Bonn”.")
    views = explained(session, ladder(session, track), [anna, person(session, change)], on=TODAY)
    assert [view.band is None for view in views.values()] == [False, True]


def test_what_was_ruled_and_what_will_fall(session: Session, change: ChangeSet) -> None:
    track = create_track(session, replace(PLAIN, falls="after days", grace_days=90), within=change).id
    anna = person(session, change)
    give(session, anna, 200)
    big = give(session, anna, 2_000)
    adjust.refund_gift(session, big, AdjustmentInput(200_000, TODAY), act=ACT, on=TODAY)
    assert "Falls to Silver on Jun 8, 2026 unless $800.00 comes in." in said(session, anna)
    row, _ = decide(session, anna, track, RulingDraft("freeze", "In dispute", to_on=TODAY + timedelta(9)))
    assert "Frozen since Mar 10, 2026 until Mar 19, 2026: In dispute. The rules alone would give Silver." in said(
        session, anna
    )
    end(session, row.id, within=change, on=TODAY)
    decide(session, anna, track, RulingDraft("exclude", "Staff"))
    assert said(session, anna) == "No level: left out by hand: Staff."


def known(session: Session, who: int) -> dict[str, Any]:
    fields = {field.label.partition(", ")[2]: field for field in level_fields(session)}
    assert all(REGISTRY.fields(session, "constituent")[field.name].name for field in fields.values())
    columns = [field.column.label(f"c{place}") for place, field in enumerate(fields.values())]
    statement = joined(select(*columns).select_from(Constituent), joins_of(fields.values()))
    row = session.execute(statement.where(Constituent.id == who)).one()
    return dict(zip(fields, row, strict=True))


def test_history_as_fields(session: Session, change: ChangeSet) -> None:
    track = create_track(session, PLAIN, within=change).id
    anna = person(session, change)
    assert set(known(session, anna).values()) == {None}
    give(session, anna, 200)
    until, later = TODAY + timedelta(30), TODAY + timedelta(40)
    decide(session, anna, track, RulingDraft("override", "Board", level_id(session, "Gold"), until))
    assert known(session, anna) == {
        "": "Gold",
        "since": TODAY,
        "before": "Silver",
        "first reached": TODAY,
        "falls on": None,
        "falls to": None,
        "by hand": "override",
    }
    night(session, until)
    back = known(session, anna)
    assert (back[""], back["since"], back["before"], back["first reached"]) == ("Silver", until, "Gold", TODAY)
    decide(session, anna, track, RulingDraft("exclude", "Staff"), later)
    assert (known(session, anna)[""], known(session, anna)["before"]) == (None, "Silver")
