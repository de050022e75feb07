"""Defining rollups: what is kept is what was rehearsed, versions are kept, and mistakes are named."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.errors import Blocked, Invalid
from donors.core.fields import REGISTRY
from donors.giving.gift_input import GiftInput, SplitInput
from donors.giving.models import Fund
from donors.giving.purposes import add_fund
from donors.levels.effects.decide import RISE, START
from donors.levels.models import Level, Standing, Track
from donors.levels.set_effects import EffectDraft, add_effect
from donors.levels.track import LevelDraft, TrackDraft
from donors.pipeline.move_report import Report
from donors.plans.models import RunningPlan
from donors.plans.templates.drafts import Draft as StepDraft
from donors.plans.templates.template import TemplateDraft, create
from donors.reports.rollup_effects import LevelEffect, effects
from donors.rollups.define import Draft, definition_of, draft_of, row_of
from donors.rollups.models import RollupDefinition, rollup_value
from donors.rollups.queries import explain, values_of
from donors.rollups.rehearse import preview, rehearse
from donors.rollups.verify import verify
from donors.rollups.versions import versions
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gift
from donors.workflows.levels import assign_all
from donors.workflows.moves import log_move
from donors.workflows.refresh import drain, refresh_night
from donors.workflows.rollups import define_rollup, redefine_rollup, switch_rollup
from donors.workflows.tracks import Following, make_track
from donors.workflows.undo import undo_change

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
LARGEST = Draft("Largest scholarship gift", "allocations", "largest", frame="calendar year -1")


@pytest.fixture
def change(session: Session) -> ChangeSet:
    opened = open_change(session, "test", act=ACT)
    begin(session, within=opened)
    session.execute(update(Track).values(is_active=False))
    return opened


@pytest.fixture
def people(session: Session, change: ChangeSet) -> list[int]:
    """Anna gave 300.00 to scholarships and 900.00 elsewhere, Ben 40.00 to scholarships, Carl nothing."""
    ids = [
        insert(session, Constituent(kind="person", name=name, sort_name=name), within=change).id
        for name in ("Anna", "Ben", "Carl")
    ]
    scholarships, roof = (add_fund(session, name, within=change).id for name in ("Scholarships", "Roof"))
    for who, cents, fund, day in (
        (ids[0], 30_000, scholarships, date(2025, 5, 1)),
        (ids[0], 90_000, roof, date(2025, 6, 1)),
        (ids[1], 4_000, scholarships, date(2025, 7, 1)),
    ):
        wanted = GiftInput(who, cents, day, splits=(SplitInput(fund, cents),))
        record_gift(session, wanted, act=ACT, on=TODAY)
    return ids


def fund(session: Session, name: str) -> dict[str, Any]:
    """The criterion that an allocation is of this fund."""
    id_ = session.scalars(select(Fund.id).where(Fund.name == name)).one()
    return {"all": [{"field": "fund", "operator": "equals", "value": id_}]}


def test_staff_define_a_figure_and_its_date(session: Session, people: list[int]) -> None:
    largest = replace(LARGEST, criteria=fund(session, "Scholarships"), sorted_often=True)
    define_rollup(session, largest, act=ACT, on=TODAY)
    define_rollup(session, replace(largest, label="Its date", returns="date", sorted_often=False), act=ACT, on=TODAY)
    found = [values_of(session, who) for who in people]
    assert [one.get("largest_scholarship_gift") for one in found] == [30_000, 4_000, None]
    assert [one.get("its_date") for one in found] == [date(2025, 5, 1), date(2025, 7, 1), None]
    assert "largest_scholarship_gift" in REGISTRY.fields(session, "constituent")
    one, rows = explain(session, "largest_scholarship_gift", people[0], on=TODAY)
    assert one.sentence == "Amount of the largest of allocations of gifts to funds last calendar year"
    assert [(row.amount, row.decides) for row in rows] == [(30_000, True)]
    assert verify(session, on=TODAY, at=AT).faults == 0


def test_a_new_definition_computes_only_itself(session: Session, people: list[int]) -> None:
    slot = rollup_value.c.n02
    session.execute(update(rollup_value).where(rollup_value.c.constituent_id == people[0]).values(n02=7))
    define_rollup(session, LARGEST, act=ACT, on=TODAY)
    assert session.scalar(select(slot).where(rollup_value.c.constituent_id == people[0])) == 7


def test_formulas_follow_their_figures(session: Session, people: list[int]) -> None:
    score = Draft(
        "Score", "formula", "formula", formula="lifetime_total / 100 + 2 * gift_count", value_kind="number", number=1
    )
    define_rollup(session, score, act=ACT, on=TODAY)
    twice = Draft("Twice", "formula", "formula", formula="2 * score", value_kind="number")
    define_rollup(session, twice, act=ACT, on=TODAY)
    assert [values_of(session, who).get("score") for who in people] == [160, 24, None]
    record_gift(session, GiftInput(people[1], 6_000, TODAY), act=ACT, on=TODAY)
    assert (values_of(session, people[1])["score"], values_of(session, people[1])["twice"]) == (50, 10)
    with pytest.raises(Invalid, match="circle"):
        redefine_rollup(session, "score", replace(score, formula="twice + 1"), act=ACT, on=TODAY)
    with pytest.raises(Blocked, match="Twice"):
        switch_rollup(session, "score", active=False, act=ACT, on=TODAY)


def test_what_is_rehearsed_is_what_happens(session: Session, change: ChangeSet, people: list[int]) -> None:
    drafts = (StepDraft("Call", 3),)
    template = create(session, TemplateDraft("Welcome", drafts), within=change)
    total = Draft("Scholarship total", "allocations", "total", criteria=fund(session, "Scholarships"))
    row = define_rollup(session, total, act=ACT, on=TODAY)
    bands = (LevelDraft("Friend", 1_000, 50_000), LevelDraft("Patron", 50_000, None))
    track = make_track(session, TrackDraft("Scholars", row.key, bands), Following(TODAY), within=change)
    patron = session.scalars(select(Level.id).where(Level.track_id == track.id, Level.name == "Patron")).one()
    add_effect(session, track.id, EffectDraft(RISE, START, patron, template.id), within=change)
    assign_all(session, within=change, on=TODAY, cause="rules")
    wider = replace(total, criteria=None)
    one = definition_of(session, replace(wider, key=row.key), but=row.key)
    rehearsed, expected = rehearse(session, one, on=TODAY), effects(session, one, on=TODAY)
    assert (rehearsed.people, rehearsed.changed, rehearsed.appearing, rehearsed.vanishing) == (2, 1, 0, 0)
    assert [(each.owner_id, each.before, each.after) for each in rehearsed.largest] == [(people[0], 30_000, 120_000)]
    assert (rehearsed.before.total, rehearsed.after.total) == (34_000, 124_000)
    assert [replace(each, track_id=0) for each in expected.levels] == [LevelEffect(0, "Scholars", 1, 0, 0, 0)]
    assert expected.plans == (("Welcome", 1),)
    assert preview(session, one, people, on=TODAY) == {people[0]: 120_000, people[1]: 4_000, people[2]: None}
    assert values_of(session, people[0])[row.key] == 30_000

    redefine_rollup(session, row.key, wider, act=ACT, on=TODAY)
    assert values_of(session, people[0])[row.key] == 120_000
    patrons = select(Standing.constituent_id).join(Level, Level.id == Standing.level_id)
    patrons = patrons.where(Standing.to_on.is_(None), Level.name == "Patron")
    assert session.scalars(patrons).all() == [people[0]]
    assert len(session.scalars(select(RunningPlan.id)).all()) == 1


def test_versions_are_kept_and_an_undo_sets_them_back(session: Session, people: list[int]) -> None:
    define_rollup(session, LARGEST, act=ACT, on=TODAY)
    wanted = replace(LARGEST, frame="all time", label="Largest ever")
    redefine_rollup(session, "largest_scholarship_gift", wanted, act=ACT, on=TODAY)
    session.flush()
    found = versions(session, "largest_scholarship_gift")
    assert [(each.number, each.columns["frame"], each.changed) for each in found] == [
        (2, "all time", ("frame", "label")),
        (1, "calendar year -1", ()),
    ]
    undone = session.get_one(ChangeSet, found[0].change_set_id)
    undo_change(session, undone, act=ACT, on=TODAY)
    session.expire_all()
    row = row_of(session, "largest_scholarship_gift")
    assert draft_of(row) == replace(LARGEST, key=row.key, returns="amount", value_kind="money", years="fiscal year")
    assert verify(session, on=TODAY, at=AT).faults == 0


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (replace(LARGEST, label=" "), "Name"),
        (replace(LARGEST, key="lifetime_total"), "taken by another figure"),
        (replace(LARGEST, key="9x"), "a letter first"),
        (replace(LARGEST, operation="greatest"), "not one of the choices"),
        (replace(LARGEST, returns="year"), "nothing that “largest” can return"),
        (replace(LARGEST, frame="next year"), "no time frame"),
        (replace(LARGEST, operation="change", returns="", frame="all time"), "nothing before it"),
        (replace(LARGEST, operation="nth"), "not a place in a row"),
        (replace(LARGEST, operation="distinct", returns="", field="activity"), "cannot be counted"),
        (replace(LARGEST, source="moves", operation="total", returns=""), "moves have none"),
        (replace(LARGEST, criteria={"field": "hours", "operator": "equals", "value": "1"}), "not a field"),
        (Draft("F", "formula", "formula", formula="lifetime_totl"), "Did you mean lifetime_total?"),
        (Draft("F", "formula", "formula", formula="last_gift_on"), "yields a date"),
    ],
)
def test_mistakes_are_named(session: Session, change: ChangeSet, draft: Draft, words: str) -> None:
    with pytest.raises(Invalid) as fault:
        definition_of(session, draft)
    assert words in str(fault.value)


def test_moves_leave_their_window_at_night(session: Session, change: ChangeSet) -> None:
    anna = insert(session, Constituent(kind="person", name="Anna", sort_name="Anna"), within=change).id
    log_move(session, anna, Report(TODAY - timedelta(365), "visit", "reached"), within=change, on=TODAY)
    assert values_of(session, anna)["moves_last_365_days"] == 1
    tomorrow = TODAY + timedelta(1)
    assert refresh_night(session, on=tomorrow, since=TODAY, act=ACT) == 1
    drain(session, at=AT, on=tomorrow)
    values = values_of(session, anna)
    assert (values["moves_last_365_days"], values["move_count"]) == (0, 1)


def test_a_standard_that_came_later_is_left_to_the_queue(session: Session, change: ChangeSet) -> None:
    anna = insert(session, Constituent(kind="person", name="Anna", sort_name="Anna"), within=change).id
    log_move(session, anna, Report(TODAY, "call", "reached"), within=change, on=TODAY)
    session.execute(delete(RollupDefinition).where(RollupDefinition.key == "move_count"))
    begin(session, within=change)
    drain(session, at=AT, on=TODAY)
    assert values_of(session, anna)["move_count"] == 1
