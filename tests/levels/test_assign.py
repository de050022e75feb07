"""Assigning levels on both databases: one way for few, another for all, the same rules."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, JournalEntry, insert, open_change
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.levels.as_of import levels_as_of
from donors.levels.assign import Because, assign
from donors.levels.decide import Band, Change
from donors.levels.effects.decide import RISE, START
from donors.levels.everybody import assign_range
from donors.levels.ladders import ladders
from donors.levels.models import Level, Standing, Track, TrackVersion
from donors.levels.queries import Near, history, near_edge, people_by_level
from donors.levels.reasons import standings_of
from donors.levels.set_effects import EffectDraft, add_effect
from donors.levels.track import LevelDraft, TrackDraft, create_track, edit_track
from donors.plans.models import RunningPlan
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.rollups.dirty import count_dirty
from donors.rollups.models import rollup_value
from donors.rollups.queries import values_of
from donors.workflows import adjust, gifts
from donors.workflows.begin import begin
from donors.workflows.levels import assign_all
from donors.workflows.refresh import drain, refresh_figures, refresh_night

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
LEVELS = (
    LevelDraft("Friend", 100, 25_000),
    LevelDraft("Supporter", 25_000, 100_000),
    LevelDraft("Patron", 100_000, None),
)


@pytest.fixture
def change(session: Session) -> ChangeSet:
    opened = open_change(session, "test", act=ACT)
    begin(session, within=opened)
    session.execute(update(Track).values(is_active=False))
    return opened


def person(session: Session, change: ChangeSet, name: str = "Anna", **more: Any) -> int:
    return insert(session, Constituent(kind="person", name=name, sort_name=name, **more), within=change).id


def on_track(session: Session, change: ChangeSet, levels: tuple[LevelDraft, ...] = LEVELS, **more: Any) -> Track:
    return create_track(session, TrackDraft("Test", "last_365_days_total", levels, **more), within=change)


def starting(session: Session, track: Track, template_id: int, change: ChangeSet) -> None:
    """Lets a plan start for whoever rises to Supporter."""
    supporter = select(Level.id).where(Level.track_id == track.id, Level.name == "Supporter")
    draft = EffectDraft(RISE, START, session.scalars(supporter).one(), template_id)
    add_effect(session, track.id, draft, within=change)


def level_names(session: Session, constituent_id: int) -> list[tuple[str, str]]:
    """Level and cause of each standing, oldest first."""
    return [(past.level, past.standing.cause) for past in reversed(history(session, constituent_id))]


def test_a_gift_lifts_and_a_refund_lowers(session: Session, change: ChangeSet) -> None:
    on_track(session, change)
    anna = person(session, change)
    first = gifts.record_gift(session, GiftInput(anna, 5_000, TODAY), act=ACT, on=TODAY)
    assert [(one.old, one.new.name if one.new else None) for one in first.changes] == [(None, "Friend")]
    same = gifts.record_gift(session, GiftInput(anna, 1_000, TODAY), act=ACT, on=TODAY)
    assert same.changes == ()
    big = gifts.record_gift(session, GiftInput(anna, 100_000, TODAY), act=ACT, on=TODAY).gift
    adjust.refund_gift(session, big.id, AdjustmentInput(100_000, TODAY), act=ACT, on=TODAY)
    assert level_names(session, anna) == [("Friend", "gift"), ("Patron", "gift"), ("Friend", "refund")]
    [view] = standings_of(session, anna, on=TODAY)
    assert (view.figure, view.missing, view.above.name if view.above else "") == (6_000, 19_000, "Supporter")
    assert "what brought it was a refund of the gift of" in view.reason
    assert "$190.00 short of Supporter" in view.reason


def test_time_lowers_at_night(session: Session, change: ChangeSet) -> None:
    on_track(session, change)
    anna = person(session, change)
    gifts.record_gift(session, GiftInput(anna, 5_000, TODAY - timedelta(365)), act=ACT, on=TODAY)
    assert level_names(session, anna) == [("Friend", "gift")]
    tomorrow = TODAY + timedelta(1)
    assert refresh_night(session, on=tomorrow, since=TODAY, act=ACT) == 1
    assert drain(session, at=AT, on=tomorrow) == 1
    assert drain(session, at=AT, on=tomorrow) == 0
    [past] = history(session, anna)
    assert (past.standing.to_on, past.standing.ended_by) == (tomorrow, "time")


def test_a_gift_does_not_lower_what_time_has_lowered(session: Session, change: ChangeSet) -> None:
    on_track(session, change)
    anna = person(session, change)
    gifts.record_gift(session, GiftInput(anna, 30_000, TODAY - timedelta(365)), act=ACT, on=TODAY)
    gifts.record_gift(session, GiftInput(anna, 500, TODAY), act=ACT, on=TODAY + timedelta(1))
    [now, before] = [past.standing for past in history(session, anna)]
    assert (before.ended_by, now.cause, now.cause_gift_id) == ("time", "time", None)


@pytest.mark.parametrize("everybody", [False, True])
def test_a_level_that_a_file_brought_names_its_newest_gift(
    session: Session, change: ChangeSet, everybody: bool
) -> None:
    on_track(session, change)
    anna, ben = person(session, change), person(session, change, "Ben")
    within = open_change(session, "import", act=ACT)
    wanted = [GiftInput(anna, 5_000, TODAY), GiftInput(ben, 5_000, TODAY), GiftInput(anna, 500, TODAY)]
    ids = gifts.record_gifts(session, wanted, within=within, on=TODAY)
    if everybody:
        session.execute(delete(Standing))
        because = Because("import", TODAY, gifts_of=within.id)
        assign_range(session, low=0, high=ben, because=because, within=open_change(session, "drain", act=ACT))
    found = session.execute(select(Standing.constituent_id, Standing.cause, Standing.cause_gift_id))
    assert sorted(map(tuple, found)) == [(anna, "import", ids[2]), (ben, "import", ids[1])]


def test_a_new_fiscal_year_refreshes_everybody(session: Session, change: ChangeSet) -> None:
    anna = person(session, change)
    gifts.record_gift(session, GiftInput(anna, 5_000, date(2026, 12, 31)), act=ACT, on=date(2026, 12, 31))
    new_year = date(2027, 1, 1)
    assert refresh_night(session, on=new_year, since=date(2026, 12, 31), act=ACT) == count_dirty(session) == 1
    while drain(session, at=AT, on=new_year):
        pass
    assert count_dirty(session) == 0
    values = values_of(session, anna)
    assert (values["this_fiscal_year_total"], values["last_fiscal_year_total"]) == (0, 5_000)


def test_reaching_a_level_starts_its_plan_once(session: Session, change: ChangeSet) -> None:
    template = create(session, TemplateDraft("Welcome", (Draft("Call", 3),)), within=change).id
    track = on_track(session, change)
    starting(session, track, template, change)
    anna = person(session, change)
    big = gifts.record_gift(session, GiftInput(anna, 30_000, TODAY), act=ACT, on=TODAY).gift
    adjust.refund_gift(session, big.id, AdjustmentInput(29_000, TODAY), act=ACT, on=TODAY)
    gifts.record_gift(session, GiftInput(anna, 30_000, TODAY), act=ACT, on=TODAY)
    assert [plan.cause for plan in session.scalars(select(RunningPlan))] == ["level Supporter"]


def test_some_have_no_level(session: Session, change: ChangeSet) -> None:
    on_track(session, change, target="person")
    unknown = person(session, change, "Anonymous", is_unknown_giver=True)
    club = insert(session, Constituent(kind="organization", name="Club", sort_name="club"), within=change).id
    gone = person(session, change, "Gone")
    for one in (unknown, club, gone):
        gifts.record_gift(session, GiftInput(one, 50_000, TODAY), act=ACT, on=TODAY)
    assert drain(session, at=AT, on=TODAY) == 1
    row = session.get_one(Constituent, gone)
    row.deleted_at = AT
    session.flush()
    assign_all(session, within=change, on=TODAY, cause="rules")
    current = select(Standing.constituent_id).where(Standing.to_on.is_(None))
    assert session.scalars(current).all() == []


def test_a_change_of_rules_is_a_version(session: Session, change: ChangeSet) -> None:
    track = on_track(session, change)
    anna = person(session, change)
    gifts.record_gift(session, GiftInput(anna, 30_000, TODAY), act=ACT, on=TODAY)
    levels = (LevelDraft("Friend", 100, 50_000), LevelDraft("Patron", 50_000, None))
    edit_track(session, track.id, TrackDraft("Test", "last_365_days_total", levels), within=change)
    assert [
        version.number for version in session.scalars(select(TrackVersion).where(TrackVersion.track_id == track.id))
    ] == [1, 2]
    assign_all(session, within=change, on=TODAY, cause="rules")
    assert level_names(session, anna) == [("Supporter", "gift"), ("Friend", "rules")]
    retired = session.scalars(select(Level.name).where(Level.track_id == track.id, Level.is_active.is_(False))).all()
    assert retired == ["Supporter"]


def test_who_is_near_an_edge(session: Session, change: ChangeSet) -> None:
    on_track(session, change)
    anna, ben = person(session, change), person(session, change, "Ben")
    gifts.record_gift(session, GiftInput(anna, 24_000, TODAY), act=ACT, on=TODAY)
    gifts.record_gift(session, GiftInput(ben, 12_000, TODAY), act=ACT, on=TODAY)
    [edge] = near_edge(session, ladders(session)[0], Near(10), on=TODAY, sees=EVERYTHING)
    assert (edge.name, edge.missing, edge.above.name) == ("Anna", 1_000, "Supporter")


figures = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 120_000)), st.one_of(st.none(), st.integers(0, 120_000))),
    min_size=1,
    max_size=8,
)


@given(steps=figures)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_are_assigned_as_one_by_one(session: Session, steps: list[tuple[int | None, int | None]]) -> None:
    outcomes = [_assigned(session, steps, many) for many in (False, True)]
    assert outcomes[0] == outcomes[1]


def _assigned(session: Session, steps: list[tuple[int | None, int | None]], many: bool) -> list[Any]:
    """What is written for two people whose figures move so: standings, before-images, and who changed."""
    session.rollback()
    session.expunge_all()
    change = open_change(session, "test", act=ACT)
    begin(session, within=change)
    session.execute(update(Track).values(is_active=False))
    template = create(session, TemplateDraft("Welcome", (Draft("Call", 3),)), within=change).id
    track = on_track(session, change, (LEVELS[0], LevelDraft("Supporter", 25_000, 90_000), LEVELS[2]))
    starting(session, track, template, change)
    people = [person(session, change, name) for name in ("Anna", "Ben")]
    session.execute(rollup_value.insert(), [{"constituent_id": one, "computed_on": TODAY} for one in people])
    changes: list[tuple[int, int, str, str]] = []
    for day, values in enumerate(steps):
        _set_figures(session, dict(zip(people, values, strict=True)))
        step = open_change(session, "step", act=ACT)
        because = Because("time", TODAY + timedelta(day // 2))  # two steps a day: who leaves may come back on the same
        made = (_all_at_once if many else _one_by_one)(session, people, because, step)
        changes += sorted((day, people.index(one.constituent_id), _name(one.old), _name(one.new)) for one in made)
    found = [*_written(session, people), changes]
    session.rollback()
    return found


def _name(band: Band | None) -> str:
    return band.name if band else ""


def _set_figures(session: Session, values: dict[int, int | None]) -> None:
    slot = rollup_value.c[f"n{ladders(session)[0].slot:02d}"]
    for one, value in values.items():
        session.execute(rollup_value.update().where(rollup_value.c.constituent_id == one).values({slot: value}))


def _one_by_one(session: Session, people: list[int], because: Because, within: ChangeSet) -> list[Change]:
    return assign(session, people, because=because, within=within)


def _all_at_once(session: Session, people: list[int], because: Because, within: ChangeSet) -> list[Change]:
    made = assign_range(session, low=0, high=max(people), because=because, within=within)
    session.expire_all()
    return list(made.changes)


def _written(session: Session, people: list[int]) -> list[Any]:
    names = ("constituent_id", "level_id", "from_on", "to_on", "cause", "ended_by", "measure", "rule_version")
    rows = session.execute(select(*(Standing.__table__.c[name] for name in (*names, "version"))))
    first = min(band.id for band in ladders(session)[0].bands)
    standings = sorted((people.index(row[0]), row[1] - first, str(row[2]), *map(str, row[3:])) for row in rows)
    entries = select(JournalEntry.act, JournalEntry.version, JournalEntry.before)
    before = session.execute(entries.where(JournalEntry.table_name == "standing"))
    return [standings, sorted(str((row.act, row.version, sorted(row.before.items()))) for row in before)]


def test_levels_of_a_day_are_recomputed_from_the_facts(session: Session, change: ChangeSet) -> None:
    on_track(session, change)
    anna = person(session, change)
    gifts.record_gift(session, GiftInput(anna, 30_000, date(2020, 5, 5)), act=ACT, on=TODAY)
    refresh_figures(session, on=TODAY)
    [ladder] = ladders(session)
    assert people_by_level(session, ladder) == {}
    for day, level in ((date(2020, 5, 4), None), (date(2020, 5, 5), "Supporter"), (date(2021, 5, 6), None)):
        table = levels_as_of(session, ladder, on=day)
        found = session.execute(select(table.c.level_id).where(table.c.constituent_id == anna)).scalar()
        band = ladder.band(found)
        assert (band.name if band else None) == level


@pytest.mark.parametrize("everybody", [False, True])
def test_a_day_before_the_last_change_does_not_turn_history_round(
    session: Session, change: ChangeSet, everybody: bool
) -> None:
    on_track(session, change)
    anna = person(session, change)
    gifts.record_gift(session, GiftInput(anna, 5_000, TODAY), act=ACT, on=TODAY)
    session.execute(update(rollup_value).values({slot: 30_000 for slot in figure_slots(session)}))
    because = Because("time", TODAY - timedelta(5))
    if everybody:
        assign_range(session, low=0, high=anna, because=because, within=change)
    else:
        assign(session, [anna], because=because, within=change)
    spans = [(past.standing.from_on, past.standing.to_on) for past in reversed(history(session, anna))]
    assert spans == [(TODAY, TODAY), (TODAY, None)]


def figure_slots(session: Session) -> list[str]:
    """The columns that tracks measure by."""
    return [f"n{ladder.slot:02d}" for ladder in ladders(session)]
