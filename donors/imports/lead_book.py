"""Leads of a file: which are here already, in what they differ, and how they are taken in.

Nobody is looked for among constituents: who a lead is about is found out when it is converted. An introducer is known
by the id that the file's source has for them, or by a name that is kept as it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, cast

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend
from donors.core.clock import first_instant
from donors.core.errors import Conflict, Invalid
from donors.imports import queries
from donors.imports.check import Plan
from donors.imports.facts import Facts, Giver, LeadFacts
from donors.imports.fields import label_of
from donors.imports.givers import Match, Memory
from donors.imports.judge import Judged
from donors.imports.parse import Fault, fault
from donors.leads.models import OPEN, Lead
from donors.leads.new_lead import TEXTS, NewLead, checked, derived
from donors.leads.receive import receive_many
from donors.workflows.imports import hold_people


@dataclass
class LeadBook:
    """Reads and writes leads for one import. `people` leads from an introducer's id to the constituent, or to none."""

    plan: Plan
    people: dict[str, int | None] = field(default_factory=dict)

    def known(self, session: Session, keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Key → the lead that is here already."""
        wanted = {self._key(one): one for some in keys.values() for one in some}
        found = queries.leads_by_key(session, wanted)
        return {wanted[key]: lead for key, lead in found.items()}

    def known_people(self, session: Session, found: Mapping[Giver, Match]) -> dict[Giver, Any]:
        """Constituents are not what is imported."""
        return {}

    def prepare(self, session: Session, facts: Sequence[Facts]) -> None:
        """Looks up introducers by their ids."""
        wanted = {cast(LeadFacts, one).introducer_key for one in facts} - {""}
        rows = queries.people_by_key(session, self.plan.source, wanted) if wanted else {}
        self.people = {key: None if gone else found for key, (found, gone) in rows.items()}

    def differences(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """The words for what the file tells otherwise than the lead that is here."""
        told = cast(LeadFacts, facts)
        return [name.replace("_", " ") for name in _changes(told, known)] if told.external_id else []

    def left(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """What a file tells otherwise is a difference, and asked about."""
        return []

    def fault(self, facts: Facts, memory: Memory) -> Fault | None:
        """An introducer's id that is nobody's here."""
        key = cast(LeadFacts, facts).introducer_key
        if not key or self.people.get(key):
            return None
        label = label_of(self.plan.kind, "introducer_key")
        return fault(label, key, "is nobody’s id here", "Import that constituent first, or write the name instead.")

    def same_content(self, facts: Facts) -> Any:
        """A lead of the same id must be the same in all."""
        return facts

    def hold(self, session: Session, rows: Sequence[Judged]) -> None:
        """Lets merges of introducers wait."""
        keys = {cast(LeadFacts, one.facts).introducer_key for one in rows} - {""}
        hold_people(session, {found for key in keys if (found := self.people.get(key)) is not None})

    def write(self, session: Session, rows: Sequence[Judged], *, within: ChangeSet) -> list[int]:
        """Takes the leads in, those of one day together, and returns their ids in order."""
        made: dict[int, int] = {}
        by_day: dict[date, list[Judged]] = {}
        for one in rows:
            by_day.setdefault(cast(LeadFacts, one.facts).received_on or self.plan.today, []).append(one)
        for on, some in by_day.items():
            news = [self._new(one) for one in some]
            leads = receive_many(session, news, within=within, at=self._at(on, within), on=on)
            made |= {one.line: lead.id for one, lead in zip(some, leads, strict=True)}
        return [made[one.line] for one in rows]

    def change(self, session: Session, one: Judged, *, within: ChangeSet) -> None:
        """Makes the lead that is here what the file says. Raises Invalid where it was converted or disqualified."""
        told = cast(LeadFacts, one.facts)
        row = session.get(Lead, one.target_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise Conflict("lead", {}, {})
        if row.status not in OPEN:
            raise Invalid("row", told.external_id, "is about a lead that has ended", "Leave it as it is.")
        values = _changes(told, row)
        whole: dict[str, Any] = {name: values.get(name, getattr(row, name)) for name in TEXTS}
        values |= derived(NewLead(row.source, **whole))
        amend(session, row, within=within, **values)

    def _new(self, one: Judged) -> NewLead:
        told = cast(LeadFacts, one.facts)
        introducer = self.people.get(told.introducer_key) if told.introducer_key else None
        return replace(told.new, key=self._key(one.key), introducer_id=introducer)

    def _key(self, key: str) -> str:
        return f"import/{self.plan.source}/{key}"

    def _at(self, on: date, within: ChangeSet) -> datetime:
        """The instant of a day: that of the import today, noon before."""
        zone = self.plan.organization.zone
        return within.at if on >= self.plan.today else first_instant(datetime.combine(on, time(12)), zone)


def _changes(told: LeadFacts, known: Any) -> dict[str, Any]:
    """Columns that the file fills and that say something else here. Empty cells take nothing away."""
    new = checked(told.new)
    given = {name: getattr(new, name) for name in TEXTS if getattr(new, name)}
    given |= {"interests": list(new.interests)} if new.interests else {}
    return {name: value for name, value in given.items() if getattr(known, name) != value}
