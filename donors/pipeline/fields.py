"""Fields of constituents that come from the pipeline, for lists, criteria and exports."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from donors.accounts.models import User
from donors.accounts.visible import SEES_EVERYTHING, VIEWER_ID
from donors.constituents.models import Constituent
from donors.core.fields import Field, FieldRegistry, Join, Kind
from donors.pipeline.models import PLANNED, Assignment, Move, Pipeline, Prospect, Stage
from donors.pipeline.queries.sieve import is_held

_standing = aliased(Prospect, name="standing_prospect")
_newest = aliased(Prospect, name="newest_prospect")
_charge = aliased(Assignment, name="primary_assignment")
_officer = aliased(User, name="primary_officer")

_its = aliased(Prospect, name="prospect_of_next_move")


def _is_open(which: Any) -> ColumnElement[bool]:
    """That a prospect is not kept to a team, or the viewer belongs to it."""
    return or_(which.is_confidential.is_(False), SEES_EVERYTHING, is_held(VIEWER_ID, which))


STANDING = Join(
    _standing,
    _standing.id
    == select(func.max(_newest.id))
    .where(_newest.constituent_id == Constituent.id, _newest.is_active, _is_open(_newest))
    .correlate(Constituent)
    .scalar_subquery(),
)
"""The prospect of a constituent; of several active ones the newest, of those that are for the viewer. Rules of levels
and plans are carried out for nobody in particular: they know no prospect that is kept to its team."""
STAGE = Join(Stage, Stage.id == _standing.stage_id)
PIPELINE = Join(Pipeline, Pipeline.id == _standing.pipeline_id)
CHARGE = Join(
    _charge,
    (_charge.constituent_id == Constituent.id) & (_charge.role == "primary") & _charge.to_on.is_(None),
)
OFFICER = Join(_officer, _officer.id == _charge.officer_id)

_next_on = (
    select(func.min(Move.due_on))
    .where(Move.constituent_id == Constituent.id, Move.state == PLANNED)
    .where(~exists(select(_its.id).where(_its.id == Move.prospect_id, ~_is_open(_its))))
    .correlate(Constituent)
    .scalar_subquery()
)

FIELDS = (
    Field(
        "stage",
        "Stage",
        Kind.TEXT,
        "constituent",
        column=Stage.name,
        joins=(STANDING, STAGE),
        help="Where the constituent stands in the pipeline now.",
        order=Stage.position,
        permission="pipeline.read",
    ),
    Field(
        "pipeline",
        "Pipeline",
        Kind.TEXT,
        "constituent",
        column=Pipeline.name,
        joins=(STANDING, PIPELINE),
        permission="pipeline.read",
    ),
    Field(
        "in_stage_since",
        "In stage since",
        Kind.DATE,
        "constituent",
        column=_standing.in_stage_since,
        joins=(STANDING,),
        permission="pipeline.read",
    ),
    Field(
        "ask_amount",
        "Ask",
        Kind.MONEY,
        "constituent",
        column=_standing.ask_amount,
        joins=(STANDING,),
        permission="pipeline.read",
    ),
    Field(
        "officer",
        "Officer",
        Kind.TEXT,
        "constituent",
        column=_officer.name,
        joins=(CHARGE, OFFICER),
        help="Who is in charge as primary officer now.",
        permission="pipeline.read",
    ),
    Field(
        "officer_email",
        "Officer’s e-mail",
        Kind.TEXT,
        "constituent",
        column=_officer.email,
        joins=(CHARGE, OFFICER),
        help="The address of the primary officer.",
        permission="pipeline.read",
    ),
    Field(
        "next_move_on",
        "Next move on",
        Kind.DATE,
        "constituent",
        column=_next_on,
        permission="pipeline.read",
    ),
)


def register(registry: FieldRegistry) -> None:
    """Puts the fields into a registry."""
    registry.add(*FIELDS)
