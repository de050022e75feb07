"""What is known of constituents that makes waiting cost something. Each function reads for many at once."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.settings import organization
from donors.giving.models import Gift
from donors.levels.ladders import ladders
from donors.levels.models import Level, Standing
from donors.levels.reasons import explained
from donors.levels.why import Speaker
from donors.mail.models import Contact
from donors.pipeline.models import MADE, PLANNED, Move, Prospect
from donors.pipeline.queries.sieve import seen_moves, seen_prospects
from donors.pipeline.waiting.decide import FALLS_LATER, GIFT_IS_NEW, SOON, Falling, Promise, Unthanked
from donors.plans.models import DONE, Task
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definitions

YEAR = "last_365_days_total"


def gifts(session: Session, ids: Sequence[int], *, on: date) -> dict[int, Unthanked]:
    """Constituent → their newest gift of the last 14 days, unless somebody was in touch since: a move was made, thanks
    went out, a task about them was done."""
    earlier = aliased(Gift)
    first = ~exists().where(earlier.constituent_id == Gift.constituent_id, earlier.received_on < Gift.received_on)
    recent = (
        select(Gift.constituent_id, Gift.base_amount, Gift.received_on, first)
        .where(Gift.constituent_id.in_(ids), Gift.received_on >= on - timedelta(days=GIFT_IS_NEW))
        .where(Gift.received_on <= on, Gift.base_amount > 0)
        .order_by(Gift.received_on, Gift.id)
    )
    found = {who: Unthanked(amount, day, bool(is_first)) for who, amount, day, is_first in session.execute(recent)}
    touched = _in_touch(session, sorted(found))
    return {who: gift for who, gift in found.items() if touched.get(who, date.min) < gift.received_on}


def _in_touch(session: Session, ids: Sequence[int]) -> dict[int, date]:
    """Constituent → the last day on which somebody was in touch or did something about them."""
    moves = (Move.constituent_id, func.max(Move.made_on), Move.state == MADE)
    thanks = (Contact.constituent_id, func.max(Contact.happened_on), Contact.purpose == "thanks")
    tasks = (Task.constituent_id, func.max(Task.done_on), Task.state == DONE)
    found: dict[int, date] = {}
    for who, day, which in (moves, thanks, tasks):
        for one, last in session.execute(select(who, day).where(who.in_(ids), which).group_by(who)):
            found[one or 0] = max(found.get(one or 0, date.min), last or date.min)
    return found


def promises(session: Session, ids: Sequence[int], *, on: date, sees: Sight) -> dict[int, Promise]:
    """Constituent → the earliest planned move that is late or near, of those that the viewer may read."""
    planned = (
        select(Move.constituent_id, Move.purpose, Move.due_on)
        .where(Move.constituent_id.in_(ids), Move.state == PLANNED, Move.due_on <= on + timedelta(days=SOON))
        .where(seen_moves(sees))
        .order_by(Move.due_on.desc(), Move.id.desc())
    )
    return {who: Promise(purpose, due_on) for who, purpose, due_on in session.execute(planned) if due_on is not None}


def falls(session: Session, ids: Sequence[int], *, on: date) -> dict[int, Falling]:
    """Constituent → the next fall that is noted for a day within two months, with what would prevent it."""
    to = aliased(Level)
    noted = (
        select(Standing.constituent_id, Standing.track_id, Level.name, to.name, Standing.falls_on)
        .join(Level, Level.id == Standing.level_id)
        .outerjoin(to, to.id == Standing.falls_to_id)
        .where(Standing.constituent_id.in_(ids), Standing.to_on.is_(None))
        .where(Standing.falls_on >= on, Standing.falls_on <= on + timedelta(days=FALLS_LATER))
        .order_by(Standing.falls_on.desc(), Standing.track_id)
    )
    rows = session.execute(noted).all()
    missing = _missing(session, {(row[1], row[0]) for row in rows}, on=on)
    return {
        who: Falling(level, lower or "", day, missing.get((track, who), ""))
        for who, track, level, lower, day in rows
        if day is not None
    }


def _missing(session: Session, wanted: set[tuple[int, int]], *, on: date) -> dict[tuple[int, int], str]:
    """Track and constituent → what is short of the level, in words."""
    here, found = organization(session), {}
    for ladder in ladders(session):
        own = sorted(who for track, who in wanted if track == ladder.id)
        for who, view in explained(session, ladder, own, on=on).items() if own else ():
            if view.why.fall is not None and view.why.fall.missing is not None:
                found[ladder.id, who] = Speaker(ladder.unit, here).amount(view.why.fall.missing)
    return found


def asks(session: Session, ids: Sequence[int], *, sees: Sight) -> dict[int, int]:
    """Constituent → the largest open ask, in minor units of the base currency."""
    open_asks = (
        select(Prospect.constituent_id, func.max(Prospect.ask_amount))
        .join(Constituent, Constituent.id == Prospect.constituent_id)
        .where(Prospect.constituent_id.in_(ids), Prospect.is_active, Prospect.ask_amount.is_not(None))
        .where(*seen_prospects(sees))
    )
    found = session.execute(open_asks.group_by(Prospect.constituent_id))
    return {who: amount for who, amount in found if amount is not None}


def given(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Constituent → what came in during the last 365 days, as it is kept; empty where that figure is not counted."""
    one = next((each for each in definitions(session) if each.key == YEAR), None)
    if one is None:
        return {}
    column = rollup_value.c[slot_column(one.slot)]
    kept = select(rollup_value.c.constituent_id, column).where(rollup_value.c.constituent_id.in_(ids), column > 0)
    return {who: amount for who, amount in session.execute(kept)}
