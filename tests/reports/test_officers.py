"""Reports on officers and portfolios, as of any day, by rows with dates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.permissions import OFFICER
from donors.accounts.visible import EVERYTHING, sight
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.settings import organization
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.opportunity import open_opportunity
from donors.pipeline.assign import Charge, release
from donors.pipeline.confide import confide
from donors.pipeline.decide import OWN
from donors.pipeline.models import Assignment, Pipeline, Prospect
from donors.pipeline.move import Plan, plan_move
from donors.pipeline.move_report import Report
from donors.pipeline.odds.models import Goal
from donors.pipeline.odds.queries import Which
from donors.pipeline.prospect import Entry, Leaving
from donors.pipeline.queries.stages import stages
from donors.pipeline.standard import install_standard
from donors.pipeline.strategy import set_strategy
from donors.reports.activity import activity
from donors.reports.balance import balance
from donors.reports.coverage import Behind, coverage, coverage_people
from donors.reports.plain.officers import activity_rows, balance_rows, coverage_rows, queue_rows, review_rows
from donors.reports.portfolio_review import portfolio_review
from donors.reports.qualification import qualification
from donors.web.charts.lanes import Dot, lanes
from donors.workflows.advance import add_prospect, leave
from donors.workflows.moves import log_move
from donors.workflows.portfolio import assign_officer
from tests.cast import DORA, OLIVE, SAM, Person

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def change(session: Session, cast: dict[Person, int]) -> ChangeSet:
    return open_change(session, "test", act=Act(by=cast[OLIVE], at=NOW, through="web"))


@pytest.fixture
def pipeline(session: Session, change: ChangeSet) -> Pipeline:
    return install_standard(session, within=change)


@pytest.fixture
def world(session: Session, change: ChangeSet, pipeline: Pipeline, cast: dict[Person, int]) -> dict[str, int]:
    """Name → prospect. Anna and Bert are Olive's, Cora Sam's; Dan has left; Eve is nobody's."""
    first = {stage.name: stage.id for stage in stages(session, pipeline.id)}
    found = {}
    for name, officer, stage, days in (
        ("Anna", OLIVE, "Cultivation", 200),
        ("Bert", OLIVE, "Qualification", 70),
        ("Cora", SAM, "Identification", 10),
        ("Dan", SAM, "Qualification", 300),
        ("Eve", None, "Qualification", 95),
    ):
        who = insert(session, Constituent(kind="person", name=name, sort_name=name.lower()), within=change).id
        if officer:
            assign_officer(session, who, Charge(cast[officer], ago(days)), within=change)
        entry = Entry(ago(days), first[stage])
        found[name] = add_prospect(session, who, pipeline.id, entry, within=change).prospect.id
        if name in ("Anna", "Bert"):
            told = Report(ago(40 if name == "Anna" else 120), "visit", "reached", officer_id=cast[OLIVE])
            log_move(session, who, told, within=change, on=TODAY)
        if name == "Anna":
            plan_move(session, who, Plan("Show the hall", ago(3), officer_id=cast[OLIVE]), within=change)
            terms = Terms(50_000_00, ask_on=ago(5), odds=60, officer_id=cast[OLIVE])
            open_opportunity(session, found[name], terms, on=ago(30), within=change)
            set_strategy(session, found[name], "The hall.", on=ago(100), within=change)
        if name == "Dan":
            leave(session, found[name], Leaving(ago(50), "No interest", "disqualified"), within=change)
    session.flush()
    return found


def test_the_review_tells_what_is_to_be_talked_about(
    session: Session, pipeline: Pipeline, cast: dict[Person, int], world: dict[str, int]
) -> None:
    which = Which(EVERYTHING, pipeline.id, cast[OLIVE])
    found = portfolio_review(session, TODAY, which)
    rows = review_rows(found, organization(session))
    assert [(row["name"], row["stage"], row["days"], row["limit"], row["last_contact"]) for row in rows] == [
        ("Bert", "Qualification", 70, 21, ago(120).isoformat()),
        ("Anna", "Cultivation", 200, 180, ago(40).isoformat()),
    ]
    assert [row["flags"] for row in rows] == [
        "49 days past the limit of the stage; no next move; not spoken with for 120 days; no strategy",
        "20 days past the limit of the stage; next move late; the day of the ask has passed",
    ]
    assert (rows[1]["ask"], rows[1]["odds"], rows[1]["next_move"]) == ("50000.00", 60, "Show the hall")
    assert (found.asks, found.flagged) == (50_000_00, 2)
    before = portfolio_review(session, ago(60), which)
    assert [(line.stood.name, line.days, line.ask) for line in before.lines] == [
        ("Bert", 10, None),
        ("Anna", 140, None),
    ]
    assert portfolio_review(session, ago(400), which).lines == ()


def test_a_confidential_prospect_is_in_no_report_of_others(
    session: Session, pipeline: Pipeline, cast: dict[Person, int], world: dict[str, int], change: ChangeSet
) -> None:
    confide(session, world["Anna"], confidential=True, sees=EVERYTHING, within=change)
    for person, there in ((OLIVE, True), (SAM, False)):
        which = Which(sight(cast[person], OFFICER), pipeline.id)
        names = [line.stood.name for line in portfolio_review(session, TODAY, which).lines]
        assert ("Anna" in names) is there
        asks = {line.officer: line.asks for line in balance(session, TODAY, which)}
        assert asks["Olive Officer"] == (50_000_00 if there else 0)


def test_coverage_and_the_people_behind_it(session: Session, cast: dict[Person, int], world: dict[str, int]) -> None:
    rows = coverage_rows(coverage(session, TODAY, EVERYTHING))
    assert [tuple(row.values())[1:] for row in rows] == [
        ("Olive Officer", 2, 0, 1, 2, 0, 2, 2, "1.0000"),
        ("Sam Stranger", 2, 0, 0, 0, 2, 0, 0, None),
    ]

    def names(officer: Person, which: str, on: date = TODAY) -> list[str]:
        people, total = coverage_people(session, on, EVERYTHING, Behind(cast[officer], which))
        assert total == len(people)
        return [one.name for one in people]

    assert names(OLIVE, "90") == ["Anna"]
    assert names(OLIVE, "180") == ["Bert", "Anna"]
    assert names(OLIVE, "silent") == []
    assert names(SAM, "never") == ["Cora", "Dan"]
    assert names(OLIVE, "never", ago(60)) == ["Anna"]


def test_activity_stands_beside_goals(
    session: Session, cast: dict[Person, int], world: dict[str, int], change: ChangeSet
) -> None:
    year = organization(session).fiscal.year_of(TODAY)
    insert(session, Goal(fiscal_year=year, measure="visits", officer_id=cast[OLIVE], target=8), within=change)
    found = activity(session, TODAY, organization(session), EVERYTHING)
    rows = {(row["officer"], row["measure"]): row for row in activity_rows(found, organization(session))}
    visits = rows["Olive Officer", "visits"]
    assert (visits["done"], visits["goal"], visits["share"]) == (2, 8, "0.2500")
    assert rows["Olive Officer", "strategies"]["done"] == 1
    assert rows["Olive Officer", "money"]["done"] == "0.00"
    assert 0.88 < found.pace < 0.89


def test_activity_holds_what_the_viewer_may_know_of(
    session: Session, cast: dict[Person, int], world: dict[str, int], change: ChangeSet
) -> None:
    who = session.get_one(Prospect, world["Bert"]).constituent_id
    private = Report(ago(3), "visit", "reached", officer_id=cast[OLIVE], readers=OWN)
    log_move(session, who, private, within=change, on=TODAY)

    def done(person: Person) -> dict[str, int]:
        sees = sight(cast[person], person.role)
        lines = activity(session, TODAY, organization(session), sees).lines
        return {one.measure: one.done for line in lines for one in line.measures if line.officer == OLIVE.name}

    assert [(done(each)["visits"], done(each)["strategies"]) for each in (OLIVE, SAM, DORA)] == [(3, 1)] * 3
    confide(session, world["Anna"], confidential=True, sees=EVERYTHING, within=change)
    assert [(done(each)["visits"], done(each)["strategies"]) for each in (OLIVE, SAM, DORA)] == [(3, 1), (2, 0), (3, 1)]
    session.get_one(Constituent, who).confidential = True
    session.flush()
    assert done(SAM) == {}, "she has done nothing that Sam may know of"


def test_the_queue_by_age(session: Session, pipeline: Pipeline, world: dict[str, int]) -> None:
    found = qualification(session, TODAY, Which(EVERYTHING, pipeline.id))
    assert [(row["name"], row["days"], row["tries"], row["officer"]) for row in queue_rows(found)] == [
        ("Eve", 95, 0, ""),
        ("Bert", 70, 0, "Olive Officer"),
        ("Cora", 10, 0, "Sam Stranger"),
    ]
    assert [count for _name, count in found.by_age] == [1, 0, 1, 1]
    assert found.untried == 3
    then = qualification(session, ago(60), Which(EVERYTHING, pipeline.id))
    assert [line.stood.name for line in then.lines] == ["Dan", "Eve", "Bert"]


def test_balance_counts_what_lies_on_whom(
    session: Session, pipeline: Pipeline, cast: dict[Person, int], world: dict[str, int], change: ChangeSet
) -> None:
    here = organization(session)
    rows = balance_rows(balance(session, TODAY, Which(EVERYTHING, pipeline.id)), here)
    told = [(row["officer"], row["in_charge"], row["prospects"], row["asks"], row["moves"]) for row in rows]
    assert told == [("Olive Officer", 2, 2, "50000.00", 1), ("Sam Stranger", 2, 1, "0.00", 0)]
    assert (rows[0]["qualification"], rows[0]["cultivation"], rows[1]["identification"]) == (1, 1, 1)
    held = session.query(Assignment).filter_by(officer_id=cast[SAM]).first()
    assert held is not None
    release(session, held.id, on=TODAY, reason="moved", within=change)
    assert [line.size for line in balance(session, TODAY, Which(EVERYTHING))] == [2, 1]


def test_dots_of_a_lane_do_not_cover_each_other() -> None:
    dots = [Dot(f"P{number}", 0, 40 + number // 3, 100 * number, False, "/") for number in range(3)]
    drawn = lanes(["Cultivation", "Solicitation"], [180, None], dots)
    assert all(drawn.left < one.x < drawn.width for one in drawn.dots)
    for place, one in enumerate(drawn.dots):
        for other in drawn.dots[place + 1 :]:
            assert (one.x - other.x) ** 2 + (one.y - other.y) ** 2 >= (one.r + other.r) ** 2
    assert [lane.limit is None for lane in drawn.lanes] == [False, True]
