"""The forecast from what was said of asks: of a day, by whose odds, against the goal, with the asks behind it."""

import csv
import json
from datetime import date, timedelta
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.core.changes import Act, ChangeSet, insert
from donors.core.errors import Invalid
from donors.core.settings import Organization
from donors.giving.gift_input import AdjustmentInput, GiftInput
from donors.pipeline.asks.decide import Step, Terms
from donors.pipeline.asks.gifts import link_gift
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import Prospect
from donors.pipeline.odds.goals import Aim, remove_goal, set_goal
from donors.pipeline.odds.models import Goal
from donors.pipeline.odds.own import LEAST
from donors.pipeline.odds.queries import Which
from donors.pipeline.odds.queries import goal as goal_now
from donors.reports.activity import activity
from donors.reports.answers import Memory, Write
from donors.reports.forecast import CLAIMED, Forecast, ForecastQuestion, forecast
from donors.workflows.adjust import correct_gift, refund_gift
from donors.workflows.asks import change_ask, open_ask, step_ask
from donors.workflows.gifts import record_gifts
from tests.cast import DORA, SAM, Person, sign_in
from tests.pipeline.records import NOW, TODAY, Records, ago

SETTINGS = Organization()
"""Its fiscal year is the calendar year: TODAY lies in March."""


class Asks:
    """Asks of many people, each prospect with one."""

    def __init__(self, records: Records) -> None:
        self.records, self.session, self.change = records, records.session, records.change

    def open(self, name: str, terms: Terms, *, days: int = 80) -> int:
        """An ask that was made so many days ago."""
        prospect = self.records.prospect(name)
        return open_ask(self.session, prospect.id, terms, on=ago(days), within=self.change, status="asked").id

    def ended(self, number: int, *, received: int, days: int = 40) -> None:
        """So many asks that have ended, some with a gift, the others without."""
        for each in range(number):
            ask_id = self.open(f"Past {each}", Terms(1_000_00, expected_on=ago(60 - days)), days=80)
            status = "received" if each < received else "declined"
            reason = "" if status == "received" else "amount"
            step_ask(self.session, ask_id, Step(status, ago(80 - days), reason=reason), within=self.change)

    def forecast(self, on: date = TODAY, **more: object) -> Forecast:
        """The forecast of this year."""
        which, memory = more.pop("which", Which(EVERYTHING)), more.pop("memory", None)
        asked = ForecastQuestion(on, 2026, which, **more)  # type: ignore[arg-type]
        return forecast(self.session, asked, SETTINGS, memory=memory)  # type: ignore[arg-type]


@pytest.fixture
def asks(records: Records) -> Asks:
    return Asks(records)


def test_what_was_learnt_is_kept_until_more_is_said(asks: Asks, cast: dict[Person, int]) -> None:
    asks.ended(LEAST + 4, received=20)
    first = asks.open("Ines", Terms(10_000_00, expected_on=TODAY, odds=60, officer_id=cast[SAM]))
    kept: list[Write] = []
    memory = Memory(kept.append, NOW)
    for which in (Which(EVERYTHING), Which(EVERYTHING, officer_id=cast[SAM])):
        plain, found = asks.forecast(which=which), asks.forecast(which=which, memory=memory)
        assert (found.lines, found.model, found.slip, found.months) == (
            plain.lines,
            plain.model,
            plain.slip,
            plain.months,
        )
        if kept:
            kept.pop()(asks.session)
    again = asks.forecast(which=which, memory=memory)
    assert (again.lines, kept) == (plain.lines, [])
    step_ask(asks.session, first, Step("declined", TODAY, reason="amount"), within=asks.change)
    assert asks.forecast(memory=memory).model.decided == plain.model.decided + 1
    assert len(kept) == 1


def test_claimed_odds_count_until_there_are_enough_asks(asks: Asks) -> None:
    asks.open("Ines", Terms(10_000_00, expected_on=TODAY, odds=60))
    asks.open("Hugo", Terms(4_000_00, expected_on=TODAY))
    asks.open("Otto", Terms(None, expected_on=TODAY, odds=60))
    found = asks.forecast()
    assert not found.model.enough
    assert [(line.ask.name, line.odds, line.expected) for line in found.by_worth] == [
        ("Ines", 0.6, 6_000_00),
        ("Hugo", None, None),
        ("Otto", 0.6, None),
    ]
    assert {line.ask.name for line in found.left_out} == {"Hugo", "Otto"}
    december = found.months[-1]
    assert (december.low, december.middle, december.high) == (0, 10_000_00, 10_000_00)
    assert [month.received for month in found.months[:4]] == [0, 0, 0, None]
    assert found.months[1].low is None


def test_own_odds_take_the_place_of_claims_once_there_are_enough(asks: Asks) -> None:
    asks.ended(LEAST, received=LEAST // 3)
    asks.open("Ines", Terms(10_000_00, expected_on=TODAY, odds=90), days=30)
    line = asks.forecast().lines[0]
    assert line.own is not None
    assert line.own.share == pytest.approx(1 / 3, abs=0.04)
    assert (line.claimed, line.odds, line.days) == (0.9, line.own.share, 30)
    assert asks.forecast(odds=CLAIMED).lines[0].odds == 0.9


def test_received_money_and_the_goal(asks: Asks) -> None:
    asks.ended(4, received=4, days=70)  # ten days ago, in February
    asks.open("Ines", Terms(10_000_00, expected_on=TODAY, odds=50))
    set_goal(asks.session, Aim(2026, "money", 14_000_00), within=asks.change)
    found = asks.forecast()
    assert (found.received, found.goal, found.chance) == (4_000_00, 14_000_00, pytest.approx(0.5))
    assert [month.received for month in found.months[:3]] == [0, 4_000_00, 4_000_00]
    assert found.months[-1].high == 14_000_00
    assert asks.forecast(which=Which(EVERYTHING, officer_id=asks.change.by_id)).goal is None
    set_goal(asks.session, Aim(2026, "money", 4_000_00), within=asks.change)
    assert asks.forecast().chance == pytest.approx(1)


def test_what_was_given_back_is_not_received(asks: Asks, cast: dict[Person, int]) -> None:
    ask_id = asks.open("Ines", Terms(3_000_00, expected_on=TODAY, officer_id=cast[SAM]))
    step_ask(asks.session, ask_id, Step("received", ago(40)), within=asks.change)
    ask = asks.session.get_one(Opportunity, ask_id)
    giver = asks.session.get_one(Prospect, ask.prospect_id).constituent_id
    [gift] = record_gifts(asks.session, [GiftInput(giver, 3_000_00, ago(40))], within=asks.change, on=TODAY)
    link_gift(asks.session, ask_id, gift, within=asks.change)
    act = Act(by=None, at=NOW, through="web")
    correct_gift(asks.session, gift, AdjustmentInput(2_000_00), act=act, on=TODAY)
    refund_gift(asks.session, gift, AdjustmentInput(500_00, ago(3)), act=act, on=TODAY)
    found = asks.forecast()
    assert (found.received, asks.forecast(ago(4)).received) == (1_500_00, 2_000_00)
    assert [month.received for month in found.months[:3]] == [2_000_00, 1_500_00, 1_500_00]
    told = activity(asks.session, TODAY, SETTINGS, EVERYTHING).lines
    assert {one.measure: one.done for line in told for one in line.measures}["money"] == 1_500_00


def test_it_can_be_seen_as_it_stood(asks: Asks) -> None:
    ask_id = asks.open("Ines", Terms(10_000_00, expected_on=TODAY, odds=60), days=80)
    change_ask(asks.session, ask_id, Terms(5_000_00, expected_on=TODAY, odds=20), on=ago(10), within=asks.change)
    step_ask(asks.session, ask_id, Step("declined", ago(2), reason="amount"), within=asks.change)
    assert [(line.ask.amount, line.odds) for line in asks.forecast(ago(11)).lines] == [(10_000_00, 0.6)]
    assert [(line.ask.amount, line.odds) for line in asks.forecast(ago(10)).lines] == [(5_000_00, 0.2)]
    assert asks.forecast().lines == ()


def test_of_the_next_year_only_its_own_months_count(asks: Asks) -> None:
    asks.open("Ines", Terms(10_000_00, expected_on=date(2027, 2, 1), odds=100))
    asks.open("Hugo", Terms(3_000_00, expected_on=date(2026, 4, 1), odds=100))
    found = forecast(asks.session, ForecastQuestion(TODAY, 2027, Which(EVERYTHING)), SETTINGS)
    assert len(found.months) == 12
    assert [month.received for month in found.months] == [None] * 12
    assert found.months[0].high == 0
    assert found.months[-1].middle == 10_000_00
    assert {line.ask.name: line.expected for line in found.lines} == {"Ines": 10_000_00, "Hugo": 0}
    assert asks.forecast().months[-1].high == 3_000_00


def test_only_asks_that_the_viewer_sees_and_asks_for(asks: Asks, cast: dict[Person, int]) -> None:
    asks.open("Ines", Terms(10_000_00, expected_on=TODAY, odds=60))
    hidden = asks.records.prospect("Hidden")
    hidden.is_confidential = True
    asks.session.flush()
    open_ask(asks.session, hidden.id, Terms(1_00, odds=10, officer_id=cast[DORA]), on=TODAY, within=asks.change)
    assert len(asks.forecast().lines) == 2
    assert len(asks.forecast(which=Which(sight(cast[SAM], SAM.role))).lines) == 1
    assert [one.ask.name for one in asks.forecast(which=Which(EVERYTHING, officer_id=cast[DORA])).lines] == ["Hidden"]
    assert asks.forecast(which=Which(EVERYTHING, pipeline_id=999)).lines == ()


def test_goals_are_checked_and_taken_away(asks: Asks) -> None:
    for wrong in (Aim(2026, "luck", 5), Aim(2026, "visits", 0)):
        with pytest.raises(Invalid):
            set_goal(asks.session, wrong, within=asks.change)
    goal = set_goal(asks.session, Aim(2026, "visits", 100), within=asks.change)
    assert set_goal(asks.session, Aim(2026, "visits", 120), within=asks.change) is goal
    assert goal.target == 120
    at_once = insert(asks.session, Goal(fiscal_year=2026, measure="visits", target=90), within=asks.change)
    assert goal_now(asks.session, 2026, "visits", Which(EVERYTHING)) is at_once
    assert set_goal(asks.session, Aim(2026, "visits", 80), within=asks.change) is at_once
    remove_goal(asks.session, at_once.id, within=asks.change)
    remove_goal(asks.session, goal.id, within=asks.change)


def test_page_file_and_command_say_the_same(app: Flask, client: FlaskClient, asks: Asks, change: ChangeSet) -> None:
    asks.open("=Ines", Terms(10_000_00, expected_on=TODAY + timedelta(3), odds=60))
    asks.session.commit()
    sign_in(client, DORA)
    page = client.get("/pipeline/forecast?as_of=2026-03-03").text
    assert "Not enough asks of your own yet" in page
    assert "$6,000" in page
    told = client.post("/pipeline/forecast/file?as_of=2026-03-03", data={"form": "csv"}).text.removeprefix("\ufeff")
    lines = list(csv.DictReader(StringIO(told)))
    assert len(lines) == 13
    assert (lines[-1]["name"], lines[-1]["expected"]) == ("'=Ines", "6000.00")
    ran = app.test_cli_runner().invoke(args=["report", "forecast", "--as-of", "2026-03-03"])
    assert ran.exit_code == 0, ran.output
    assert list(csv.DictReader(StringIO(ran.output))) == lines
    whole = app.test_cli_runner().invoke(args=["report", "forecast", "--as-of", "2026-03-03", "--format", "json"])
    assert json.loads(whole.output)["decided_asks"] == 0
    wrong = app.test_cli_runner().invoke(args=["report", "forecast", "--officer", "nobody@example.org"])
    assert "There is no such officer" in wrong.output


def test_goals_are_set_on_their_page(client: FlaskClient, session: Session, cast: dict[Person, int]) -> None:
    sign_in(client, DORA)
    year = client.get("/pipeline/goals").text.split('selected value="')[1][:4]
    sent = {"fiscal_year": year, "measure": "money", "target": "1,200", "officer_id": "", "pipeline_id": ""}
    assert client.post("/pipeline/goals", data=sent).status_code == 303
    page = client.get("/pipeline/goals").text
    assert "$1,200" in page
    assert "Write it like 120" in client.post("/pipeline/goals", data=sent | {"measure": "visits"}).text
    assert "chance to reach it" in client.get("/pipeline/forecast").text
