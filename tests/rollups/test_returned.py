"""A figure returns any field of the row that it chose: as a column that sorts, as a condition, as of a past day."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.criteria.parse import from_json
from donors.core.errors import Invalid
from donors.core.paging import Paging, Sort
from donors.core.settings import organization
from donors.giving.gift_input import GiftInput, SplitInput
from donors.giving.models import Campaign, Fund
from donors.pipeline.move_report import Report
from donors.rollups.define import Draft, define, draft_of, row_of
from donors.rollups.definition import Source
from donors.rollups.queries import definition, values_as_of, values_of
from donors.rollups.rehearse import preview
from donors.rollups.returned import Told, returnable, tells, told
from donors.rollups.words import sentences
from donors.segments.members import Wanted, fields, members
from donors.volunteering.models import Activity
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gift
from donors.workflows.moves import log_move
from donors.workflows.rollups import define_rollup
from donors.workflows.rules.apply import apply
from donors.workflows.rules.rollups import table
from donors.workflows.shifts import record_shift

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
SOURCES = (Source.HARD, Source.CREDIT, Source.ALLOCATIONS, Source.SHIFTS, Source.MOVES)
CAMPAIGN = Draft("Campaign of the largest", "hard", "largest", "row", field="campaign", key="largest_campaign")


@pytest.fixture
def change(app: Flask, session: Session) -> ChangeSet:
    """The application, which registers the fields, and the standards."""
    opened = open_change(session, "test", act=ACT)
    begin(session, within=opened)
    return opened


@pytest.fixture
def people(session: Session, change: ChangeSet) -> list[int]:
    """Anna: 50.00 to Roof in 2024, then 40.00 to Spring. Ben: 10.00 to Spring. Carl: nothing. Anna works and is met."""
    anna, ben, carl = (
        insert(session, Constituent(kind="person", name=name, sort_name=name), within=change).id
        for name in ("Anna", "Ben", "Carl")
    )
    roof, spring = (insert(session, Campaign(name=name), within=change).id for name in ("Roof", "Spring"))
    fund = insert(session, Fund(name="Annual"), within=change).id
    for who, cents, day, campaign in (
        (anna, 4_000, date(2024, 2, 1), spring),
        (anna, 5_000, date(2025, 2, 1), roof),
        (ben, 1_000, date(2025, 3, 1), spring),
    ):
        wanted = GiftInput(who, cents, day, method="check", campaign_id=campaign, splits=(SplitInput(fund, cents),))
        record_gift(session, wanted, act=ACT, on=TODAY)
    activity = insert(session, Activity(name="Docent"), within=change).id
    record_shift(session, ShiftInput(anna, TODAY, 90, activity), act=ACT, on=TODAY)
    log_move(session, anna, Report(TODAY, "visit", "positive", "She waved.", "Show the roof"), within=change, on=TODAY)
    return [anna, ben, carl]


def by(session: Session, key: str, *, as_of: date | None = None) -> list[tuple[str, object]]:
    """Names in the order of a figure, with what it tells."""
    wanted = Wanted((key,), as_of=as_of)
    page = members(session, wanted, Paging(sort=(Sort(key),)), sees=EVERYTHING, on=TODAY)
    return [(row.name, row.values[key]) for row in page.rows if row.name in ("Anna", "Ben", "Carl")]


def test_a_campaign_sorts_narrows_and_is_told_as_of_a_day(session: Session, people: list[int]) -> None:
    define_rollup(session, CAMPAIGN, act=ACT, on=TODAY)
    assert by(session, "largest_campaign") == [("Anna", "Roof"), ("Ben", "Spring"), ("Carl", None)]
    assert by(session, "largest_campaign", as_of=date(2024, 6, 1))[0] == ("Anna", "Spring")
    asked = {"field": "largest_campaign", "operator": "equals", "value": "spring"}
    criteria = from_json(asked, fields(session), organization(session))
    found = members(session, Wanted(("name",), criteria), Paging(), sees=EVERYTHING, on=TODAY)
    assert [row.name for row in found.rows] == ["Ben"]
    one = definition(session, "largest_campaign")
    assert sentences(session, [one])["largest_campaign"] == (
        "Campaign of the largest of gifts by hard credit of all time."
    )
    for values in (values_of(session, people[0]), values_as_of(session, people, on=TODAY)[people[0]]):
        answer = tells(session, one, values["largest_campaign"])
        assert isinstance(answer, Told)
        assert (answer.value, answer.plain(organization(session))) == ("Roof", "Roof")
    shown = told(session, one, preview(session, one, people, on=TODAY).values())
    assert sorted(each.value for each in shown.values()) == ["Roof", "Spring"]


@pytest.mark.parametrize("source", SOURCES)
def test_every_field_can_be_returned(session: Session, change: ChangeSet, people: list[int], source: Source) -> None:
    known = returnable(session, source)
    assert len(known) > 6
    for name in known:
        draft = Draft(f"Last {name}", source, "last", "row", field=name, key=f"last_{name}_told")
        define(session, draft, within=change)
    define_rollup(session, Draft("Last", source, "last", "row", key="last_id"), act=ACT, on=TODAY)
    for name, field in known.items():
        key = f"last_{name}_told"
        assert draft_of(row_of(session, key)).field == name
        kept = fields(session)[key]
        assert (kept.kind, kept.options, kept.permission != "") == (field.kind, field.options, True)
        shown = dict(by(session, key))
        assert set(shown) == {"Anna", "Ben", "Carl"}
        assert shown["Carl"] is None


def test_values_of_fields_are_of_their_kind(session: Session, people: list[int]) -> None:
    for source, name in (("hard", "method"), ("hard", "fund"), ("allocations", "fund"), ("hard", "amount")):
        draft = Draft("x", source, "last", "row", field=name, key=f"of_{source}_{name}")
        define_rollup(session, draft, act=ACT, on=TODAY)
    for source, name in (("shifts", "activity"), ("shifts", "hours"), ("moves", "purpose"), ("moves", "substantive")):
        draft = Draft("x", source, "last", "row", field=name, key=f"of_{source}_{name}")
        define_rollup(session, draft, act=ACT, on=TODAY)
    keys = [one for one in fields(session) if one.startswith("of_")]
    page = members(session, Wanted(tuple(keys)), Paging(sort=(Sort("name"),)), sees=EVERYTHING, on=TODAY)
    anna = next(row.values for row in page.rows if row.name == "Anna")
    assert anna == {
        "of_hard_method": "check",
        "of_hard_fund": "Annual",
        "of_allocations_fund": 1,
        "of_hard_amount": 5_000,
        "of_shifts_activity": "Docent",
        "of_shifts_hours": 90,
        "of_moves_purpose": "Show the roof",
        "of_moves_substantive": True,
    }


def test_a_field_that_is_not_there_is_refused(session: Session, change: ChangeSet) -> None:
    for field in ("shoe_size", "credit_role", "funds"):
        with pytest.raises(Invalid, match="is no field that can be returned"):
            define(session, Draft("x", "hard", "last", "row", field=field), within=change)


def test_a_file_carries_the_field(session: Session, change: ChangeSet) -> None:
    row = define_rollup(session, CAMPAIGN, act=ACT, on=TODAY)
    kept = table(row)
    assert (kept["returns"], kept["field"]) == ("row", "campaign")
    apply(session, {"rollup": [{**kept, "field": "method"}]}, within=change)
    assert definition(session, "largest_campaign").field == "method"
