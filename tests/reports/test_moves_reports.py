"""No next move and overdue moves, now and as of an earlier day; the briefing and the pack."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.constituents.models import Constituent
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.errors import NotFound
from donors.core.known import KnownAt
from donors.core.paging import Part
from donors.core.settings import organization
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.decide import OWN
from donors.pipeline.models import PLANNED, Move, Prospect
from donors.pipeline.move import Plan, drop_move, plan_move, re_date_move
from donors.pipeline.move_report import Report
from donors.pipeline.odds.queries import Which
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.stages import pipelines
from donors.reports.briefing import briefing
from donors.reports.next_steps import NextStepsQuestion, next_steps, suggestion
from donors.reports.overdue import OverdueQuestion, age_of, overdue_moves
from donors.reports.plain.moves import next_steps_rows, overdue_document
from donors.reports.portfolio_review import portfolio_review
from donors.reports.sheet import pack
from donors.workflows.advance import add_prospect
from donors.workflows.begin import begin
from donors.workflows.moves import log_move
from tests.cast import OLIVE, SAM, Person, sign_in
from tests.harness.statements import counted

TODAY = date(2026, 3, 3)
EVERYBODY = Which(EVERYTHING)


def act(session: Session, cast: dict[Person, int], days: int = 0, why: str = "") -> ChangeSet:
    """An act of Olive's, so many days before today."""
    at = datetime(2026, 3, 3, 9, tzinfo=UTC) - timedelta(days=days)
    return open_change(session, "test", act=Act(by=cast[OLIVE], at=at, through="web", why=why))


def person(session: Session, name: str, *, within: ChangeSet) -> Constituent:
    return insert(session, Constituent(kind="person", name=name, sort_name=name.lower()), within=within)


@pytest.fixture
def people(session: Session, cast: dict[Person, int]) -> dict[str, Prospect]:
    """Anna has an ask and no next move, Bert a late one that was put off twice, Cora one to come; all are Olive's."""
    within = act(session, cast, 90)
    begin(session, within=within)
    pipeline = pipelines(session)[0]
    made = {}
    for name, days in (("Anna", 80), ("Bert", 70), ("Cora", 60)):
        who, entry = person(session, name, within=within).id, Entry(TODAY - timedelta(days=days))
        made[name] = add_prospect(session, who, pipeline.id, entry, within=within, officer_id=cast[OLIVE]).prospect
    made["Anna"].ask_amount = 2_500_000
    late = plan_move(session, made["Bert"].constituent_id, Plan("Call him", TODAY - timedelta(60)), within=within)
    plan_move(session, made["Cora"].constituent_id, Plan("Show the studio", TODAY + timedelta(9)), within=within)
    re_date_move(session, late.id, TODAY - timedelta(40), within=act(session, cast, 50, "He was away"))
    re_date_move(session, late.id, TODAY - timedelta(20), within=act(session, cast, 30, "Away again"))
    return made


def test_no_next_move(session: Session, cast: dict[Person, int], people: dict[str, Prospect]) -> None:
    said = Report(TODAY - timedelta(70), "call", "reached")
    log_move(session, people["Anna"].constituent_id, said, within=act(session, cast, 70), on=TODAY)
    found = next_steps(session, NextStepsQuestion(TODAY, EVERYBODY))
    assert (found.total, found.active, found.at_risk) == (1, 3, 2_500_000)
    (one,) = found.rows
    assert (one.name, one.officer, one.stage, one.days, one.since_contact) == (
        "Anna",
        OLIVE.name,
        "Identification",
        80,
        70,
    )
    (row,) = next_steps_rows(found, organization(session))
    assert (row["at_risk"], row["suggestion"]) == ("25000.00", "Ask for a first talk, within a week")
    of_sam = replace(EVERYBODY, officer_id=cast[SAM])
    assert next_steps(session, NextStepsQuestion(TODAY, of_sam)).active == 0


def test_moves_reports_are_sorted_by_any_head(
    session: Session, cast: dict[Person, int], people: dict[str, Prospect]
) -> None:
    within = act(session, cast)
    for name, days in (("Anna", 9), ("Bert", 3), ("Cora", 5)):
        plan_move(session, people[name].constituent_id, Plan("Write", TODAY - timedelta(days)), within=within)
    session.execute(update(Move).where(Move.purpose != "Write").values(state="dropped"))
    for key, names in (
        ("due", "Anna Cora Bert"),
        ("-due", "Bert Cora Anna"),
        ("-name", "Cora Bert Anna"),
        ("x", "Anna Cora Bert"),
    ):
        rows = overdue_moves(session, OverdueQuestion(TODAY, EVERYBODY), part=Part(sort=key)).rows
        assert [one.name for one in rows] == names.split()
    session.execute(update(Move).values(state="dropped"))
    for key, names in (
        ("risk", "Bert Cora Anna"),
        ("-since", "Cora Bert Anna"),
        ("name", "Anna Bert Cora"),
        ("contact", "Anna Bert Cora"),
    ):
        rows = next_steps(session, NextStepsQuestion(TODAY, EVERYBODY), part=Part(sort=key)).rows
        assert [one.name for one in rows] == names.split()


def test_no_next_move_as_it_stood(session: Session, cast: dict[Person, int], people: dict[str, Prospect]) -> None:
    plan_move(session, people["Anna"].constituent_id, Plan("Ask her", TODAY), within=act(session, cast, 5))
    assert next_steps(session, NextStepsQuestion(TODAY, EVERYBODY)).total == 0
    then = KnownAt(session, datetime(2026, 2, 20, tzinfo=UTC))
    earlier = next_steps(session, NextStepsQuestion(date(2026, 2, 19), EVERYBODY, then))
    assert [one.name for one in earlier.rows] == ["Anna"]
    assert earlier.rows[0].days == 68


@pytest.mark.parametrize(
    ("kind", "since", "has_ask", "words"),
    [
        ("qualification", None, False, "Make the first contact: nobody has written of one"),
        ("solicitation", 10, True, "Follow up the ask"),
        ("solicitation", 10, False, "Say what is to be asked for, and ask"),
        ("stewardship", 181, False, "Take up contact again after 181 days, then: tell what the gift has done"),
        ("of their own", 61, False, "Plan a contact, within a week"),
    ],
)
def test_suggestions(kind: str, since: int | None, has_ask: bool, words: str) -> None:
    assert suggestion(kind, since, has_ask=has_ask) == words


def test_overdue_moves(session: Session, cast: dict[Person, int], people: dict[str, Prospect]) -> None:
    found = overdue_moves(session, OverdueQuestion(TODAY, EVERYBODY))
    assert (found.by_age, found.total) == ((0, 1, 0, 0), 1)
    (one,) = found.rows
    assert (one.name, one.purpose, one.late, one.put_off, one.why) == ("Bert", "Call him", 20, 2, "Away again")
    assert overdue_moves(session, OverdueQuestion(TODAY, EVERYBODY, age=2)).rows == ()
    assert overdue_document(found, "everybody")["by_age"]["8 to 30"] == 1
    assert [age_of(days) for days in (1, 7, 8, 30, 31, 90, 91)] == [0, 0, 1, 1, 2, 2, 3]


def test_overdue_moves_as_they_stood(session: Session, cast: dict[Person, int], people: dict[str, Prospect]) -> None:
    """On the tenth of January he had been due for a while, and had not been put off yet."""
    then = KnownAt(session, datetime(2026, 1, 10, tzinfo=UTC))
    (one,) = overdue_moves(session, OverdueQuestion(date(2026, 1, 9), EVERYBODY, known=then)).rows
    assert (one.due_on, one.late, one.put_off, one.why) == (date(2026, 1, 2), 7, 0, "")


def test_a_move_that_was_dropped_later_was_planned_before(
    session: Session, cast: dict[Person, int], people: dict[str, Prospect]
) -> None:
    who = people["Bert"].constituent_id
    [late] = session.scalars(select(Move).where(Move.constituent_id == who, Move.state == PLANNED))
    drop_move(session, late.id, reason="Has moved away", within=act(session, cast, 3))
    for known, on, lacking, overdue in (
        (None, TODAY, ["Anna", "Bert"], []),
        (datetime(2026, 2, 20, tzinfo=UTC), date(2026, 2, 19), ["Anna"], ["Bert"]),
    ):
        then = None if known is None else KnownAt(session, known)
        found = next_steps(session, NextStepsQuestion(on, EVERYBODY, then))
        assert sorted(one.name for one in found.rows) == lacking
        assert [one.name for one in overdue_moves(session, OverdueQuestion(on, EVERYBODY, known=then)).rows] == overdue
        review = portfolio_review(session, on, EVERYBODY, then)
        without = sorted(line.stood.name for line in review.lines if "no next move" in line.flags)
        assert without == lacking
        assert [line.stood.name for line in review.lines if "next move late" in line.flags] == overdue


def test_a_past_day_is_seen_as_it_stood_in_pages_and_commands(
    app: Flask, session: Session, cast: dict[Person, int], people: dict[str, Prospect]
) -> None:
    who = people["Bert"].constituent_id
    [late] = session.scalars(select(Move).where(Move.constituent_id == who, Move.state == PLANNED))
    drop_move(session, late.id, reason="Has moved away", within=act(session, cast, 3))
    session.commit()
    client, runner = app.test_client(), app.test_cli_runner()
    sign_in(client, OLIVE)
    page = client.get("/reports/review?officer=&page=2").text
    assert "Anna</a>" not in page, "all three stand on the first page"
    assert "A dot for each prospect" in page
    for day, planned in (("2026-02-19", "Call him"), ("2026-03-02", "")):
        file = client.post(f"/reports/review/file?officer=&as_of={day}").text
        rows = {row["name"]: row["next_move"] for row in csv.DictReader(StringIO(file.removeprefix("\ufeff")))}
        assert rows["Bert"] == planned
        told = runner.invoke(args=["report", "portfolio-review", "--as-of", day]).output
        assert {row["name"]: row["next_move"] for row in csv.DictReader(StringIO(told))} == rows
        session.rollback()  # the command read in it


def test_confidential_people_and_moves_are_in_no_report(
    session: Session, cast: dict[Person, int], people: dict[str, Prospect]
) -> None:
    session.get_one(Constituent, people["Anna"].constituent_id).confidential = True
    people["Bert"].is_confidential = True
    session.flush()
    of_sam = Which(sight(cast[SAM], SAM.role))
    found = next_steps(session, NextStepsQuestion(TODAY, of_sam))
    assert (found.total, found.active, found.at_risk) == (0, 1, 0)
    assert overdue_moves(session, OverdueQuestion(TODAY, of_sam)).by_age == (0, 0, 0, 0)
    assert [one.card.name for one in pack(session, cast[OLIVE], on=TODAY, sees=of_sam.sees)] == ["Cora"]


def test_a_briefing(session: Session, cast: dict[Person, int], people: dict[str, Prospect]) -> None:
    anna, within = people["Anna"], act(session, cast)
    for days in range(5):
        said = Report(TODAY - timedelta(days), "call", "reached", f"{days} days ago", readers=OWN if days == 1 else "")
        log_move(session, anna.constituent_id, said, within=within, on=TODAY)
    days = {"status_since": TODAY, "opened_on": TODAY}
    insert(session, Opportunity(prospect_id=anna.id, amount=500_000, purpose="The roof", **days), within=within)
    session.get_one(Constituent, anna.constituent_id).do_not_contact = True
    session.flush()
    own = briefing(session, anna.id, on=TODAY, sees=sight(cast[OLIVE], OLIVE.role))
    assert [line.move.report for line in own.sheet.last] == ["0 days ago", "1 days ago", "2 days ago"]
    assert own.purpose is None
    assert [one.opportunity.purpose for one in own.sheet.asks] == ["The roof"]
    assert own.sheet.delicate == (
        "Wants no contact at all.",
        "Some call reports are confidential: do not pass on what they say.",
    )
    of_sam = briefing(session, anna.id, on=TODAY, sees=sight(cast[SAM], SAM.role))
    assert [line.move.report for line in of_sam.sheet.last] == ["0 days ago", "2 days ago", "3 days ago"]
    assert of_sam.sheet.delicate == ("Wants no contact at all.",)
    with pytest.raises(NotFound):
        briefing(session, 999_999, on=TODAY, sees=EVERYTHING)


def test_a_pack_asks_the_database_as_often_for_many_as_for_few(
    session: Session, cast: dict[Person, int], people: dict[str, Prospect]
) -> None:
    with counted(session) as few:
        assert [one.card.name for one in pack(session, cast[OLIVE], on=TODAY, sees=EVERYTHING)] == [*people]
    within = act(session, cast)
    for number in range(12):
        who = person(session, f"Dora {number}", within=within).id
        add_prospect(session, who, people["Anna"].pipeline_id, Entry(TODAY), within=within, officer_id=cast[OLIVE])
    session.flush()
    with counted(session) as many:
        assert len(pack(session, cast[OLIVE], on=TODAY, sees=EVERYTHING)) == 15
    assert len(many) == len(few)
