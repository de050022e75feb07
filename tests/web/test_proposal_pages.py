"""Proposals on the page of an ask, the register, what was declined, and ratings."""

import re
import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.clock import now
from donors.core.errors import Invalid
from donors.pipeline.asks.documents import LARGEST, OPEN_TEXT, WORD, document
from donors.pipeline.asks.models import Opportunity, Proposal
from donors.pipeline.odds.queries import Which
from donors.reports.declined import DeclinedQuestion, declined_report
from donors.reports.proposals import ProposalQuestion, proposal_report
from donors.research.models import Rating
from tests.cast import DORA, OLIVE, REX, sign_in
from tests.web.test_ask_pages import World, ago, get, world

TODAY = now().date()
PDF = b"%PDF-1.7 the roof"
ALL = Which(EVERYTHING)
__all__ = ["world"]


def packed(*names: str, first: str = "") -> bytes:
    """A zip with such members; `first` is what its member `mimetype` says."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def test_what_a_file_holds_decides() -> None:
    word, text = packed("[Content_Types].xml", "word/document.xml"), packed("content.xml", first=OPEN_TEXT)
    assert (document("Plan.exe", word).media_type, document("Plan.exe", word).name) == (WORD, "Plan.docx")
    assert document("Plan.odt", text).media_type == OPEN_TEXT
    assert document("../../etc/<b>Dach</b>.pdf", PDF).name == "b_.pdf"
    assert document('x"\r\nSet-Cookie: a=b.pdf', PDF).name == "x_Set-Cookie_ a_b.pdf"
    assert document("Größe 1.rtf", b"{\\rtf1}").name == "Größe 1.rtf"
    assert len(document("a" * 500 + ".pdf", PDF).name) < 130
    macros = packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    for content, says in (
        (b"", "is empty"),
        (b"<html>", "not a document"),
        (b"PK\x03\x04 broken", "not a document"),
        (packed("wörd/document.xml").replace("ö".encode(), b"\xff\xff"), "not a document"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "not a document"),
        (macros, "not a document"),
        (b"%PDF-" + b"x" * LARGEST, "more than 10"),
    ):
        with pytest.raises(Invalid, match=says):
            document("Plan.pdf", content)


def sent(client: FlaskClient, address: str, name: str, content: bytes, **more: str) -> int:
    return client.post(address, data={"file": (BytesIO(content), name)} | more).status_code


def test_a_proposal_from_draft_to_answer(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    here = f"/pipeline/asks/{world.ask}"
    assert sent(client, f"{here}/proposals", "roof.pdf", b"<script>") == 422
    assert sent(client, f"{here}/proposals", "The roof.exe", PDF, note="First thoughts") == 303
    assert "Version 1: The roof.pdf" in get(client, here)
    first = f"{here}/proposals/1"
    answer = client.get(first)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == "application/pdf"
    assert client.post(f"{first}/decide", data={"approve": "yes"}).status_code == 403
    assert client.post(f"{first}/sent", data={"sent_on": TODAY.isoformat()}).status_code == 422
    sign_in(client, DORA)
    assert client.post(f"{first}/decide", data={"reason": " "}).status_code == 422
    assert client.post(f"{first}/decide", data={"reason": "Too long"}).status_code == 303
    assert "Too long" in get(client, here)
    assert sent(client, f"{here}/proposals", "The roof.pdf", PDF + b"!") == 303
    assert client.post(f"{first}/decide", data={"approve": "yes"}).status_code == 422
    second = f"{here}/proposals/2"
    assert client.post(f"{second}/decide", data={"approve": "yes", "version": "9"}).status_code == 409
    assert client.post(f"{second}/decide", data={"approve": "yes"}).status_code == 303
    late = {"sent_on": ago(40).isoformat(), "answer_due_on": ago(5).isoformat()}
    assert client.post(f"{second}/sent", data=late | {"answer_due_on": ago(50).isoformat()}).status_code == 422
    assert client.post(f"{second}/sent", data=late).status_code == 303


def test_today_says_which_proposals_wait_for_whom(client: FlaskClient, world: World) -> None:
    sign_in(client, OLIVE)
    here = f"/pipeline/asks/{world.ask}/proposals"
    assert sent(client, here, "The roof.pdf", PDF) == 303
    assert "Waits for approval" not in get(client, "/today")
    sign_in(client, DORA)
    assert "Harold Nakamura: the roof Waits for approval · $5,000 · Olive Officer" in get(client, "/today")
    assert client.post(f"{here}/1/decide", data={"reason": "Too long"}).status_code == 303
    assert "Waits for approval" not in get(client, "/today")
    sign_in(client, OLIVE)
    assert "Harold Nakamura: the roof Sent back · $5,000 · Too long" in get(client, "/today")


def test_the_register(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, DORA)
    here = f"/pipeline/asks/{world.ask}"
    late = {"sent_on": ago(40).isoformat(), "answer_due_on": ago(5).isoformat()}
    sent(client, f"{here}/proposals", "The roof.pdf", PDF)
    client.post(f"{here}/proposals/1/decide", data={"approve": "yes"})
    assert client.post(f"{here}/proposals/1/sent", data=late).status_code == 303
    page = get(client, "/reports/proposals")
    assert "Harold Nakamura" in page
    assert "Dora Director" in page
    assert "5 days late" in page
    assert "Harold Nakamura" in get(client, "/reports/proposals?page=99&sort=-name"), "past the end it is the last page"
    assert "No proposal stands here" in get(client, "/reports/proposals?stands=draft")
    found = proposal_report(session, ProposalQuestion(TODAY, ALL))
    assert [(line.stands, line.days, line.late_by) for line in found.rows] == [("sent", 40, 5)]
    assert [(age.up_to, age.count, age.amount) for age in found.ages][1] == (60, 1, 5_000_00)
    assert proposal_report(session, ProposalQuestion(ago(1), ALL)).rows == ()
    session.rollback()
    step = {"status": "declined", "reason": "amount", "on": TODAY.isoformat()}
    assert client.post(f"{here}/step", data=step).status_code == 303
    assert proposal_report(session, ProposalQuestion(TODAY, ALL)).rows[0].stands == "answered"


def test_proposals_of_others(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, DORA)
    assert sent(client, f"/pipeline/asks/{world.hidden}/proposals", "vault.pdf", PDF) == 303
    get(client, f"/pipeline/asks/{world.ask}/proposals/1", 404)
    sign_in(client, OLIVE)
    get(client, f"/pipeline/asks/{world.hidden}/proposals/1", 404)
    assert "No proposal stands here" in get(client, "/reports/proposals")
    assert session.scalars(select(Proposal.number)).all() == [1]


def test_an_ask_that_was_only_planned_is_asked_by_its_proposal(
    client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, DORA)
    here = f"/pipeline/asks/{world.hidden}"
    sent(client, f"{here}/proposals", "vault.pdf", PDF)
    client.post(f"{here}/proposals/1/decide", data={"approve": "yes"})
    assert client.post(f"{here}/proposals/1/sent", data={"sent_on": ago(3).isoformat()}).status_code == 303
    row = session.get_one(Opportunity, world.hidden)
    assert (row.status, row.ask_on) == ("asked", ago(3))


def test_declined_and_deferred(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    here = f"/pipeline/asks/{world.ask}/step"
    assert "No ask was declined or deferred" in get(client, "/reports/declined")
    back = (TODAY + timedelta(days=20)).isoformat()
    deferred = {"status": "deferred", "reason": "timing", "returns_on": back, "on": ago(9).isoformat()}
    assert client.post(here, data=deferred).status_code == 303
    page = get(client, "/reports/declined")
    assert "Not now" in page
    assert "$5,000" in page
    assert client.post(here, data={"status": "asked", "on": TODAY.isoformat()}).status_code == 303
    assert "No ask was declined or deferred" in get(client, "/reports/declined")
    then = declined_report(session, DeclinedQuestion(ago(1), ALL))
    assert [(line.name, line.reason, line.returns_on) for line in then.rows] == [
        ("Harold Nakamura", "timing", date.fromisoformat(back))
    ]
    assert [(one.reason, one.declined, one.deferred, one.amount) for one in then.reasons] == [
        ("Not now", 0, 1, 5_000_00)
    ]
    assert (then.summed("soon"), then.summed("due")) == (1, 0)
    assert declined_report(session, DeclinedQuestion(ago(1), ALL, since=ago(8))).rows == ()
    session.rollback()
    file = client.post(f"/reports/declined/file?as_of={ago(1).isoformat()}").text
    assert f",deferred,{ago(9).isoformat()},Not now,{back}" in file
    assert '"rows": []' in client.post("/reports/proposals/file", data={"form": "json"}).text


def test_reports_on_asks_as_commands(app: Flask, world: World) -> None:
    runner = app.test_cli_runner()
    for name in ("proposals", "declined"):
        told = runner.invoke(args=["report", name, "--format", "json", "--officer", OLIVE.email])
        assert told.exit_code == 0, told.output
        assert f'"report": "{name}"' in told.output


def test_ratings_stay(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, OLIVE)
    here = f"/constituents/{world.harold}/ratings"
    assert "Nothing was judged yet" in get(client, here)
    for wrong in (
        {"kind": "ability", "source": "visit"},
        {"kind": "ability", "score": "3", "source": ""},
        {"kind": "ability", "score": "3", "amount": "5", "source": "visit"},
        {"kind": "capacity", "source": "screening"},
        {"kind": "ability", "score": "3", "source": "visit", "rated_on": (TODAY + timedelta(days=3)).isoformat()},
    ):
        assert client.post(f"{here}/add", data=wrong).status_code == 422
    for right in (
        {"kind": "ability", "score": "4", "source": "screening", "rated_on": ago(50).isoformat()},
        {"kind": "ability", "score": "0", "source": "visit", "rated_on": ago(2).isoformat()},
        {"kind": "linkage", "score": "5", "source": "review"},
        {"kind": "capacity", "amount": "250,000", "source": "screening", "rated_on": ago(20).isoformat()},
    ):
        assert client.post(f"{here}/add", data=right).status_code == 303
    page = get(client, f"/constituents/{world.harold}")
    assert re.search("Ability 0, none of 5", page)
    assert "No ability: all three are needed" in page
    assert "$250,000 screening" in page
    assert "4 of 5" in get(client, here)
    assert "4 times the best year" in get(client, f"/pipeline/asks/new?constituent={world.harold}")
    listed = get(client, "/constituents?c=capacity")
    assert "Harold Nakamura" in listed
    assert len(session.scalars(select(Rating)).all()) == 4
    session.rollback()
    sign_in(client, REX)
    assert client.post(f"{here}/add", data={"kind": "linkage", "score": "1", "source": "x"}).status_code == 403
