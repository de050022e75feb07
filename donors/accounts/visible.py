"""Which rows a user may see. Every query takes a `Sight` as its keyword argument `sees`."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Boolean, ColumnElement, bindparam, exists, not_, or_, select, true

from donors.accounts.models import Grant, User
from donors.accounts.permissions import ADMINISTRATOR, carries
from donors.core.calendar import FiscalCalendar

Statement = TypeVar("Statement", bound=Any)
VIEWER_ID = bindparam("viewer_id", 0, BigInteger)
SEES_EVERYTHING = bindparam("viewer_sees_everything", False, Boolean)
"""Who looks, for registered fields, which are made before anybody does: nobody, unless `told_to` says who."""


@dataclass(frozen=True)
class Sight:
    """What one user sees. `everything` includes confidential constituents; without a user it is the program itself."""

    user_id: int | None
    role: str
    everything: bool


EVERYTHING = Sight(user_id=None, role="", everything=True)
"""For jobs and commands, which act for nobody in particular."""


@dataclass(frozen=True)
class Looking:
    """Who looks at a list, on which day, in which fiscal year: what its reading depends on besides what is asked."""

    sees: Sight
    on: date
    fiscal: FiscalCalendar


def sight(user_id: int, role: str) -> Sight:
    """The sight of a user with this role."""
    return Sight(user_id, role, everything=carries(role, "confidential.read"))


def visible(user: User) -> Sight:
    """The sight of a user."""
    return sight(user.id, user.role)


def told_to(statement: Statement, sees: Sight) -> Statement:
    """A statement over fields that hang on who looks, for somebody."""
    told: Statement = statement.params(viewer_id=sees.user_id or 0, viewer_sees_everything=sees.everything)
    return told


def rows(sees: Sight, *, confidential: ColumnElement[bool], constituent_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition on rows about constituents: not confidential, or granted to the viewer, or all of them."""
    if sees.everything:
        return true()
    granted = exists(select(Grant.id).where(Grant.user_id == sees.user_id, Grant.constituent_id == constituent_id))
    return or_(not_(confidential), granted)


def prospects(sees: Sight, *, confidential: ColumnElement[bool], in_charge: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on prospects: not confidential, or in the viewer's charge, or all of them.

    Whoever sees confidential constituents without a grant (administrators, directors) sees these as well.
    """
    return true() if sees.everything else or_(not_(confidential), in_charge)


def moves(
    sees: Sight, *, confidential_to: ColumnElement[Any], of_team: ColumnElement[bool] | None = None
) -> ColumnElement[bool]:
    """The condition on moves: meant for everybody, or for the viewer. Administrators see them all.

    `of_team` says of a move that it is for a team to which the viewer belongs; who makes up a team, parts above know.
    """
    if sees.user_id is None or sees.role == ADMINISTRATOR:
        return true()
    own = or_(confidential_to.is_(None), confidential_to == sees.user_id)
    return own if of_team is None else or_(own, of_team)
