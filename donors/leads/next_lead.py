"""Who is next in a queue of leads, for whoever goes through it one by one, in the order in which it is read."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from donors.accounts.visible import Looking
from donors.core.fields import FieldSet, joins_of
from donors.core.paging import Paging, Sort, in_order, sorted_by
from donors.leads.models import Lead
from donors.leads.queue import ANSWER_FIRST, LeadRow, LeadSieve, lead_fields, leads, narrowed, with_tries


def next_lead(
    session: Session,
    lead_id: int,
    which: LeadSieve,
    sort: tuple[Sort, ...],
    *,
    looking: Looking,
    passing: Collection[int] = (),
) -> LeadRow | None:
    """The lead that stands after this one in a queue, or else the first; none where no other one waits.

    Those of `passing` are passed over. A lead that is not in the queue stands where its values would put it.
    """
    fields, sort = lead_fields(session), sort or ANSWER_FIRST
    conditions, joins = narrowed(session, which, looking)
    every = leads(looking.sees, (*joins, *joins_of(sorted_by(Paging(sort=sort), fields))))
    others = every.where(*conditions, Lead.id.not_in({lead_id, *passing}))
    keys = [fields.named(each.field).sort_key for each in sort]
    here = session.execute(every.with_only_columns(*keys).where(Lead.id == lead_id)).one_or_none()
    following = None
    if here is not None:
        following = _first(session, others.where(_after(keys, here, sort, lead_id)), sort, fields)
    return following or _first(session, others, sort, fields)


def waiting(session: Session, lead_id: int, which: LeadSieve, *, looking: Looking) -> LeadRow | None:
    """A lead, if it is in a queue."""
    conditions, joins = narrowed(session, which, looking)
    found = session.execute(leads(looking.sees, joins).where(*conditions, Lead.id == lead_id)).all()
    return next(iter(with_tries(session, found)), None)


def _first(session: Session, wanted: Select[Any], sort: Sequence[Sort], fields: FieldSet) -> LeadRow | None:
    found = session.execute(in_order(wanted, sort, fields=fields, tie=Lead.id).limit(1)).all()
    return next(iter(with_tries(session, found)), None)


def _after(keys: Sequence[Any], here: Sequence[Any], sort: Sequence[Sort], lead_id: int) -> ColumnElement[bool]:
    """That a row stands after the one with these keys: empty ones come last, ties by id."""
    found: ColumnElement[bool] = Lead.id > lead_id
    for key, value, each in reversed(list(zip(keys, here, sort, strict=True))):
        if value is None:
            found = and_(key.is_(None), found)
        else:
            later = key < value if each.descending else key > value
            found = or_(later, key.is_(None), and_(key == value, found))
    return found
