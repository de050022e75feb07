"""Another fiscal year: credits are labeled anew by the queue, part by part, while people go on recording gifts."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.db import transaction
from donors.core.settings import organization
from donors.giving.gift_input import GiftInput
from donors.giving.models import Credit
from donors.rollups.definition import ValueKind
from donors.rollups.dirty import count_dirty
from donors.rollups.models import Dirty
from donors.rollups.queries import Value, figures_of
from donors.workflows.gifts import record_gift
from donors.workflows.organization import change_organization
from donors.workflows.refresh import drain
from tests.constituents.people import AT, TODAY
from tests.interleavings.conftest import ACT, House, opened
from tests.interleavings.meeting import overlap


def give(session: Session, who: int, on: date = TODAY) -> None:
    record_gift(session, GiftInput(who, 5_000, on), act=ACT, on=TODAY)


def begin_years_in(session: Session, month: int) -> None:
    change_organization(session, lambda here: replace(here, fiscal_start_month=month), within=opened(session))


def drained(*, workers: int = 1, parts: int | None = None) -> None:
    """Empties the queue, or so many parts of it, each in a transaction of its own."""
    while parts is None or parts > 0:
        with transaction() as session:
            if not drain(session, at=AT, on=TODAY, workers=workers):
                return
        parts = None if parts is None else parts - 1


def labels(session: Session) -> set[bool]:
    """Whether labels of credits are what the calendar of now says."""
    fiscal = organization(session).fiscal
    return {label == fiscal.year_of(on) for on, label in session.execute(select(Credit.given_on, Credit.fiscal_year))}


def told(session: Session, constituent_id: int) -> dict[str, Value]:
    """Figures by key, but for those that name a gift: which gifts they are differs."""
    found = figures_of(session, constituent_id)
    return {key: one.value for key, one in found.items() if one.definition.value_kind is not ValueKind.GIFT}


def test_gifts_recorded_in_the_middle_end_with_the_right_label(house: House) -> None:
    days = [TODAY + timedelta(31 * months) for months in range(-12, 1)]
    with transaction() as session:
        for day in days:
            give(session, house["Anna"], day)
        begin_years_in(session, 9)
        assert session.scalar(select(func.count()).select_from(Dirty)) == 0  # one order, not a row for each
        assert count_dirty(session) == 3
    for day in days:
        with transaction() as session:
            give(session, house["Ben"], day)
        drained(parts=1)
    drained(workers=2)
    with transaction() as session:
        assert labels(session) == {True}
        assert count_dirty(session) == 0
        assert told(session, house["Anna"]) == told(session, house["Ben"])


def test_a_gift_that_is_being_recorded_when_the_year_changes(house: House) -> None:
    first, second = overlap(
        house.app,
        lambda session: give(session, house["Anna"], date(TODAY.year, 12, 31)),
        lambda session: begin_years_in(session, 9),
    )
    assert (first.held, second.held) == (True, True)
    drained()
    with transaction() as session:
        assert labels(session) == {True}
