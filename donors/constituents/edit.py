"""Changes of a constituent: what the record says, death, removal and return."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from donors.constituents import household
from donors.constituents.create import OWN
from donors.constituents.models import PERSON, Alias, Constituent, ExternalId
from donors.constituents.records import NewConstituent, check_dates, checked, checked_external_id, derived_names
from donors.constituents.restraint import refuse_frozen
from donors.constituents.words import rewrite_words
from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Invalid

EDITABLE = frozenset(OWN) - {"kind", "is_deceased", "deceased_on"}
"""Columns that an edit may set."""


def edit(
    session: Session, row: Constituent, *, values: Mapping[str, Any], within: ChangeSet, expect: int | None = None
) -> dict[str, Any]:
    """Sets some of the EDITABLE columns and what follows from them; returns the changed ones with their old values.

    Raises Invalid for a value that cannot stand, Conflict when the row is no longer at version `expect`.
    """
    _refuse(row)
    unknown = set(values) - EDITABLE
    if unknown:
        raise KeyError(f"not editable: {', '.join(sorted(unknown))}")
    now = {name: getattr(row, name) for name in OWN}
    given = NewConstituent(**{**now, **_unnamed(row, values), **values})
    clean = checked(given)
    asked = {name: getattr(clean, name) for name in {*values, "name"}} | derived_names(clean)
    keeps_name = values.get("name", row.name) == row.name
    homes = [home for home in household.following(session, row.id) if home is not row or keeps_name]
    before = amend(session, row, within=within, expect=expect, **asked)
    if before:
        rewrite_words(session, [row.id])
        household.rename(session, homes, within=within)
    return before


def _unnamed(row: Constituent, values: Mapping[str, Any]) -> dict[str, Any]:
    """A person's old composed name must not stand in when all parts of the new one are taken away."""
    parts = ("given_name", "family_name", "suffix")
    composed = row.kind == PERSON and bool(row.given_name or row.family_name)
    return {"name": ""} if composed and any(name in values for name in parts) else {}


def declare_deceased(session: Session, row: Constituent, *, on: date | None, within: ChangeSet) -> None:
    """Marks a person as deceased, on a day if it is known. Household names follow; nothing is sent from now on.

    No contact point or consent is changed, so that taking the mark back restores what was.
    """
    _refuse(row)
    if row.kind != PERSON:
        raise Invalid("deceased", row.name, f"is a {row.kind}", "Only a person can be marked as deceased.")
    check_dates(row.born_on, on)
    homes = household.following(session, row.id)
    amend(session, row, within=within, is_deceased=True, deceased_on=on)
    household.hand_on_head(session, row, within=within)
    household.rename(session, homes, within=within)


def declare_living(session: Session, row: Constituent, *, within: ChangeSet) -> None:
    """Takes the mark of death back. Raises Blocked."""
    _refuse(row)
    homes = household.following(session, row.id)
    amend(session, row, within=within, is_deceased=False, deceased_on=None)
    household.rename(session, homes, within=within)


def delete(session: Session, row: Constituent, *, at: datetime, within: ChangeSet) -> None:
    """Takes a constituent out of all lists; all that belongs to it stays. Raises Blocked for the unknown giver."""
    session.refresh(row, with_for_update=True)
    _refuse(row)
    if row.deleted_at is None:
        amend(session, row, within=within, deleted_at=at)
        rewrite_words(session, [row.id])


def restore(session: Session, row: Constituent, *, within: ChangeSet) -> None:
    """Puts a deleted constituent back. Raises Blocked for a merged one: only undoing the merge brings it back."""
    if session.scalar(select(Alias.id).where(Alias.old_id == row.id)) is not None:
        raise Blocked("Not restored", ("This record was merged into another one; undo the merge instead.",))
    refuse_frozen(row, "Not restored")
    amend(session, row, within=within, deleted_at=None)
    rewrite_words(session, [row.id])


def add_external_id(session: Session, row: Constituent, *, source: str, value: str, within: ChangeSet) -> ExternalId:
    """Notes under which id another system knows a constituent; the same again changes nothing.

    Raises Invalid, Blocked.
    """
    clean_source, clean_value = checked_external_id(source, value)
    known = session.scalar(select(ExternalId).where(ExternalId.source == clean_source, ExternalId.value == clean_value))
    if known is not None and known.constituent_id != row.id:
        raise Invalid("external id", clean_value, f"belongs to another constituent of {clean_source}", "Merge the two.")
    if known is not None:
        return known
    refuse_frozen(row)
    made = ExternalId(constituent_id=row.id, source=clean_source, value=clean_value)
    try:
        with session.begin_nested():
            insert(session, made, within=within)
    except IntegrityError:  # somebody else gave it away at this very moment, and now it can be seen
        return add_external_id(session, row, source=source, value=value, within=within)
    rewrite_words(session, [row.id])
    return made


def _refuse(row: Constituent) -> None:
    refuse_frozen(row)
    if row.is_unknown_giver:
        raise Blocked("Not changed", ("This record stands for all givers who are not known.",))
