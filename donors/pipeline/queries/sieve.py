"""Which prospects a page is about: of an officer, in a pipeline, matching criteria, and visible to the viewer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from donors.accounts.visible import Sight, rows, told_to
from donors.accounts.visible import moves as visible_moves
from donors.accounts.visible import prospects as visible_prospects
from donors.constituents.models import Constituent
from donors.core.calendar import FiscalCalendar
from donors.core.criteria.compile import to_sql
from donors.core.criteria.tree import Criteria
from donors.core.fields import FieldSet, joined
from donors.pipeline.models import PLANNED, Assignment, Move, Prospect, Stage

_its = aliased(Prospect, name="prospect_of_move")
_held = aliased(Assignment, name="charge_of_viewer")


@dataclass(frozen=True)
class Matching:
    """Criteria over constituents, with what they need to be compiled."""

    criteria: Criteria
    fields: FieldSet
    fiscal: FiscalCalendar


@dataclass(frozen=True)
class Sieve:
    """Which prospects. `only` is one of ONLY or empty; `officer_id` 0: those that nobody is in charge of."""

    pipeline_id: int
    officer_id: int | None = None
    stage_id: int | None = None
    matching: Matching | None = None
    only: str = ""


ONLY = {
    "no next move": "No next move",
    "late": "Next move late",
    "past limit": "Past their stage’s days",
}
"""Narrower views of a board or list, with their names."""


def conditions(session: Session, sieve: Sieve, *, on: date, sees: Sight) -> list[ColumnElement[bool]]:
    """The conditions on prospects joined with their constituent."""
    found = [
        Prospect.pipeline_id == sieve.pipeline_id,
        Prospect.is_active.expression,
        *seen_prospects(sees),
    ]
    if sieve.stage_id is not None:
        found.append(Prospect.stage_id == sieve.stage_id)
    if sieve.officer_id is not None:
        found.append(in_charge(sieve.officer_id, on))
    if sieve.matching is not None:
        found.append(Prospect.constituent_id.in_(_matched(sieve.matching, on, sees)))
    if sieve.only == "past limit":
        found.append(past_limit(session, sieve.pipeline_id, on))
    return [*found, _ONLY[sieve.only](on)] if sieve.only in _ONLY else found


def seen(sees: Sight) -> list[ColumnElement[bool]]:
    """The conditions on a constituent, for rows that are about no prospect."""
    visible = rows(sees, confidential=Constituent.confidential.expression, constituent_id=Constituent.id.expression)
    return [Constituent.deleted_at.is_(None), visible]


def seen_prospects(sees: Sight) -> list[ColumnElement[bool]]:
    """The conditions on prospects joined with their constituent: a confidential one is for those in charge of it."""
    return [*seen(sees), _for_the_team(sees, Prospect)]


def seen_moves(sees: Sight) -> ColumnElement[bool]:
    """The condition on moves whose words the viewer may read: not those of somebody else that are confidential to them
    or to a team of others, nor those about a prospect that is. A team are those whose charge has no end."""
    team = and_(Move.is_for_team, is_held(sees.user_id, Move))
    own = visible_moves(sees, confidential_to=Move.confidential_to.expression, of_team=team)
    return and_(own, seen_work(sees))


def seen_work(sees: Sight) -> ColumnElement[bool]:
    """The condition on moves of which the viewer may know: not those of others about a prospect that is kept to a team
    of others."""
    if sees.everything:
        return true()
    hidden = exists(select(_its.id).where(_its.id == Move.prospect_id, ~_for_the_team(sees, _its)))
    return or_(~hidden, Move.officer_id == sees.user_id)


def _for_the_team(sees: Sight, which: Any) -> ColumnElement[bool]:
    return visible_prospects(sees, confidential=which.is_confidential, in_charge=is_held(sees.user_id, which))


def is_held(viewer_id: Any, which: Any) -> ColumnElement[bool]:
    """That a viewer is in charge of whom prospects or moves are about, and that no end of it is set."""
    held = select(_held.id).where(
        _held.constituent_id == which.constituent_id, _held.officer_id == viewer_id, _held.to_on.is_(None)
    )
    return exists(held)


def in_charge(officer_id: int, on: date) -> ColumnElement[bool]:
    """That an officer is in charge of a constituent on a day, in any role; 0: that nobody is."""
    held = select(Assignment.id).where(Assignment.constituent_id == Prospect.constituent_id, *running(on))
    if officer_id == 0:
        return ~exists(held)
    return Prospect.constituent_id.in_(
        select(Assignment.constituent_id).where(Assignment.officer_id == officer_id, *running(on))
    )


def running(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions on assignments that hold on a day."""
    return Assignment.from_on <= on, (Assignment.to_on.is_(None)) | (Assignment.to_on > on)


def next_moves() -> Any:
    """Correlated: the date of the next move of a prospect, none without one."""
    return (
        select(func.min(Move.due_on))
        .where(Move.prospect_id == Prospect.id, Move.state == PLANNED)
        .correlate(Prospect)
        .scalar_subquery()
    )


def no_next_move(_on: date | None = None) -> ColumnElement[bool]:
    """The condition that a prospect has no planned move."""
    return ~exists(select(Move.id).where(Move.prospect_id == Prospect.id, Move.state == PLANNED))


def late_move(on: date) -> ColumnElement[bool]:
    """The condition that a planned move of a prospect is late."""
    return exists(select(Move.id).where(Move.prospect_id == Prospect.id, Move.state == PLANNED, Move.due_on < on))


def _past_limit(stage_limits: Mapping[int, int], on: date) -> ColumnElement[bool]:
    """Stages are few: each contributes the day before which its prospects have been in it for too long."""
    return or_(
        false(),
        *(
            and_(Prospect.stage_id == stage_id, Prospect.in_stage_since < on - timedelta(days=days))
            for stage_id, days in stage_limits.items()
        ),
    )


def past_limit(session: Session, pipeline_id: int, on: date) -> ColumnElement[bool]:
    """The condition that a prospect is longer in its stage than expected."""
    limits = select(Stage.id, Stage.expected_days).where(
        Stage.pipeline_id == pipeline_id, Stage.expected_days.is_not(None)
    )
    return _past_limit({row.id: row.expected_days or 0 for row in session.execute(limits)}, on)


def _matched(matching: Matching, on: date, sees: Sight) -> Any:
    condition, joins = to_sql(matching.criteria, matching.fields, on=on, fiscal=matching.fiscal)
    return told_to(joined(select(Constituent.id), joins).where(condition), sees)


_ONLY: Mapping[str, Callable[[date], ColumnElement[bool]]] = {"no next move": no_next_move, "late": late_move}
