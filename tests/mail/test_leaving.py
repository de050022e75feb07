"""Mail to constituents: how it leaves, what keeps it back at the last moment, and what people do with it before."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.constituents.contact import add_point, deactivate
from donors.constituents.models import EmailAddress
from donors.constituents.records import Email
from donors.core.changes import Act
from donors.core.db import transaction
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.core.settings import Organization, set_organization
from donors.mail.deliver import Courier, deliver
from donors.mail.language import as_letter
from donors.mail.models import Contact, ContactRefusal, Outbox
from donors.mail.smtp import smtp
from donors.mail.steer import Wording, approve, give_up, prune, reword, send_again
from donors.mail.unsubscribe import Links
from donors.workflows.death import record_death
from donors.workflows.undo import undo_change
from tests.harness.mail import Mailbox
from tests.jobs.bodies import Hands
from tests.mail.letters import Wire
from tests.mail.people import AT, ON, asked, change, reachable, sent, settle

LINKS = Links("https://give.example.org", ("a key", "an older key"))


def by(wire: Wire) -> Courier:
    return Courier(wire, "give.example.org", links=LINKS)


def test_a_mail_says_where_answers_and_failures_go_and_how_to_get_no_more(
    context: Flask, clock: Hands, mailbox: Mailbox
) -> None:
    with transaction() as session:
        addresses = {"sender_address": "hello@example.org", "reply_address": "maren@example.org"}
        wanted = Organization(name="Friends", bounce_address="bounces@example.org", **addresses)
        set_organization(session, wanted, within=change(session))
        who = reachable(session)
        text = "Hello\n\nNo more: {unsubscribe}"
        sent(session, asked(who), clock(), text=text, html=as_letter(text))
        sent(session, asked(who, "receipt/1", purpose="service"), clock())
        who_id = who.id
    deliver(Courier(smtp(mailbox.url), "give.example.org", links=LINKS), clock=clock)
    news, receipt = mailbox.messages
    link = LINKS.link(who_id)
    assert (news["From"], news["Reply-To"], news["To"]) == (
        "Friends <hello@example.org>",
        "maren@example.org",
        "ann@example.org",
    )
    assert news["X-MailFrom"] == "bounces@example.org"
    assert news["Return-Path"] is None
    assert (news["List-Unsubscribe"], news["List-Unsubscribe-Post"]) == (f"<{link}>", "List-Unsubscribe=One-Click")
    parts = [part.get_payload(decode=True).decode() for part in news.walk() if not part.is_multipart()]  # type: ignore[union-attr]
    assert f"No more: {link}" in parts[0]
    assert f'<a href="{link}">{link}</a>' in parts[1]
    assert receipt["List-Unsubscribe"] is None


def test_links_are_signed_and_older_keys_are_known() -> None:
    old = Links("https://give.example.org", ("an older key",)).link(17)
    token = old.rpartition("/")[2]
    assert LINKS.who(token) == 17
    assert LINKS.who(LINKS.link(17).rpartition("/")[2]) == 17
    for wrong in ("18" + token[2:], token[:-1] + "~", "17-", "", Links("", ("x",)).link(17).rpartition("/")[2]):
        with pytest.raises(NotFound):
            LINKS.who(wrong)


def test_who_has_died_or_refused_since_is_not_written_to(context: Flask, clock: Hands) -> None:
    with transaction() as session:
        within = change(session, clock())
        dead, gone, well = (reachable(session, f"{name} Berg", f"{name}@example.org") for name in ("ann", "ben", "cy"))
        for who in (dead, gone, well):
            sent(session, asked(who, f"mail/{who.id}"), clock())
        record_death(session, dead, died_on=None, within=within, on=clock().date())
        withdraw(session, gone, said=Said("email", clock().date(), "call"), within=within)
    wire = Wire()
    assert deliver(by(wire), clock=clock) == 1
    assert [message["To"] for message in wire.taken] == ["cy@example.org"]
    with transaction() as session:
        states = {to: state for to, state in session.execute(select(Outbox.to_address, Outbox.state))}
        assert states == {"ann@example.org": "refused", "ben@example.org": "refused", "cy@example.org": "sent"}
        reasons = session.scalars(select(ContactRefusal.reason).order_by(ContactRefusal.id)).all()
        assert reasons == ["This person has died.", "This person has refused contact by email."]


def test_a_mail_that_has_waited_goes_to_the_address_of_now_and_not_in_a_quiet_time(
    context: Flask, clock: Hands
) -> None:
    with transaction() as session:
        within = change(session, clock())
        who = reachable(session)
        sent(session, asked(who), clock())
        point = session.scalars(select(EmailAddress)).one()
        add_point(session, who, given=Email("new@example.org", ""), within=within)
        deactivate(session, point, within=within)
        settle(session, quiet_weekdays=(clock().weekday(),))
    wire = Wire()
    assert deliver(by(wire), clock=clock) == 0
    clock.move(days=1)
    assert deliver(by(wire), clock=clock) == 1
    assert [message["To"] for message in wire.taken] == ["new@example.org"]


def test_a_held_mail_leaves_when_somebody_has_read_it(context: Flask, clock: Hands) -> None:
    with transaction() as session:
        who = reachable(session)
        mail = sent(session, asked(who), clock(), held=True, html=as_letter("Hello"))
        mail_id = mail.id
    wire = Wire()
    assert deliver(by(wire), clock=clock) == 0
    clock.move(days=2)
    with transaction() as session:
        reword(session, mail_id, Wording("Spring\n news", "Hello you\r\n"), within=change(session, clock()))
        assert approve(session, mail_id, within=change(session, clock())).state == "todo"
        assert session.scalars(select(Contact.happened_on)).one() == clock().date()
    assert deliver(by(wire), clock=clock) == 1
    (taken,) = wire.taken
    assert taken["Subject"] == "Spring news"
    assert "<p>Hello you</p>" in taken.get_body(("html",)).get_content()
    with transaction() as session:
        for act in (
            lambda: approve(session, mail_id, within=change(session)),
            lambda: give_up(session, mail_id, reason="late", within=change(session)),
            lambda: reword(session, mail_id, Wording("a", "b"), within=change(session)),
        ):
            with pytest.raises(Conflict):
                act()


def test_a_held_mail_that_may_not_leave_any_more_stays_and_says_why(session: Session) -> None:
    settle(session, contact_caps=("email/2/30",))
    who = reachable(session)
    mail = sent(session, asked(who), held=True)
    for number in (2, 3):
        sent(session, asked(who, f"mail/task/{number}", purpose="thanks"), AT + timedelta(days=number))
    assert approve(session, mail.id, within=change(session, AT + timedelta(days=4))).state == "held"
    assert mail.last_error.startswith("At most 2 contacts by e-mail in 30 days")
    assert approve(session, mail.id, within=change(session, AT + timedelta(days=32))).state == "todo"


def test_a_dead_mail_is_sent_again_only_if_the_gate_still_lets_it(session: Session) -> None:
    settle(session, contact_caps=("email/1/7",))
    who = reachable(session)
    mail = sent(session, asked(who))
    mail.state, mail.last_error, mail.attempts = "dead", "451 later", 8
    sent(session, asked(who, "mail/task/2"), AT + timedelta(days=1))
    assert send_again(session, mail.id, within=change(session, AT + timedelta(days=2))).state == "dead"
    assert mail.last_error.startswith("At most 1 contact by e-mail in 7 days")
    later = AT + timedelta(days=8)
    assert send_again(session, mail.id, within=change(session, later)).state == "todo"
    assert (mail.next_try_at, mail.attempts_allowed, mail.last_error) == (later, 16, "")
    kept = session.scalars(select(Contact.happened_on).where(Contact.mail_id == mail.id)).one()
    assert kept == later.date()


def test_giving_up_takes_a_reason_and_frees_the_place(session: Session) -> None:
    settle(session, contact_caps=("email/1/30",))
    who = reachable(session)
    mail = sent(session, asked(who), held=True)
    with pytest.raises(Invalid, match="reason"):
        give_up(session, mail.id, reason=" ", within=change(session))
    with pytest.raises(Invalid, match="is empty"):
        reword(session, mail.id, Wording("", "text"), within=change(session))
    give_up(session, mail.id, reason="We have spoken.", within=change(session))
    assert (mail.state, mail.last_error) == ("dropped", "We have spoken.")
    assert sent(session, asked(who, "mail/task/2")).state == "todo"


def test_what_has_left_cannot_be_taken_back_and_what_waits_can(context: Flask, clock: Hands) -> None:
    with transaction() as session:
        who = reachable(session)
        first = sent(session, asked(who), clock())
        second = sent(session, asked(who, "mail/task/2"), clock(), held=True)
        sets = {name: mail.created_in for name, mail in (("first", first), ("second", second))}
    deliver(by(Wire()), clock=clock)
    act = Act(by=None, at=clock(), through="web")
    with transaction() as session:
        kept = {name: session.get_one(type(change(session)), one) for name, one in sets.items()}
        with pytest.raises(Blocked, match="The mail to ann@example"):
            undo_change(session, kept["first"], act=act, on=ON)
        undo_change(session, kept["second"], act=act, on=ON)
        assert session.scalars(select(Outbox.key)).all() == ["mail/task/1"]
        assert session.scalars(select(Contact.key)).all() == ["mail/task/1"]


def test_what_was_written_to_constituents_is_kept(context: Flask, clock: Hands) -> None:
    with transaction() as session:
        sent(session, asked(reachable(session)), clock())
    deliver(by(Wire()), clock=clock)
    with transaction() as session:
        assert prune(session, before=clock() + timedelta(days=1), limit=10) == 0
