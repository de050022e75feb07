"""What an undo brings back for somebody who is another record by now goes to that record, and back again with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.household import join, leave
from donors.constituents.models import Constituent, Relationship
from donors.constituents.queries import current_id
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, relate
from donors.core.changes import Act, ChangeSet
from donors.core.errors import Blocked
from donors.giving.gift_input import GiftInput
from donors.giving.models import Gift
from donors.workflows.adjust import move_gift
from donors.workflows.gifts import record_gifts
from donors.workflows.household import move_house
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.undo import undo_change
from tests.constituents.people import AT, TODAY, change, home, person

ACT = Act(by=None, at=AT, through="web")


def merged(session: Session, stays: Constituent, goes: Constituent) -> ChangeSet:
    within = change(session, "constituent.merge")
    merge_constituents(session, Pair(stays.id, goes.id), within=within, on=TODAY)
    return within


def undone(session: Session, act: ChangeSet) -> ChangeSet:
    return undo_change(session, act, act=ACT, on=TODAY)


def friends(session: Session) -> list[tuple[int, int]]:
    session.flush()
    return [(one, other) for one, other in session.execute(select(Relationship.constituent_id, Relationship.other_id))]


def test_a_relationship_of_the_two_comes_back_to_whom_one_of_them_is_by_now(session: Session) -> None:
    ann, anna, ada = (person(session, name) for name in ("Ann", "Anna", "Ada"))
    relate(session, ann, anna, tie=Tie("friend"), within=change(session))
    first, second = merged(session, anna, ann), merged(session, ada, anna)
    assert friends(session) == []
    undone(session, first)
    assert friends(session) == [(ann.id, ada.id)]
    undone(session, second)
    assert friends(session) == [(ann.id, anna.id)]


def test_a_gift_that_goes_back_goes_to_whom_its_giver_is_by_now(session: Session) -> None:
    ann, ben, ada = (person(session, name) for name in ("Ann", "Ben", "Ada"))
    [gift_id] = record_gifts(session, [GiftInput(ann.id, 100, TODAY)], within=change(session), on=TODAY)
    move_gift(session, gift_id, to=ben.id, act=ACT, on=TODAY)
    moved = session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()
    merge = merged(session, ada, ann)
    undone(session, moved)
    assert session.get_one(Gift, gift_id).constituent_id == ada.id
    undone(session, merge)
    assert session.get_one(Gift, gift_id).constituent_id == ann.id


def test_who_is_merged_again_takes_along_what_was_recorded_meanwhile(session: Session) -> None:
    ann, anna = person(session, "Ann"), person(session, "Anna")
    undoing = undone(session, merged(session, anna, ann))
    [gift_id] = record_gifts(session, [GiftInput(ann.id, 100, TODAY)], within=change(session), on=TODAY)
    undone(session, undoing)
    assert (session.get_one(Gift, gift_id).constituent_id, current_id(session, ann.id)) == (anna.id, anna.id)


def test_two_who_are_one_are_not_merged_again_the_other_way_round(session: Session) -> None:
    ann, anna = person(session), person(session)
    undoing = undone(session, merged(session, anna, ann))
    merged(session, ann, anna)
    with pytest.raises(Blocked, match="undo that merge first"):
        undone(session, undoing)


def test_a_household_bears_the_names_of_those_who_live_there_after_an_undo(session: Session) -> None:
    ann, ben = person(session, "Ann Berg"), person(session, "Ben Berg")
    flat = home(session)
    moves = []
    for one in (ann, ben):
        within = change(session, "household.move")
        move_house(session, one, to=flat, moved_on=TODAY - timedelta(days=9), within=within, on=TODAY)
        moves.append(within)
    undone(session, moves[0])
    assert flat.name == "Berg household"


def test_nobody_lives_in_two_households_after_an_undo(session: Session) -> None:
    ann, flat, house = person(session, "Ann Berg"), home(session), home(session)
    first, left = TODAY - timedelta(days=90), TODAY - timedelta(days=9)
    stay = join(session, flat, ann, span=Span(first, None), within=change(session))
    leaving = change(session, "household.leave")
    leave(session, stay, on=left, within=leaving)
    join(session, house, ann, span=Span(left, None), within=change(session))
    with pytest.raises(Blocked, match="Ann Berg would live in two households"):
        undone(session, leaving)
