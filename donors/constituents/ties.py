"""Relationships: named, dated ties between two constituents, told from both sides."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents import check
from donors.constituents.models import Constituent, Relationship
from donors.constituents.restraint import refuse_frozen, refuse_frozen_id
from donors.constituents.spans import Span, overlap
from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Invalid
from donors.core.folding import fold

REVERSES = {
    "spouse": "spouse",
    "partner": "partner",
    "friend": "friend",
    "sibling": "sibling",
    "relative": "relative",
    "colleague": "colleague",
    "neighbor": "neighbor",
    "parent": "child",
    "child": "parent",
    "grandparent": "grandchild",
    "grandchild": "grandparent",
    "employer": "employee",
    "employee": "employer",
    "introducer": "introduced",
    "introduced": "introducer",
    "advisor": "client",
    "client": "advisor",
    "board member": "organization served",
    "organization served": "board member",
    "trustee": "foundation",
    "foundation": "trustee",
    "contact person": "organization",
    "organization": "contact person",
}
"""A kind of tie → what it is from the other side. Words of one's own are allowed; they need their reverse given."""


@dataclass(frozen=True)
class Tie:
    """What is told about a tie. `reverse` is found by itself for the usual kinds."""

    kind: str
    reverse: str = ""
    from_on: date | None = None
    to_on: date | None = None
    note: str = ""


def relate(session: Session, one: Constituent, other: Constituent, *, tie: Tie, within: ChangeSet) -> Relationship:
    """Notes that `one` is the `tie.kind` of `other`. Raises Invalid for a tie to oneself or one that is there."""
    if one.id == other.id:
        raise Invalid("relationship", one.name, "would tie a record to itself", "Choose somebody else.")
    refuse_frozen(one)
    refuse_frozen(other)
    clean = checked_tie(tie)
    for known in between(session, one.id, other.id):
        same = _told_from(known, one.id) == fold(clean.kind)
        if same and overlap(Span(known.from_on, known.to_on), Span(clean.from_on, clean.to_on)):
            raise Invalid("relationship", clean.kind, f"to {other.name} is there already", "Change that one instead.")
    made = Relationship(
        constituent_id=one.id,
        other_id=other.id,
        kind=clean.kind,
        reverse=clean.reverse,
        from_on=clean.from_on,
        to_on=clean.to_on,
        note=clean.note,
    )
    return insert(session, made, within=within)


def change_tie(
    session: Session, known: Relationship, *, tie: Tie, within: ChangeSet, expect: int | None = None
) -> None:
    """Corrects a tie, or ends it with `to_on`. Raises Invalid, Conflict or Blocked."""
    _refuse_frozen(session, known)
    clean = checked_tie(tie)
    amend(
        session,
        known,
        within=within,
        expect=expect,
        kind=clean.kind,
        reverse=clean.reverse,
        from_on=clean.from_on,
        to_on=clean.to_on,
        note=clean.note,
    )


def untie(session: Session, known: Relationship, *, within: ChangeSet) -> None:
    """Takes away a tie that was noted by mistake; one that ended gets its last day instead. Raises Blocked."""
    _refuse_frozen(session, known)
    remove(session, known, within=within)


def _refuse_frozen(session: Session, known: Relationship) -> None:
    for one in (known.constituent_id, known.other_id):
        refuse_frozen_id(session, one)


def checked_tie(tie: Tie) -> Tie:
    """A sound tie with its reverse. Raises Invalid."""
    kind = check.line("relationship", tie.kind)
    if not kind:
        raise Invalid("relationship", "", "has no kind", "Say what the one is to the other.")
    if Span(tie.from_on, tie.to_on).is_empty:
        raise Invalid("until", tie.to_on, "is not after the first day", "Check both dates.")
    reverse = check.line("reverse", tie.reverse) or REVERSES.get(fold(kind), kind)
    return Tie(kind, reverse, tie.from_on, tie.to_on, check.note("note", tie.note))


def between(session: Session, one_id: int, other_id: int) -> list[Relationship]:
    """All ties between two constituents, whichever way they were noted."""
    pair = (one_id, other_id)
    statement = select(Relationship).where(Relationship.constituent_id.in_(pair), Relationship.other_id.in_(pair))
    return list(session.scalars(statement.order_by(Relationship.id)))


def _told_from(known: Relationship, one_id: int) -> str:
    return fold(known.kind if known.constituent_id == one_id else known.reverse)
