"""The fields of ratings that criteria can name."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.fields import Field, Join, Kind, Option
from donors.research.models import Rating

SUBJECT = "rating"
KINDS = {
    "linkage": "Linkage",
    "ability": "Ability",
    "interest": "Interest",
    "capacity": "Capacity",
    "readiness": "Readiness",
}
"""Kind of a rating as it is kept → as people read it."""
RATER = Join(User, User.id == Rating.rated_by)


def _field(name: str, label: str, kind: Kind, column: Any, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, subject=SUBJECT, column=column, **more)


FIELDS = (
    _field("id", "Id", Kind.ID, Rating.id),
    _field("kind", "Kind", Kind.CHOICE, Rating.kind, options=tuple(Option(key, word) for key, word in KINDS.items())),
    _field("score", "Score", Kind.NUMBER, Rating.score, help="From 0 (none) to 5."),
    _field("amount", "Amount", Kind.MONEY, Rating.amount, help="Capacity: to all causes in five years."),
    _field("rated_on", "Rated on", Kind.DATE, Rating.rated_on),
    _field("source", "Source", Kind.TEXT, Rating.source),
    _field("rater", "Rated by", Kind.TEXT, User.name, joins=(RATER,)),
    _field("note", "Note", Kind.TEXT, Rating.note),
)
"""Registered by app.py: `REGISTRY.add(*FIELDS)`."""


def _holding(kind: str) -> tuple[Any, Join]:
    """The rating of a kind that holds for a constituent, and the join that leads to it."""
    held, newer = aliased(Rating, name=f"{kind}_rating"), aliased(Rating, name=f"newest_{kind}_rating")
    newest = (
        select(newer.id)
        .where(newer.constituent_id == Constituent.id, newer.kind == kind)
        .order_by(newer.rated_on.desc(), newer.id.desc())
        .limit(1)
        .correlate(Constituent)
        .scalar_subquery()
    )
    return held, Join(held, held.id == newest)


def _of_constituents() -> Iterator[Field]:
    for kind, word in KINDS.items():
        held, join = _holding(kind)
        about: dict[str, Any] = {
            "subject": "constituent",
            "joins": (join,),
            "permission": "pipeline.read",
            "group": "Ratings",
        }
        if kind == "capacity":
            said = "What they could give to all causes in five years; the newest rating."
            yield Field("capacity", "Capacity", Kind.MONEY, column=held.amount, help=said, **about)
            yield Field("capacity_rated_on", "Capacity rated on", Kind.DATE, column=held.rated_on, **about)
            yield Field("capacity_source", "Source of the capacity", Kind.TEXT, column=held.source, **about)
        else:
            yield Field(kind, word, Kind.NUMBER, column=held.score, help="0 (none) to 5; the newest rating.", **about)


HELD = tuple(_of_constituents())
"""Fields of constituents: the ratings that hold. Registered by app.py."""
