"""Claims held against what happened, from what was said of asks, from hot claims and gifts, and from evidence."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.core.changes import insert
from donors.core.clock import now
from donors.core.errors import Blocked, Invalid
from donors.giving.models import Credit, Gift
from donors.pipeline.asks.decide import Step, Terms
from donors.pipeline.evidence.models import CLAIMED, PROVEN, Evidence, EvidenceKept
from donors.pipeline.models import Prospect, Stage, StageEntry
from donors.pipeline.odds.claims import FAILED, HAPPENED, OPEN, claims, claims_of
from donors.pipeline.odds.hot import Heat, claim_hot, withdraw_claim
from donors.pipeline.odds.queries import Which
from donors.pipeline.prospect import Entry
from donors.reports.calibration import CalibrationQuestion, CalibrationReport, calibration_report
from donors.workflows.advance import advance
from donors.workflows.asks import change_ask, open_ask, step_ask
from tests.cast import DORA, OLIVE, SAM, Person, sign_in
from tests.pipeline.records import TODAY, Records, ago

ALL = Which(EVERYTHING)


def report(session: Session, which: Which = ALL, wait: int = 30) -> CalibrationReport:
    return calibration_report(session, CalibrationQuestion(TODAY, which, wait))


def asked(records: Records, name: str, odds: int, officer_id: int, *, ends: str | None, days: int = 80) -> int:
    """An ask with claimed odds so many days ago, ended thirty days later."""
    prospect = records.prospect(name)
    terms = Terms(1_000_00, odds=odds, officer_id=officer_id)
    row = open_ask(records.session, prospect.id, terms, on=ago(days), within=records.change, status="asked")
    if ends is not None:
        reason = "" if ends == "received" else "amount"
        step_ask(records.session, row.id, Step(ends, ago(days - 30), reason=reason), within=records.change)
    return row.id


def test_claims_are_judged_by_officer_and_by_stand(session: Session, records: Records, cast: dict[Person, int]) -> None:
    for number in range(24):
        asked(records, f"O{number}", 80, cast[OLIVE], ends="received" if number < 8 else "declined")
    for number in range(4):
        asked(records, f"S{number}", 50, cast[SAM], ends="received" if number < 2 else "declined")
    still = asked(records, "Open", 60, cast[SAM], ends=None)
    change_ask(session, still, Terms(1_000_00, odds=70, officer_id=cast[SAM]), on=ago(3), within=records.change)
    found = report(session)
    assert found.all is not None
    assert (found.all.claims, found.undecided, found.young) == (28, 1, 1)
    olive, sam = found.officers[OLIVE.name], found.officers[SAM.name]
    assert (olive.claimed, olive.share, olive.verdict) == (pytest.approx(0.8), pytest.approx(1 / 3), "hopeful")
    assert (sam.share, sam.verdict) == (0.5, "")
    assert set(found.stands) == {"Asked in identification"}
    assert found.beside is None
    assert report(session, wait=90).all is None
    assert set(report(session, Which(EVERYTHING, officer_id=cast[SAM])).officers) == {SAM.name}


def test_own_odds_beside_are_those_of_before(session: Session, records: Records, cast: dict[Person, int]) -> None:
    for number in range(30):
        asked(records, f"E{number}", 90, cast[OLIVE], ends="received" if number % 3 == 0 else "declined", days=120)
    for number in range(6):
        asked(records, f"L{number}", 90, cast[OLIVE], ends="received" if number < 2 else "declined", days=31)
    found = report(session)
    assert found.beside is not None
    assert found.beside.claimed.claims == 6  # on the day of the earlier claims nothing was decided
    assert found.beside.own.claimed == pytest.approx(1 / 3, abs=0.03)
    assert found.beside.base.claimed == pytest.approx(1 / 3)
    assert found.beside.gain.value > 0.2


def gives(session: Session, records: Records, prospect: Prospect, cents: int, days: int) -> Gift:
    """A gift of a prospect so many days ago, with its hard credit."""
    on = ago(days)
    gift = Gift(
        constituent_id=prospect.constituent_id,
        amount=cents,
        currency="USD",
        base_amount=cents,
        received_on=on,
        recorded_at=records.change.at,
    )
    insert(session, gift, within=records.change)
    credit = Credit(
        gift_id=gift.id,
        constituent_id=prospect.constituent_id,
        kind="hard",
        role="",
        amount=cents,
        base_amount=cents,
        given_on=on,
        counts_from=on,
        fiscal_year=on.year,
    )
    insert(session, credit, within=records.change)
    return gift


def test_hot_claims_are_judged_by_gifts(session: Session, records: Records) -> None:
    prospect = records.prospect("Ines")
    heat = Heat(ago(10), 1_000_00, 70, "She asked for the account number")
    row = claim_hot(session, prospect.id, heat, on=ago(50), within=records.change)
    gives(session, records, prospect, 5_000_00, 50)  # on the day of the claim
    gives(session, records, prospect, 600_00, 40)
    gives(session, records, prospect, 9_000_00, 9)  # too late

    def state(days: int) -> tuple[str, int]:
        (one,) = claims(session, ago(days), ALL)
        return one.state(ago(days)), one.given

    assert (state(45), state(20), state(5)) == ((OPEN, 0), (OPEN, 600_00), (FAILED, 600_00))
    gives(session, records, prospect, 400_00, 10)
    assert state(5) == (HAPPENED, 1_000_00)
    assert claims(session, ago(51), ALL) == []
    found = report(session)
    assert found.hot is not None
    assert (found.hot.claims, found.hot.happened) == (1, 1)
    with pytest.raises(Blocked):
        withdraw_claim(session, row.id, on=TODAY, within=records.change)


def test_hot_claims_are_checked(session: Session, records: Records, cast: dict[Person, int]) -> None:
    prospect = records.prospect("Ines")
    good = {"until_on": TODAY + timedelta(30), "amount": 1, "odds": 50, "why": "Says so"}
    wrong = ({"until_on": TODAY}, {"until_on": ago(-1_000)}, {"amount": 0}, {"odds": 101}, {"why": " "})
    for each in wrong:
        with pytest.raises(Invalid) as refused:
            claim_hot(session, prospect.id, Heat(**(good | each)), on=TODAY, within=records.change)  # type: ignore[arg-type]
        assert refused.value.field == next(iter(each))
    row = claim_hot(session, prospect.id, Heat(**good), on=TODAY, within=records.change)  # type: ignore[arg-type]
    withdraw_claim(session, row.id, on=TODAY, within=records.change)
    with pytest.raises(Blocked):
        withdraw_claim(session, row.id, on=TODAY, within=records.change)
    prospect.is_confidential = True
    session.flush()
    assert claims_of(session, prospect.id, TODAY, Which(sight(cast[SAM], SAM.role))) == []
    prospect.is_active = False
    with pytest.raises(Blocked):
        claim_hot(session, prospect.id, Heat(**good), on=TODAY, within=records.change)  # type: ignore[arg-type]


def test_entries_with_and_without_their_evidence(session: Session, records: Records, stage: dict[str, Stage]) -> None:
    held = [records.prospect(f"P{number}") for number in range(6)]
    asks = insert(
        session, Evidence(stage_id=stage["Identification"].id, position=1, name="A visit"), within=records.change
    )
    for number, prospect in enumerate(held):
        entry = session.scalars(select(StageEntry).where(StageEntry.prospect_id == prospect.id)).one()
        how = CLAIMED if number % 2 else PROVEN
        insert(session, EvidenceKept(stage_entry_id=entry.id, evidence_id=asks.id, how=how), within=records.change)
        if number in (0, 2, 3):
            advance(session, prospect.id, Entry(ago(10), stage["Qualification"].id), within=records.change)
    found = report(session).evidence
    assert (found[False].forward, found[False].otherwise, found[False].inside) == (2, 0, 1)
    assert (found[True].forward, found[True].inside, found[True].decided) == (1, 2, 1)


def test_pages_file_and_command(
    app: Flask, client: FlaskClient, session: Session, records: Records, cast: dict[Person, int]
) -> None:
    for number in range(3):
        asked(records, f"O{number}", 80, cast[OLIVE], ends="received" if number else "declined")
    prospect = records.prospect("Ines").id
    session.commit()
    sign_in(client, DORA)
    address = f"as_of={TODAY}&wait=0"
    page = client.get(f"/reports/calibration?{address}").text
    assert "Not enough asks to judge by" in page
    assert OLIVE.name in page
    told = client.post(f"/reports/calibration/file?{address}", data={"form": "csv"}).text.removeprefix("\ufeff")
    assert "No claim can be judged yet" in client.get("/reports/calibration?as_of=2020-01-01").text
    assert "is hot" in client.get(f"/pipeline/{prospect}/hot").text
    refused = client.post(f"/pipeline/{prospect}/hot", data={"amount": "x", "odds": "70", "until_on": "2030-01-01"})
    assert refused.status_code == 422
    soon = (now().date() + timedelta(40)).isoformat()
    sent = {"amount": "2,000", "odds": "70", "until_on": soon, "why": "Has the papers"}
    assert client.post(f"/pipeline/{prospect}/hot", data=sent).status_code == 303
    shown = client.get(f"/pipeline/{prospect}").text
    assert "70 % for at least $2,000" in shown
    withdraw = shown.partition('action="/pipeline/hot/')[2].partition('"')[0]
    assert client.post(f"/pipeline/hot/{withdraw}").status_code == 303
    assert "withdrawn on" in client.get(f"/pipeline/{prospect}").text
    ran = app.test_cli_runner().invoke(args=["report", "calibration", "--as-of", str(TODAY), "--days-old", "0"])
    assert list(csv.DictReader(StringIO(ran.output))) == list(csv.DictReader(StringIO(told)))
