"""The fields of ratings that criteria can name."""

from typing import Any

from donors.accounts.models import User
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
