"""From the cells of a row to facts. Pure: nothing is looked up. Raises Invalid with field, value and remedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from donors.constituents import check as sound
from donors.constituents.models import KINDS, PERSON
from donors.constituents.records import Sound, checked
from donors.core.errors import Invalid
from donors.core.hours import parse_hours
from donors.core.settings import Organization
from donors.imports import values
from donors.imports.facts import (
    NOBODY,
    OF_PEOPLE,
    UNKNOWN,
    Facts,
    GiftFacts,
    Giver,
    LeadFacts,
    PersonFacts,
    ShiftFacts,
    newcomer,
)
from donors.imports.fields import CONSTITUENTS, FIELDS, GIFTS, HOURS, LEADS
from donors.imports.lead_rows import new_lead
from donors.imports.ratings import FILE, ToldRating, read_ratings

LONGEST_SHIFT = 7 * 24 * 60
REMEMBERED = 200_000
"""Givers and words that are checked once; more than this, and all are forgotten."""


@dataclass(frozen=True)
class Plan:
    """How a file is read: its kind and source, which column tells which field, the order of dates, and where we are.

    `places` leads from a field to the place of its column, `defaults` to what holds where a row has nothing.
    """

    kind: str
    source: str
    places: dict[str, int]
    order: str
    today: date
    organization: Organization
    defaults: Mapping[str, str] = field(default_factory=dict)

    def tells(self, name: str) -> bool:
        """Whether the file says something of a field: in a column, or for all rows."""
        return name in self.places or name in self.defaults


class Read(dict[Any, Any]):
    """Cells as values: what repeats is read once. `read` raises Invalid for what cannot be taken."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Any) -> Any:
        if len(self) > REMEMBERED:
            self.clear()
        value = self[cell] = self._read(cell)
        return value


class Checker:
    """Checks the rows of one file. What repeats (givers, dates, sums, names of campaigns) is checked once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._zone = ZoneInfo(plan.organization.zone)
        self._currency = plan.organization.currency
        own = "external_id" if plan.kind == CONSTITUENTS else "giver_external_id"
        self._who = [name for name, column in _giver_columns(own) if column in plan.places]
        self._take_who = _taking(plan, [column for _, column in _giver_columns(own) if column in plan.places])
        self._take_gift = _taking(plan, GIFT)
        self._givers, self._newcomers = Read(self._checked_giver), Read(self._newcomer)
        self._moments, self._amounts, self._lines = Read(self._moment), Read(self._amount), Read(self._clean)
        kinds: dict[str, Callable[[Sequence[str]], Facts]] = {
            GIFTS: self._gift,
            HOURS: self._shift,
            CONSTITUENTS: self._person,
            LEADS: self._lead,
        }
        self._facts = kinds[plan.kind]

    def facts(self, cells: Sequence[str]) -> Facts:
        """The facts of a row. Raises Invalid."""
        return self._facts(cells)

    def newcomer(self, giver: Giver) -> Sound:
        """The constituent that a giver becomes. Raises Invalid."""
        known: Sound = self._newcomers[giver]
        return known

    def _newcomer(self, giver: Giver) -> Sound:
        return checked(newcomer(giver, self._plan.source or "file"))

    def _cell(self, cells: Sequence[str], field: str) -> str:
        place = self._plan.places.get(field)
        return "" if place is None else values.bare(cells[place])

    def _line(self, cells: Sequence[str], field: str) -> str:
        """A short text, clean."""
        place = self._plan.places.get(field)
        text: str = self._lines[field, "" if place is None else cells[place]]
        return text

    def _clean(self, told: tuple[str, str]) -> str:
        field, text = told
        return sound.line(field, values.bare(text)) or self._plan.defaults.get(field, "")

    def _note(self, cells: Sequence[str]) -> str:
        text = self._cell(cells, "note")
        return sound.note("note", text) if text else ""

    def _giver(self, cells: Sequence[str]) -> Giver:
        giver: Giver = self._givers[self._take_who((*cells, ""))]
        return giver

    def _checked_giver(self, raw: tuple[str, ...]) -> Giver:
        told = {name: values.bare(cell) for name, cell in zip(self._who, raw, strict=False)}
        told = {name: text for name, text in told.items() if text}
        if not told or (set(told) == {"name"} and told["name"].casefold() in NOBODY):
            return UNKNOWN
        giver = Giver(**{name: sound.line(name.replace("_", " "), text) for name, text in told.items()})
        self.newcomer(giver)
        return giver

    def _gift(self, cells: Sequence[str]) -> GiftFacts:
        key, money, unit, received, rate, hides, *names, soft, note = self._take_gift((*cells, ""))
        currency = values.bare(unit).upper() or self._currency
        on, at = self._moments[received]
        campaign, appeal, fund, method = [self._lines[told] for told in zip(NAMES, names, strict=True)]
        return GiftFacts(
            self._giver(cells),
            sound.line("external_id", values.bare(key)),
            self._amounts[money, currency],
            currency,
            None if currency == self._currency else self._rate(values.bare(rate), currency),
            on,
            at,
            campaign,
            appeal,
            fund,
            method,
            hides != "" and values.yes(values.bare(hides), "hides_name"),
            sound.note("note", values.bare(note)) if note else "",
            sound.line("soft_credit_key", values.bare(soft)),
        )

    def _moment(self, cell: str) -> tuple[date, datetime | None]:
        on, at = values.moment(values.bare(cell), "received_on", order=self._plan.order, zone=self._zone)
        return values.likely(on, "received_on", today=self._plan.today), at

    def _amount(self, told: tuple[str, str]) -> int:
        text, currency = values.bare(told[0]), told[1]
        amount = values.money(text, currency)
        if amount == 0:
            raise Invalid("amount", text, "is nothing", "Leave the row out, or fill it in.")
        return amount

    def _rate(self, rate: str, currency: str) -> str:
        if len(currency) != 3 or not currency.isalpha():
            raise Invalid("currency", currency, "is no currency", "Write a code of three letters, such as EUR.")
        if not values.is_rate(rate):
            remedy = f"Give the exchange rate in {self._currency} for one {currency} in a column."
            raise Invalid("rate", rate, f"has no rate from {currency}", remedy)
        return rate

    def _shift(self, cells: Sequence[str]) -> ShiftFacts:
        giver = self._giver(cells)
        if giver == UNKNOWN:
            raise Invalid("name", "", "is missing", "Hours need somebody who worked them.")
        text = self._cell(cells, "worked_on")
        on, _ = values.moment(text, "worked_on", order=self._plan.order, zone=self._zone)
        return ShiftFacts(
            giver=giver,
            external_id=self._line(cells, "external_id"),
            worked_on=values.likely(on, "worked_on", today=self._plan.today),
            minutes=self._minutes(cells),
            activity=self._line(cells, "activity"),
            note=self._note(cells),
        )

    def _minutes(self, cells: Sequence[str]) -> int:
        text, whole = self._cell(cells, "hours"), self._cell(cells, "minutes")
        if text:
            minutes = parse_hours(text)
        elif whole.isdecimal():
            minutes = int(whole)
        else:
            raise Invalid("minutes" if whole else "hours", whole, "is not a time worked", "Write it like 1:30 or 1.5.")
        if not 0 < minutes <= LONGEST_SHIFT:
            raise Invalid("hours", text or whole, "is not a likely time", "Give between a minute and a week.")
        return minutes

    def _person(self, cells: Sequence[str]) -> PersonFacts:
        giver = self._giver(cells)
        if giver == UNKNOWN:
            raise Invalid("name", "", "is missing", "Give a name, an e-mail or an id.")
        born_on = self._day(cells, "born_on")
        giver = giver._replace(born_on=str(born_on or ""), suffix=self._line(cells, "suffix"))
        record = newcomer(giver, self._plan.source)
        kind = self._cell(cells, "kind").casefold() or record.kind
        if kind not in KINDS:
            raise Invalid("kind", kind, "is no kind of constituent", f"Write one of: {', '.join(KINDS)}.")
        told: dict[str, Any] = {name: values.yes(self._cell(cells, name), name) for name in FLAGS}
        told |= {name: self._day(cells, name) for name in DAYS} | {name: self._line(cells, name) for name in PARTS}
        called = replace(record, kind=kind, note=self._cell(cells, "note"), **told)
        if kind != PERSON:
            called = replace(called, name=giver.called or record.name, given_name="", family_name="")
        return PersonFacts(giver, giver.external_id, checked(called), self._ratings(cells))

    def _lead(self, cells: Sequence[str]) -> LeadFacts:
        on = self._day(cells, "received_on")
        return LeadFacts(
            giver=UNKNOWN,
            external_id=self._line(cells, "external_id"),
            new=new_lead(lambda name: self._cell(cells, name) or self._plan.defaults.get(name, ""), self._plan.source),
            introducer_key=self._line(cells, "introducer_key"),
            received_on=values.likely(on, "received_on", today=self._plan.today) if on else None,
        )

    def _ratings(self, cells: Sequence[str]) -> tuple[ToldRating, ...]:
        rated_on = self._day(cells, "rated_on")
        if rated_on is not None and not values.EARLIEST <= rated_on <= self._plan.today:
            raise Invalid("rated_on", rated_on, "is not the day of a judgement", "Write a day that is not ahead.")
        source = self._line(cells, "rating_source") or self._plan.source or FILE
        return tuple(read_ratings(lambda name: self._cell(cells, name), rated_on, source, self._plan.organization))

    def _day(self, cells: Sequence[str], field: str) -> date | None:
        text = self._cell(cells, field)
        return values.day(text, field, order=self._plan.order) if text else None


NAMES = ("campaign", "appeal", "fund", "method")
GIFT = ("external_id", "amount", "currency", "received_on", "rate", "hides_name", *NAMES, "soft_credit_key", "note")
FLAGS = ("is_deceased", "is_anonymous", "do_not_contact")
DAYS = ("born_on", "deceased_on")
PARTS = ("title", "middle_name", "suffix", "nickname")


def _giver_columns(own: str) -> list[tuple[str, str]]:
    return [("external_id", own), *((name, name) for name in Giver._fields[1:] if name not in OF_PEOPLE)]


def _taking(plan: Plan, fields: Sequence[str]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Takes the cells of these fields, in this order, out of a row with an empty cell at its end."""
    spots = [plan.places.get(field, -1) for field in fields]
    return itemgetter(*spots, -1, -1) if len(spots) < 2 else itemgetter(*spots)


def places(kind: str, headers: Sequence[str], mapping: dict[str, str]) -> dict[str, int]:
    """Field → place of its column."""
    spot = {header: place for place, header in enumerate(headers)}
    return {field.name: spot[mapping[field.name]] for field in FIELDS[kind] if field.name in mapping}
