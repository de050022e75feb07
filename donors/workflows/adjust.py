"""Changing gifts that are recorded: each change reaches the figures and levels of all whom the gift counts for."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Invalid, NotFound
from donors.core.settings import Organization, settled
from donors.giving import adjust
from donors.giving.credits import credited
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.giving.models import Gift, GiftAdjustment
from donors.levels.assign import Because
from donors.pipeline.asks.gifts import let_go_of_gift
from donors.rollups.definition import GIFT_SOURCES
from donors.rollups.dirty import reach
from donors.rollups.refresh import hold
from donors.workflows.refresh import Refreshed, refresh_because


def refund_gift(session: Session, gift_id: int, wanted: AdjustmentInput, *, act: Act, on: date) -> Refreshed:
    """Refunds a part or all of a gift on `wanted.on`. Raises NotFound, Invalid, Conflict, AlreadyDone."""
    if wanted.on is not None and wanted.on > on:
        raise Invalid("on", wanted.on, "is in the future", "Record the refund when it has happened.")
    change, gift, settings = _open(session, "gift.refund", gift_id, act, wanted.expect)
    touched = adjust.refund(session, gift, wanted, within=change, organization=settings)
    return _settle(session, touched, Because("refund", on, gift.id), change)


def correct_gift(session: Session, gift_id: int, wanted: AdjustmentInput, *, act: Act, on: date) -> Refreshed:
    """Corrects what a gift was worth from the beginning. Raises NotFound, Invalid, Conflict, AlreadyDone."""
    change, gift, settings = _open(session, "gift.correct", gift_id, act, wanted.expect)
    touched = adjust.correct(session, gift, wanted, within=change, organization=settings)
    return _settle(session, touched, Because("correction", on, gift.id), change)


def take_back_adjustment(session: Session, adjustment_id: int, *, act: Act, on: date) -> Refreshed:
    """Removes a refund or correction, as if it had never been. Raises NotFound, AlreadyDone."""
    change = open_change(session, "gift.take_back", act=act)
    adjustment = session.get(GiftAdjustment, adjustment_id)
    if adjustment is None:
        raise NotFound("adjustment", adjustment_id)
    settings = settled(session)
    _hold(session, adjustment.gift_id)
    because = Because("correction", on, adjustment.gift_id)
    touched = adjust.take_back(session, adjustment, within=change, organization=settings)
    return _settle(session, touched, because, change)


def edit_gift(
    session: Session, gift_id: int, wanted: GiftInput, *, act: Act, on: date, expect: int | None = None
) -> Refreshed:
    """Makes a gift what is wanted. Raises NotFound, Invalid, Conflict, AlreadyDone."""
    people = {wanted.constituent_id, *(one.constituent_id for one in wanted.credits)}
    change, gift, settings = _open(session, "gift.edit", gift_id, act, expect, people=people)
    touched = adjust.edit(session, gift, wanted, within=change, organization=settings, expect=expect)
    return _settle(session, touched, Because("correction", on, gift.id), change)


def move_gift(session: Session, gift_id: int, *, to: int, act: Act, on: date) -> Refreshed:
    """Gives a gift to another giver, with the hard credit. Raises NotFound, AlreadyDone."""
    change, gift, settings = _open(session, "gift.move", gift_id, act, None, people={to})
    touched = adjust.move(session, gift, to=to, within=change, organization=settings)
    return _settle(session, touched, Because("correction", on, gift.id), change)


def remove_gift(session: Session, gift_id: int, *, act: Act, on: date, expect: int | None = None) -> Refreshed:
    """Takes a gift out of the books; the journal keeps it. Raises NotFound, Conflict, AlreadyDone."""
    change, gift, _ = _open(session, "gift.remove", gift_id, act, expect)
    let_go_of_gift(session, gift_id, within=change)
    touched = adjust.delete(session, gift, within=change)
    return _settle(session, touched, Because("correction", on, corrects=gift.id), change)


def _open(
    session: Session, kind: str, gift_id: int, act: Act, expect: int | None, *, people: Iterable[int] = ()
) -> tuple[ChangeSet, Gift, Organization]:
    change = open_change(session, kind, act=act)
    _hold(session, gift_id, people)
    gift = adjust.gift_by_id(session, gift_id)
    adjust.check_version(gift, expect)
    change.outcome = {"gift_id": gift_id}
    return change, gift, settled(session)


def _hold(session: Session, gift_id: int, people: Iterable[int] = ()) -> None:
    """Locks those whom it concerns before the gift itself, as merges do: so no two wait for each other."""
    hold(session, reach(session, {*credited(session, gift_id), *people}).now)


def _settle(session: Session, touched: set[int], because: Because, change: ChangeSet) -> Refreshed:
    return refresh_because(session, touched, because=because, within=change, of=GIFT_SOURCES)
