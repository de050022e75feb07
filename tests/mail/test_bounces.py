"""Mail that comes back: which addresses are given up, and which are not."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, EmailAddress
from donors.core.db import transaction
from donors.mail.bounces import Taken, is_final, take_in
from donors.mail.deliver import Courier, deliver
from donors.mail.models import SENT, Bounce, Outbox
from donors.mail.smtp import NotTaken
from tests.jobs.bodies import Hands
from tests.mail.letters import Wire
from tests.mail.people import asked, change, reachable, sent

REPORT = """Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: bounces@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <{name}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Fri, 6 Mar 2026 09:00:00 +0000

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{to}>: Recipient address
    rejected

--b
Content-Type: {copy}

From: Friends <hello@example.org>
Message-ID: <{about}@give.example.org>

--b--
"""


def report(**more: str) -> bytes:
    given = {"name": "r1", "to": "Ann@Example.org", "action": "failed", "status": "5.1.1", "about": "mail/task/1"}
    return REPORT.format(**{"copy": "text/rfc822-headers", **given, **more}).encode()


@pytest.fixture
def ann(session: Session) -> Constituent:
    """Somebody to whom a mail was sent."""
    who = reachable(session)
    sent(session, asked(who)).state = SENT
    session.flush()
    return who


def in_use(session: Session, who: Constituent) -> list[str]:
    points = select(EmailAddress.address).where(EmailAddress.constituent_id == who.id, EmailAddress.is_active)
    return list(session.scalars(points.execution_options(populate_existing=True)))


@pytest.mark.parametrize("copy", ["text/rfc822-headers", "message/rfc822"])
def test_an_address_without_a_mailbox_goes_out_of_use_and_a_report_counts_once(
    session: Session, ann: Constituent, copy: str
) -> None:
    other = reachable(session, "Ben Berg")
    assert take_in(session, report(copy=copy), within=change(session)) == Taken(given_up=1)
    assert in_use(session, ann) == in_use(session, other) == []
    assert take_in(session, report(copy=copy), within=change(session)) == Taken(known=1)
    kept = session.scalars(select(Bounce)).one()
    mail = session.scalars(select(Outbox)).one()
    assert (kept.mail_id, kept.folded, kept.is_final, kept.status) == (mail.id, "ann@example.org", True, "5.1.1")
    assert kept.said == "550 5.1.1 <Ann@Example.org>: Recipient address rejected"


@pytest.mark.parametrize(
    "more",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"status": "4.2.2"},
        {"status": "5.2.2"},
        {"status": "5.7.1"},
        {"to": "nobody@example.org"},
    ],
)
def test_what_says_nothing_about_the_address_is_kept_only(
    session: Session, ann: Constituent, more: dict[str, str]
) -> None:
    assert take_in(session, report(**more), within=change(session)) == Taken(noted=1)
    assert in_use(session, ann) == ["ann@example.org"]


def test_a_report_about_an_address_we_never_wrote_to_is_not_believed(session: Session) -> None:
    ben = reachable(session, "Ben Berg", "ben@example.org")
    assert take_in(session, report(to="ben@example.org"), within=change(session)) == Taken(noted=1)
    assert in_use(session, ben) == ["ben@example.org"]


def test_without_a_copy_of_the_mail_the_last_one_to_the_address_is_meant(session: Session, ann: Constituent) -> None:
    assert take_in(session, report(about="lost"), within=change(session)).given_up == 1
    assert session.scalars(select(Bounce.mail_id)).one() is not None


@pytest.mark.parametrize("raw", [b"", b"Subject: out of office\n\nBack on Monday", b"\xff\xfe\x00", b"--b\n" * 50])
def test_what_is_no_report_is_counted_as_that(session: Session, raw: bytes) -> None:
    assert take_in(session, raw, within=change(session)) == Taken(unread=1)


def test_statuses() -> None:
    assert [one for one in ("5.1.1", "5.4.4", "5.2.1", "5.2.2", "5.7.26", "4.1.1", "") if is_final(one)] == [
        "5.1.1",
        "5.4.4",
        "5.2.1",
    ]


def test_a_mailbox_of_reports_is_read_by_the_command(app: Flask, session: Session, tmp_path: Path) -> None:
    ann = reachable(session)
    sent(session, asked(ann)).state = SENT
    session.commit()
    box = tmp_path / "box"
    both = (report(), b"Subject: hello\n\nFrom afar", report(name="r2", status="5.2.2"))
    box.write_bytes(b"".join(b"From x Fri Mar  6 09:00:00 2026\n" + one + b"\n" for one in both))
    done = app.test_cli_runner().invoke(args=["mail", "bounces", str(box)])
    assert done.output == "addresses out of use: 1; kept only: 1; known already: 0; no report: 1\n"
    again = app.test_cli_runner().invoke(args=["mail", "bounces", "-"], input=report())
    assert "known already: 1" in again.output


def test_an_address_that_a_server_refuses_to_our_face_goes_out_of_use_too(context: Flask, clock: Hands) -> None:
    with transaction() as session:
        ann = reachable(session)
        sent(session, asked(ann), clock())
        ann_id = ann.id
    for answer, left in (("550 5.7.1 blocked", ["ann@example.org"]), ("550 5.1.1 no such user", [])):
        deliver(Courier(Wire(NotTaken(answer, final=True)), "give.example.org"), clock=clock)
        with transaction() as session:
            assert in_use(session, session.get_one(Constituent, ann_id)) == left
            mail = session.scalars(select(Outbox)).one()
            assert mail.state == "dead"
            mail.state, mail.next_try_at = "todo", clock()
