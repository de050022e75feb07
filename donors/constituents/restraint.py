"""What somebody's rights keep us from doing: an objection, a restriction and an erasure, each from a day on.

An objection ends all that is done to raise money from somebody, whatever consent says. A restriction freezes a record:
it can be seen, and that is all. An erasure is for ever. Three dates on the constituent say what holds; why it does is
in the register of requests.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from donors.constituents.models import PERSON, Constituent
from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend
from donors.core.errors import Blocked, Invalid

OBJECTION, RESTRICTION, ERASURE = "objection", "restriction", "erasure"
COLUMNS = {OBJECTION: "objected_on", RESTRICTION: "restricted_on", ERASURE: "erased_on"}
"""What may hold → the column that says since when."""


def why_frozen(row: Constituent) -> str:
    """Why nothing may be changed: the record was erased, or is restricted. Empty: it may be."""
    if row.erased_on is not None:
        return f"This person was erased on {row.erased_on.isoformat()}."
    if row.restricted_on is not None:
        since = row.restricted_on.isoformat()
        return f"The record of {row.name} is restricted since {since}: it may be seen, and not changed until that ends."
    return ""


def why_left_alone(row: Constituent) -> str:
    """Why nobody may try to raise money from somebody: no plan, no prospect, no rating. Empty: they may."""
    if row.objected_on is not None and row.erased_on is None:
        return f"{row.name} objected to fundraising on {row.objected_on.isoformat()}."
    return why_frozen(row)


def refuse_frozen(row: Constituent, what: str = "Not changed") -> None:
    """Raises Blocked where nothing may be changed."""
    reason = why_frozen(row)
    if reason:
        raise Blocked(what, (reason,))


def refuse_frozen_id(session: Session, constituent_id: int) -> None:
    """The same for an id; nothing happens where there is nobody."""
    row = session.get(Constituent, constituent_id)
    if row is not None:
        refuse_frozen(row)


def refuse_left_alone(row: Constituent, what: str) -> None:
    """Raises Blocked where nobody may try to raise money."""
    reason = why_left_alone(row)
    if reason:
        raise Blocked(what, (reason,))


def is_left_alone() -> ColumnElement[bool]:
    """The condition on constituents of whom `why_left_alone` has something to say."""
    return or_(
        Constituent.objected_on.is_not(None),
        Constituent.restricted_on.is_not(None),
        Constituent.erased_on.is_not(None),
    )


def frozen_among(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Constituent id → why nothing may be changed, for those of whom nothing may be."""
    theirs = among(session, Constituent.id, sorted(set(ids)))
    rows = session.scalars(select(Constituent).where(theirs, is_left_alone()))
    return {row.id: why for row in rows if (why := why_frozen(row))}


def hold_back(session: Session, row: Constituent, what: str, *, on: date, within: ChangeSet) -> None:
    """Lets an objection or a restriction hold from a day on. Raises Invalid (not a person), Blocked (holds already)."""
    if row.kind != PERSON:
        raise Invalid(what, row.name, f"is a {row.kind}", "Only a person has these rights.")
    if row.erased_on is not None:
        raise Blocked("Not changed", (why_frozen(row),))
    since = getattr(row, COLUMNS[what])
    if since is not None:
        raise Blocked("Not changed", (f"The {what} holds already, since {since.isoformat()}.",))
    columns: dict[str, Any] = {COLUMNS[what]: on}
    amend(session, row, within=within, **columns)


def let_go(session: Session, row: Constituent, what: str, *, within: ChangeSet) -> None:
    """Ends an objection or a restriction. Raises Blocked where none holds, or the person was erased."""
    if row.erased_on is not None:
        raise Blocked("Not changed", (why_frozen(row),))
    if getattr(row, COLUMNS[what]) is None:
        raise Blocked("Not changed", (f"No {what} holds.",))
    amend(session, row, within=within, **{COLUMNS[what]: None})
