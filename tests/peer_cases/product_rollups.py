"""The product's figures for a case: gifts are recorded, the definition is installed, the stored figure is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import insert as sql_insert
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.settings import Organization, set_organization
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput
from donors.giving.models import Appeal, Campaign, Fund
from donors.rollups.definition import Definition, Operation, Returns, Source, ValueKind, value_kind_of
from donors.rollups.frame import CALENDAR, FISCAL, parse_frame
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definitions, values_of
from donors.rollups.returned import Told, tells
from donors.rollups.standard import install
from donors.workflows.adjust import move_gift
from donors.workflows.gifts import add_gift
from donors.workflows.refresh import refresh_figures
from tests.peer_cases import told
from tests.peer_cases.cases import Answer, Case
from tests.peer_cases.rollup_model import Asked

SOURCES = {"fund": Source.ALLOCATIONS, "allocation": Source.ALLOCATIONS}
OPERATIONS = {
    "sum": Operation.TOTAL,
    "best_year": Operation.BEST_YEAR,
    "best_year_total": Operation.BEST_YEAR,
    "years_donated": Operation.YEARS,
    "donor_streak": Operation.STREAK,
}
RETURNS = {"best_year": Returns.YEAR, "best_year_total": Returns.AMOUNT, "years_donated": Returns.YEARS}
CHOSEN = {"amount": Returns.AMOUNT, "date": Returns.DATE}


@dataclass
class World:
    """A database for one case: who is in it, and which gift is which."""

    session: Session
    case: Case
    change: ChangeSet
    people: dict[str, int] = field(default_factory=dict)
    known: dict[int, told.Gift] = field(default_factory=dict)

    def one(self, name: str, kind: str = "person") -> int:
        """The id of the constituent with this name."""
        if name not in self.people:
            row = Constituent(kind=kind, name=name, sort_name=name)
            self.people[name] = insert(self.session, row, within=self.change).id
        return self.people[name]

    def row_id(self, model: type[Any], name: str) -> int:
        """The id of an appeal or fund with this name."""
        found = self.session.query(model).filter_by(name=name).one_or_none()
        return int((found or insert(self.session, model(name=name), within=self.change)).id)


def world(session: Session, case: Case) -> World:
    """An empty one, with the fiscal years of the case."""
    act = Act(by=None, at=datetime.combine(case.today, time(12), UTC), through="cli")
    change = open_change(session, "test", act=act)
    years = case.fiscal
    settings = Organization(fiscal_start_month=years.start_month, fiscal_named_for_end=years.named_for_end)
    set_organization(session, settings, within=change)
    return World(session, case, change)


def answers(session: Session, case: Case) -> dict[str, Answer]:
    """The product's answers, by the names that the case expects."""
    here = world(session, case)
    asked = told.asked(case)
    kept = [definition(one, here, place) for place, one in enumerate(asked)]
    install(session, kept, within=here.change)
    for gift in told.gifts(case):
        _record(here, gift)
    _leave_stale(here, kept)
    if "move_gift_to_account" in case.when:
        [moved] = here.known
        to, act = here.one(case.when["move_gift_to_account"]), Act(by=None, at=here.change.at, through="cli")
        move_gift(session, moved, to=to, act=act, on=case.today)
    return {one.name: _answer(here, one, whole) for one, whole in zip(asked, kept, strict=True)}


def definition(asked: Asked, here: World, place: int) -> Definition:
    """The definition that asks the same."""
    kind, number = asked.time
    years = FISCAL if asked.fiscal else CALENDAR
    frames = {"all_time": "all time", "years_ago": f"{years} -{number}", "days_back": f"last {number} days"}
    operation = OPERATIONS.get(asked.operation) or Operation(asked.operation)
    source = _source(here.case)
    returns = RETURNS.get(asked.operation, Returns.NUMBER)
    if asked.operation in ("largest", "smallest", "first", "last"):
        returns = CHOSEN.get(asked.result, Returns.ROW)
    return Definition(
        f"peer_{place}",
        f"Peer {place}",
        source,
        operation,
        returns,
        value_kind_of(source, operation, returns),
        frame=parse_frame(frames[kind]),
        years=years,
        criteria=_criteria(here.case),
        field="campaign" if returns is Returns.ROW else "",
    )


def _source(case: Case) -> Source:
    kind = case.rollup.get("type") or case.rollup.get("target", "")
    return SOURCES.get(kind, Source.SOFT if "soft" in kind else Source.HARD)


def _criteria(case: Case) -> str:
    """Only what leaves a gift out is asked: the status is kept as the note, the type as method, the other as appeal.

    What else a case asks of a gift is kept as its campaign.
    """
    parts: list[Mapping[str, Any]] = []
    statuses = told.accepted(case)
    if any(told.status(gift) not in statuses for gift in told.gifts(case)):
        parts.append({"field": "note", "operator": "any of", "value": list(statuses)})
    for label, name in (("type", "method"), ("record_type", "appeal")):
        if told.excluded(case, label):
            parts.append({"field": name, "operator": "none of", "value": told.excluded(case, label)})
    return json.dumps({"all": parts}, sort_keys=True) if parts else ""


def _record(here: World, gift: told.Gift) -> None:
    """Records a gift; one without an amount or a day is none."""
    on, amount = told.when_given(gift, here.case), gift.get("amount")
    if amount is None or on is None:
        return
    cents = round(Decimal(str(amount)) * 100)
    giver, credits = _credited(here, gift, cents)
    wanted = GiftInput(
        giver,
        cents,
        on,
        method=gift.get("type", ""),
        campaign_id=_campaign(here, gift),
        appeal_id=here.row_id(Appeal, gift["record_type"]) if "record_type" in gift else None,
        note=told.status(gift),
        splits=(SplitInput(here.row_id(Fund, "General"), cents),) if _source(here.case) is Source.ALLOCATIONS else (),
        credits=credits,
        from_file=True,
    )
    here.known[add_gift(here.session, wanted, within=here.change, on=here.case.today).gift.id] = gift


def _campaign(here: World, gift: told.Gift) -> int | None:
    """The campaign that stands for the field that the case wants returned."""
    wanted = next((one.result for one in told.asked(here.case) if one.result not in CHOSEN), "")
    return None if gift.get(wanted) is None else here.row_id(Campaign, str(gift[wanted]))


def _credited(here: World, gift: told.Gift, cents: int) -> tuple[int, tuple[CreditInput, ...]]:
    """Whose gift it is, and who is credited with it besides."""
    if _source(here.case) is Source.SOFT:
        return here.one("somebody else"), (CreditInput(here.one("owner", _kind(here.case)), cents),)
    if gift.get("account") != "organization":
        return here.one(gift.get("account", "owner"), _kind(here.case)), ()
    giver = here.one("organization", "organization")
    contact = (CreditInput(here.one("owner"), cents, "hard"),) if told.whose(here.case, gift) else ()
    return giver, contact


def _kind(case: Case) -> str:
    return "organization" if case.rollup.get("target") == "account" else "person"


def _leave_stale(here: World, kept: list[Definition]) -> None:
    """Puts a stored value in place that nothing justifies any more, and has everything computed anew."""
    told_of = here.case.given.get("contact") or here.case.given.get("account")
    if not isinstance(told_of, dict):
        return
    stale = next((value for name, value in told_of.items() if "stored" in name), None)
    if stale is not None:
        slots = {one.key: slot_column(one.slot) for one in definitions(here.session)}
        values = {slots[one.key]: stale for one in kept}
        here.session.execute(
            sql_insert(rollup_value).values(constituent_id=here.one("owner"), computed_on=here.case.today, **values)
        )
    refresh_figures(here.session, on=here.case.today)


def _answer(here: World, asked: Asked, whole: Definition) -> Answer:
    owner = here.people.get(asked.name) or here.one("owner", _kind(here.case))
    return read(here, asked, whole, values_of(here.session, owner).get(whole.key))


def read(here: World, asked: Asked, whole: Definition, value: Any) -> Answer:
    """A stored value as the case writes it."""
    if value is None:
        return None
    match whole.value_kind:
        case ValueKind.MONEY:
            return Decimal(value) / 100
        case ValueKind.YEAR:
            return str(value)
        case ValueKind.YEARS:
            return ";".join(str(1980 + bit) for bit in range(63) if value >> bit & 1) or None
        case ValueKind.GIFT:
            return _told(here, asked, tells(here.session, whole, value))
    return value.isoformat() if isinstance(value, date) else value


def _told(here: World, asked: Asked, answer: Told) -> Answer:
    """The field of the chosen gift, in the form in which the case gives it."""
    given = (gift.get(asked.result) for gift in here.known.values())
    return next((value for value in given if value is not None and str(value) == answer.value), None)
