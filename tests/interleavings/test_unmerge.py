"""The undo of a merge meets gifts, edits, another merge and itself: one wins, nothing is lost, nobody is locked up."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.edit import edit
from donors.constituents.models import Alias, Constituent
from donors.core.changes import ChangeSet
from donors.core.db import transaction
from donors.core.errors import Blocked
from donors.giving.gift_input import GiftInput
from donors.giving.models import Credit, Gift
from donors.workflows.gifts import record_gift
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.merging.merge_many import merge_many
from donors.workflows.merging.unmerge import unmerge
from tests.constituents.people import TODAY
from tests.interleavings.conftest import ACT, House, opened
from tests.interleavings.meeting import Act, errors, overlap, race, won


@pytest.fixture
def merge(house: House) -> int:
    """Ben, who has given, was made one with Anna: the id of that act."""
    with transaction() as session:
        record_gift(session, GiftInput(house["Ben"], 5000, TODAY), act=ACT, on=TODAY)
        within = opened(session, "constituent.merge")
        merge_constituents(session, Pair(house["Anna"], house["Ben"]), within=within, on=TODAY)
        return within.id


def parting(merge: int) -> Act:
    """The undo of the merge."""
    return lambda session: unmerge(session, session.get_one(ChangeSet, merge), act=ACT, on=TODAY).id


def giving(who: int) -> Act:
    """A gift of today."""
    return lambda session: record_gift(session, GiftInput(who, 700, TODAY), act=ACT, on=TODAY).gift.id


def test_a_gift_that_meets_the_undo_stays_with_the_record_that_it_was_recorded_for(house: House, merge: int) -> None:
    for acts in ((giving(house["Anna"]), parting(merge)), (parting(merge), giving(house["Anna"]))):
        assert set(errors(overlap(house.app, *acts))) <= {Blocked}  # the second undo finds nothing to undo
    with transaction() as session:
        given = [(one.constituent_id, one.amount) for one in session.scalars(select(Gift).order_by(Gift.id))]
        assert given == [(house["Ben"], 5000), (house["Anna"], 700), (house["Anna"], 700)]
        assert set(session.scalars(select(Credit.constituent_id))) == {house["Anna"], house["Ben"]}


def test_an_edit_that_meets_the_undo_is_kept(house: House, merge: int) -> None:
    def editing(session: Session) -> str:
        row = session.get_one(Constituent, house["Anna"])
        edit(session, row, values={"note": "Sings"}, within=opened(session))
        return row.note

    assert errors(overlap(house.app, editing, parting(merge))) == []
    with transaction() as session:
        assert session.get_one(Constituent, house["Anna"]).note == "Sings"


def test_of_two_undos_of_one_merge_one_is_told(house: House, merge: int) -> None:
    endings = race(house.app, parting(merge), parting(merge))
    assert len(won(endings)) == 1
    assert set(errors(endings)) == {Blocked}


def test_the_undo_meets_a_merge_of_the_record_that_stayed(house: House, merge: int) -> None:
    def merging(session: Session) -> int:
        return len(merge_many(session, [(house["Anna"], house["Cleo"])], within=opened(session), on=TODAY))

    assert errors(race(house.app, parting(merge), merging)) == []
    with transaction() as session:
        assert len(session.scalars(select(Alias)).all()) == 1
        assert session.scalars(select(Gift.constituent_id)).one() == house["Ben"]
