"""The figures that come with the product: what others have out of the box is there, in plain words."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, open_change
from donors.rollups.definition import check_definition
from donors.rollups.models import RollupDefinition
from donors.rollups.queries import definitions, values_of
from donors.rollups.standard import FIRST_SLOTS, install, install_standard, spare, standard
from donors.rollups.words import under_headings
from donors.workflows.rollups import switch_rollup
from tests.rollups.test_sequences import ACT, TODAY, World, world

OUT_OF_THE_BOX = {
    "total": "lifetime_total",
    "number": "gift_count",
    "average": "average_gift",
    "largest, its date": "largest_gift largest_gift_on",
    "smallest, its date": "smallest_gift smallest_gift_on",
    "first, its date": "first_gift first_gift_on",
    "last, its date": "last_gift last_gift_on",
    "best year, its total": "best_year best_year_total",
    "this, last and the year before": "this_fiscal_year_total last_fiscal_year_total two_years_ago_total",
    "how often in these years": "this_fiscal_year_count last_fiscal_year_count two_years_ago_count",
    "last days": "last_365_days_total last_365_days_count",
    "years given": "years_given_list years_given",
    "streak": "current_streak",
    "soft": "soft_lifetime_total soft_gift_count soft_last_gift soft_largest_gift soft_two_years_ago_total",
    "another field of the gift": "first_gift_campaign last_gift_method largest_gift_campaign",
}
"""What a widely used system of this kind installs for constituents, and our keys for it."""


@pytest.fixture
def here(session: Session) -> World:
    return world(session)


def test_there_are_about_ninety(here: World) -> None:
    assert 80 <= len(standard()) <= 95
    every = (*standard(), *spare())
    assert len({one.key for one in every}) == len({one.label for one in every}) == len(every)
    for one in every:
        check_definition(one)
        assert one.description.endswith(".")
        assert one.description != f"{one.sentence}."
    known = {one.key for one in standard()}
    assert [what for what, keys in OUT_OF_THE_BOX.items() if not known.issuperset(keys.split())] == []


def test_what_is_sorted_by_most_has_the_first_places(here: World) -> None:
    slots = {one.key: one.slot for one in definitions(here.session)}
    assert [slots[key] for key in FIRST_SLOTS] == list(range(1, len(FIRST_SLOTS) + 1))
    headings = dict(under_headings(definitions(here.session)))
    assert list(headings) == ["Gifts", "Soft credit", "Volunteering", "Moves"]
    assert max(len(some) for some in headings.values()) < 50


def test_later_ones_take_what_is_free(here: World) -> None:
    late = next(one for one in standard() if one.key == "last_30_days_total")
    row = here.session.scalar(select(RollupDefinition).where(RollupDefinition.key == "last_30_days_total"))
    assert row is not None
    slots = set(here.session.scalars(select(RollupDefinition.slot)))
    row.key = "mine"
    here.session.flush()
    assert install_standard(here.session, within=here.change) == 1
    [fresh] = here.session.scalars(select(RollupDefinition).where(RollupDefinition.key == late.key)).all()
    assert fresh.slot not in slots
    assert row.slot == late.slot


def test_those_that_cost_more_come_switched_off(here: World, session: Session) -> None:
    known = {one.key for one in definitions(session)}
    assert known.isdisjoint(one.key for one in spare())
    here.gift(0, 500, TODAY, [(1, 100)])
    here.gift(0, 100, TODAY, [])
    for one in spare():
        switch_rollup(session, one.key, active=True, act=ACT, on=TODAY)
    values = values_of(session, here.people[0])
    assert (values["median_gift"], values["longest_streak"], values["days_since_last_gift"]) == (300, 1, 0)
    assert (values["second_gift_on"], values["campaigns_given_to"], values["either_gift_count"]) == (TODAY, 0, 2)
    assert values_of(session, here.people[1])["either_lifetime_total"] == 500


def test_a_set_of_ones_own_stands_beside_them(session: Session) -> None:
    change: ChangeSet = open_change(session, "test", act=ACT)
    assert install(session, spare()[:2], within=change) == 2
    assert {one.key for one in definitions(session)} == {one.key for one in spare()[:2]}
