"""Whether the criteria of steps hold for constituents on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.criteria.compile import to_sql
from donors.core.criteria.parse import from_json
from donors.core.fields import REGISTRY, joined
from donors.core.settings import organization

SUBJECT = "constituent"


def fitting(session: Session, criteria: dict[str, Any] | None, ids: Iterable[int], *, on: date) -> set[int]:
    """Those of some constituents for whom criteria hold; without criteria, all of them. Raises Invalid."""
    wanted = set(ids)
    if not criteria or not wanted:
        return wanted
    fields, here = REGISTRY.fields(session, SUBJECT), organization(session)
    condition, joins = to_sql(from_json(criteria, fields, here), fields, on=on, fiscal=here.fiscal)
    statement = joined(select(Constituent.id).select_from(Constituent), joins)
    return set(session.scalars(statement.where(among(session, Constituent.id, sorted(wanted)), condition)))
