"""What all changes of leads share: the rows are locked, their versions compared, and what they became is noted.

A change of one lead is the change of many with one in it: the rules cannot differ.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend_many, insert_many
from donors.core.errors import Conflict, NotFound
from donors.leads.models import Lead, LeadEntry


def locked(session: Session, lead_ids: Iterable[int], *, expect: int | None = None) -> list[Lead]:
    """Leads by id, locked until the end of the transaction. `expect` is the version of a single one.

    Raises NotFound where one is missing, Conflict where it has moved on.
    """
    ids = sorted(set(lead_ids))
    wanted = select(Lead).where(among(session, Lead.id, ids)).order_by(Lead.id)
    found = list(session.scalars(wanted.with_for_update().execution_options(populate_existing=True)))
    if len(found) != len(ids):
        missing = set(ids) - {lead.id for lead in found}
        raise NotFound("lead", min(missing))
    if expect is not None and any(lead.version != expect for lead in found):
        raise Conflict("lead", {"version": found[0].version}, {})
    return found


def change(
    session: Session, leads: Sequence[Lead], values: dict[str, Any], *, within: ChangeSet, on: date, why: str = ""
) -> None:
    """Gives leads the same values; those whose status or owner changes by it get an entry that says so."""
    entered = [lead for lead in leads if _is_news(lead, values)]
    amend_many(session, leads, within=within, **values)
    insert_many(session, [entry(lead, within=within, on=on, why=why) for lead in entered], within=within)


def entry(lead: Lead, *, within: ChangeSet, on: date, why: str) -> LeadEntry:
    """The line of a lead's history that says what it is now."""
    return LeadEntry(
        lead_id=lead.id,
        status=lead.status,
        owner_id=lead.owner_id,
        happened_on=on,
        recorded_at=within.at,
        entered_by=within.by_id,
        why=why,
    )


def _is_news(lead: Lead, values: dict[str, Any]) -> bool:
    return any(name in values and getattr(lead, name) != values[name] for name in ("status", "owner_id"))
