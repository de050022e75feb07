"""Gifts that are recorded, given back and counted at the same time."""

from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.create import create, unknown_giver
from donors.constituents.household import join
from donors.constituents.models import HOUSEHOLD, Constituent
from donors.constituents.records import NewConstituent
from donors.constituents.spans import Span
from donors.core.changes import Act as By
from donors.core.changes import ChangeSet
from donors.core.db import transaction
from donors.core.errors import AlreadyDone, Conflict, Invalid
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.giving.models import Gift, GiftAdjustment
from donors.levels.models import Standing
from donors.rollups.queries import values_of
from donors.rollups.refresh import refresh_all
from donors.workflows.adjust import correct_gift, edit_gift, refund_gift, remove_gift
from donors.workflows.gifts import record_gift
from donors.workflows.levels import assign_all
from donors.workflows.refresh import drain, mark, refresh_constituents
from tests.constituents.people import AT, TODAY
from tests.interleavings.conftest import ACT, House, opened
from tests.interleavings.meeting import Act, carry_out, errors, overlap, race, won


def giving(giver: int, amount: int = 5000, *, key: str | None = None) -> Act:
    """A gift of today."""
    by = By(by=None, at=AT, through="web", request_key=key)
    return lambda session: record_gift(session, GiftInput(giver, amount, TODAY), act=by, on=TODAY).gift.id


def refunding(gift_id: int, amount: int) -> Act:
    """A refund of today."""
    return lambda session: refund_gift(session, gift_id, AdjustmentInput(amount, TODAY), act=ACT, on=TODAY) and amount


def refreshing(session: Session) -> None:
    """All figures and levels anew, as the night does."""
    refresh_all(session, on=TODAY)
    assign_all(session, within=opened(session), on=TODAY, cause="time")


def draining(session: Session) -> int:
    """What a worker takes from the queue."""
    return drain(session, at=AT, on=TODAY)


def total(giver: int) -> int | None:
    """The stored total of a giver."""
    with transaction() as session:
        return values_of(session, giver)["lifetime_total"]


def test_gifts_of_one_giver_at_one_instant_all_count(house: House) -> None:
    endings = race(house.app, *(giving(house["Anna"], 1000) for _ in range(4)))
    assert errors(endings) == []
    assert total(house["Anna"]) == 4000


def test_gifts_of_two_members_of_a_household_all_count_for_it(house: House) -> None:
    with transaction() as session:
        change = opened(session)
        home = create(session, NewConstituent(kind=HOUSEHOLD), within=change)
        for name in ("Anna", "Ben"):
            member = session.get_one(Constituent, house[name])
            join(session, home, member, span=Span(None, None), within=change)
        home_id = home.id
    acts = (giving(house["Anna"], 1000), giving(house["Ben"], 200))
    assert errors(overlap(house.app, *acts)) == []
    assert errors(race(house.app, *acts, *acts)) == []
    assert total(home_id) == 3600


def test_a_gift_beside_the_refresh_of_everybody_is_in_the_figures(house: House) -> None:
    for acts in ((giving(house["Anna"]), refreshing), (refreshing, giving(house["Anna"]))):
        assert errors(overlap(house.app, *acts)) == []
    assert total(house["Anna"]) == 10_000
    assert errors(race(house.app, refreshing, giving(house["Anna"]), giving(house["Ben"]), refreshing)) == []
    assert total(house["Anna"]) == 15_000


def test_two_refunds_never_give_back_more_than_the_gift(house: House) -> None:
    gift_id = carry_out(house.app, giving(house["Anna"], 5000)).value
    endings = overlap(house.app, refunding(gift_id, 4000), refunding(gift_id, 3000))
    assert [type(one.error) for one in endings] == [type(None), Invalid]
    endings = race(house.app, *(refunding(gift_id, 600) for _ in range(3)))
    assert (len(won(endings)), errors(endings)) == (1, [Invalid, Invalid])
    with transaction() as session:
        assert session.scalar(select(func.sum(GiftAdjustment.amount))) == -4600
    assert total(house["Anna"]) == 400


def test_a_refund_meets_an_edit_and_a_correction_of_its_gift(house: House) -> None:
    lower = GiftInput(house["Anna"], 1000, TODAY)

    def editing(session: Session, gift_id: int) -> None:
        edit_gift(session, gift_id, lower, act=ACT, on=TODAY)

    def correcting(session: Session, gift_id: int) -> None:
        correct_gift(session, gift_id, AdjustmentInput(1000), act=ACT, on=TODAY)

    for against in (editing, correcting):
        for refund_first in (True, False):
            gift_id = carry_out(house.app, giving(house["Anna"], 5000)).value
            acts = [refunding(gift_id, 4000), partial(against, gift_id=gift_id)]
            endings = overlap(house.app, *(acts if refund_first else reversed(acts)))
            assert errors(endings) == [Invalid]


def test_of_two_edits_of_one_gift_one_is_told(house: House) -> None:
    gift_id = carry_out(house.app, giving(house["Anna"])).value

    def editing(amount: int) -> Act:
        wanted = GiftInput(house["Anna"], amount, TODAY)
        return lambda session: edit_gift(session, gift_id, wanted, act=ACT, on=TODAY, expect=1) and None

    endings = overlap(house.app, editing(100), editing(200))
    assert [type(one.error) for one in endings] == [type(None), Conflict]
    removing = lambda session: remove_gift(session, gift_id, act=ACT, on=TODAY, expect=2) and None  # noqa: E731 - an act
    assert errors(race(house.app, removing, removing, editing(300)))
    with transaction() as session:
        assert session.get(Gift, gift_id) is None


def test_one_request_key_twice_at_once_makes_one_gift(house: House) -> None:
    twice = giving(house["Anna"], 5000, key="7:abc")
    assert errors(overlap(house.app, twice, twice)) == [AlreadyDone]
    assert errors(race(house.app, twice, twice, twice)) == [AlreadyDone] * 3
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Gift)) == 1
        assert session.scalar(select(func.count()).where(ChangeSet.request_key == "7:abc")) == 1


def test_what_came_before_a_repeated_key_stands(house: House) -> None:
    def again(session: Session) -> str:
        opened(session, "before")
        try:
            giving(house["Anna"], key="7:abc")(session)
        except AlreadyDone:
            return "already"
        return "twice"

    assert overlap(house.app, giving(house["Anna"], key="7:abc"), again)[1].value == "already"
    with transaction() as session:
        assert session.scalar(select(func.count()).where(ChangeSet.kind == "before")) == 1


def test_two_assignments_of_levels_leave_one_current_standing(house: House) -> None:
    carry_out(house.app, giving(house["Anna"], 30_000))

    def assigning(session: Session) -> None:
        refresh_constituents(session, [house["Anna"]], within=opened(session), on=TODAY)

    def everybody(session: Session) -> None:
        assign_all(session, within=opened(session), on=TODAY, cause="time")

    for acts in ((assigning, everybody), (everybody, assigning), (everybody, everybody), (assigning, assigning)):
        with transaction() as session:
            session.query(Standing).delete()
        assert errors(overlap(house.app, *acts)) == []
        with transaction() as session:
            assert len(session.scalars(select(Standing).where(Standing.constituent_id == house["Anna"])).all()) == 1


def test_a_gift_that_brings_a_level_beside_the_assignment_of_everybody(house: House) -> None:
    for acts in ((giving(house["Ben"], 30_000), refreshing), (refreshing, giving(house["Cleo"], 30_000))):
        assert errors(overlap(house.app, *acts)) == []


def test_two_workers_drain_one_queue_and_what_comes_meanwhile_is_not_lost(house: House) -> None:
    def marking(session: Session) -> int:
        return mark(session, house.people.values(), cause="import", within=opened(session))

    carry_out(house.app, marking)
    endings = overlap(house.app, draining, draining)
    assert (errors(endings), sum(won(endings))) == ([], 3)
    carry_out(house.app, marking)
    endings = race(house.app, draining, draining, giving(house["Anna"]), giving(house["Ben"]))
    assert errors(endings) == []


def test_somebody_marked_while_the_queue_is_drained_waits_on(house: House) -> None:
    def anonymous(session: Session) -> int:
        return unknown_giver(session, within=opened(session)).id

    nobody = carry_out(house.app, anonymous).value
    for first_marks in (True, False):
        carry_out(house.app, giving(nobody, 100))
        acts = [giving(nobody, 100), draining]
        assert errors(overlap(house.app, *(acts if first_marks else reversed(acts)))) == []
    while carry_out(house.app, draining).value:
        pass
    assert total(nobody) == 400
