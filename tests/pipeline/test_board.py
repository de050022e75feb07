"""The board, its filters, moves with their next moves, and who is next."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Sight, sight
from donors.core.calendar import FiscalCalendar
from donors.core.changes import ChangeSet, insert
from donors.core.criteria.tree import Compare, Operator
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.fields import FieldRegistry
from donors.levels.models import Level, Standing, Track
from donors.pipeline.asks.decide import Terms
from donors.pipeline.assign import Charge, assign
from donors.pipeline.decide import OWN
from donors.pipeline.fields import register
from donors.pipeline.models import Pipeline, Prospect, Stage
from donors.pipeline.move import Plan, drop_move, plan_move, re_date_move
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.board import Page, Standpoint, board, card, cards, count, levels_of
from donors.pipeline.queries.moves import count_late_moves, late_moves, moves_of, planned_of
from donors.pipeline.queries.portfolio import portfolio, sizes
from donors.pipeline.queries.sieve import Matching, Sieve
from donors.pipeline.turn.queries import turns
from donors.plans.running.task import OwnTask, add
from donors.rollups.models import RollupDefinition
from donors.workflows.advance import add_prospect, advance
from donors.workflows.asks import open_ask
from donors.workflows.moves import log_move
from tests.cast import ADA, OLIVE, SAM, Person
from tests.harness.statements import counted
from tests.pipeline.conftest import TODAY, MakePerson


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def crowd(
    session: Session,
    pipeline: Pipeline,
    stage: dict[str, Stage],
    change: ChangeSet,
    person: MakePerson,
    cast: dict[Person, int],
) -> dict[str, Prospect]:
    """Five prospects: Anna late, Bert stuck without a next move, Cora in order, Dan Sam's, Ella nobody's."""
    made = {}
    for name, where, days, officer in (
        ("Anna", "Cultivation", 10, OLIVE),
        ("Bert", "Qualification", 40, OLIVE),
        ("Cora", "Cultivation", 20, OLIVE),
        ("Dan", "Cultivation", 5, SAM),
        ("Ella", "Identification", 1, None),
    ):
        entry = Entry(ago(days), stage[where].id)
        who = cast[officer] if officer else None
        added = add_prospect(session, person(name), pipeline.id, entry, within=change, officer_id=who)
        made[name] = added.prospect
    plan_move(session, made["Anna"].constituent_id, Plan("Send the drawings", ago(3)), within=change)
    plan_move(session, made["Cora"].constituent_id, Plan("Studio visit", ago(-8)), within=change)
    open_ask(session, made["Cora"].id, Terms(25_000_00, "roof"), on=TODAY, within=change)
    return made


def lanes(session: Session, sieve: Sieve, sees: Sight = EVERYTHING, **options: object) -> dict[str, list[str]]:
    found = board(session, sieve, on=TODAY, sees=sees, **options)  # type: ignore[arg-type]
    return {lane.stage.name: [card.name for card in lane.cards] for lane in found}


def test_lanes_hold_those_longest_in_stage_first(
    session: Session, pipeline: Pipeline, crowd: dict[str, Prospect]
) -> None:
    assert lanes(session, Sieve(pipeline.id)) == {
        "Identification": ["Ella"],
        "Qualification": ["Bert"],
        "Cultivation": ["Cora", "Anna", "Dan"],
        "Solicitation": [],
        "Stewardship": [],
    }
    lane = board(session, Sieve(pipeline.id), on=TODAY, sees=EVERYTHING, top=2)[2]
    assert (lane.count, lane.asks, lane.more) == (3, 25_000_00, 1)


@pytest.mark.parametrize("sort", ["longest", "next", "ask", "name"])
def test_each_lane_begins_as_its_stage_alone_would(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], crowd: dict[str, Prospect], sort: str
) -> None:
    for lane in board(session, Sieve(pipeline.id), on=TODAY, sees=EVERYTHING, sort=sort, top=2):
        alone = Sieve(pipeline.id, stage_id=lane.stage.id)
        assert list(lane.cards) == cards(session, alone, Page(sort, 2), on=TODAY, sees=EVERYTHING)


def test_more_lanes_and_cards_need_no_more_statements(
    session: Session, pipeline: Pipeline, stage: dict[str, Stage], crowd: dict[str, Prospect], change: ChangeSet
) -> None:
    def statements() -> int:
        with counted(session) as sent:
            board(session, Sieve(pipeline.id), on=TODAY, sees=EVERYTHING)
        return len(sent)

    few = statements()
    for name, to in (("Anna", "Solicitation"), ("Dan", "Stewardship")):
        advance(session, crowd[name].id, Entry(TODAY, stage[to].id, "moved"), within=change)
    assert statements() == few == 7


def test_retired_levels_are_no_rungs(session: Session, crowd: dict[str, Prospect], change: ChangeSet) -> None:
    anna = crowd["Anna"].constituent_id
    rollup = {"source": "hard", "operation": "sum", "returns": "amount", "frame": "all", "value_kind": "money"}
    measure = insert(session, RollupDefinition(key="all", label="All", slot=1, position=1, **rollup), within=change)
    track = insert(session, Track(name="Givers", measure_id=measure.id), within=change)
    rungs = [
        insert(session, Level(track_id=track.id, name=name, position=place, is_active=name != "Friend"), within=change)
        for place, name in enumerate(("Friend", "Donor", "Patron"), 1)
    ]
    place = {"track_id": track.id, "level_id": rungs[2].id, "from_on": TODAY}
    how = {"recorded_at": change.at, "cause": "gift", "rule_version": 1}
    insert(session, Standing(constituent_id=anna, **place, **how), within=change)
    assert levels_of(session, [anna]) == {anna: Standpoint("Patron", 2, 2)}


def test_a_card(session: Session, crowd: dict[str, Prospect]) -> None:
    found = card(session, crowd["Bert"].id, on=TODAY, sees=EVERYTHING)
    assert found is not None
    assert (found.name, found.days, found.tone, found.next_move, found.officer) == (
        "Bert",
        40,
        "over",
        None,
        "Olive Officer",
    )


def test_filters(session: Session, pipeline: Pipeline, crowd: dict[str, Prospect], cast: dict[Person, int]) -> None:
    def names(sieve: Sieve) -> list[str]:
        found = [card.name for card in cards(session, sieve, Page("name"), on=TODAY, sees=EVERYTHING)]
        assert count(session, sieve, on=TODAY, sees=EVERYTHING) == len(found)
        return found

    assert names(Sieve(pipeline.id, cast[OLIVE])) == ["Anna", "Bert", "Cora"]
    assert names(Sieve(pipeline.id, 0)) == ["Ella"]
    assert names(Sieve(pipeline.id, only="no next move")) == ["Bert", "Dan", "Ella"]
    assert names(Sieve(pipeline.id, only="late")) == ["Anna"]
    assert names(Sieve(pipeline.id, only="past limit")) == ["Bert"]


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("stage", Operator.EQUALS, "Cultivation", ["Anna", "Cora", "Dan"]),
        ("pipeline", Operator.EQUALS, "Major gifts", ["Anna", "Bert", "Cora", "Dan", "Ella"]),
        ("officer", Operator.CONTAINS, "sam", ["Dan"]),
        ("officer", Operator.IS_EMPTY, None, ["Ella"]),
        ("next_move_on", Operator.LESS, TODAY, ["Anna"]),
        ("next_move_on", Operator.IS_EMPTY, None, ["Bert", "Dan", "Ella"]),
        ("in_stage_since", Operator.AT_MOST, ago(20), ["Bert", "Cora"]),
        ("ask_amount", Operator.AT_LEAST, 1, ["Cora"]),
    ],
)
def test_criteria_over_the_fields_of_the_pipeline(
    session: Session,
    pipeline: Pipeline,
    crowd: dict[str, Prospect],
    field: str,
    operator: Operator,
    value: date | str | int | None,
    expected: list[str],
) -> None:
    registry = FieldRegistry()
    register(registry)
    fields = registry.fields(session, "constituent")
    matching = Matching(Compare(field, operator, value), fields, FiscalCalendar())
    sieve = Sieve(pipeline.id, matching=matching)
    assert [card.name for card in cards(session, sieve, Page("name"), on=TODAY, sees=EVERYTHING)] == expected


@pytest.mark.parametrize("sort", ["longest", "next", "ask", "name"])
def test_pages_of_a_list_join_up(session: Session, pipeline: Pipeline, crowd: dict[str, Prospect], sort: str) -> None:
    def names(limit: int, offset: int) -> list[str]:
        page = Page(sort, limit, offset)
        return [card.name for card in cards(session, Sieve(pipeline.id), page, on=TODAY, sees=EVERYTHING)]

    assert names(2, 0) + names(2, 2) + names(2, 4) == names(10, 0)
    assert len(names(10, 0)) == 5


def test_a_call_report_with_its_next_move(
    session: Session, crowd: dict[str, Prospect], change: ChangeSet, cast: dict[Person, int]
) -> None:
    anna = crowd["Anna"]
    (planned,) = planned_of(session, anna.constituent_id, sees=EVERYTHING)
    task = add(session, OwnTask("Drawings", ago(2), cast[OLIVE], anna.constituent_id), within=change)
    report = Report(
        made_on=TODAY,
        method="call",
        outcome="positive",
        report="Likes the drawings.",
        planned_id=planned.move.id,
        next_move=Plan("Site visit", ago(-9), "visit"),
    )
    made = log_move(session, anna.constituent_id, report, within=change, on=TODAY, tasks=(task.id,))
    assert (made.id, made.state, made.purpose, made.is_substantive) == (
        planned.move.id,
        "made",
        "Send the drawings",
        True,
    )
    (following,) = planned_of(session, anna.constituent_id, sees=EVERYTHING)
    assert (following.move.purpose, following.move.follows_id, following.move.prospect_id) == (
        "Site visit",
        made.id,
        anna.id,
    )
    assert task.state == "done"
    with pytest.raises(Blocked):
        log_move(session, anna.constituent_id, report, within=change, on=TODAY)


def test_reports_that_are_refused(session: Session, crowd: dict[str, Prospect], change: ChangeSet) -> None:
    anna, cora = crowd["Anna"].constituent_id, crowd["Cora"].constituent_id
    (planned,) = planned_of(session, anna, sees=EVERYTHING)
    with pytest.raises(NotFound):
        log_move(session, cora, Report(TODAY, "call", "reached", planned_id=planned.move.id), within=change, on=TODAY)
    for wrong in (
        Report(TODAY, "telepathy", "reached"),
        Report(TODAY, "call", "great"),
        Report(ago(-5), "call", "reached"),
        Report(TODAY, "call", "reached", next_move=Plan(" ", ago(-5))),
    ):
        with pytest.raises(Invalid):
            log_move(session, anna, wrong, within=change, on=TODAY)


def test_late_moves_are_re_dated_or_dropped(
    session: Session, crowd: dict[str, Prospect], change: ChangeSet, cast: dict[Person, int]
) -> None:
    (line,) = late_moves(session, on=TODAY, sees=EVERYTHING)
    assert (line.constituent, line.late_by(TODAY)) == ("Anna", 3)
    assert count_late_moves(session, on=TODAY, sees=EVERYTHING, officer_id=cast[SAM]) == 0
    re_date_move(session, line.move.id, ago(-1), within=change)
    assert late_moves(session, on=TODAY, sees=EVERYTHING) == []
    with pytest.raises(Invalid):
        drop_move(session, line.move.id, reason="", within=change)
    drop_move(session, line.move.id, reason="overtaken", within=change)
    assert planned_of(session, crowd["Anna"].constituent_id, sees=EVERYTHING) == []


def test_confidential_reports(
    session: Session, crowd: dict[str, Prospect], change: ChangeSet, cast: dict[Person, int]
) -> None:
    anna = crowd["Anna"].constituent_id
    log_move(session, anna, Report(TODAY, "visit", "reached", "secret", readers=OWN), within=change, on=TODAY)
    readers = {
        person: len(moves_of(session, anna, sees=sight(cast[person], person.role))) for person in (OLIVE, SAM, ADA)
    }
    assert readers == {OLIVE: 1, SAM: 0, ADA: 1}


def test_who_is_next_and_why(
    session: Session, pipeline: Pipeline, crowd: dict[str, Prospect], change: ChangeSet, cast: dict[Person, int]
) -> None:
    add(session, OwnTask("Thank her", ago(1), cast[OLIVE], crowd["Cora"].constituent_id), within=change)
    found = turns(session, cast[OLIVE], on=TODAY, sees=EVERYTHING)
    assert [(one.card.name, [reason.sentence for reason in one.reasons]) for one in found] == [
        ("Anna", ["Send the drawings is 3 days late."]),
        ("Cora", ["The task “Thank her” is 1 day late."]),
        ("Bert", ["19 days longer in Qualification than the 21 expected.", "There is no next move."]),
    ]


def test_figures_of_an_officer(
    session: Session, pipeline: Pipeline, crowd: dict[str, Prospect], change: ChangeSet, cast: dict[Person, int]
) -> None:
    log_move(session, crowd["Cora"].constituent_id, Report(ago(89), "visit", "reached"), within=change, on=TODAY)
    log_move(session, crowd["Bert"].constituent_id, Report(ago(90), "visit", "reached"), within=change, on=TODAY)
    found = portfolio(session, pipeline.id, cast[OLIVE], on=TODAY, sees=EVERYTHING)
    assert (found.size, found.with_next_move, found.reached, found.asks, found.past_limit) == (3, 2, 1, 25_000_00, 1)
    assert sizes(session, on=TODAY) == {cast[OLIVE]: 3, cast[SAM]: 1}
    assign(session, crowd["Bert"].constituent_id, Charge(cast[SAM], TODAY), within=change)
    after = portfolio(session, pipeline.id, cast[OLIVE], on=TODAY, sees=EVERYTHING)
    assert (after.size, after.came, after.left) == (2, 0, 1)
