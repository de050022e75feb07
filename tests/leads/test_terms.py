"""The rules of leads without a database."""

from datetime import timedelta

import pytest

from donors.core.errors import Invalid
from donors.leads.terms import Closing, Fits, Try, answers, checked_closing, checked_fits, checked_try, is_individual
from tests.leads.records import AT, TODAY


@pytest.mark.parametrize(
    ("method", "outcome", "answered"),
    [
        ("call", "no_answer", False),
        ("visit", "no_answer", False),
        ("call", "left_word", True),
        ("mail", "no_answer", True),
        ("letter", "no_answer", True),
        ("call", "declined", True),
    ],
)
def test_a_lead_is_answered_by_reaching_somebody_or_leaving_word(method: str, outcome: str, answered: bool) -> None:
    assert answers(method, outcome) is answered


@pytest.mark.parametrize("typed", ["", "  ", "Self", "INDIVIDUAL", "ann lee", "Lee,  Ann", "Lee Ann"])
def test_who_types_no_organization_is_an_individual(typed: str) -> None:
    assert is_individual(typed, "Ann", "Lee")
    assert not is_individual("Acme", "Ann", "Lee")


@pytest.mark.parametrize(
    ("closing", "field"),
    [
        (Closing(TODAY, "tired"), "reason"),
        (Closing(TODAY, "other", "  "), "words"),
        (Closing(TODAY, "not_now", returns_on=TODAY), "returns_on"),
        (Closing(TODAY, "not_now", "x" * 3000), "words"),
    ],
)
def test_a_reason_that_cannot_stand_is_named(closing: Closing, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked_closing(closing)
    assert caught.value.field == field


def test_the_reason_is_kept_with_its_words() -> None:
    assert Closing(TODAY, "not_now", " after the sale ").sentence == "Not now: after the sale"
    assert Closing(TODAY, "no_fit").sentence == "No fit"


@pytest.mark.parametrize(
    ("tried", "field"),
    [
        (Try(AT, "shout", "reached"), "method"),
        (Try(AT, "call", "wept"), "outcome"),
        (Try(AT + timedelta(minutes=1), "call", "reached"), "tried_at"),
        (Try(AT, "call", "reached", follow_up_on=TODAY - timedelta(days=1)), "follow_up_on"),
    ],
)
def test_a_try_that_cannot_stand_is_named(tried: Try, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked_try(tried, now=AT)
    assert caught.value.field == field


def test_fits_run_from_none_at_all_over_zero_to_five() -> None:
    assert checked_fits(Fits(0, 5, None)) == Fits(0, 5, None)
    with pytest.raises(Invalid, match="ability"):
        checked_fits(Fits(ability=6))
