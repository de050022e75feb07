"""The fields of moves that criteria can name. A confidential move tells its day, method and officer, and no more."""

from typing import Any

from sqlalchemy import Date, and_, case, exists, func, null, select, type_coerce
from sqlalchemy.orm import aliased

from donors.accounts.models import User
from donors.core.fields import Field, Join, Kind, Option
from donors.pipeline.decide import METHODS, OUTCOMES
from donors.pipeline.models import Move, Pipeline, Presence, Prospect

SUBJECT = "move"
_maker = aliased(User, name="move_officer")
_prospect = aliased(Prospect, name="move_prospect")
_pipeline = aliased(Pipeline, name="move_pipeline")
_present = select(func.count(Presence.id)).where(Presence.move_id == Move.id).correlate(Move).scalar_subquery()
OFFICER = Join(_maker, _maker.id == Move.officer_id)
PROSPECT = Join(_prospect, _prospect.id == Move.prospect_id)
PIPELINE = Join(_pipeline, _pipeline.id == _prospect.pipeline_id)


_hidden = aliased(Prospect, name="hidden_move_prospect")
OF_A_TEAM = exists().where(_hidden.id == Move.prospect_id, _hidden.is_confidential)
"""That a move is about a confidential prospect."""


def _open(column: Any) -> Any:
    """A column of moves that all may read: no private report, and none about a confidential prospect."""
    return case((and_(Move.confidential_to.is_(None), ~OF_A_TEAM), column), else_=null())


def _field(name: str, label: str, kind: Kind, column: Any, **more: Any) -> Field:
    return Field(name=name, label=label, kind=kind, subject=SUBJECT, column=column, permission="pipeline.read", **more)


def _options(words: dict[str, str]) -> tuple[Option, ...]:
    return tuple(Option(code, word) for code, word in words.items())


FIELDS = (
    _field("id", "Id", Kind.ID, Move.id),
    _field("made_on", "Made on", Kind.DATE, Move.made_on),
    _field("purpose", "Purpose", Kind.TEXT, _open(Move.purpose), help="Empty where the move is confidential."),
    _field("method", "Method", Kind.CHOICE, Move.method, options=_options(METHODS)),
    _field("outcome", "Outcome", Kind.CHOICE, _open(Move.outcome), options=_options(OUTCOMES), help="How it went."),
    _field("substantive", "Substantive", Kind.BOOLEAN, Move.is_substantive, help="People spoke, and the work moved."),
    _field("background", "Background", Kind.BOOLEAN, Move.is_background, help="The same for many: a mailing, a gala."),
    _field("minutes", "Minutes", Kind.NUMBER, Move.minutes, help="The time that it took, with its preparation."),
    _field("present", "People present", Kind.NUMBER, _present, help="How many were there beside the constituent."),
    _field("officer", "Officer", Kind.TEXT, _maker.name, joins=(OFFICER,), help="Who made it."),
    _field("officer_id", "Officer id", Kind.ID, Move.officer_id),
    _field("pipeline", "Pipeline", Kind.TEXT, _pipeline.name, joins=(PROSPECT, PIPELINE)),
    _field("planned", "Planned", Kind.BOOLEAN, Move.due_on.is_not(None), help="It was planned before it was made."),
    _field("confidential", "Confidential", Kind.BOOLEAN, Move.confidential_to.is_not(None)),
    _field(
        "recorded_on",
        "Recorded on",
        Kind.DATE,
        type_coerce(func.date(Move.recorded_at), Date),
        help="When it was planned or, without a plan, logged; the day in UTC.",
    ),
)
"""Registered by app.py: `REGISTRY.add(*FIELDS)`."""
