"""Who does what is left to somebody who cannot do it: the stand-ins for users who are away or no longer active."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.absences import away
from donors.accounts.decide import Away, doer
from donors.accounts.models import User
from donors.accounts.permissions import ADMINISTRATOR
from donors.plans.starting.first_tasks import Owner


@dataclass(frozen=True)
class StandIns:
    """Users by id with their names, those who are active, and the administrator who stands in (none: nobody can).

    `away` are the absences that have not ended, by user.
    """

    names: Mapping[int, str]
    current: frozenset[int]
    administrator: int | None
    away: Mapping[int, Sequence[Away]] = field(default_factory=dict)

    def active(self, user_id: int | None, on: date | None = None) -> Owner:
        """Who does it on a day (none: who is away does not matter), with a note that says for whom and why.

        The user; while they are away their stand-in, where one is named and there; for somebody who is no longer
        active the administrator.
        """
        if user_id is None:
            return Owner(self.administrator)
        if user_id in self.current and user_id not in self.away:
            return Owner(user_id)
        found = doer(user_id, on or date.min, self.away, self.current)
        if found.user_id is None:
            return Owner(self.administrator, f"Meant for {self._name(user_id)}, who is no longer active.")
        return Owner(found.user_id, "" if found.away is None else self._note(user_id, found.user_id, found.away))

    def _note(self, user_id: int, doer_id: int, absence: Away) -> str:
        until = f"{absence.to_on:%B} {absence.to_on.day}, {absence.to_on.year}"
        if doer_id == user_id:
            return f"{self._name(user_id)} is away until {until}, and nobody stands in."
        if user_id not in self.current:
            return f"Meant for {self._name(user_id)}, who is no longer active."
        return f"Meant for {self._name(user_id)}, who is away until {until}."

    def _name(self, user_id: int) -> str:
        return self.names.get(user_id, "somebody")


def stand_ins(session: Session, *, since: date = date.min) -> StandIns:
    """Reads who is active, and who is away on a day or later. The administrator who stands in is who was first."""
    users = session.execute(select(User.id, User.name, User.role, User.deactivated_at).order_by(User.id)).all()
    current = frozenset(row.id for row in users if row.deactivated_at is None)
    administrators = [row.id for row in users if row.role == ADMINISTRATOR and row.id in current]
    names = {row.id: row.name for row in users}
    return StandIns(names, current, next(iter(administrators), None), away(session, since=since))
