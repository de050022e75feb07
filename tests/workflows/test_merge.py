"""Two records become one, nothing is lost, old ids lead on, and an undo brings everything back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.consent import Said, give
from donors.constituents.create import create, unknown_giver
from donors.constituents.edit import restore
from donors.constituents.household import join
from donors.constituents.models import ORGANIZATION, SearchWord
from donors.constituents.queries import constituent, contact_points, homes, relationships
from donors.constituents.records import Email, NewConstituent
from donors.constituents.search import search
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, relate
from donors.core.changes import Act, ChangeSet, insert
from donors.core.db import Base
from donors.core.errors import Blocked
from donors.giving.gift_input import CreditInput, GiftInput
from donors.giving.models import Credit, Gift
from donors.levels.standard import install_standard as install_levels
from donors.pipeline.advance import add, enter_stage, leave
from donors.pipeline.models import Prospect, StageEntry
from donors.pipeline.odds.queries import Which
from donors.pipeline.odds.stays import stood_in
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.prospects import history
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard
from donors.plans.models import PlanTemplate, RunningPlan, Task, TemplateVersion
from donors.reports.whereabouts import whereabouts
from donors.rollups.models import rollup_value
from donors.rollups.standard import install_standard as install_figures
from donors.workflows.gifts import record_gifts
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.merging.rules import RULES
from donors.workflows.undo import undo_change
from tests.constituents.people import AT, TODAY, change, home, person
from tests.workflows.everything import everything

PLAIN_ID = {("sight_grant", "constituent_id"), ("rollup_value", "constituent_id"), ("past_value", "constituent_id")}
"""Constituents' ids that are kept without a foreign key."""

pytestmark = pytest.mark.usefixtures("house")


def test_every_table_that_holds_a_constituents_id_has_a_rule() -> None:
    pointing = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "constituent"
    }
    assert set(RULES) == pointing | PLAIN_ID


@pytest.fixture
def house(session: Session) -> Session:
    """An organization with the usual figures and levels."""
    install_figures(session, within=change(session))
    install_levels(session, currency="USD", within=change(session))
    return session


def gift(session: Session, giver_id: int, amount: int, *soft: int) -> int:
    """A gift of today with soft credit for some."""
    credits = tuple(CreditInput(one, amount) for one in soft)
    wanted = GiftInput(giver_id, amount, TODAY, credits=credits)
    return record_gifts(session, [wanted], within=change(session), on=TODAY)[0]


def test_gifts_and_points_and_ties_come_over(session: Session) -> None:
    anna = person(session, "Anna Berg", emails=(Email("a@x.org"),), nickname="Pip")
    other = person(
        session, "Ann Berg", emails=(Email("A@X.org"), Email("b@x.org")), external_ids=(("crm", "1"),),
        do_not_contact=True, note="Sings",
    )  # fmt: skip
    ben = person(session, "Ben Cole")
    relate(session, anna, ben, tie=Tie("spouse"), within=change(session))
    relate(session, other, ben, tie=Tie("spouse"), within=change(session))
    relate(session, other, anna, tie=Tie("friend"), within=change(session))
    give(session, other, said=Said("email", TODAY, "form"), within=change(session))
    first, second = gift(session, anna.id, 5000), gift(session, other.id, 3000, anna.id)
    merged = merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    assert merged.survivor.id == constituent(session, other.id, sees=EVERYTHING).id == anna.id
    assert {one.constituent_id for one in session.scalars(select(Gift).where(Gift.id.in_((first, second))))} == {
        anna.id
    }
    points = contact_points(session, anna.id).emails
    assert [(one.address, one.is_primary) for one in points] == [("a@x.org", True), ("b@x.org", False)]
    assert [(one.other.name, one.kind) for one in relationships(session, anna.id, sees=EVERYTHING)] == [
        ("Ben Cole", "spouse")
    ]
    assert (anna.name, anna.note, anna.do_not_contact, anna.nickname) == ("Anna Berg", "Sings", True, "Pip")
    assert [hit.id for hit in search(session, "b@x.org", sees=EVERYTHING)] == [anna.id]
    with pytest.raises(Blocked):
        restore(session, other, within=change(session))


def test_an_undo_brings_everything_back(session: Session) -> None:
    anna, other, house = person(session, "Anna Berg"), person(session, "Ann Berg"), home(session)
    join(session, house, other, span=Span(None, None), within=change(session))
    gift(session, anna.id, 5000)
    gift(session, other.id, 3000, anna.id)
    before = everything(session)
    merging = change(session, "constituent.merge")
    merge_constituents(session, Pair(anna.id, other.id), within=merging, on=TODAY)
    assert everything(session) != before
    undo_change(session, merging, act=Act(by=None, at=AT, through="web"), on=TODAY)
    session.expire_all()
    assert everything(session) == before


def test_figures_are_those_of_both(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    first, second = gift(session, anna.id, 5000), gift(session, other.id, 3000, anna.id)
    gift(session, person(session, "Ben Cole").id, 700, anna.id, other.id)
    merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    open_credits = select(Credit).where(Credit.constituent_id == anna.id, Credit.kind == "hard")
    assert {one.gift_id for one in session.scalars(open_credits)} == {first, second}
    assert session.execute(select(rollup_value).where(rollup_value.c.constituent_id == anna.id)).first() is not None
    assert session.scalars(select(Credit.id).where(Credit.constituent_id == other.id)).all() == []
    assert session.scalars(select(SearchWord.word).where(SearchWord.constituent_id == other.id)).all() == []


def test_a_stay_that_overlaps_gives_way(session: Session) -> None:
    anna, other, old, new = person(session, "Anna Berg"), person(session, "Ann Berg"), home(session), home(session)
    day = TODAY - timedelta(days=100)
    join(session, old, other, span=Span(None, None), within=change(session))
    join(session, new, anna, span=Span(day, None), within=change(session))
    merged = merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    stays = [(one.household.id, one.stay.from_on, one.stay.to_on) for one in homes(session, anna.id, sees=EVERYTHING)]
    assert stays == [(new.id, day, None), (old.id, None, day)]
    assert "stay" in merged.notes[0]


def test_two_prospects_in_one_pipeline_become_one(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    pipeline = install_standard(session, within=change(session))
    entry = Entry(on=TODAY, why="test")
    for one in (other, anna):
        add(session, one.id, pipeline.id, entry, within=change(session))
    merged = merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    (prospect,) = session.scalars(select(Prospect)).all()
    assert prospect.constituent_id == anna.id
    assert {one.prospect_id for one in session.scalars(select(StageEntry))} == {prospect.id}
    assert "pipeline" in merged.notes[0]


def test_the_one_stands_where_the_later_day_says(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    pipeline = install_standard(session, within=change(session))
    third, first = (stages(session, pipeline.id)[place] for place in (2, 0))
    kept = add(session, anna.id, pipeline.id, Entry(TODAY, third.id), within=change(session))
    add(session, other.id, pipeline.id, Entry(TODAY - timedelta(days=30), first.id), within=change(session))
    merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    assert (kept.stage_id, kept.in_stage_since) == (third.id, TODAY)
    days = [TODAY - timedelta(days=1), TODAY]
    assert [whereabouts(session, on, Which(EVERYTHING))[0].stage.id for on in days] == [first.id, third.id]
    assert [session.execute(stood_in(on)).one().stage_id for on in days] == [first.id, third.id]
    assert [(one.entry.to_stage_id, one.days) for one in history(session, kept.id, on=TODAY)] == [
        (third.id, 0),
        (first.id, 30),
    ]


@pytest.mark.parametrize("leaves", ["kept", "gone"])
def test_of_two_one_of_whom_had_left_the_other_stands_on(session: Session, leaves: str) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    pipeline, day = install_standard(session, within=change(session)), TODAY - timedelta(days=30)
    third, first = (stages(session, pipeline.id)[place] for place in (2, 0))
    both = [add(session, one.id, pipeline.id, Entry(day, third.id), within=change(session)) for one in (anna, other)]
    left, stays = both if leaves == "kept" else reversed(both)
    enter_stage(session, stays.id, Entry(day, first.id), within=change(session))
    leave(session, left.id, Leaving(TODAY - timedelta(days=9), "is there twice"), within=change(session))
    before, merging = everything(session), change(session)
    merge_constituents(session, Pair(anna.id, other.id), within=merging, on=TODAY)
    assert (both[0].is_active, both[0].stage_id, both[0].in_stage_since) == (True, first.id, TODAY)
    assert whereabouts(session, TODAY, Which(EVERYTHING))[0].stage.id == first.id
    undo_change(session, merging, act=Act(by=None, at=AT, through="web"), on=TODAY)
    session.expire_all()
    assert everything(session) == before


def test_what_was_for_a_team_stays_so(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    pipeline = install_standard(session, within=change(session))
    kept, gone = (add(session, one.id, pipeline.id, Entry(TODAY), within=change(session)) for one in (anna, other))
    gone.is_confidential, gone.strategy, gone.strategy_on = True, "Ask in May", TODAY
    merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    assert (kept.is_confidential, kept.strategy, kept.strategy_on) == (True, "Ask in May", TODAY)


def test_of_two_open_copies_of_a_plan_one_goes_on(session: Session) -> None:
    anna, other = person(session, "Anna Berg"), person(session, "Ann Berg")
    within = change(session)
    for row in plan_rows(within, (anna.id, other.id)):
        insert(session, row, within=within)
    merge_constituents(session, Pair(anna.id, other.id), within=change(session), on=TODAY)
    assert sorted(session.scalars(select(RunningPlan.state).where(RunningPlan.constituent_id == anna.id))) == [
        "running",
        "stopped",
    ]


def plan_rows(within: ChangeSet, ids: tuple[int, ...]) -> list[Any]:
    """A template and a running copy of it for each."""
    template = PlanTemplate(id=1, name="Welcome", created_in=within.id)
    version = TemplateVersion(id=1, template_id=1, number=1, created_in=within.id)
    plans = [
        RunningPlan(
            constituent_id=one, template_id=1, version_id=1, started_on=date(2026, 1, 5), recorded_at=AT,
            created_in=within.id,
        )
        for one in ids
    ]  # fmt: skip
    return [template, version, *plans]


def test_what_cannot_be_one_stays_two(session: Session) -> None:
    anna = person(session)
    nobody = unknown_giver(session, within=change(session))
    trust = create(session, NewConstituent(kind=ORGANIZATION, name="Trust"), within=change(session))
    for pair in (Pair(anna.id, anna.id), Pair(anna.id, nobody.id), Pair(anna.id, trust.id)):
        with pytest.raises(Blocked):
            merge_constituents(session, pair, within=change(session), on=TODAY)


def test_ids_lead_on_through_two_merges(session: Session) -> None:
    one, two, three = (person(session, f"Anna Berg {n}") for n in "abc")
    merge_constituents(session, Pair(two.id, one.id), within=change(session), on=TODAY)
    merge_constituents(session, Pair(three.id, two.id), within=change(session), on=TODAY)
    assert {constituent(session, each, sees=EVERYTHING).id for each in (one.id, two.id, three.id)} == {three.id}
    assert session.scalars(select(Task)).all() == []
