"""Shifts of a file: which are here already, in what they differ, and how they are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.imports import givers, queries
from donors.imports.check import Plan
from donors.imports.facts import Facts, Giver, ShiftFacts
from donors.imports.givers import Match, Memory
from donors.imports.judge import Judged
from donors.imports.parse import Fault
from donors.volunteering.activities import add_activity
from donors.volunteering.models import Activity
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.imports import change_shift, hold_people, take_shifts


@dataclass
class HoursBook:
    """Reads and writes shifts for one import."""

    plan: Plan
    ids: dict[str, int] = field(default_factory=dict)

    def known(self, session: Session, keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Key → the shift that is here already."""
        found: dict[str, Any] = {}
        for column, some in keys.items():
            found |= queries.shifts_by(session, self.plan.source, column, some)
        return found

    def known_people(self, session: Session, found: Mapping[Giver, Match]) -> dict[Giver, Any]:
        """Givers are not what is imported."""
        return {}

    def prepare(self, session: Session, facts: Sequence[Facts]) -> None:
        """Looks up activities by their names."""
        wanted = {cast(ShiftFacts, one).activity for one in facts} - {""}
        self.ids = queries.ids_by_name(session, Activity, wanted)

    def differences(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """The words for what the file tells otherwise than the shift that is here."""
        told = cast(ShiftFacts, facts)
        if not told.external_id:
            return []
        found = ["date"] if told.worked_on != known.worked_on else []
        found += ["time"] if told.minutes != known.minutes else []
        if giver.how != givers.LIKELY and giver.constituent_id != known.constituent_id:
            found.append("person")
        if "activity" in self.plan.places and self.ids.get(told.activity) != known.activity_id:
            found.append("activity")
        return found

    def left(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """What a file tells otherwise is a difference, and asked about."""
        return []

    def fault(self, facts: Facts, memory: Memory) -> Fault | None:
        """A sound row of this kind has none."""
        return None

    def same_content(self, facts: Facts) -> Any:
        """A shift of the same id must be the same in all."""
        return facts

    def hold(self, session: Session, rows: Sequence[Judged]) -> None:
        """Lets merges of all who worked, or were thought to have worked, wait."""
        known = {one.known.constituent_id for one in rows if one.known is not None}
        hold_people(session, known | {one.constituent_id for one in rows if one.constituent_id})

    def write(self, session: Session, rows: Sequence[Judged], *, within: ChangeSet) -> list[int]:
        """Records the shifts and returns their ids in order."""
        self._add_names(session, rows, within)
        wanted = [self._input(one) for one in rows]
        return take_shifts(session, wanted, within=within, organization=self.plan.organization)

    def change(self, session: Session, one: Judged, *, within: ChangeSet) -> None:
        """Makes the shift that is here what the file says. Raises Invalid, NotFound."""
        self.prepare(session, [cast(ShiftFacts, one.facts)])
        self._add_names(session, [one], within)
        wanted = self._input(one)
        change_shift(session, one.target_id or 0, wanted, within=within, organization=self.plan.organization)

    def _input(self, one: Judged) -> ShiftInput:
        told = cast(ShiftFacts, one.facts)
        return ShiftInput(
            constituent_id=one.constituent_id or 0,
            worked_on=told.worked_on,
            minutes=told.minutes,
            activity_id=self.ids.get(told.activity),
            note=told.note,
            source=self.plan.source,
            external_id=told.external_id or None,
            fingerprint=None if told.external_id else one.key,
        )

    def _add_names(self, session: Session, rows: Sequence[Judged], within: ChangeSet) -> None:
        for word in dict.fromkeys(cast(ShiftFacts, one.facts).activity for one in rows):
            if word and word not in self.ids:
                self.ids[word] = add_activity(session, word, within=within).id
