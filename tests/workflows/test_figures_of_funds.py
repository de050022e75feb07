"""Figures of funds, campaigns, portfolios: defined, changed, rehearsed; after imports, hand-overs, other years."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.changes import ChangeSet, insert, open_change
from donors.core.errors import Blocked, Invalid
from donors.core.settings import organization
from donors.giving.gift_input import GiftInput, SplitInput
from donors.giving.models import Campaign, Fund
from donors.pipeline.assign import Charge
from donors.rollups.define import Draft, draft_of, row_of
from donors.rollups.keep import refresh_waiting
from donors.rollups.marks import any_waits
from donors.rollups.queries import definition, values_of
from donors.rollups.rehearse import preview, rehearse
from donors.rollups.standard import install_standard
from donors.rollups.standard_of_many import standard_of_many
from donors.rollups.targets import OF_MANY, Target
from donors.rollups.verify import verify
from donors.rollups.words import sentences
from donors.workflows.gifts import add_gift, record_gifts
from donors.workflows.organization import change_organization
from donors.workflows.portfolio import assign_officer_many
from donors.workflows.refresh import drain, refresh_night
from donors.workflows.rollups import define_rollup, redefine_rollup, switch_rollup
from donors.workflows.rules.apply import apply
from donors.workflows.rules.rollups import exported
from donors.workflows.undo import undo_change
from tests.rollups.test_sequences import ACT, AT, TODAY

FUND, CAMPAIGN, PORTFOLIO = OF_MANY
AVERAGE = Draft("Average for a fund", "allocations", "average", target="fund")


class Town:
    """Two givers, two funds, a campaign and an officer."""

    def __init__(self, session: Session) -> None:
        self.session, self.change = session, open_change(session, "test", act=ACT)
        install_standard(session, within=self.change)
        people = [Constituent(kind="person", name=name, sort_name=name) for name in ("Ann", "Bob")]
        self.ann, self.bob = (insert(session, one, within=self.change).id for one in people)
        self.roof, self.hall = (insert(session, Fund(name=n), within=self.change).id for n in ("Roof", "Hall"))
        self.drive = insert(session, Campaign(name="Drive"), within=self.change).id
        officers = [User(email=f"{n}@example.org", name=n, role="officer") for n in ("Maren", "Olga")]
        self.maren, self.olga = (insert(session, one, within=self.change).id for one in officers)

    def give(self, who: int, amount: int, fund: int, days_ago: int = 0) -> int:
        """A gift to a fund, of the campaign."""
        given_on = TODAY - timedelta(days_ago)
        wanted = GiftInput(who, amount, given_on, campaign_id=self.drive, splits=(SplitInput(fund, amount),))
        return add_gift(self.session, wanted, within=self.change, on=TODAY).gift.id

    def figure(self, target: Target, owner: int, key: str) -> object:
        """A stored figure, when the queue is empty."""
        refresh_waiting(self.session, on=TODAY)
        assert not any_waits(self.session)
        return values_of(self.session, owner, target)[key]


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def test_a_definition_is_computed_at_once_and_its_formula_with_it(session: Session, town: Town) -> None:
    town.give(town.ann, 3_000, town.roof)
    town.give(town.bob, 1_000, town.roof)
    row = define_rollup(session, AVERAGE, act=ACT, on=TODAY)
    formula = Draft("Twice", "formula", "formula", formula=f"2 * {row.key}", value_kind="money", target="fund")
    twice = define_rollup(session, formula, act=ACT, on=TODAY)
    found = values_of(session, town.roof, FUND)
    assert (found[row.key], found[twice.key]) == (2_000, 4_000)
    redefine_rollup(session, row.key, replace(AVERAGE, operation="largest", returns="amount"), act=ACT, on=TODAY)
    assert values_of(session, town.roof, FUND)[twice.key] == 6_000
    said = sentences(session, [definition(session, row.key, FUND)])[row.key]
    assert said == "Amount of the largest of allocations of gifts to funds of all time, for each fund."
    with pytest.raises(Blocked, match="names it"):
        switch_rollup(session, row.key, active=False, act=ACT, on=TODAY)


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (replace(AVERAGE, source="hard"), "is nothing that a fund has"),
        (replace(AVERAGE, source="soft", target="campaign"), "is nothing that a campaign has"),
        (Draft("Mixed", "formula", "formula", formula="2 * lifetime_total", target="fund"), "lifetime_total"),
        (replace(AVERAGE, target="team"), "is not one of the choices"),
    ],
)
def test_what_does_not_go_together_is_refused(session: Session, town: Town, draft: Draft, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        define_rollup(session, draft, act=ACT, on=TODAY)


def test_a_figure_keeps_its_kind_of_owner(session: Session, town: Town) -> None:
    row = define_rollup(session, AVERAGE, act=ACT, on=TODAY)
    with pytest.raises(Invalid, match="another kind of owner"):
        redefine_rollup(session, row.key, replace(AVERAGE, target="portfolio"), act=ACT, on=TODAY)


def test_a_rehearsal_writes_nothing_and_tells_what_happens(session: Session, town: Town) -> None:
    town.give(town.ann, 3_000, town.roof)
    town.give(town.bob, 1_000, town.hall, days_ago=800)
    assert town.figure(FUND, town.hall, "fund_total") == 1_000
    before = session.scalar(select(func.count(ChangeSet.id)))
    one = replace(
        definition(session, "fund_total", FUND), frame=definition(session, "fund_last_365_days_total", FUND).frame
    )
    found = rehearse(session, one, on=TODAY)
    assert (found.people, found.changed) == (2, 1)
    assert [(each.owner_id, each.before, each.after) for each in found.largest] == [(town.hall, 1_000, 0)]
    assert preview(session, one, [town.roof, town.hall], on=TODAY) == {town.roof: 3_000, town.hall: 0}
    assert session.scalar(select(func.count(ChangeSet.id))) == before


def test_the_standard_set_covers_sums_counts_and_givers(session: Session, town: Town) -> None:
    for amount, fund, ago in ((3_000, town.roof, 0), (500, town.roof, 365), (700, town.roof, 730), (900, town.hall, 0)):
        town.give(town.ann, amount, fund, ago)
    town.give(town.bob, 100, town.roof)
    assert town.figure(FUND, town.roof, "fund_total") == 4_300
    found = values_of(session, town.roof, FUND)
    assert {key.removeprefix("fund_"): found[key] for key in found if "total" in key or "giver" in key} == {
        "total": 4_300,
        "this_fiscal_year_total": 3_100,
        "last_fiscal_year_total": 500,
        "two_years_ago_total": 700,
        "last_365_days_total": 3_600,
        "givers": 2,
        "this_fiscal_year_givers": 2,
        "last_fiscal_year_givers": 1,
    }
    assert len(found) == len([one for one in standard_of_many() if one.target is FUND])
    assert values_of(session, town.drive, CAMPAIGN)["campaign_count"] == 5


def test_many_gifts_and_their_undo(session: Session, town: Town) -> None:
    change = open_change(session, "import", act=ACT)
    wanted = [GiftInput(town.ann, 100, TODAY, splits=(SplitInput(town.hall, 100),)) for _ in range(30)]
    record_gifts(session, wanted, within=change, on=TODAY)
    assert town.figure(FUND, town.hall, "fund_total") == 3_000
    undo_change(session, change, act=ACT, on=TODAY)
    assert town.figure(FUND, town.hall, "fund_total") is None


def test_a_portfolio_follows_those_who_are_handed_over(session: Session, town: Town) -> None:
    town.give(town.ann, 3_000, town.roof)
    town.give(town.bob, 100, town.roof)
    begun = TODAY - timedelta(30)
    assign_officer_many(session, [town.ann, town.bob], Charge(town.maren, begun), within=town.change)
    assert town.figure(PORTFOLIO, town.maren, "portfolio_total") == 3_100
    handing = open_change(session, "hand over", act=ACT)
    assign_officer_many(session, [town.ann], Charge(town.olga, TODAY), within=handing)
    assert town.figure(PORTFOLIO, town.maren, "portfolio_total") == 100
    assert town.figure(PORTFOLIO, town.olga, "portfolio_total") == 3_000
    undo_change(session, handing, act=ACT, on=TODAY)
    assert town.figure(PORTFOLIO, town.maren, "portfolio_total") == 3_100


def test_another_fiscal_year_and_the_night_of_a_new_one(session: Session, town: Town) -> None:
    town.give(town.ann, 3_000, town.roof, days_ago=40)
    assert town.figure(FUND, town.roof, "fund_this_fiscal_year_total") == 3_000
    change_organization(session, lambda here: replace(here, fiscal_start_month=TODAY.month), within=town.change)
    while drain(session, at=AT, on=TODAY):
        pass
    assert town.figure(FUND, town.roof, "fund_this_fiscal_year_total") == 0
    assert values_of(session, town.roof, FUND)["fund_last_fiscal_year_total"] == 3_000
    fiscal = organization(session).fiscal
    year_end = fiscal.first_day(fiscal.year_of(TODAY) + 1)
    refresh_night(session, on=year_end, since=year_end - timedelta(1), act=ACT)
    while drain(session, at=AT, on=year_end):
        pass
    refresh_waiting(session, on=year_end)
    assert values_of(session, town.roof, FUND)["fund_two_years_ago_total"] == 3_000


def test_verification_finds_what_is_wrong_and_leaves_out_what_waits(session: Session, town: Town) -> None:
    town.give(town.ann, 3_000, town.roof)
    assert verify(session, on=TODAY, at=AT).faults == 0
    assert town.figure(FUND, town.roof, "fund_total") == 3_000
    one = definition(session, "fund_total", FUND)
    session.connection().exec_driver_sql(f"UPDATE owner_value SET n{one.slot} = 1 WHERE target = 'fund'")
    found = verify(session, on=TODAY, at=AT)
    assert found.faults == 1
    town.give(town.ann, 100, town.roof)
    assert verify(session, on=TODAY, at=AT).faults == 0


def test_a_file_defines_them_and_changes_nothing_twice(session: Session, town: Town) -> None:
    kept = [one for one in exported(session) if one.get("target") in ("fund", "campaign", "portfolio")]
    assert len(kept) == len(standard_of_many())
    own = {"key": "fund_checks", "label": "By check", "source": "allocations", "operation": "count", "target": "fund"}
    document = {"rollup": [*kept, own]}
    apply(session, document, within=open_change(session, "rules.apply", act=ACT))
    row = row_of(session, "fund_checks")
    assert draft_of(row).target == "fund"
    version = row.version
    apply(session, document, within=open_change(session, "rules.apply", act=ACT))
    session.refresh(row)
    assert row.version == version
    wrong = {"rollup": [own | {"source": "shifts"}]}
    with pytest.raises(Invalid, match="is nothing that a fund has"):
        apply(session, wrong, within=open_change(session, "rules.apply", act=ACT))
