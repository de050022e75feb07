"""Who does what is left to somebody who cannot do it: the stand-ins for users that are no longer active."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.permissions import ADMINISTRATOR
from donors.plans.start import Owner


@dataclass(frozen=True)
class StandIns:
    """Users by id with their names, those who are active, and the administrator who stands in (none: nobody can)."""

    names: Mapping[int, str]
    current: frozenset[int]
    administrator: int | None

    def active(self, user_id: int | None) -> Owner:
        """The user, or the administrator with a note that says for whom."""
        if user_id is None:
            return Owner(self.administrator)
        if user_id in self.current:
            return Owner(user_id)
        return Owner(self.administrator, f"Meant for {self.names.get(user_id, 'somebody')}, who is no longer active.")


def stand_ins(session: Session) -> StandIns:
    """Reads who is active. The administrator who stands in is the one who was first."""
    users = session.execute(select(User.id, User.name, User.role, User.deactivated_at).order_by(User.id)).all()
    current = frozenset(row.id for row in users if row.deactivated_at is None)
    administrators = [row.id for row in users if row.role == ADMINISTRATOR and row.id in current]
    return StandIns({row.id: row.name for row in users}, current, next(iter(administrators), None))
