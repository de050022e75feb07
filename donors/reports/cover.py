"""Cover: who of those on a level has a running plan, an officer, a next move. A household has what its people have."""

from typing import Any

from sqlalchemy import ColumnElement, case, or_

from donors.pipeline.models import Assignment, Move
from donors.pipeline.queries.sieve import seen_moves
from donors.plans.models import ONGOING, RunningPlan
from donors.reports.stands import Question, belongs

COVERS = {"plan": "With a plan", "officer": "Officer", "next_move": "Next move"}


def covered(name: str, constituent_id: Any, asked: Question) -> ColumnElement[int]:
    """1 where a constituent has a running plan, an officer or a planned move today, else 0."""
    tables: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "plan": (RunningPlan, (RunningPlan.state.in_(ONGOING),)),
        "officer": (
            Assignment,
            (Assignment.from_on <= asked.on, or_(Assignment.to_on.is_(None), Assignment.to_on > asked.on)),
        ),
        "next_move": (Move, (Move.state == "planned", seen_moves(asked.sees))),
    }
    table, conditions = tables[name]
    return case((belongs(table, constituent_id, conditions), 1), else_=0)
