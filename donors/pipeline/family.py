"""Moves as rows that figures are made of: those that were made, whoever made them. Planned ones have not happened."""

from typing import Any

from sqlalchemy import Integer, Select, SQLColumnExpression, Subquery, select, type_coerce

from donors.core.fields import Join
from donors.pipeline.models import MADE, Move
from donors.pipeline.move_fields import SUBJECT
from donors.rollups.definition import Source
from donors.rollups.extent import Extent, number, word
from donors.rollups.families import Dated, Family
from donors.rollups.rows import Only, rows_of


def move_rows(extent: Extent, _only: Only | None = None) -> Subquery:
    """The rows of made moves that an extent covers. They have no amount."""
    return rows_of(extent, _move, Move.constituent_id, Move.made_on)


def _move(owner_id: Any) -> Select[Any]:
    return select(
        owner_id.label("owner_id"),
        word(Source.MOVES).label("kind"),
        type_coerce(Move.made_on, Integer).label("given_on"),
        Move.id.label("row_id"),
        number(0).label("amount"),
    ).where(Move.state == word(MADE))


def _to_move(row_id: SQLColumnExpression[int]) -> tuple[Join, ...]:
    return (Join(Move, Move.id == row_id),)


MOVES = Family(
    "move",
    frozenset({Source.MOVES}),
    move_rows,
    Dated(Move.constituent_id, Move.made_on),
    SUBJECT,
    _to_move,
    counted={"officer": Move.officer_id, "constituent": Move.constituent_id, "day": Move.made_on},
    permission="pipeline.read",
)
"""Joined to the families of rollups by app.py."""
