"""Writing goals: what is aimed at in a fiscal year, by the whole house, in a pipeline, or by an officer."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Invalid, NotFound
from donors.pipeline.odds.models import Goal
from donors.pipeline.odds.queries import goal_for

MEASURES = {
    "money": "Money from asks",
    "visits": "Visits",
    "moves": "Moves",
    "qualified": "Prospects qualified",
    "asks": "Asks made",
    "strategies": "Strategies written",
}
"""What a goal may measure: code → words. Money is in minor units, the others are numbers."""


@dataclass(frozen=True)
class Aim:
    """A goal: of which year (its label), of what, how much; whose and in which pipeline (none: of all)."""

    fiscal_year: int
    measure: str
    target: int
    officer_id: int | None = None
    pipeline_id: int | None = None


def set_goal(session: Session, aim: Aim, *, within: ChangeSet) -> Goal:
    """Sets a goal, in the place of the one that there was for the same. Raises Invalid."""
    if aim.measure not in MEASURES:
        raise Invalid("measure", aim.measure, "is no measure of a goal", "Choose one of the list.")
    if aim.target <= 0:
        raise Invalid("target", aim.target, "must be more than zero", "Remove the goal if there is none.")
    same = goal_for(aim.fiscal_year, aim.measure, aim.officer_id, aim.pipeline_id)
    known = session.scalars(same.with_for_update()).first()
    if known is None:
        return insert(session, Goal(**vars(aim)), within=within)
    amend(session, known, within=within, target=aim.target)
    return known


def remove_goal(session: Session, goal_id: int, *, within: ChangeSet) -> None:
    """Removes a goal. Raises NotFound, Conflict."""
    found = session.get(Goal, goal_id)
    if found is None:
        raise NotFound("goal", goal_id)
    remove(session, found, within=within)
