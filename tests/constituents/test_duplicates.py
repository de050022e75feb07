"""Likely duplicates are shown with reasons, and couples are told apart."""

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.duplicates import likely_duplicates
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber
from tests.constituents.people import person

ANNA = NewConstituent(given_name="Anna", family_name="Bergstrom")
AT_HOME = (Address(street="1 Elm St", city="Albany", postal_code="12207"),)


@pytest.fixture
def anna(session: Session) -> int:
    """Anna, with an e-mail, a phone and an address."""
    return person(
        session,
        "Anna Bergström",
        emails=(Email("anna@example.org"),),
        phones=(PhoneNumber("+1 212 555 0100"),),
        addresses=AT_HOME,
    ).id


@pytest.mark.parametrize(
    ("newcomer", "reasons"),
    [
        (ANNA, ("same name",)),
        (NewConstituent(name="A. B.", emails=(Email("ANNA@example.org"),)), ("same e-mail",)),
        (NewConstituent(given_name="Ann", family_name="Bergstrom", addresses=AT_HOME),
         ("close name", "same postal code")),
        (NewConstituent(given_name="Anna", family_name="Bergsrtom", addresses=AT_HOME),
         ("close name", "same postal code")),
        (NewConstituent(given_name="Ben", family_name="Bergstrom", emails=(Email("anna@example.org"),)), None),
        (NewConstituent(given_name="Eve", family_name="Holm", addresses=AT_HOME), None),
        (NewConstituent(given_name="Ann", family_name="Bergstrom"), None),
    ],
)  # fmt: skip
def test_reasons_say_why(session: Session, anna: int, newcomer: NewConstituent, reasons) -> None:
    found = likely_duplicates(session, newcomer, sees=EVERYTHING)
    assert [(one.id, one.reasons) for one in found] == ([] if reasons is None else [(anna, reasons)])


def test_the_likeliest_comes_first(session: Session, anna: int) -> None:
    person(session, "Anna Bergstrom")
    found = likely_duplicates(
        session, NewConstituent(name="Anna Bergstrom", emails=(Email("anna@example.org"),)), sees=EVERYTHING
    )
    assert found[0].id == anna
    assert [one.score for one in found] == [85, 40]
    assert likely_duplicates(session, ANNA, sees=EVERYTHING, leaving_out=anna)[0].id != anna
