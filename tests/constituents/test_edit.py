"""Changes: versions, names that follow, contact points, consent, ties, death and return."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.consent import Said, give, withdraw
from donors.constituents.contact import add_point, change_point, deactivate, make_primary
from donors.constituents.create import unknown_giver
from donors.constituents.edit import add_external_id, declare_deceased, declare_living, delete, edit
from donors.constituents.household import join, leave, move_house
from donors.constituents.queries import (
    consents,
    consents_now,
    constituent,
    contact_points,
    home,
    homes,
    members,
    relationships,
    salutations_of,
)
from donors.constituents.records import Email, PhoneNumber
from donors.constituents.spans import Span
from donors.constituents.ties import Tie, relate
from donors.core.changes import JournalEntry
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from tests.constituents.people import AT, TODAY, change, person
from tests.constituents.people import home as household


def test_an_edit_leaves_what_was_and_refuses_an_old_version(session: Session) -> None:
    row = person(session, "Anna Berg")
    within = change(session)
    before = edit(session, row, values={"family_name": "Cole"}, within=within, expect=1)
    assert (row.name, row.sort_name, row.version, before["family_name"]) == ("Anna Cole", "cole anna", 2, "Berg")
    entry = session.scalars(select(JournalEntry).where(JournalEntry.change_set_id == within.id)).one()
    assert entry.before["name"] == "Anna Berg"
    with pytest.raises(Conflict) as stale:
        edit(session, row, values={"family_name": "Dahl"}, within=change(session), expect=1)
    assert (stale.value.current["family_name"], stale.value.given["family_name"]) == ("Cole", "Dahl")


def test_a_person_keeps_a_name(session: Session) -> None:
    row = person(session, "Anna Berg")
    with pytest.raises(Invalid):
        edit(session, row, values={"given_name": "", "family_name": ""}, within=change(session))


def test_the_unknown_giver_is_left_alone(session: Session) -> None:
    row = unknown_giver(session, within=change(session))
    for act in (
        lambda: edit(session, row, values={"name": "X"}, within=change(session)),
        lambda: delete(session, row, at=AT, within=change(session)),
        lambda: declare_deceased(session, row, on=None, within=change(session)),
    ):
        with pytest.raises(Blocked):
            act()


def test_one_contact_point_of_a_kind_is_primary(session: Session) -> None:
    row = person(session)
    within = change(session)
    first = add_point(session, row, given=Email("a@x.org"), within=within)
    second = add_point(session, row, given=Email("b@x.org"), within=within)
    assert (first.is_primary, second.is_primary) == (True, False)
    make_primary(session, second, within=within)
    assert (first.is_primary, second.is_primary) == (False, True)
    deactivate(session, second, within=within)
    assert (first.is_primary, second.is_active) == (True, False)
    again = add_point(session, row, given=Email("B@X.org"), within=within, primary=True)
    assert (again.id, again.is_active, again.is_primary, first.is_primary) == (second.id, True, True, False)
    with pytest.raises(Invalid):
        change_point(session, again, given=Email("A@x.org"), within=within)
    add_point(session, row, given=PhoneNumber("555 0100"), within=within)
    assert contact_points(session, row.id).phones[0].is_primary


def test_the_newest_word_on_a_channel_rules(session: Session) -> None:
    row = person(session)
    give(session, row, said=Said("email", TODAY - timedelta(days=9), "form"), within=change(session))
    withdraw(session, row, said=Said("email", TODAY, "call", "Please stop"), within=change(session))
    assert not consents_now(session, row.id, on=TODAY)["email"].granted
    assert consents_now(session, row.id, on=TODAY - timedelta(days=1))["email"].granted
    assert [one.granted for one in consents(session, row.id)] == [False, True]
    for wrong in (Said("email", TODAY, ""), Said("pigeon", TODAY, "form"), Said("email", date(2099, 1, 1), "form")):
        with pytest.raises(Invalid):
            give(session, row, said=wrong, within=change(session))


def test_a_tie_is_told_from_both_sides(session: Session) -> None:
    anna, ben = person(session, "Anna Berg"), person(session, "Ben Berg")
    relate(session, anna, ben, tie=Tie("Parent"), within=change(session))
    assert [(one.other.name, one.kind) for one in relationships(session, ben.id, sees=EVERYTHING)] == [
        ("Anna Berg", "Parent")
    ]
    assert [one.kind for one in relationships(session, anna.id, sees=EVERYTHING)] == ["child"]
    for one, other, tie in ((anna, ben, Tie("parent")), (ben, anna, Tie("child")), (anna, anna, Tie("friend"))):
        with pytest.raises(Invalid):
            relate(session, one, other, tie=tie, within=change(session))


def test_households_are_named_by_those_who_live_in_them(session: Session) -> None:
    anna, ben, house = person(session, "Anna Berg"), person(session, "Ben Cole"), household(session)
    join(session, house, anna, span=Span(None, None), role="head", within=change(session))
    join(session, house, ben, span=Span(date(2024, 5, 1), None), within=change(session))
    assert house.name == "Berg and Cole household"
    assert salutations_of(session, house, sees=EVERYTHING).informal == "Anna and Ben"
    edit(session, ben, values={"family_name": "Dahl"}, within=change(session))
    assert house.name == "Berg and Dahl household"
    declare_deceased(session, anna, on=TODAY, within=change(session))
    assert house.name == "Dahl household"
    roles = {one.person.name: one.stay.role for one in members(session, house.id, on=TODAY, sees=EVERYTHING)}
    assert roles == {"Anna Berg": "member", "Ben Dahl": "head"}
    declare_living(session, anna, within=change(session))
    edit(session, house, values={"name": "The Old Mill"}, within=change(session))
    edit(session, ben, values={"family_name": "Ek"}, within=change(session))
    assert house.name == "The Old Mill"


def test_a_household_does_not_bear_the_name_of_a_confidential_member(session: Session) -> None:
    anna, ben, house = person(session, "Anna Berg"), person(session, "Ben Cole"), household(session)
    for one in (anna, ben):
        join(session, house, one, span=Span(), within=change(session))
    edit(session, ben, values={"confidential": True}, within=change(session))
    assert house.name == "Berg household"
    edit(session, anna, values={"confidential": True}, within=change(session))
    assert house.name == "Household"
    edit(session, house, values={"name": "Household", "confidential": True}, within=change(session))
    assert house.name == "Berg and Cole household"
    edit(session, house, values={"confidential": False}, within=change(session))
    assert house.name == "Household"
    edit(session, ben, values={"confidential": False}, within=change(session))
    assert house.name == "Cole household"


def test_a_last_member_leaves_the_name_behind(session: Session) -> None:
    rex, house = person(session, "Rex Ryd"), household(session)
    stay = join(session, house, rex, span=Span(), within=change(session))
    declare_deceased(session, rex, on=None, within=change(session))
    assert house.name == "Ryd household"
    leave(session, stay, on=TODAY, within=change(session))
    assert house.name == "Ryd household"


def test_who_moves_house_keeps_the_past_stay(session: Session) -> None:
    anna, old, new = person(session), household(session, "Old"), household(session, "New")
    join(session, old, anna, span=Span(), within=change(session))
    move_house(session, anna, to=new, on=TODAY, within=change(session))
    assert [one.household.name for one in homes(session, anna.id, sees=EVERYTHING)] == ["New", "Old"]
    for day, name in ((TODAY - timedelta(days=1), "Old"), (TODAY, "New")):
        lived = home(session, anna.id, on=day, sees=EVERYTHING)
        assert lived is not None
        assert lived.household.name == name
    with pytest.raises(Invalid):
        join(session, old, anna, span=Span(TODAY, None), within=change(session))


def test_a_deleted_record_is_not_found(session: Session) -> None:
    row = person(session)
    add_external_id(session, row, source="crm", value="1", within=change(session))
    delete(session, row, at=AT, within=change(session))
    with pytest.raises(NotFound):
        constituent(session, row.id, sees=EVERYTHING)
    assert constituent(session, row.id, sees=EVERYTHING, deleted=True).id == row.id
    with pytest.raises(NotFound):
        constituent(session, 10**12, sees=EVERYTHING)
