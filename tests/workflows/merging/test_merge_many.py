"""Many pairs are merged as they would be one by one, and part one by one; chains of pairs are one record."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.create import create, unknown_giver
from donors.constituents.matching.apart import declare_apart
from donors.constituents.models import ORGANIZATION
from donors.constituents.queries import current_id
from donors.constituents.records import NewConstituent
from donors.constituents.ties import Tie, relate
from donors.core.db import Base
from donors.core.images import recorded_tables
from donors.giving.gift_input import GiftInput
from donors.levels.models import Standing
from donors.rollups.queries import values_of
from donors.rollups.standard import install_standard as install_figures
from donors.workflows.gifts import record_gifts
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.merging.merge_many import merge_many, sort_out
from donors.workflows.merging.rehearse import rehearse
from donors.workflows.merging.unmerge import pairs_of, unmerge
from tests.constituents.people import change, person
from tests.workflows.merging.pictures import picture as everything
from tests.workflows.merging.town import ACT, TODAY, Town, town

APART = {"id", "created_in", "version", "shared"}
HISTORY = {"standing", "level_effect_run", "level_notice"}
places = st.integers(0, 4)


@given(st.lists(st.tuples(places, places), min_size=1, max_size=4), st.integers(0, 10**6))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_many_at_once_are_as_one_by_one(session: Session, chosen: list[tuple[int, int]], seed: int) -> None:
    session.rollback()
    session.expunge_all()
    here = town(session)
    here.chance.seed(seed)
    for _ in range(12):
        here.act()
    pairs = [(here.people[one], here.people[other]) for one, other in chosen]
    outcomes = []
    for many in (True, False):
        with session.begin_nested() as trial:
            merge(here, pairs, many=many)
            outcomes.append(picture(here))
            trial.rollback()
        session.expire_all()
    assert outcomes[0] == outcomes[1]
    part_one_by_one(here, pairs)
    session.rollback()


def part_one_by_one(here: Town, pairs: list[tuple[int, int]]) -> None:
    """Merged in one act and parted in any order, all is as it was."""
    session, before = here.session, everything(here.session)
    merge = change(session, "constituent.merge_many")
    merge_many(session, pairs, within=merge, on=TODAY)
    while left := [old for old, _ in pairs_of(session, merge)]:
        unmerge(session, merge, act=ACT, on=TODAY, only=[here.chance.choice(left)])
    session.expire_all()
    assert everything(session) == before


def merge(here: Town, pairs: list[tuple[int, int]], *, many: bool) -> None:
    """In one act, or each pair in an act of its own."""
    if many:
        merge_many(here.session, pairs, within=change(here.session), on=TODAY)
        return
    for pair in sort_out(here.session, pairs).pairs:
        single = Pair(pair.survivor_id, pair.other_id)
        merge_constituents(here.session, single, within=change(here.session), on=TODAY)


def picture(here: Town) -> dict[str, Any]:
    """All rows but for ids and history, the figures of all, and their levels."""
    found: dict[str, Any] = {
        table.name: sorted(
            str([value for name, value in row._mapping.items() if name not in APART])
            for row in here.session.execute(select(table))
        )
        for table in recorded_tables(Base.metadata)
        if table.name not in HISTORY
    }
    found["figures"] = [values_of(here.session, one) for one in (*here.people, *here.homes)]
    standing = select(Standing.constituent_id, Standing.level_id).where(Standing.to_on.is_(None))
    found["levels"] = sorted(map(tuple, here.session.execute(standing)))
    return found


def test_chains_are_resolved_the_fuller_stays_and_who_cannot_be_one_is_left_out(session: Session) -> None:
    one, two, three = (person(session, "Anna Berg", note=note) for note in ("", "Sings", ""))
    nobody = unknown_giver(session, within=change(session))
    trust = create(session, NewConstituent(kind=ORGANIZATION, name="Trust"), within=change(session))
    asked = [(three.id, two.id), (one.id, two.id), (one.id, nobody.id), (trust.id, one.id), (one.id, 10**9)]
    found = sort_out(session, asked)
    assert [(pair.survivor_id, pair.other_id) for pair in found.pairs] == [(two.id, one.id), (two.id, three.id)]
    assert set(found.left_out) == {(one.id, nobody.id), (one.id, trust.id), (one.id, 10**9)}
    (outcome,) = rehearse(session, found.pairs, act=ACT, on=TODAY)
    assert outcome.ids == (two.id, one.id, three.id)
    assert current_id(session, one.id) == one.id
    within = change(session, "constituent.merge_many")
    assert len(merge_many(session, asked, within=within, on=TODAY)) == 2
    assert {current_id(session, each.id) for each in (one, two, three)} == {two.id}
    unmerge(session, within, act=ACT, on=TODAY)
    declare_apart(session, [(one.id, three.id)], within=change(session))
    assert set(sort_out(session, asked[:2]).left_out) == {(two.id, three.id), (one.id, two.id)}
    assert [current_id(session, each.id) for each in (one, two, three)] == [one.id, two.id, three.id]


def test_one_wrong_pair_of_many_parts_and_the_others_stay_one(session: Session) -> None:
    install_figures(session, within=change(session))
    names = ("Anna Berg", "Ann Berg", "Ben Cole", "Benny Cole")
    anna, ann, ben, benny = (person(session, name, note=name) for name in names)
    for one, other in ((anna, ben), (anna, benny), (ann, ben)):
        relate(session, one, other, tie=Tie("friend"), within=change(session))
    gifts = [GiftInput(one.id, 100 * n, TODAY) for n, one in enumerate((anna, ann, ben, benny), start=1)]
    record_gifts(session, gifts, within=change(session), on=TODAY)
    before = everything(session)
    merge = change(session, "constituent.merge_many")
    merge_many(session, [(anna.id, ann.id), (ben.id, benny.id)], within=merge, on=TODAY)
    unmerge(session, merge, act=ACT, on=TODAY, only=[ann.id])
    assert [current_id(session, one.id) for one in (ann, benny)] == [ann.id, ben.id]
    totals = [values_of(session, one.id)["lifetime_total"] for one in (anna, ann, ben)]
    assert (totals, merge.state) == ([100, 200, 700], "done")
    unmerge(session, merge, act=ACT, on=TODAY)
    session.expire_all()
    assert (everything(session), merge.state) == (before, "undone")
