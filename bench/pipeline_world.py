"""A pipeline in which everybody stands, with officers, moves, asks, proposals and ratings, all by arithmetic."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from bench.world import ACT, AT, TODAY
from donors.accounts.models import User
from donors.constituents.models import Constituent
from donors.core.bulk import load
from donors.core.changes import insert, open_change
from donors.core.db import Base, Session, transaction
from donors.pipeline.asks.models import Opportunity, OpportunityEntry, Proposal
from donors.pipeline.models import FORWARD, IN, MADE, PLANNED, Assignment, Move, Prospect, StageEntry
from donors.pipeline.odds.models import HotClaim
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard
from donors.research.models import Rating

Columns = tuple[str, ...]
OFFICERS = 50
STATUSES = ("planned", "asked", "considering", "committed", "received", "declined", "deferred")


@dataclass(frozen=True)
class House:
    """The pipeline with its stages, the officers, and the change set in which all of it is written."""

    pipeline_id: int
    places: Sequence[int]
    officers: Sequence[int]
    change_id: int

    def officer(self, one: int) -> int:
        """Who is in charge of a constituent."""
        return self.officers[one % len(self.officers)]

    def place(self, one: int) -> int:
        """How many stages a prospect has entered before the one in which it stands."""
        return one % len(self.places)


def _ago(days: int) -> date:
    return TODAY - timedelta(days)


def people_in() -> House:
    """Puts everybody into a pipeline, each in somebody's charge, nine in ten with a next move."""
    with transaction() as session:
        within = open_change(session, "bench", act=ACT)
        for number in range(OFFICERS):
            insert(session, User(email=f"o{number}@example.org", name=f"O {number}", role="officer"), within=within)
        pipeline = install_standard(session, within=within)
        places = [stage.id for stage in stages(session, pipeline.id)]
        house = House(pipeline.id, places, list(session.scalars(select(User.id).order_by(User.id))), within.id)
        people = list(session.scalars(select(Constituent.id).order_by(Constituent.id)))
        columns: Columns = ("constituent_id", "pipeline_id", "stage_id", "in_stage_since", "ask_amount")
        prospects = (
            (one, pipeline.id, places[house.place(one)], _ago(one * 7 % 400), one % 97 * 10_000) for one in people
        )
        _written(session, house, Prospect, columns, prospects)
        charges = ((one, house.officer(one), _ago(400), AT) for one in people)
        _written(session, house, Assignment, ("constituent_id", "officer_id", "from_on", "recorded_at"), charges)
        planned = (
            (one, id_, PLANNED, "Call", TODAY + timedelta(one * 11 % 120 - 30), AT)
            for id_, one in _prospects(session)
            if one % 10
        )
        columns = ("constituent_id", "prospect_id", "state", "purpose", "due_on", "recorded_at")
        _written(session, house, Move, columns, planned)
        return house


def histories_in(house: House) -> None:
    """Gives each prospect its stages, two moves that were made, a rating of every third, a hot claim of every
    twentieth."""
    with transaction() as session:
        held = _prospects(session)
        entered = ("prospect_id", "from_stage_id", "to_stage_id", "how", "entered_on", "recorded_at")
        _written(session, house, StageEntry, entered, (row for id_, one in held for row in _entries(house, id_, one)))
        columns: Columns = ("constituent_id", "prospect_id", "officer_id", "state", "purpose", "method", "made_on")
        made = (
            (one, id_, house.officer(one), MADE, "Call", "call", _ago((one * 11 + turn * 97) % 365), turn == 0, AT)
            for id_, one in held
            for turn in range(2)
        )
        _written(session, house, Move, (*columns, "is_substantive", "recorded_at"), made)
        rated = ((one, "capacity", one % 89 * 100_000, _ago(one % 700), "research", AT) for _, one in held if one % 3)
        columns = ("constituent_id", "kind", "amount", "rated_on", "source", "recorded_at")
        _written(session, house, Rating, columns, rated)
        hot = (
            (id_, house.places[-1], house.officer(one), _ago(200), AT, _ago(one % 150), 5_000, one % 100)
            for id_, one in held
            if one % 20 == 0
        )
        columns = ("prospect_id", "stage_id", "claimed_by", "claimed_on", "recorded_at", "until_on", "amount", "odds")
        _written(session, house, HotClaim, columns, hot)


def asks_in(house: House) -> None:
    """Gives each prospect an ask with three things that were said of it, and every fifth ask a proposal."""
    with transaction() as session:
        columns = ("prospect_id", "officer_id", "amount", "odds", "status", "status_since", "expected_on", "opened_on")
        rows = (
            (id_, house.officer(one), _amount(one), one % 100, _status(one), said[2], _expected(one), said[0])
            for id_, one in _prospects(session)
            for said in [_said(one)]
        )
        _written(session, house, Opportunity, columns, rows)
        held = _asks(session)
        said = (row for ask_id, one in held for row in _told(house, ask_id, one))
        about = ("opportunity_id", "stage_id", "officer_id", "status", "happened_on", "recorded_at")
        _written(session, house, OpportunityEntry, (*about, "amount", "odds", "expected_on"), said)
        sent = (
            (ask_id, 1, "x.pdf", "application/pdf", 1, "x", "sent", AT - timedelta(60), _ago(50), _ago(one % 50))
            for ask_id, one in held
            if one % 5 == 0
        )
        columns = ("opportunity_id", "number", "file_name", "media_type", "size", "digest", "state", "uploaded_at")
        _written(session, house, Proposal, (*columns, "decided_on", "sent_on"), sent)


def _entries(house: House, id_: int, one: int) -> Iterator[tuple[Any, ...]]:
    place, since = house.place(one), one * 7 % 400
    for number in range(place + 1):
        before = house.places[number - 1] if number else None
        days = since + (place - number) * 60
        yield id_, before, house.places[number], FORWARD if number else IN, _ago(days), AT


def _told(house: House, ask_id: int, one: int) -> Iterator[tuple[Any, ...]]:
    for number, (status, on) in enumerate(zip(("planned", "asked", _status(one)), _said(one), strict=True)):
        terms = _amount(one), (one + number * 7) % 100, _expected(one)
        yield ask_id, house.places[3], house.officer(one), status, on, AT, *terms


def _status(one: int) -> str:
    return STATUSES[one % len(STATUSES)]


def _amount(one: int) -> int:
    return one % 97 * 10_000 + 100_000


def _said(one: int) -> tuple[date, date, date]:
    opened = _ago(one * 13 % 900 + 150)
    return opened, opened + timedelta(one % 40), opened + timedelta(one % 40 + one % 97)


def _expected(one: int) -> date:
    return TODAY + timedelta(one % 400 - 60)


def _prospects(session: Session) -> Sequence[tuple[int, int]]:
    rows = session.execute(select(Prospect.id, Prospect.constituent_id).order_by(Prospect.id))
    return [(id_, one) for id_, one in rows]


def _asks(session: Session) -> Sequence[tuple[int, int]]:
    rows = select(Opportunity.id, Prospect.constituent_id).join(Prospect, Prospect.id == Opportunity.prospect_id)
    return [(id_, one) for id_, one in session.execute(rows.order_by(Opportunity.id))]


def _written(
    session: Session, house: House, model: type[Base], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    load(session, model, (*columns, "created_in"), ((*row, house.change_id) for row in rows))
