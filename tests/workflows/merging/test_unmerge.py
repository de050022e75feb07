"""A merge is undone later: both are there again, what was done since is kept, and what cannot be is named."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.consent import Said, give, withdraw
from donors.constituents.contact import add_point, make_primary
from donors.constituents.edit import edit
from donors.constituents.models import Constituent, EmailAddress
from donors.constituents.queries import consents_now, contact_points, current_id, homes
from donors.constituents.records import Address, Email
from donors.constituents.spans import Span
from donors.core.changes import Act, ChangeSet
from donors.core.errors import Blocked
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.giving.models import Credit, Gift
from donors.levels.standard import install_standard as install_levels
from donors.pipeline.advance import add, enter_stage
from donors.pipeline.models import Move, Prospect
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard
from donors.rollups.queries import values_of
from donors.rollups.standard import install_standard as install_figures
from donors.rollups.verify import verify
from donors.workflows.adjust import move_gift, refund_gift
from donors.workflows.gifts import record_gifts
from donors.workflows.household import NewStay, join_household, move_house
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.merging.rehearse import rehearse_parting
from donors.workflows.merging.unmerge import parting, unmerge
from donors.workflows.merging.what_parts import what_was_changed, what_was_set
from donors.workflows.moves import log_move
from donors.workflows.undo import undo_change
from tests.constituents.people import AT, TODAY, change, home, person

ACT = Act(by=None, at=AT, through="web")


@pytest.fixture
def house(session: Session) -> Session:
    """An organization with the usual figures and levels."""
    install_figures(session, within=change(session))
    install_levels(session, currency="USD", within=change(session))
    return session


def gift(session: Session, giver: Constituent, amount: int) -> int:
    """A gift of today."""
    return record_gifts(session, [GiftInput(giver.id, amount, TODAY)], within=change(session), on=TODAY)[0]


def merged(session: Session, stays: Constituent, goes: Constituent, *take: str) -> ChangeSet:
    """The act of a merge."""
    within = change(session, "constituent.merge")
    merge_constituents(session, Pair(stays.id, goes.id, frozenset(take)), within=within, on=TODAY)
    return within


def part(session: Session, merge: ChangeSet, *yielding: str) -> ChangeSet:
    """The act of undoing it."""
    return unmerge(session, merge, act=ACT, on=TODAY, yielding=yielding)


def owner(session: Session, gift_id: int) -> tuple[int, list[tuple[int, int, bool]]]:
    """Whose a gift is, and its credits: whose, how much, whether still counting."""
    rows = session.scalars(select(Credit).where(Credit.gift_id == gift_id).order_by(Credit.id))
    credits = [(one.constituent_id, one.amount, one.counts_to is None) for one in rows]
    return session.get_one(Gift, gift_id, populate_existing=True).constituent_id, credits


def test_gifts_go_back_and_those_given_since_stay(house: Session) -> None:
    anna, ann = person(house, "Anna Berg"), person(house, "Ann Berg")
    first, second = gift(house, anna, 5000), gift(house, ann, 3000)
    merge = merged(house, anna, ann)
    third = gift(house, anna, 700)
    (told,) = rehearse_parting(house, merge, act=ACT, on=TODAY)
    whole = next(one for one in told.totals if one.definition.key == "lifetime_total")
    assert (told.ids, whole.each, whole.together) == ((anna.id, ann.id), (5700, 3000), 8700)
    assert current_id(house, ann.id) == anna.id
    part(house, merge)
    assert [owner(house, one)[0] for one in (first, second, third)] == [anna.id, ann.id, anna.id]
    assert [values_of(house, one.id)["lifetime_total"] for one in (anna, ann)] == [5700, 3000]
    assert current_id(house, ann.id) == ann.id
    assert verify(house, on=TODAY, at=AT).faults == 0


def test_a_refund_goes_back_with_its_gift_and_a_gift_that_was_moved_stays(house: Session) -> None:
    anna, ann, ben = (person(house, name) for name in ("Anna Berg", "Ann Berg", "Ben Cole"))
    refunded, moved = gift(house, ann, 3000), gift(house, ann, 900)
    merge = merged(house, anna, ann)
    refund_gift(house, refunded, AdjustmentInput(1000, TODAY), act=ACT, on=TODAY)
    move_gift(house, moved, to=ben.id, act=ACT, on=TODAY)
    assert {one.row[0] for one in parting(house, merge).clashes} == {"gift"}
    part(house, merge)
    giver, credits = owner(house, refunded)
    assert (giver, {one[0] for one in credits}) == (ann.id, {ann.id})
    assert owner(house, moved)[0] == ben.id
    assert [values_of(house, one.id)["lifetime_total"] or 0 for one in (anna, ann, ben)] == [0, 2000, 900]


def test_fields_that_were_set_since_are_kept_or_go_back_as_one_likes(house: Session) -> None:
    anna, ann = person(house, "Anna Berg", nickname="Pip"), person(house, "Ann Berg", note="Sings", nickname="Annie")
    merge = merged(house, anna, ann, "nickname")
    edit(house, anna, values={"note": "Paints", "nickname": "An", "suffix": "Jr."}, within=change(house))
    edit(house, anna, values={"suffix": "Sr.", "addressee": "Dr. Berg"}, within=change(house))
    edit(house, anna, values={"addressee": ""}, within=change(house))
    told = [(one.column, one.before, one.now, one.at) for one in what_was_set(house, merge, parting(house, merge))]
    assert ("suffix", "", "Sr.", AT) in told
    assert not {"note", "nickname", "addressee"} & {column for column, *_ in told}
    found = {one.unit: one.settings[0] for one in parting(house, merge).clashes}
    assert {unit: (one.before, one.after, one.now) for unit, one in found.items()} == {
        "note": ("", "Sings", "Paints"),
        "nickname": ("Pip", "Annie", "An"),
    }
    part(house, merge, f"constituent-{anna.id}-nickname")
    house.refresh(anna), house.refresh(ann)
    assert (anna.note, anna.nickname, ann.note, ann.nickname) == ("Paints", "Pip", "Sings", "Annie")


def test_the_strictest_word_holds_and_leaves_again(house: Session) -> None:
    anna, ann = person(house, "Anna Berg"), person(house, "Ann Berg")
    withdraw(house, ann, said=Said("email", TODAY, "call"), within=change(house))
    for one, channel in ((anna, "email"), (anna, "phone"), (ann, "phone")):
        give(house, one, said=Said(channel, TODAY, "form"), within=change(house))
    merge = merged(house, anna, ann)
    now = consents_now(house, anna.id, on=TODAY)
    assert {channel: one.granted for channel, one in now.items()} == {"email": False, "phone": True}
    part(house, merge)
    assert consents_now(house, anna.id, on=TODAY)["email"].granted
    assert not consents_now(house, ann.id, on=TODAY)["email"].granted


def test_each_has_one_primary_address_again(house: Session) -> None:
    anna = person(house, "Anna Berg", emails=(Email("a@x.org"),))
    ann = person(house, "Ann Berg", emails=(Email("b@x.org"), Email("c@x.org")))
    merge = merged(house, anna, ann)
    chosen = house.scalars(select(EmailAddress).where(EmailAddress.address == "c@x.org")).one()
    make_primary(house, chosen, within=change(house))
    add_point(house, anna, given=Email("d@x.org"), within=change(house))
    assert what_was_changed(house, merge, parting(house, merge)) == {"E-mail addresses": 2}
    part(house, merge)
    said = [[(one.address, one.is_primary) for one in contact_points(house, each.id).emails] for each in (anna, ann)]
    assert said == [[("a@x.org", True), ("d@x.org", False)], [("c@x.org", True), ("b@x.org", False)]]


def test_what_the_other_is_reached_by_may_be_used_first_until_they_part(house: Session) -> None:
    def first(who: Constituent) -> list[tuple[str, bool]]:
        points = contact_points(house, who.id)
        return [(one.street, one.is_primary) for one in points.addresses] + [
            (one.address, one.is_primary) for one in points.emails
        ]

    old, new = Address(street="1 Old Road", city="Troy"), Address(street="2 New Road", city="Troy")
    anna = person(house, "Anna Berg", addresses=(old,), emails=(Email("a@x.org"), Email("b@x.org")))
    ann = person(house, "Ann Berg", addresses=(new,), emails=(Email("B@x.org"),))
    before = first(anna), first(ann)
    merge = merged(house, anna, ann, "address", "email", "phone")
    assert first(anna) == [("2 New Road", True), ("1 Old Road", False), ("b@x.org", True), ("a@x.org", False)]
    part(house, merge)
    assert (first(anna), first(ann)) == before


def test_who_moved_since_stays_there_and_the_other_is_at_home_again(house: Session) -> None:
    anna, ann, old, new = person(house, "Anna Berg"), person(house, "Ann Berg"), home(house), home(house)
    day = TODAY - timedelta(days=100)
    join_household(house, NewStay(old, anna, Span(day, None)), within=change(house), on=TODAY)
    join_household(house, NewStay(new, ann, Span(None, None)), within=change(house), on=TODAY)
    merge = merged(house, anna, ann)
    third = home(house)
    move_house(house, anna, to=third, moved_on=TODAY, within=change(house), on=TODAY)
    part(house, merge)
    stays = [homes(house, each.id, sees=EVERYTHING) for each in (anna, ann)]
    lived = [[(one.household.id, one.stay.to_on) for one in each] for each in stays]
    assert lived == [[(third.id, None), (old.id, TODAY)], [(new.id, None)]]
    assert [house.get_one(Constituent, one.id).name for one in (new, third)] == ["Berg household"] * 2


def test_a_prospect_goes_back_with_its_moves_and_one_that_went_on_stays_where_it_stands(house: Session) -> None:
    anna, ann, ben, benny = (person(house, name) for name in ("Anna Berg", "Ann Berg", "Ben Cole", "Benny Cole"))
    pipeline = install_standard(house, within=change(house))
    first, third = (stages(house, pipeline.id)[place] for place in (0, 2))
    entry = Entry(TODAY - timedelta(days=9), first.id)
    alone = add(house, ann.id, pipeline.id, entry, within=change(house))
    both = [add(house, one.id, pipeline.id, entry, within=change(house)) for one in (ben, benny)]
    merges = [merged(house, anna, ann), merged(house, ben, benny)]
    move = log_move(house, anna.id, Report(TODAY, "call", "reached"), within=change(house), on=TODAY)
    enter_stage(house, both[0].id, Entry(TODAY, third.id), within=change(house))
    for merge in merges:
        part(house, merge)
    move = house.get_one(Move, move.id, populate_existing=True)
    assert (move.prospect_id, move.constituent_id) == (alone.id, ann.id)
    found = house.scalars(select(Prospect).order_by(Prospect.id)).all()
    assert [(one.constituent_id, one.stage_id) for one in found] == [
        (ann.id, first.id),
        (ben.id, third.id),
        (benny.id, first.id),
    ]


def test_merges_part_in_any_order_and_can_be_taken_up_again(house: Session) -> None:
    one, two, three = (person(house, f"Anna Berg {n}") for n in "abc")
    given = gift(house, one, 100)
    first, second = merged(house, two, one), merged(house, three, two)
    undoing = part(house, first)
    assert (owner(house, given)[0], current_id(house, two.id)) == (one.id, three.id)
    undo_change(house, undoing, act=ACT, on=TODAY)
    assert owner(house, given)[0] == three.id
    for merge in (first, second):
        undo_change(house, merge, act=ACT, on=TODAY)
    assert [current_id(house, each.id) for each in (one, two, three)] == [one.id, two.id, three.id]
    assert owner(house, given) == (one.id, [(one.id, 100, True)])
    with pytest.raises(Blocked):
        part(house, first)


def test_what_a_later_merge_found_twice_comes_back_too(house: Session) -> None:
    addresses = ("a@x.org", "b@x.org", "a@x.org")
    one, two, three = (person(house, "Anna Berg", emails=(Email(address),)) for address in addresses)
    first, second = merged(house, two, one), merged(house, three, two)
    part(house, first)
    assert [point.address for point in contact_points(house, one.id).emails] == ["a@x.org"]
    part(house, second)
    found = [[point.address for point in contact_points(house, each.id).emails] for each in (one, two, three)]
    assert found == [[address] for address in addresses]
