"""Kept reports: a question under a name, and its figures by mail: once a week or a month, to a real mail server."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.accounts.visible import EVERYTHING
from donors.core.changes import open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.core.errors import Invalid, NotFound
from donors.mail.deliver import Courier, deliver
from donors.mail.models import Outbox
from donors.mail.smtp import smtp
from donors.reports.digest import Asking, digest
from donors.reports.kept import REPORTS, Draft, drop, keep, kept_report, kept_reports
from donors.reports.models import KeptReport
from donors.reports.send import period_key
from tests.cast import DORA, OLIVE, Person, sign_in
from tests.harness.mail import Mailbox
from tests.jobs.bodies import Hands
from tests.reports.givers import ACT, TODAY, Givers, givers


@pytest.fixture
def made(session: Session, cast: dict[Person, int]) -> Givers:
    return givers(session)


def kept(session: Session) -> list[KeptReport]:
    session.rollback()
    found = list(session.scalars(select(KeptReport).order_by(KeptReport.id)))
    session.expunge_all()
    session.rollback()
    return found


def test_a_question_is_kept_changed_and_dropped_by_its_owner_alone(
    client: FlaskClient, session: Session, made: Givers, cast: dict[Person, int]
) -> None:
    sign_in(client, DORA)
    form = {"report": "retention", "name": "How many stay", "every": "week", "asked-by": "rolling"}
    answer = client.post("/reports/kept", data={**form, "asked-as_of": TODAY.isoformat(), "asked-nonsense": "x"})
    assert (answer.status_code, answer.location) == (303, "/reports/retention?by=rolling")
    [one] = kept(session)
    assert (one.name, one.every, one.asked, one.base) == (
        "How many stay",
        "week",
        {"by": "rolling"},
        "http://localhost",
    )
    assert "How many stay" in client.get("/reports").text
    past = {"report": "movement", "name": "Then", "asked-as_of": "2020-01-31", "asked-since": "2019-01-31"}
    assert client.post("/reports/kept", data=past).location == "/reports/movement?as_of=2020-01-31&since=2019-01-31"
    for wrong in (
        {**form, "report": "nonsense"},
        {**form, "name": " "},
        form,
        {**form, "name": "B", "every": "hourly"},
    ):
        assert client.post("/reports/kept", data=wrong).status_code == 422
    sign_in(client, OLIVE)
    assert "How many stay" not in client.get("/reports").text
    for act in ("mail", "drop"):
        assert client.post(f"/reports/kept/{one.id}/{act}", data={"every": ""}).status_code == 404
    sign_in(client, DORA)
    client.post(f"/reports/kept/{one.id}/mail", data={"every": "month"})
    assert kept(session)[0].every == "month"
    client.post(f"/reports/kept/{one.id}/mail", data={"every": ""})
    client.post(f"/reports/kept/{one.id}/drop")
    assert [row.name for row in kept(session)] == ["Then"]


def run(app: Flask, on: date) -> None:
    result = app.test_cli_runner().invoke(args=["jobs", "run", "reports", "--on", on.isoformat()])
    assert result.exit_code == 0, result.output


def test_figures_come_once_a_week_until_they_are_stopped(
    app: Flask, session: Session, made: Givers, cast: dict[Person, int], mailbox: Mailbox
) -> None:
    monday = TODAY - timedelta(days=TODAY.weekday() + 14)
    with transaction() as own:
        within = open_change(own, "test", act=ACT)
        asks = Draft("movement", "Who moved", {}, "week", "https://give.example.org/")
        row = keep(own, asks, owner_id=cast[DORA], within=within)
        keep(own, Draft("retention", "Silent", {}), owner_id=cast[DORA], within=within)
        kept_id = row.id
    for days in (0, 1, 6, 7):  # Monday, Tuesday, Sunday, and the Monday after
        run(app, monday + timedelta(days=days))
    clock = Hands(now() + timedelta(minutes=1))
    deliver(Courier(smtp(mailbox.url), "give.example.org"), clock=clock)
    assert [message["Subject"] for message in mailbox.messages] == ["Who moved: Level movement"] * 2
    ids = {message["Message-ID"] for message in mailbox.messages}
    keys = {period_key("week", monday + timedelta(days=days)) for days in (0, 7)}
    assert ids == {f"<report/{kept_id}/{key}@give.example.org>" for key in keys}
    told = mailbox.messages[0].get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "Good morning Dora" in told
    assert "Fell: " in told
    assert "https://give.example.org/reports/movement" in told
    assert "https://give.example.org/reports#kept" in told
    assert not any(name in told for name in made.ids)
    with transaction() as own:
        drop(own, own.get_one(KeptReport, kept_id), within=open_change(own, "test", act=ACT))
    run(app, monday + timedelta(days=14))
    with transaction() as own:
        assert len(own.scalars(select(Outbox)).all()) == 2


def test_who_may_no_longer_read_reports_gets_no_mail(
    app: Flask, session: Session, made: Givers, cast: dict[Person, int]
) -> None:
    with transaction() as own:
        within = open_change(own, "test", act=ACT)
        for person in (DORA, OLIVE):
            keep(own, Draft("trust", "Trust", {}, "month"), owner_id=cast[person], within=within)
        own.get_one(User, cast[DORA]).role = "gift_entry"
        own.get_one(User, cast[OLIVE]).deactivated_at = ACT.at
    run(app, TODAY - timedelta(days=1))
    with transaction() as own:
        assert own.scalars(select(Outbox)).all() == []


def test_each_report_has_a_digest_and_a_page(client: FlaskClient, session: Session, made: Givers, cast: object) -> None:
    for report in REPORTS:
        asked = {"by": "rolling", "as_of": "nonsense", "since": "2999-01-01", "percent": "x", "track": "99"}
        lines = digest(session, report, Asking(asked, EVERYTHING, TODAY))
        assert lines, report
        assert all(name and value for name, value in lines), report
    session.rollback()
    sign_in(client, DORA)
    for report in REPORTS:
        assert 'id="keep-report"' in client.get(f"/reports/{report}").text, report


def test_names_are_ones_own(session: Session, cast: dict[Person, int]) -> None:
    within = open_change(session, "test", act=ACT)
    one = keep(session, Draft("trust", "Trust", {}), owner_id=cast[DORA], within=within)
    keep(session, Draft("trust", "Trust", {}), owner_id=cast[OLIVE], within=within)
    with pytest.raises(Invalid, match="taken"):
        keep(session, Draft("gains", "Trust", {}), owner_id=cast[DORA], within=within)
    with pytest.raises(NotFound):
        kept_report(session, one.id, owner_id=cast[OLIVE])
    assert [row.id for row in kept_reports(session, cast[DORA])] == [one.id]
    session.rollback()
