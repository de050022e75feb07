"""Gifts of a file: which are here already, in what they differ, and how they are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Invalid
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput
from donors.giving.models import Appeal, Campaign, Fund
from donors.giving.purposes import CampaignInput, add_appeal, add_campaign, add_fund
from donors.imports import givers, queries
from donors.imports.check import Plan
from donors.imports.facts import Facts, GiftFacts, Giver
from donors.imports.fields import label_of
from donors.imports.givers import Match, Memory
from donors.imports.judge import Judged
from donors.imports.parse import Fault, fault
from donors.workflows.imports import change_gift, hold_people, take_gifts

NAMED = {"campaign": Campaign, "appeal": Appeal, "fund": Fund}
PLAIN = (("amount", "amount"), ("currency", "currency"), ("received_on", "date"))
STRANGER = ("is nobody we know", "Bring them in first; then apply this file again.")


@dataclass
class GiftBook:
    """Reads and writes gifts for one import."""

    plan: Plan
    unknown_id: int | None = None
    ids: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in NAMED})
    credited: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def known(self, session: Session, keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Key → the gift that is here already."""
        found: dict[str, Any] = {}
        for column, some in keys.items():
            found |= queries.gifts_by(session, self.plan.source, column, some)
        return found

    def known_people(self, session: Session, found: Mapping[Giver, Match]) -> dict[Giver, Any]:
        """Givers are not what is imported."""
        return {}

    def prepare(self, session: Session, facts: Sequence[Facts]) -> None:
        """Looks up campaigns, appeals and funds by their names, the unknown giver, and who gets soft credit."""
        self._find_credited(session, facts)
        self.unknown_id = queries.unknown_giver_id(session)
        for name, model in NAMED.items():
            if self.plan.tells(name):
                wanted = {getattr(one, name) for one in facts} - {""}
                self.ids[name] = queries.ids_by_name(session, model, wanted)

    def differences(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """The words for what the file tells otherwise than the gift that is here."""
        told = cast(GiftFacts, facts)
        if not told.external_id:
            return []
        found = [word for name, word in PLAIN if getattr(told, name) != getattr(known, name)]
        expected = self.unknown_id if giver.how == givers.NOBODY else giver.constituent_id
        if giver.how != givers.LIKELY and expected != known.constituent_id:
            found.append("giver")
        return found + self._other_words(told, known)

    def _other_words(self, told: GiftFacts, known: Any) -> list[str]:
        tells = self.plan.tells
        found: list[str] = []
        for name in ("campaign", "appeal"):
            if tells(name) and self.ids[name].get(getattr(told, name)) != getattr(known, f"{name}_id"):
                found.append(name)
        for name, word in (("method", "method"), ("note", "note"), ("hides_name", "wish for anonymity")):
            hides = name == "hides_name" and not self._hides(told)
            if tells(name) and (False if hides else getattr(told, name)) != getattr(known, name):
                found.append(word)
        return found

    def _hides(self, told: GiftFacts) -> bool:
        """Whether a giver's name is to be hidden; where nobody is named there is nothing to hide."""
        return told.hides_name and any(told.giver)

    def left(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """What a file tells otherwise is a difference, and asked about."""
        return []

    def fault(self, facts: Facts, memory: Memory) -> Fault | None:
        """Whoever gets soft credit must be here, or stand above in the file."""
        told = cast(GiftFacts, facts)
        key, label = told.soft_credit_key, label_of(self.plan.kind, "soft_credit_key")
        known, gone = self.credited.get(key, (0, False))
        if gone:
            return fault(label, key, "belongs to somebody who was removed", "Restore them first, or clear the cell.")
        if key and key == told.giver.external_id:
            return fault(label, key, "is the giver", "Clear the cell: all of the gift counts for its giver.")
        if key and not known and ("id", key) not in memory.people:
            return fault(label, key, *STRANGER)
        return None

    def same_content(self, facts: Facts) -> Any:
        """A gift of the same id must be the same in all."""
        return facts

    def hold(self, session: Session, rows: Sequence[Judged]) -> None:
        """Lets merges of the givers wait, and of all for whom the gifts count that change."""
        people = {one.constituent_id for one in rows if one.constituent_id}
        hold_people(session, people, gifts=[one.target_id for one in rows if one.target_id])

    def write(self, session: Session, rows: Sequence[Judged], *, within: ChangeSet) -> list[int]:
        """Records the gifts and returns their ids in order."""
        self._add_names(session, rows, within)
        self._find_credited(session, [cast(GiftFacts, one.facts) for one in rows])
        wanted = [self._input(one) for one in rows]
        return take_gifts(session, wanted, within=within, organization=self.plan.organization)

    def change(self, session: Session, one: Judged, *, within: ChangeSet) -> None:
        """Makes the gift that is here what the file says. Raises Invalid, NotFound."""
        self.prepare(session, [cast(GiftFacts, one.facts)])
        self._add_names(session, [one], within)
        organization = self.plan.organization
        change_gift(session, one.target_id or 0, self._merged(one), within=within, organization=organization)

    def _input(self, one: Judged) -> GiftInput:
        told = cast(GiftFacts, one.facts)
        fund = self.ids["fund"].get(told.fund)
        return GiftInput(
            constituent_id=one.constituent_id or 0,
            amount=told.amount,
            received_on=told.received_on,
            currency=told.currency,
            rate=told.rate,
            rate_on=told.received_on if told.rate else None,
            received_at=told.received_at,
            method=told.method,
            campaign_id=self.ids["campaign"].get(told.campaign),
            appeal_id=self.ids["appeal"].get(told.appeal),
            hides_name=self._hides(told),
            note=told.note,
            source=self.plan.source,
            external_id=told.external_id or None,
            fingerprint=None if told.external_id else one.key,
            splits=(SplitInput(fund, told.amount),) if fund else (),
            credits=(CreditInput(self._credited(told.soft_credit_key), told.amount),) if told.soft_credit_key else (),
            from_file=True,
        )

    def _credited(self, key: str) -> int:
        if key not in self.credited:
            raise Invalid(label_of(self.plan.kind, "soft_credit_key"), key, *STRANGER)
        return self.credited[key][0]

    def _merged(self, one: Judged) -> GiftInput:
        """What the file says; what it has no column for stays as it is."""
        wanted, known = vars(self._input(one)), one.known
        columns = {"campaign": "campaign_id", "appeal": "appeal_id"}
        for name in ("campaign", "appeal", "method", "note", "hides_name"):
            if not self.plan.tells(name):
                column = columns.get(name, name)
                wanted = wanted | {column: getattr(known, column)}
        return GiftInput(**wanted)

    def _find_credited(self, session: Session, facts: Sequence[Facts]) -> None:
        keys = {cast(GiftFacts, one).soft_credit_key for one in facts} - {""}
        self.credited = queries.people_by_key(session, self.plan.source, keys) if keys else {}

    def _add_names(self, session: Session, rows: Sequence[Judged], within: ChangeSet) -> None:
        for name in NAMED:
            told = dict.fromkeys(getattr(one.facts, name) for one in rows)
            for word in told:
                if word and word not in self.ids[name]:
                    self.ids[name][word] = _add(session, name, word, within)


def _add(session: Session, name: str, word: str, within: ChangeSet) -> int:
    if name == "campaign":
        return add_campaign(session, CampaignInput(word), within=within).id
    if name == "appeal":
        return add_appeal(session, word, within=within).id
    return add_fund(session, word, within=within).id
