"""Delivery: what is sent, what is tried again and when, what is given up."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from donors.core.changes import Act, JournalEntry, open_change
from donors.core.db import transaction
from donors.core.errors import Conflict, NotFound
from donors.core.settings import Organization, set_organization
from donors.mail.deliver import Courier, claim, deliver, deliver_one, wait_after
from donors.mail.queries import outbox_line, troubled
from donors.mail.smtp import NotTaken, Unsure
from donors.mail.steer import give_up, prune, send_again
from tests.jobs.bodies import Hands
from tests.mail.letters import Wire, letter, mail, pass_holds, put


class Killed(BaseException):
    """Stands for a process that ends in the middle."""


def by(wire: Wire) -> Courier:
    return Courier(wire, "give.example.org")


def test_a_letter_leaves_once(context: Flask, clock: Hands) -> None:
    wire = Wire()
    put(letter(html="<p>It is <b>due</b> today.</p>"), clock=clock)
    assert deliver(by(wire), clock=clock) == 1
    assert deliver(by(wire), clock=clock) == 0
    (sent,) = wire.taken
    assert sent["Message-ID"] == "<task/1/reminder@give.example.org>"
    assert (sent["To"], sent["Subject"]) == ("ada@example.org", "Call Mrs. Hale")
    assert sent["From"] == "Our organization <no-reply@give.example.org>"
    assert sent.get_body(("plain",)).get_content() == "It is due today.\n"
    assert "<b>due</b>" in sent.get_body(("html",)).get_content()
    found = mail()
    assert (found.state, found.sent_at, found.attempts) == ("sent", clock(), 1)


def test_the_sender_is_the_organization(context: Flask, clock: Hands) -> None:
    with transaction() as session:
        change = open_change(session, "organization.change", act=Act(by=None, at=clock(), through="setup"))
        wanted = Organization(name="Freunde, Förderer & Co.", sender_address="hallo@example.org")
        set_organization(session, wanted, within=change)
    wire = Wire()
    put(letter(), clock=clock)
    deliver(by(wire), clock=clock)
    (address,) = wire.taken[0]["From"].addresses
    assert (address.display_name, address.addr_spec) == ("Freunde, Förderer & Co.", "hallo@example.org")


def test_a_mail_that_was_not_taken_waits_and_is_dead_after_eight_attempts(context: Flask, clock: Hands) -> None:
    wire = Wire(*[NotTaken("451 later")] * 8)
    put(letter(), clock=clock)
    waits = []
    for _ in range(7):
        assert deliver(by(wire), clock=clock) == 1
        assert deliver(by(wire), clock=clock) == 0
        waits.append(mail().next_try_at - clock())
        clock.at = mail().next_try_at
    assert all(timedelta(seconds=30 * 2**n) <= wait <= timedelta(seconds=45 * 2**n) for n, wait in enumerate(waits))
    deliver(by(wire), clock=clock)
    found = mail()
    assert (found.state, found.attempts, found.last_error) == ("dead", 8, "451 later")
    clock.move(days=1)
    assert deliver(by(wire), clock=clock) == 0
    assert wire.taken == []


def test_an_address_that_does_not_exist_is_given_up_at_once(context: Flask, clock: Hands) -> None:
    put(letter(), clock=clock)
    deliver(by(Wire(NotTaken("550 no such user", final=True))), clock=clock)
    assert (mail().state, mail().attempts) == ("dead", 1)


def test_a_dead_mail_can_be_sent_again(context: Flask, clock: Hands) -> None:
    put(letter(), clock=clock)
    deliver(by(Wire(NotTaken("550 no such user", final=True))), clock=clock)
    with transaction() as session:
        (dead,) = troubled(session)
        assert (dead.state, dead.last_error) == ("dead", "550 no such user")
        assert outbox_line(session).dead == 1
        again = open_change(session, "mail.send_again", act=Act(by=1, at=clock(), through="web"))
        send_again(session, dead.id, within=again)
        assert session.scalars(select(JournalEntry.before)).one()["state"] == "dead"
    wire = Wire(*[NotTaken("451 later")] * 7)
    for _ in range(8):
        deliver(by(wire), clock=clock)
        clock.move(hours=7)
    assert len(wire.taken) == 1
    with transaction() as session:
        again = open_change(session, "mail.send_again", act=Act(by=1, at=clock(), through="web"))
        with pytest.raises(Conflict):
            send_again(session, dead.id, within=again)
        with pytest.raises(NotFound):
            send_again(session, dead.id + 1, within=again)


def test_a_letter_that_is_too_late_is_given_up(context: Flask, clock: Hands) -> None:
    put(letter(not_after=clock() + timedelta(hours=1)), clock=clock)
    clock.move(hours=2)
    wire = Wire()
    deliver(by(wire), clock=clock)
    assert (mail().state, mail().last_error) == ("dead", "not sent in time")
    assert wire.taken == []


def test_a_sender_that_is_killed_after_the_servers_yes_sends_the_same_mail_once_more(
    context: Flask, clock: Hands
) -> None:
    wire = Wire()

    def killed_afterwards(message: object) -> None:
        wire(message)  # type: ignore[arg-type]
        raise Killed

    put(letter(), clock=clock)
    with pytest.raises(Killed):
        deliver(Courier(killed_afterwards, "give.example.org"), clock=clock)
    assert deliver(by(wire), clock=clock) == 0  # the claim still holds
    pass_holds()
    assert deliver(by(wire), clock=clock) == 1
    assert [message["Message-ID"] for message in wire.taken] == ["<task/1/reminder@give.example.org>"] * 2
    assert mail().state == "sent"


def test_a_mail_whose_senders_were_all_killed_is_dead_and_can_be_given_up(context: Flask, clock: Hands) -> None:
    put(letter(), clock=clock)
    for _ in range(8):
        with pytest.raises(Killed):
            deliver(by(Wire(Killed())), clock=clock)
        pass_holds()
    assert deliver(by(Wire()), clock=clock) == 0
    dead = mail()
    assert (dead.state, dead.last_error) == ("dead", "the sender never came to an end")
    with transaction() as session:
        within = open_change(session, "mail.give_up", act=Act(by=1, at=clock(), through="web"))
        assert give_up(session, dead.id, reason="Nobody needs it.", within=within).state == "dropped"


def test_at_most_once_is_lost_rather_than_doubled(context: Flask, clock: Hands) -> None:
    put(letter(policy="at_most_once"), clock=clock)
    with pytest.raises(Killed):
        deliver(by(Wire(Killed())), clock=clock)
    pass_holds()
    assert deliver(by(Wire()), clock=clock) == 0
    assert mail().state == "sent"


def test_at_most_once_is_tried_again_when_it_surely_did_not_leave(context: Flask, clock: Hands) -> None:
    wire = Wire(NotTaken("connection refused"))
    put(letter(policy="at_most_once"), clock=clock)
    deliver(by(wire), clock=clock)
    assert (mail().state, mail().sent_at) == ("todo", None)
    clock.move(hours=1)
    deliver(by(wire), clock=clock)
    assert len(wire.taken) == 1


def test_at_most_once_is_left_alone_when_nobody_knows(context: Flask, clock: Hands) -> None:
    put(letter(policy="at_most_once"), letter("other"), clock=clock)
    deliver(by(Wire(Unsure("timed out"), Unsure("timed out"))), clock=clock)
    assert (mail().state, mail().last_error) == ("dead", "may have been sent: timed out")
    assert mail("other").state == "todo"


def test_a_sender_that_was_stopped_finds_its_claim_taken(context: Flask, clock: Hands) -> None:
    put(letter(), clock=clock)
    stopped, other = Wire(), Wire()
    with transaction() as session:
        (parcel,) = claim(session, by(stopped), at=clock())
    pass_holds()
    assert deliver(by(other), clock=clock) == 1
    deliver_one(parcel, by(stopped), clock=clock)
    assert (len(stopped.taken), len(other.taken)) == (0, 1)


def test_long_sent_mails_are_pruned(context: Flask, clock: Hands) -> None:
    put(letter(), letter("second"), clock=clock)
    deliver(by(Wire()), clock=clock)
    put(letter("third"), clock=clock)
    with transaction() as session:
        assert prune(session, before=clock() + timedelta(seconds=1), limit=1) == 1
        assert prune(session, before=clock() + timedelta(seconds=1), limit=10) == 1
        assert outbox_line(session).waiting == 1


def test_the_wait_is_never_longer_than_nine_hours() -> None:
    assert wait_after(1, chance=0) == timedelta(seconds=30)
    assert wait_after(40, chance=1) == timedelta(hours=9)
