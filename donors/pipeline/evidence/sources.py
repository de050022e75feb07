"""Records that can prove something of a prospect, by name: where they are, when they happened, what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from donors.accounts.visible import Sight
from donors.constituents.models import Constituent
from donors.core.fields import Join
from donors.giving.fields import SUBJECT as GIFT
from donors.giving.models import Gift
from donors.pipeline.asks.fields import SUBJECT as OPPORTUNITY
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import MADE, Move, Prospect
from donors.pipeline.move_fields import SUBJECT as MOVE
from donors.pipeline.queries.sieve import seen_moves
from donors.research.fields import KINDS
from donors.research.fields import SUBJECT as RATING
from donors.research.models import Rating
from donors.volunteering.fields import ACTIVITY
from donors.volunteering.fields import SUBJECT as SHIFT
from donors.volunteering.models import Activity, Shift

CONFIDENTIAL = "A confidential move"


@dataclass(frozen=True, eq=False)
class Source:
    """Records of one kind. `root` is the table that the fields of `subject` start from.

    `belongs` ties them to `Prospect`; `counts` leaves out what is no record yet, or no longer the newest, on a day;
    `words` (text) and `amount` (minor units, or none) are what is shown of one. No `day`: a standing fact.
    """

    label: str
    subject: str
    root: type[Any]
    belongs: ColumnElement[bool]
    day: ColumnElement[Any] | None
    words: Callable[[Sight], ColumnElement[Any]]
    amount: ColumnElement[Any]
    counts: Callable[[date], tuple[ColumnElement[bool], ...]] = lambda _on: ()
    joins: tuple[Join, ...] = ()


def _move_words(sees: Sight) -> ColumnElement[Any]:
    return case((seen_moves(sees), Move.purpose), else_=literal(CONFIDENTIAL))


def _newest(on: date) -> tuple[ColumnElement[bool], ...]:
    """Of the ratings of a kind only the newest of a day holds."""
    later = aliased(Rating)
    same = and_(later.constituent_id == Rating.constituent_id, later.kind == Rating.kind, later.rated_on <= on)
    newer = or_(later.rated_on > Rating.rated_on, and_(later.rated_on == Rating.rated_on, later.id > Rating.id))
    return (~exists(select(later.id).where(same, newer)),)


def _rating_words(_sees: Sight) -> ColumnElement[Any]:
    kind = case(*((Rating.kind == key, literal(word)) for key, word in KINDS.items()), else_=Rating.kind)
    return kind + literal(", ") + Rating.source


SOURCES: Mapping[str, Source] = {
    "moves": Source(
        "Moves made",
        MOVE,
        Move,
        Move.constituent_id == Prospect.constituent_id,
        Move.made_on.expression,
        _move_words,
        null(),
        lambda _on: (Move.state == MADE,),
    ),
    "gifts": Source(
        "Gifts",
        GIFT,
        Gift,
        Gift.constituent_id == Prospect.constituent_id,
        Gift.received_on.expression,
        lambda _sees: func.coalesce(Gift.method, ""),
        Gift.base_amount.expression,
    ),
    "ratings": Source(
        "Ratings (the newest of each kind)",
        RATING,
        Rating,
        Rating.constituent_id == Prospect.constituent_id,
        Rating.rated_on.expression,
        _rating_words,
        Rating.amount.expression,
        _newest,
    ),
    "shifts": Source(
        "Shifts worked",
        SHIFT,
        Shift,
        Shift.constituent_id == Prospect.constituent_id,
        Shift.worked_on.expression,
        lambda _sees: func.coalesce(Activity.name, ""),
        null(),
        joins=(ACTIVITY,),
    ),
    "constituent": Source(
        "The constituent",
        "constituent",
        Constituent,
        Constituent.id == Prospect.constituent_id,
        None,
        lambda _sees: literal(""),
        null(),
    ),
    "opportunities": Source(
        "Opportunities",
        OPPORTUNITY,
        Opportunity,
        Opportunity.prospect_id == Prospect.id,
        Opportunity.opened_on.expression,
        lambda _sees: Opportunity.purpose.expression,
        Opportunity.amount.expression,
    ),
}
"""Source as evidence keeps it → what it is. An empty source is none: a person confirms the thing."""
