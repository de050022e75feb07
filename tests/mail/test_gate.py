"""The contact gate refuses when in doubt, and says why."""

import pytest

from donors.mail.gate import Facts, may_reach


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
