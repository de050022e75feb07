"""Contact points: e-mails, phones, addresses. None is erased; the active ones of a kind have one primary among them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents import check
from donors.constituents.models import Constituent, EmailAddress, Phone, PostalAddress
from donors.constituents.records import Address, Email, PhoneNumber, checked_address, checked_email, checked_phone
from donors.constituents.restraint import refuse_frozen, refuse_frozen_id
from donors.constituents.words import rewrite_words
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Invalid

Point = EmailAddress | Phone | PostalAddress
Given = Email | PhoneNumber | Address


def add_point(session: Session, row: Constituent, *, given: Given, within: ChangeSet, primary: bool = False) -> Point:
    """Adds a contact point. One that the constituent already has is made active again. Raises Invalid, Blocked.

    The first active one of its kind is the primary one; so is this one when `primary` asks for it.
    """
    refuse_frozen(row)
    model, columns = columns_of(given)
    _wait_for_others(session, row.id)
    known: Point | None = _same(session, model, row.id, columns)
    if known is None:
        known = insert(session, model(constituent_id=row.id, **columns), within=within)
    else:
        amend(session, known, within=within, is_active=True, **columns)
    if primary or _primary(session, type(known), row.id) is None:
        make_primary(session, known, within=within)
    rewrite_words(session, [row.id])
    return known


def change_point(session: Session, point: Point, *, given: Given, within: ChangeSet, expect: int | None = None) -> None:
    """Corrects a contact point. Raises Invalid, also where the constituent has the same already; Conflict, Blocked."""
    refuse_frozen_id(session, point.constituent_id)
    model, columns = columns_of(given)
    if not isinstance(point, model):
        raise TypeError("a contact point keeps its kind")
    same = _same(session, model, point.constituent_id, columns)
    if same is not None and same.id != point.id:
        raise Invalid(
            "contact point", str(next(iter(columns.values()))), "is there already", "Change that one instead."
        )
    amend(session, point, within=within, expect=expect, **columns)
    rewrite_words(session, [point.constituent_id])


def deactivate(session: Session, point: Point, *, within: ChangeSet) -> None:
    """Puts a contact point out of use and keeps it. The oldest active one left becomes primary."""
    _wait_for_others(session, point.constituent_id)
    session.refresh(point)
    was_primary = point.is_primary
    amend(session, point, within=within, is_active=False, is_primary=False)
    heir = _oldest_active(session, type(point), point.constituent_id)
    if was_primary and heir is not None:
        amend(session, heir, within=within, is_primary=True)


def make_primary(session: Session, point: Point, *, within: ChangeSet) -> None:
    """Makes an active contact point the one that is used first. Raises Invalid for an inactive one."""
    _wait_for_others(session, point.constituent_id)
    session.refresh(point)
    if not point.is_active:
        raise Invalid("contact point", "", "is not in use", "Put it in use first.")
    old = _primary(session, type(point), point.constituent_id)
    if old is not None and old.id != point.id:
        amend(session, old, within=within, is_primary=False)
    amend(session, point, within=within, is_primary=True)


def columns_of(given: Given) -> tuple[type[Point], dict[str, Any]]:
    """The table and the columns of a contact point, checked. Raises Invalid."""
    if isinstance(given, Email):
        clean = checked_email(given)
        folded = check.folded_email(clean.address)
        return EmailAddress, {"address": clean.address, "folded": folded, "label": clean.label}
    if isinstance(given, PhoneNumber):
        number = checked_phone(given)
        return Phone, {"number": number.number, "digits": check.phone_digits(number.number), "label": number.label}
    place = checked_address(given)
    return PostalAddress, {
        "street": place.street,
        "city": place.city,
        "region": place.region,
        "postal_code": place.postal_code,
        "country": place.country,
        "label": place.label,
    }


KEYS = {"email_address": ("folded",), "phone": ("digits",), "postal_address": ("street", "city", "postal_code")}
"""What makes two contact points of one constituent the same."""


def same_point(one: Point, other: Point) -> bool:
    """Whether two contact points of one table mean the same."""
    return all(getattr(one, name) == getattr(other, name) for name in KEYS[one.__tablename__])


def _wait_for_others(session: Session, constituent_id: int) -> None:
    """Locks the constituent, so that of two who choose its primary point at once the second sees the first."""
    session.execute(select(Constituent.id).where(Constituent.id == constituent_id).with_for_update(key_share=True))


def _same(session: Session, model: type[Point], constituent_id: int, columns: dict[str, Any]) -> Any:
    statement = select(model).where(model.constituent_id == constituent_id)
    for name in KEYS[model.__tablename__]:
        statement = statement.where(getattr(model, name) == columns[name])
    return session.scalars(statement.order_by(model.id)).first()


def _primary(session: Session, model: type[Point], constituent_id: int) -> Any:
    statement = select(model).where(model.constituent_id == constituent_id, model.is_primary, model.is_active)
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def _oldest_active(session: Session, model: type[Point], constituent_id: int) -> Any:
    statement = select(model).where(model.constituent_id == constituent_id, model.is_active)
    return session.scalars(statement.order_by(model.id)).first()
