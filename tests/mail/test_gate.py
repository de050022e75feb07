"""The contact gate refuses when in doubt, and says why."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.constituents.models import Consent, EmailAddress
from donors.core.changes import Act, insert, open_change
from donors.core.clock import now
from donors.mail.decide import CHANNELS, Facts, may_reach
from donors.mail.facts import facts_of, facts_of_many
from tests.constituents.people import person


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(deceased=True, consent=True), "This person has died."),
        (Facts(deleted=True, consent=True), "This constituent was removed."),
        (Facts(unknown_giver=True, consent=True), "Nobody knows who this giver is."),
        (Facts(do_not_contact=True, consent=True), "This person wants no contact."),
        (Facts(consent=False), "This person has refused contact by email."),
        (Facts(), "There is no consent to contact by email."),
        (Facts(consent=True, reachable=False), "No active address for contact by email is known."),
    ],
)
def test_refusals(facts: Facts, reason: str) -> None:
    answer = may_reach(facts, channel="email")
    assert (answer.allowed, answer.reason) == (False, reason)


def test_consent_opens_the_gate() -> None:
    assert may_reach(Facts(consent=True), channel="email").allowed


def test_a_receipt_needs_no_consent_but_no_refusal_either() -> None:
    assert may_reach(Facts(), channel="email", needs_consent=False).allowed
    assert not may_reach(Facts(consent=False), channel="email", needs_consent=False).allowed


def test_many_are_asked_as_each_alone(session: Session) -> None:
    """Everybody by every channel, whatever was said before, on the day and after it."""
    change = open_change(session, "test", act=Act(by=None, at=now(), through="cli"))
    on = date(2026, 3, 10)
    silent, gone, dead = (person(session, name) for name in ("Sil Ent", "Gone Away", "Dead Wood"))
    silent.do_not_contact, gone.deleted_at, dead.is_deceased = True, now(), True
    mixed = person(session, "Mixed Signals")
    insert(
        session, EmailAddress(constituent_id=mixed.id, address="m@example.org", folded="m@example.org"), within=change
    )
    for channel, granted, days in (("email", True, 0), ("email", False, -3), ("phone", False, 2), ("post", True, -9)):
        said = {"channel": channel, "granted": granted, "given_on": on + timedelta(days=days), "source": "test"}
        insert(session, Consent(constituent_id=mixed.id, recorded_at=now(), **said), within=change)
    ids = [row.id for row in (silent, gone, dead, mixed)] + [987654321]
    many = facts_of_many(session, ids, on=on)
    assert many == {
        one: {channel: facts_of(session, one, channel=channel, on=on) for channel in CHANNELS} for one in ids
    }
