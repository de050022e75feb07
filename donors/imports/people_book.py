"""Constituents of a file: in what they differ from those who are here, and how those are changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy.orm import Session

from donors.constituents.check import folded_email, phone_digits
from donors.constituents.contact import add_point
from donors.constituents.edit import declare_deceased, edit
from donors.constituents.matching.normalize import place_key
from donors.constituents.models import Constituent
from donors.constituents.records import Address, Email, PhoneNumber
from donors.core.changes import ChangeSet
from donors.imports import givers, queries
from donors.imports.check import Plan
from donors.imports.facts import Facts, Giver, PersonFacts
from donors.imports.givers import Match, Memory
from donors.imports.judge import Judged
from donors.imports.parse import Fault
from donors.imports.ratings import ToldRating
from donors.research.fields import KINDS as RATINGS
from donors.research.models import Rating
from donors.research.queries import ratings_of
from donors.research.rate import rate_many
from donors.workflows.imports import hold_people

TEXTS = ("title", "given_name", "middle_name", "family_name", "suffix", "nickname", "note")
FLAGS = ("is_anonymous", "do_not_contact")
RATED = frozenset(RATINGS)
POINTS = {Email: "e-mail", PhoneNumber: "phone", Address: "address"}


@dataclass
class PeopleBook:
    """Reads and changes constituents for one import. Of those at hand `points` holds folded e-mails, digits and places,
    `rated` their ratings."""

    plan: Plan
    points: dict[int, set[str]] = field(default_factory=dict)
    rated: dict[int, list[Rating]] = field(default_factory=dict)

    def known(self, session: Session, keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Constituents are known by who they are, not by the key of a row."""
        return {}

    def known_people(self, session: Session, found: Mapping[Giver, Match]) -> dict[Giver, Any]:
        """Giver → the constituent that is here already."""
        ids = {one.constituent_id for one in found.values() if one.constituent_id and one.how != givers.GONE}
        rows = queries.known_of(session, ids)
        self.points = queries.points_of(session, ids)
        self.rated = ratings_of(session, ids) if RATED & set(self.plan.places) else {}
        return {giver: rows[one.constituent_id] for giver, one in found.items() if one.constituent_id in rows}

    def prepare(self, session: Session, facts: Sequence[Facts]) -> None:
        """Nothing is named in these rows."""

    def differences(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """The words for what the file tells otherwise; of the record only for who was found by the file's id."""
        told = cast(PersonFacts, facts)
        words = self._record_words(told, known) if giver.how == givers.BY_KEY else []
        return words + (["ratings"] if self._news(told, known.id) else [])

    def left(self, facts: Facts, known: Any, giver: Match) -> list[str]:
        """What the file tells otherwise of somebody who was found by e-mail or name: it is theirs to say, and stays."""
        told = cast(PersonFacts, facts)
        return self._record_words(told, known) if giver.how in (givers.BY_EMAIL, givers.BY_PLACE) else []

    def _record_words(self, told: PersonFacts, known: Constituent) -> list[str]:
        words = [name.replace("_", " ") for name in self._changes(told, known)]
        words += ["death"] if told.record.is_deceased and not known.is_deceased else []
        return words + [POINTS[type(one)] for one in self._new_points(told, known.id)]

    def _news(self, told: PersonFacts, known_id: int) -> list[ToldRating]:
        return [one for one in told.ratings if one.is_news(self.rated.get(known_id, ()))]

    def fault(self, facts: Facts, memory: Memory) -> Fault | None:
        """A sound row of this kind has none."""
        return None

    def same_content(self, facts: Facts) -> Any:
        """A constituent of the same id must be the same in all."""
        return cast(PersonFacts, facts)[2:]

    def hold(self, session: Session, rows: Sequence[Judged]) -> None:
        """Lets merges of those who are here wait."""
        hold_people(session, {one.constituent_id for one in rows if one.constituent_id})

    def write(self, session: Session, rows: Sequence[Judged], *, within: ChangeSet) -> list[int]:
        """The people themselves are what was written, with their ratings."""
        self._rate(session, rows, within)
        return [one.constituent_id or 0 for one in rows]

    def _rate(self, session: Session, rows: Sequence[Judged], within: ChangeSet) -> None:
        """Keeps the ratings that are news, of two that are alike one."""
        rated = [one for one in rows if one.facts and cast(PersonFacts, one.facts).ratings]
        if not rated:
            return
        self.rated = ratings_of(session, {one.constituent_id or 0 for one in rated})
        news = {
            (one.constituent_id or 0, told): told.judged(self.plan.today)
            for one in rated
            for told in self._news(cast(PersonFacts, one.facts), one.constituent_id or 0)
        }
        rate_many(session, [(who, judged) for (who, _), judged in news.items()], within=within)

    def change(self, session: Session, one: Judged, *, within: ChangeSet) -> None:
        """Makes the constituent who is here what the file says. Raises Invalid."""
        told, row = cast(PersonFacts, one.facts), session.get_one(Constituent, one.target_id, with_for_update=True)
        if one.how == givers.BY_KEY:
            self._edit(session, told, row, within)
        self._rate(session, [one], within)

    def _edit(self, session: Session, told: PersonFacts, row: Constituent, within: ChangeSet) -> None:
        values = self._changes(told, row)
        if row.named_by_key and told.giver.called:
            values["named_by_key"] = False
        edit(session, row, values=values, within=within)
        if told.record.is_deceased and not row.is_deceased:
            declare_deceased(session, row, on=told.record.deceased_on, within=within)
        for point in self._new_points(told, row.id):
            add_point(session, row, given=point, within=within)

    def _changes(self, told: PersonFacts, known: Constituent) -> dict[str, Any]:
        """Columns that the file fills and that say something else here. Empty cells take nothing away."""
        record, places = told.record, self.plan.places
        given = {name: getattr(record, name) for name in TEXTS if getattr(record, name)}
        given |= {name: getattr(record, name) for name in FLAGS if name in places}
        given |= {"born_on": record.born_on} if record.born_on else {}
        given |= {"name": record.name} if told.giver.name or told.giver.organization else {}
        return {name: value for name, value in given.items() if getattr(known, name) != value}

    def _new_points(self, told: PersonFacts, known_id: int) -> list[Any]:
        held = self.points.get(known_id, set())
        return [
            *(one for one in told.record.emails if folded_email(one.address) not in held),
            *(one for one in told.record.phones if phone_digits(one.number) not in held),
            *(one for one in told.record.addresses if one.street and place_key(one.street, one.city) not in held),
        ]
