"""The fields of constituents that lists, criteria, imports and exports can name."""

from typing import Any

from sqlalchemy import ColumnElement, Date, func, select, type_coerce

from donors.constituents.models import (
    HOUSEHOLD,
    ORGANIZATION,
    PERSON,
    Constituent,
    EmailAddress,
    ExternalId,
    HouseholdMembership,
    Phone,
    PostalAddress,
)
from donors.core.changes import ChangeSet
from donors.core.fields import Field, Kind, Option

SUBJECT = "constituent"
KIND_OPTIONS = (Option(PERSON, "Person"), Option(HOUSEHOLD, "Household"), Option(ORGANIZATION, "Organization"))


def _primary(column: Any) -> ColumnElement[Any]:
    """A column of the primary contact point."""
    model = column.class_
    statement = select(column).where(model.constituent_id == Constituent.id, model.is_primary, model.is_active)
    return statement.order_by(model.id).limit(1).correlate(Constituent.__table__).scalar_subquery()


def _external_id() -> ColumnElement[Any]:
    statement = select(ExternalId.value).where(ExternalId.constituent_id == Constituent.id)
    return statement.order_by(ExternalId.id).limit(1).correlate(Constituent.__table__).scalar_subquery()


def _household(column: str) -> ColumnElement[Any]:
    home = Constituent.__table__.alias("home")
    stay = HouseholdMembership
    statement = (
        select(home.c[column])
        .join(stay, stay.household_id == home.c.id)
        .where(stay.constituent_id == Constituent.id, stay.to_on.is_(None))
    )
    return statement.order_by(stay.id.desc()).limit(1).correlate(Constituent.__table__).scalar_subquery()


def _created_on() -> ColumnElement[Any]:
    """The day, in UTC, on which the record was made."""
    statement = select(type_coerce(func.date(ChangeSet.at), Date)).where(ChangeSet.id == Constituent.created_in)
    return statement.correlate(Constituent.__table__).scalar_subquery()


def _field(name: str, label: str, kind: Kind, column: Any, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, subject=SUBJECT, column=column, **more)


FIELDS = (
    _field("id", "Id", Kind.ID, Constituent.id),
    _field("name", "Name", Kind.TEXT, Constituent.name, order=Constituent.sort_name),
    _field("kind", "Kind", Kind.CHOICE, Constituent.kind, options=KIND_OPTIONS),
    _field("title", "Title", Kind.TEXT, Constituent.title),
    _field("given_name", "Given name", Kind.TEXT, Constituent.given_name),
    _field("middle_name", "Middle name", Kind.TEXT, Constituent.middle_name),
    _field("family_name", "Family name", Kind.TEXT, Constituent.family_name),
    _field("suffix", "Suffix", Kind.TEXT, Constituent.suffix),
    _field("nickname", "Nickname", Kind.TEXT, Constituent.nickname),
    _field("email", "E-mail", Kind.TEXT, _primary(EmailAddress.address), help="The primary e-mail address."),
    _field("phone", "Phone", Kind.TEXT, _primary(Phone.number), help="The primary phone number."),
    _field("street", "Street", Kind.TEXT, _primary(PostalAddress.street)),
    _field("city", "City", Kind.TEXT, _primary(PostalAddress.city)),
    _field("region", "State or region", Kind.TEXT, _primary(PostalAddress.region)),
    _field("postal_code", "Postal code", Kind.TEXT, _primary(PostalAddress.postal_code)),
    _field("country", "Country", Kind.TEXT, _primary(PostalAddress.country), help="ISO 3166 code, such as US."),
    _field("household", "Household", Kind.TEXT, _household("name"), help="The household that the person is in."),
    _field("household_id", "Household id", Kind.ID, _household("id")),
    _field("external_id", "External id", Kind.TEXT, _external_id(), help="The first id given by another system."),
    _field("born_on", "Born on", Kind.DATE, Constituent.born_on),
    _field("is_deceased", "Deceased", Kind.BOOLEAN, Constituent.is_deceased),
    _field("deceased_on", "Deceased on", Kind.DATE, Constituent.deceased_on),
    _field("is_anonymous", "Name is hidden", Kind.BOOLEAN, Constituent.is_anonymous),
    _field("do_not_contact", "Do not contact", Kind.BOOLEAN, Constituent.do_not_contact),
    _field("named_by_key", "Named by a key", Kind.BOOLEAN, Constituent.named_by_key),
    _field("is_unknown_giver", "Stands for unknown givers", Kind.BOOLEAN, Constituent.is_unknown_giver),
    _field("objected_on", "Objects to fundraising since", Kind.DATE, Constituent.objected_on),
    _field("restricted_on", "Restricted since", Kind.DATE, Constituent.restricted_on),
    _field("erased_on", "Erased on", Kind.DATE, Constituent.erased_on),
    _field("confidential", "Confidential", Kind.BOOLEAN, Constituent.confidential),
    _field("note", "Note", Kind.TEXT, Constituent.note),
    _field("created_on", "Created on", Kind.DATE, _created_on()),
)
"""Registered by app.py: `REGISTRY.add(*FIELDS)`."""
