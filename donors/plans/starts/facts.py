"""The events of gifts and hours: the first gift, a gift over an amount, none for some days, hours of volunteering.

A gift is its giver's, whoever else has credit for it; what is written off by a negative gift is none.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from donors.giving.models import Gift
from donors.plans.starts.event import DAYS, HOURS, MONEY, Ask, Event, Happening, Numbers, Which, Window
from donors.volunteering.models import Shift

MOST_DAYS = 3650
OTHER = aliased(Gift)


def first_gift(session: Session, _numbers: Numbers, window: Window, which: Which) -> Iterator[Happening]:
    """Gifts of those who never gave before."""
    earlier = _other(OTHER.received_on < Gift.received_on)
    found = select(Gift.constituent_id, Gift.received_on).where(_within(window, which), ~earlier).distinct()
    for constituent_id, on in session.execute(found):
        yield Happening(constituent_id, "first", on)


def gift_over(session: Session, numbers: Numbers, window: Window, which: Which) -> Iterator[Happening]:
    """Each gift of at least so much, in the organization's currency."""
    large = (_within(window, which), Gift.base_amount >= numbers["amount"])
    for constituent_id, gift_id, on in session.execute(
        select(Gift.constituent_id, Gift.id, Gift.received_on).where(*large)
    ):
        yield Happening(constituent_id, str(gift_id), on)


def lapse(session: Session, numbers: Numbers, window: Window, which: Which) -> Iterator[Happening]:
    """Last gifts that are so many days ago; it happens on the day on which they are."""
    days = timedelta(days=numbers["days"])
    last = Window(window.since - days, window.until - days)
    later = _other(OTHER.received_on > Gift.received_on)
    found = select(Gift.constituent_id, Gift.received_on).where(_within(last, which), ~later).distinct()
    for constituent_id, on in session.execute(found):
        yield Happening(constituent_id, on.isoformat(), on + days)


def hours(session: Session, numbers: Numbers, window: Window, which: Which) -> Iterator[Happening]:
    """Every full so many minutes of volunteering that were reached within the days."""
    step = numbers["hours"]
    lately = select(Shift.constituent_id).where(
        which(Shift.constituent_id), Shift.worked_on.between(window.since, window.until)
    )
    before = func.coalesce(func.sum(case((Shift.worked_on < window.since, Shift.minutes))), 0)
    totals = (
        select(Shift.constituent_id, before, func.sum(Shift.minutes), func.max(Shift.worked_on))
        .where(Shift.constituent_id.in_(lately), Shift.worked_on <= window.until)
        .group_by(Shift.constituent_id)
    )
    for constituent_id, early, total, on in session.execute(totals):
        for number in range(int(early) // step + 1, int(total) // step + 1):
            yield Happening(constituent_id, str(number * step), on)


def _within(window: Window, which: Which) -> ColumnElement[bool]:
    return and_(which(Gift.constituent_id), Gift.received_on.between(window.since, window.until), Gift.base_amount > 0)


def _other(ordered: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(OTHER.constituent_id == Gift.constituent_id, OTHER.base_amount > 0, ordered)


EVENTS_OF_FACTS = (
    Event("first gift", "First gift", "first gift", first_gift),
    Event(
        "gift over",
        "A gift over an amount",
        "gift of {amount} or more",
        gift_over,
        (Ask("amount", "At least", MONEY),),
    ),
    Event(
        "lapse",
        "No gift for some days",
        "no gift for {days} days",
        lapse,
        (Ask("days", "Days without a gift", DAYS, most=MOST_DAYS),),
        by_time=True,
    ),
    Event(
        "hours",
        "Hours of volunteering",
        "{hours} hours of volunteering",
        hours,
        (Ask("hours", "Every so many hours", HOURS, least=60, most=60 * 100_000),),
    ),
)
