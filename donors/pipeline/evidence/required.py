"""What a stage may require to be filled in before a prospect enters. Unlike evidence nobody can claim it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.errors import Invalid
from donors.pipeline.asks.models import OPEN, Opportunity
from donors.pipeline.models import PLANNED, Assignment, Move, Prospect
from donors.research.models import Rating


@dataclass(frozen=True)
class Required:
    """One thing: its name, where it is filled in, and when it is there."""

    label: str
    remedy: str
    there: Callable[[date], ColumnElement[bool]]


def _opportunity(*what: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (Opportunity.prospect_id == Prospect.id, Opportunity.status.in_(OPEN))
    return exists(select(Opportunity.id).where(*mine, *what))


def _officer(on: date) -> ColumnElement[bool]:
    runs = Assignment.from_on <= on, or_(Assignment.to_on.is_(None), Assignment.to_on > on)
    mine = Assignment.constituent_id == Prospect.constituent_id, Assignment.role == "primary"
    return exists(select(Assignment.id).where(*mine, *runs))


def _next_move(_on: date) -> ColumnElement[bool]:
    mine = Move.constituent_id == Prospect.constituent_id, Move.state == PLANNED
    return exists(select(Move.id).where(*mine))


def _capacity(on: date) -> ColumnElement[bool]:
    mine = Rating.constituent_id == Prospect.constituent_id, Rating.kind == "capacity", Rating.amount.is_not(None)
    return exists(select(Rating.id).where(*mine, Rating.rated_on <= on))


_ASK = "Write it on the ask."
REQUIRED: Mapping[str, Required] = {
    "officer": Required("A primary officer", "Assign somebody.", _officer),
    "next_move": Required("A next move", "Plan one.", _next_move),
    "strategy": Required("A strategy", "Write it on the prospect’s page.", lambda _on: Prospect.strategy != ""),
    "capacity": Required("A capacity rating", "Rate the capacity.", _capacity),
    "ask_amount": Required("The amount of the ask", _ASK, lambda _on: Prospect.ask_amount.is_not(None)),
    "ask_on": Required("The day of the ask", _ASK, lambda _on: _opportunity(Opportunity.ask_on.is_not(None))),
    "expected_on": Required(
        "The day on which the gift is expected", _ASK, lambda _on: _opportunity(Opportunity.expected_on.is_not(None))
    ),
    "purpose": Required("The purpose of the ask", _ASK, lambda _on: _opportunity(Opportunity.purpose != "")),
}
"""Key as a stage keeps it → what it asks for."""
OF_ASK = tuple(REQUIRED[key] for key in ("ask_amount", "ask_on", "expected_on", "purpose"))
"""Those that are filled in on an ask."""


def known(keys: Sequence[str]) -> list[str]:
    """The keys in their own order, each once. Raises Invalid for one that there is not."""
    for key in keys:
        if key not in REQUIRED:
            raise Invalid("required", key, "is nothing that a stage can require", "Choose of the list.")
    return [key for key in REQUIRED if key in keys]


def lacking(
    session: Session, prospect_ids: Sequence[int], keys: Sequence[str], *, on: date
) -> dict[int, tuple[Required, ...]]:
    """Prospect id → what is not filled in on a day, for those who lack something; one statement for any number."""
    wanted = [key for key in keys if key in REQUIRED]
    if not wanted or not prospect_ids:
        return {}
    found: dict[int, list[Required]] = {}
    statement: Any = union_all(*(_without(session, prospect_ids, key, on=on) for key in wanted))
    for prospect_id, key in sorted(session.execute(statement), key=lambda row: wanted.index(row[1])):
        found.setdefault(prospect_id, []).append(REQUIRED[key])
    return {prospect_id: tuple(each) for prospect_id, each in found.items()}


def _without(session: Session, prospect_ids: Sequence[int], key: str, *, on: date) -> Select[Any]:
    named: tuple[Any, ...] = (Prospect.id, literal(key).label("key"))
    return select(*named).where(among(session, Prospect.id, prospect_ids), ~REQUIRED[key].there(on))
