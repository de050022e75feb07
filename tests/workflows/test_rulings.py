"""Levels decided by hand, levels that follow facts, and tracks that ask for more than a figure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.constituents.edit import edit
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.errors import Blocked, Invalid
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.levels.ladders import ladder, ladders
from donors.levels.models import Level, Ruling, Standing, Track
from donors.levels.queries import history
from donors.levels.rulings import RulingDraft
from donors.levels.track import LevelDraft, TrackDraft, check_gaps, create_track, edit_track, set_active
from donors.workflows import adjust, gifts
from donors.workflows.begin import begin
from donors.workflows.death import record_death
from donors.workflows.facts import facts_changed
from donors.workflows.levels import assign_all
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.rollups import switch_rollup
from donors.workflows.rulings import end, rule
from donors.workflows.undo import undo_change

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
GOLD, SILVER = LevelDraft("Gold", 100_000), LevelDraft("Silver", 10_000, 100_000)
PLAIN = TrackDraft("Test", "last_365_days_total", (SILVER, GOLD))
AMES = {"field": "family_name", "operator": "equals", "value": "Ames"}


@pytest.fixture
def change(session: Session) -> ChangeSet:
    opened = open_change(session, "test", act=ACT)
    begin(session, within=opened)
    session.execute(update(Track).values(is_active=False))
    return opened


def person(session: Session, change: ChangeSet, **more: Any) -> int:
    row = Constituent(kind="person", name="Anna Bell", sort_name="bell", given_name="Anna", family_name="Bell", **more)
    return insert(session, row, within=change).id


def give(session: Session, who: int, dollars: int, on: date = TODAY) -> int:
    return gifts.record_gift(session, GiftInput(who, dollars * 100, on), act=ACT, on=on).gift.id


def story(session: Session, who: int) -> list[tuple[str, str, str, str | None]]:
    """Level, its first day, its cause and what ended it, oldest first."""
    found = reversed(history(session, who))
    return [(one.level, one.standing.from_on.isoformat(), one.standing.cause, one.standing.ended_by) for one in found]


def now(session: Session, who: int) -> Standing | None:
    return session.scalar(select(Standing).where(Standing.constituent_id == who, Standing.to_on.is_(None)))


def level_id(session: Session, name: str) -> int:
    return session.scalars(select(Level.id).join(Track).where(Track.is_active, Level.name == name)).one()


def night(session: Session, on: date) -> None:
    within = open_change(session, "levels.assign", act=ACT)
    assign_all(session, within=within, on=on, cause="time")


def decide(session: Session, who: int, track: int, draft: RulingDraft, on: date = TODAY) -> tuple[Ruling, ChangeSet]:
    within = open_change(session, "ruling", act=ACT)
    return rule(session, who, track, draft, within=within, on=on), within


def test_an_override_survives_every_assignment_until_it_is_over(session: Session, change: ChangeSet) -> None:
    track = create_track(session, PLAIN, within=change).id
    anna = person(session, change)
    give(session, anna, 200)
    until = TODAY + timedelta(30)
    decide(session, anna, track, RulingDraft("override", "Board", level_id(session, "Gold"), until))
    give(session, anna, 10)
    night(session, until - timedelta(1))
    assert [one[0] for one in story(session, anna)] == ["Silver", "Gold"]
    night(session, until + timedelta(1))
    assert story(session, anna)[1:] == [
        ("Gold", "2026-03-10", "override", "override"),
        ("Silver", until.isoformat(), "override", None),
    ]


def test_a_freeze_keeps_and_can_be_ended_and_undone(session: Session, change: ChangeSet) -> None:
    track = create_track(session, PLAIN, within=change).id
    anna = person(session, change)
    give(session, anna, 200)
    before = [tuple(row) for row in session.execute(select(Standing.id, Standing.ruling_id, Standing.to_on))]
    _, within = decide(session, anna, track, RulingDraft("freeze", "In dispute"))
    undo_change(session, within, act=ACT, on=TODAY)
    assert session.scalars(select(Ruling)).all() == []
    assert [tuple(row) for row in session.execute(select(Standing.id, Standing.ruling_id, Standing.to_on))] == before
    row, _ = decide(session, anna, track, RulingDraft("freeze", "In dispute"))
    give(session, anna, 2_000)
    assert [one[0] for one in story(session, anna)] == ["Silver"]
    later = TODAY + timedelta(9)
    end(session, row.id, within=open_change(session, "ruling", act=ACT), on=later)
    assert story(session, anna)[-1] == ("Gold", later.isoformat(), "freeze ended", None)


def test_who_is_left_out_has_no_level_and_comes_back(session: Session, change: ChangeSet) -> None:
    track = create_track(session, PLAIN, within=change).id
    anna = person(session, change)
    give(session, anna, 200)
    decide(session, anna, track, RulingDraft("exclude", "Staff", to_on=TODAY + timedelta(5)))
    give(session, anna, 2_000)
    assert now(session, anna) is None
    night(session, TODAY + timedelta(5))
    assert [one[0] for one in story(session, anna)] == ["Silver", "Gold"]


def test_a_new_ruling_ends_the_one_before(session: Session, change: ChangeSet) -> None:
    track = create_track(session, PLAIN, within=change).id
    anna = person(session, change)
    first, _ = decide(session, anna, track, RulingDraft("freeze", "One"))
    decide(session, anna, track, RulingDraft("exclude", "Two"), TODAY + timedelta(2))
    assert first.to_on == TODAY + timedelta(2)
    with pytest.raises(Invalid, match="ended already"):
        end(session, first.id, within=change, on=TODAY + timedelta(2))


@pytest.mark.parametrize(
    ("draft", "word"),
    [
        (RulingDraft("freeze", " "), "reason"),
        (RulingDraft("forget", "Because"), "can be decided"),
        (RulingDraft("override", "Because"), "no level of this track"),
        (RulingDraft("freeze", "Because", to_on=TODAY), "not after today"),
    ],
)
def test_what_cannot_be_decided(session: Session, change: ChangeSet, draft: RulingDraft, word: str) -> None:
    track = create_track(session, PLAIN, within=change).id
    with pytest.raises(Invalid, match=word):
        decide(session, person(session, change), track, draft)


def test_grace_is_noted_kept_and_over(session: Session, change: ChangeSet) -> None:
    create_track(session, replace(PLAIN, falls="after days", grace_days=90), within=change)
    anna = person(session, change)
    give(session, anna, 200)
    big = give(session, anna, 2_000)
    adjust.refund_gift(session, big, AdjustmentInput(200_000, TODAY), act=ACT, on=TODAY)
    standing = now(session, anna)
    assert standing is not None
    day = TODAY + timedelta(90)
    assert (standing.falls_on, standing.falls_to_id) == (day, level_id(session, "Silver"))
    version = standing.version
    night(session, day - timedelta(1))
    session.refresh(standing)
    assert standing.version == version
    give(session, anna, 1_000, day - timedelta(1))
    session.refresh(standing)
    assert (standing.falls_on, standing.falls_to_id, standing.to_on) == (None, None, None)
    adjust.refund_gift(session, big + 1, AdjustmentInput(100_000, day), act=ACT, on=day)
    night(session, day + timedelta(95))
    fell = (day + timedelta(90)).isoformat()
    assert story(session, anna)[1:] == [
        ("Gold", "2026-03-10", "gift", "time"),
        ("Silver", fell, "time", None),
    ]


def test_a_gift_that_is_corrected_gives_no_grace(session: Session, change: ChangeSet) -> None:
    create_track(session, replace(PLAIN, falls="never"), within=change)
    anna, ben = person(session, change), person(session, change)
    for who in (anna, ben):
        give(session, who, 200)
    wrong, right = give(session, anna, 2_000), give(session, ben, 2_000)
    adjust.remove_gift(session, wrong, act=ACT, on=TODAY)
    adjust.refund_gift(session, right, AdjustmentInput(200_000, TODAY), act=ACT, on=TODAY)
    assert [one[0] for one in story(session, anna)] == ["Silver", "Gold", "Silver"]
    assert [one[0] for one in story(session, ben)] == ["Silver", "Gold"]


def test_levels_follow_facts_at_once_and_at_night(session: Session, change: ChangeSet) -> None:
    create_track(session, replace(PLAIN, levels=(SILVER, replace(GOLD, minimum=None, criteria=AMES))), within=change)
    anna = person(session, change)
    assert now(session, anna) is None
    within = open_change(session, "edit", act=ACT)
    edit(session, session.get_one(Constituent, anna), values={"family_name": "Ames"}, within=within)
    facts_changed(session, [anna], within=within)
    assert story(session, anna) == [("Gold", "2026-03-10", "details", None)]
    session.execute(update(Constituent).values(family_name="Bell"))
    night(session, TODAY + timedelta(1))
    assert story(session, anna)[0][3] == "time"


@pytest.mark.parametrize(("word", "levels"), [("keep", ["Silver"]), ("leave", []), ("stand", ["Gold"])])
def test_the_dead_do_as_the_track_says(session: Session, change: ChangeSet, word: str, levels: list[str]) -> None:
    create_track(session, replace(PLAIN, deceased=word), within=change)
    anna = person(session, change)
    give(session, anna, 200)
    within = open_change(session, "death", act=ACT)
    record_death(session, session.get_one(Constituent, anna), died_on=None, within=within, on=TODAY)
    give(session, anna, 2_000)
    assert [one[0] for one in story(session, anna) if one[3] is None] == levels


def test_a_track_may_ask_for_the_level_on_another_but_not_in_a_circle(session: Session, change: ChangeSet) -> None:
    first = create_track(session, PLAIN, within=change)
    asks = {"field": "level", "operator": "equals", "value": "Gold"}
    levels = (LevelDraft("Friend of gold", None, criteria=asks),)
    second = create_track(session, TrackDraft("Second", "gift_count", levels), within=change)
    anna = person(session, change)
    give(session, anna, 2_000)
    assert [one[0] for one in story(session, anna)] == ["Gold", "Friend of gold"]
    circle = {"field": f"level_{second.id}", "operator": "is not empty"}
    with pytest.raises(Invalid, match="depends on this track"):
        edit_track(session, first.id, replace(PLAIN, criteria=circle), within=change)
    with pytest.raises(Invalid, match="depends on this track"):
        edit_track(session, first.id, replace(PLAIN, criteria=asks), within=change)
    with pytest.raises(Invalid, match="asked for by the criteria of the track Second"):
        edit_track(session, first.id, replace(PLAIN, levels=(SILVER,)), within=change)
    with pytest.raises(Blocked, match="Second"):
        set_active(session, first.id, active=False, within=change)


def test_a_figure_that_criteria_ask_for_stays(session: Session, change: ChangeSet) -> None:
    twice = {"field": "gift_count", "operator": "at least", "value": 2}
    create_track(session, replace(PLAIN, criteria=twice), within=change)
    anna = person(session, change)
    give(session, anna, 2_000)
    assert now(session, anna) is None
    give(session, anna, 10)
    assert [one[0] for one in story(session, anna)] == ["Gold"]
    with pytest.raises(Blocked, match="criteria of the track Test"):
        switch_rollup(session, "gift_count", active=False, act=ACT, on=TODAY)


def test_errors_of_drafts_name_field_and_remedy(session: Session, change: ChangeSet) -> None:
    odd = {"field": "shoe_size", "operator": "equals", "value": 42}
    for draft, words in (
        (replace(PLAIN, levels=(SILVER, replace(GOLD, criteria=odd))), "criteria of Gold.*shoe_size.*Choose one of"),
        (replace(PLAIN, falls="after days"), "grace_days.*Use 1 to"),
        (replace(PLAIN, deceased="haunt"), "deceased.*haunt.*Choose one of"),
    ):
        with pytest.raises(Invalid, match=words):
            create_track(session, draft, within=change)
    gap = replace(PLAIN, levels=(SILVER, replace(GOLD, minimum=150_000)))
    with pytest.raises(Invalid, match="confirm"):
        check_gaps(gap)
    check_gaps(gap, confirmed=[(100_000, 150_000)])


def test_a_merge_keeps_what_was_decided(session: Session, change: ChangeSet) -> None:
    track = create_track(session, PLAIN, within=change).id
    anna, other, third = (person(session, change) for _ in range(3))
    decide(session, other, track, RulingDraft("override", "Board", level_id(session, "Gold")))
    merge_constituents(session, Pair(anna, other), within=open_change(session, "merge", act=ACT), on=TODAY)
    assert [one[0] for one in story(session, anna)] == ["Gold"]
    decide(session, third, track, RulingDraft("exclude", "Staff"))
    merged = merge_constituents(session, Pair(anna, third), within=open_change(session, "merge", act=ACT), on=TODAY)
    assert "Both had a level decided by hand; that of the record that stays holds." in merged.notes
    assert [one[0] for one in story(session, anna)] == ["Gold"]
    assert session.scalar(select(Ruling.to_on).where(Ruling.constituent_id == third)) == TODAY


def test_without_rulings_nobody_asks_for_them(session: Session, change: ChangeSet) -> None:
    track = create_track(session, PLAIN, within=change).id
    assert not ladder(session, track).has_rulings
    decide(session, person(session, change), track, RulingDraft("freeze", "Why not"))
    assert [one.has_rulings for one in ladders(session)] == [True]
