"""Two people work on one record at once: one wins, the other is told, nothing is lost."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.contact import add_point, make_primary
from donors.constituents.create import create, create_many
from donors.constituents.edit import add_external_id, delete, edit
from donors.constituents.models import HOUSEHOLD, Alias, Constituent, EmailAddress, ExternalId
from donors.constituents.records import Email, NewConstituent
from donors.constituents.spans import Span
from donors.core.changes import JournalEntry
from donors.core.db import transaction
from donors.core.errors import Blocked, Conflict, HouseError, Invalid, NotFound
from donors.giving.gift_input import GiftInput
from donors.giving.models import Gift
from donors.volunteering.models import Shift
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.gifts import record_gift, record_gifts
from donors.workflows.household import NewStay, join_household
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.shifts import record_shift
from tests.constituents.people import AT, TODAY
from tests.interleavings.conftest import ACT, House, opened
from tests.interleavings.meeting import Act, errors, overlap, race, won


def editing(house: House, name: str, **values: str) -> Act:
    """An edit of Anna based on what a form showed: version 1."""

    def act(session: Session) -> str:
        row = session.get_one(Constituent, house[name])
        edit(session, row, values=values, within=opened(session), expect=1)
        return row.note

    return act


def deleting(house: House, name: str) -> Act:
    """A soft delete."""

    def act(session: Session) -> None:
        delete(session, session.get_one(Constituent, house[name]), at=AT, within=opened(session))

    return act


def giving(house: House, name: str, amount: int = 5000) -> Act:
    """A gift of today."""
    return lambda session: record_gift(session, GiftInput(house[name], amount, TODAY), act=ACT, on=TODAY).gift.id


def merging(house: House, survivor: str, other: str) -> Act:
    """A merge, as a page carries it out."""

    def act(session: Session) -> int:
        pair = Pair(house[survivor], house[other])
        return merge_constituents(session, pair, within=opened(session), on=TODAY).survivor.id

    return act


def test_of_two_edits_of_one_version_one_is_told_of_the_other(house: House) -> None:
    one, other = editing(house, "Anna", note="Sings"), editing(house, "Anna", note="Paints")
    endings = overlap(house.app, one, other)
    told = endings[1].error
    assert won(endings) == ["Sings"]
    assert isinstance(told, Conflict)
    assert (told.current["note"], told.given["note"]) == ("Sings", "Paints")
    with transaction() as session:
        anna = session.get_one(Constituent, house["Anna"])
        images = select(func.count()).where(JournalEntry.table_name == "constituent", JournalEntry.row_id == anna.id)
        assert (anna.note, anna.version, session.scalar(images)) == ("Sings", 2, 1)


def test_edits_that_begin_at_one_instant_leave_one_winner(house: House) -> None:
    acts = [editing(house, "Anna", note=word) for word in ("Sings", "Paints", "Sails", "Rows")]
    endings = race(house.app, *acts)
    assert len(won(endings)) == 1
    assert set(errors(endings)) == {Conflict}


def test_an_edit_and_a_deletion_do_not_lose_each_other(house: House) -> None:
    for name, acts in (
        ("Anna", (editing(house, "Anna", note="Sings"), deleting(house, "Anna"))),
        ("Ben", (deleting(house, "Ben"), editing(house, "Ben", note="Sings"))),
    ):
        endings = overlap(house.app, *acts)
        assert set(errors(endings)) <= {Conflict}
        assert endings[0].held
        with transaction() as session:
            row = session.get_one(Constituent, house[name])
            assert row.version == 1 + len(won(endings))


def test_a_gift_and_a_deletion_leave_no_gift_of_somebody_who_was_gone_before(house: House) -> None:
    for name, acts in (
        ("Anna", (deleting(house, "Anna"), giving(house, "Anna"))),
        ("Ben", (giving(house, "Ben"), deleting(house, "Ben"))),
    ):
        endings = overlap(house.app, *acts)
        assert endings[0].held
        assert errors(endings) == ([NotFound] if name == "Anna" else [])


def test_a_gift_goes_with_its_giver_through_a_merge(house: House) -> None:
    endings = overlap(house.app, giving(house, "Ben"), merging(house, "Anna", "Ben"))
    assert errors(endings) == []
    with transaction() as session:
        assert session.scalars(select(Gift.constituent_id)).all() == [house["Anna"]]


def test_a_gift_that_comes_during_the_merge_of_its_giver_is_not_lost_on_the_old_record(house: House) -> None:
    endings = overlap(house.app, merging(house, "Anna", "Ben"), giving(house, "Ben"))
    assert endings[0].held
    assert errors(endings) in ([], [NotFound])
    with transaction() as session:
        assert house["Ben"] not in session.scalars(select(Gift.constituent_id)).all()


def test_a_person_who_moves_twice_at_once_lives_in_one_household(house: House) -> None:
    with transaction() as session:
        homes = [create(session, NewConstituent(kind=HOUSEHOLD), within=opened(session)).id for _ in range(2)]

    def joining(home: int) -> Act:
        def act(session: Session) -> int:
            into, anna = (session.get_one(Constituent, one) for one in (home, house["Anna"]))
            wanted = NewStay(into, anna, Span(TODAY, None))
            return join_household(session, wanted, within=opened(session), on=TODAY).id

        return act

    endings = overlap(house.app, joining(homes[0]), joining(homes[1]))
    assert [type(one.error) for one in endings] == [type(None), Invalid]


def test_a_shift_that_comes_during_the_merge_is_not_lost_on_the_old_record(house: House) -> None:
    def working(session: Session) -> int:
        return record_shift(session, ShiftInput(house["Ben"], TODAY, 90), act=ACT, on=TODAY).id

    endings = overlap(house.app, merging(house, "Anna", "Ben"), working)
    assert [type(one.error) for one in endings] == [type(None), NotFound]
    with transaction() as session:
        assert session.scalars(select(Shift.id)).all() == []


def test_gifts_of_an_import_meet_a_merge(house: House) -> None:
    def importing(session: Session) -> int:
        wanted = [GiftInput(house[name], 100, TODAY) for name in ("Cleo", "Ben", "Anna")]
        return len(record_gifts(session, wanted, within=opened(session), on=TODAY))

    assert set(errors(race(house.app, importing, merging(house, "Anna", "Ben")))) <= {NotFound}


def test_two_merges_of_one_pair_the_other_way_round_leave_one(house: House) -> None:
    endings = race(house.app, merging(house, "Anna", "Ben"), merging(house, "Ben", "Anna"))
    assert len(won(endings)) == 1
    assert set(errors(endings)) == {Blocked}
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Alias)) == 1


def test_merges_in_a_ring_do_not_lock_each_other_up(house: House) -> None:
    ring = [merging(house, *pair) for pair in (("Anna", "Ben"), ("Ben", "Cleo"), ("Cleo", "Anna"))]
    endings = race(house.app, *ring)
    assert won(endings)
    assert set(errors(endings)) <= {Blocked}


def test_a_row_of_a_file_and_a_form_that_name_one_external_id_make_one_person(house: House) -> None:
    def by_file(session: Session) -> int:
        rows = [NewConstituent(given_name="Dora", family_name="Lind", external_ids=(("crm", "7"),))]
        return create_many(session, rows, within=opened(session))[0]

    def by_hand(session: Session) -> int:
        one = NewConstituent(given_name="Dora", family_name="Lindt", external_ids=(("crm", "7"),))
        return create(session, one, within=opened(session)).id

    for acts in ((by_file, by_hand), (by_hand, by_file)):
        endings = overlap(house.app, *acts)
        assert set(errors(endings)) == {Invalid}
    with transaction() as session:
        assert session.scalar(select(func.count()).where(ExternalId.value == "7")) == 1


def test_one_external_id_given_to_two_people_at_once_goes_to_one(house: House) -> None:
    def naming(name: str) -> Act:
        def act(session: Session) -> int:
            row = session.get_one(Constituent, house[name])
            return add_external_id(session, row, source="crm", value="8", within=opened(session)).id

        return act

    endings = overlap(house.app, naming("Anna"), naming("Ben"))
    assert [type(one.error) for one in endings] == [type(None), Invalid]


def test_two_who_choose_a_primary_address_at_once_leave_one(house: House) -> None:
    def adding(address: str) -> Act:
        def act(session: Session) -> int:
            row = session.get_one(Constituent, house["Anna"])
            return add_point(session, row, given=Email(address), within=opened(session), primary=True).id

        return act

    def choosing(point_id: int) -> Act:
        return lambda session: make_primary(session, session.get_one(EmailAddress, point_id), within=opened(session))

    ids = won(overlap(house.app, adding("a@example.org"), adding("b@example.org")))
    assert won(race(house.app, *(choosing(one) for one in ids))) == [None, None]
    with transaction() as session:
        primary = select(func.count()).where(EmailAddress.is_primary, EmailAddress.constituent_id == house["Anna"])
        assert session.scalar(primary) == 1


def test_no_act_of_these_leaves_an_error_that_a_page_cannot_show(house: House) -> None:
    acts = [editing(house, "Anna", note="Sings"), deleting(house, "Anna"), giving(house, "Anna"),
            merging(house, "Ben", "Anna"), giving(house, "Anna", 700)]  # fmt: skip
    assert all(issubclass(kind, HouseError) for kind in errors(race(house.app, *acts)))
