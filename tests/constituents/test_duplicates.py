"""Likely duplicates are shown with reasons, and couples are told apart."""

import re
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.constituents.create import create
from donors.constituents.duplicates import likely_duplicates, likely_duplicates_many, likely_duplicates_of
from donors.constituents.matching.learned import keep_model
from donors.constituents.matching.model import sensible
from donors.constituents.models import ORGANIZATION, Constituent
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber
from tests.constituents.people import change, person

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
        (ANNA, ("same family name: Bergstrom", "same given name")),
        (NewConstituent(given_name="Bob", family_name="X", emails=(Email("ANNA@example.org"),)), None),
        (NewConstituent(name="A. B.", emails=(Email("ANNA@example.org"),)),
         ("same e-mail", "an initial of the given name: A / Anna")),
        (NewConstituent(name="Anna Bergstrom", phones=(PhoneNumber("(212) 555-0100"),)),
         ("same phone", "same given name", "same family name: Bergstrom")),
        (NewConstituent(given_name="Ann", family_name="Bergstrom", addresses=AT_HOME),
         ("same postal code", "another form of the given name: Ann / Anna", "same street and number",
          "same family name: Bergstrom")),
        (NewConstituent(given_name="Anna", family_name="Bergsrtom", addresses=AT_HOME),
         ("same given name", "same postal code", "family name with one slip: Bergsrtom / Bergstrom",
          "same street and number")),
        (NewConstituent(given_name="Ben", family_name="Bergstrom", emails=(Email("anna@example.org"),)), None),
        (NewConstituent(given_name="Ben", family_name="Bergstrom", addresses=AT_HOME), None),
        (NewConstituent(given_name="Eve", family_name="Holm", addresses=AT_HOME), None),
        (NewConstituent(given_name="Anna", family_name="Berg"), None),
        (NewConstituent(kind=ORGANIZATION, name="Anna Bergstrom"), None),
    ],
)  # fmt: skip
def test_reasons_say_why(session: Session, anna: int, newcomer: NewConstituent, reasons) -> None:
    found = likely_duplicates(session, newcomer, sees=EVERYTHING)
    told = [(one.id, tuple(reason.rpartition(" (")[0] for reason in one.reasons)) for one in found]
    assert told == ([] if reasons is None else [(anna, reasons)])


def test_each_reason_has_its_weight(session: Session, anna: int) -> None:
    newcomer = NewConstituent(given_name="Ann", family_name="Berg", emails=(Email("anna@example.org"),))
    (found,) = likely_duplicates(session, newcomer, sees=EVERYTHING)
    assert found.id == anna
    assert all(re.search(r" \([+−]\d+\.\d\)$", reason) for reason in found.reasons)


def test_the_likeliest_comes_first(session: Session, anna: int) -> None:
    other = person(session, "Anna Bergstrom").id
    found = likely_duplicates(
        session, NewConstituent(name="Anna Bergstrom", emails=(Email("anna@example.org"),)), sees=EVERYTHING
    )
    assert found[0].id == anna
    assert found[0].score > 95 > found[1].score > 50
    assert [one.id for one in likely_duplicates_of(session, anna, sees=EVERYTHING)] == [other]
    assert [one.id for one in likely_duplicates_of(session, other, sees=EVERYTHING)] == [anna]


def test_many_at_once_are_judged_as_one_by_one(session: Session, anna: int) -> None:
    eve = person(session, "Evelyn Holm", emails=(Email("eve@example.org"),)).id
    newcomers = [
        ANNA,
        NewConstituent(given_name="Evelin", family_name="Holm", emails=(Email("eve@example.org"),)),
        NewConstituent(given_name="Tom", family_name="Reed"),
        NewConstituent(given_name="Bergstrom", family_name="Anna", phones=(PhoneNumber("212-555-0100"),)),
    ]
    found = likely_duplicates_many(session, newcomers, sees=EVERYTHING)
    assert [[one.id for one in some] for some in found] == [[anna], [eve], [], [anna]]
    assert found == [likely_duplicates(session, one, sees=EVERYTHING) for one in newcomers]


def test_a_slip_in_the_family_name_is_found_without_an_address(session: Session, anna: int) -> None:
    newcomer = NewConstituent(given_name="Anna", family_name="Bergstorm", phones=(PhoneNumber("+1 212 555 0101"),))
    assert [one.id for one in likely_duplicates(session, newcomer, sees=EVERYTHING)] == [anna]


def test_an_address_of_before_and_an_id_of_a_state_are_known(session: Session) -> None:
    elsewhere = Address(street="9 Oak Ave", city="Troy", postal_code="12180")
    moved = person(session, "Rosalind Fairweather", addresses=(elsewhere, *AT_HOME)).id
    alien = person(session, "Ilse Quint", external_ids=(("SSN", "078-05-1120"),)).id
    person(session, "Uwe Quast", external_ids=(("crm", "078-05-1120"),))
    back = NewConstituent(given_name="Rosalind", family_name="Fairwether", addresses=AT_HOME)
    (found,) = likely_duplicates(session, back, sees=EVERYTHING)
    assert (found.id, "same street and number" in " ".join(found.reasons)) == (moved, True)
    wed = NewConstituent(given_name="Ilse", family_name="Brandt", external_ids=(("ssn", "078-05-1120"),))
    assert [one.id for one in likely_duplicates(session, wed, sees=EVERYTHING)] == [alien]


def test_whoever_may_not_see_somebody_is_not_told_of_them(session: Session, anna: int) -> None:
    session.get_one(Constituent, anna).confidential = True
    session.flush()
    assert likely_duplicates(session, ANNA, sees=sight(1, "officer")) == []


def test_an_organization_of_the_same_name_is_always_shown(session: Session) -> None:
    """By weights that were learned where hardly any stands twice, a branch in another town would not be."""
    model = replace(sensible(ORGANIZATION, 5000), duplicates=1e-9)
    keep_model(session, model, within=change(session))
    for home in (("9 Oak Ave", "Albany", "12207", "212 555 0100"), ("40 Pine Rd", "Reno", "89501", "775 555 0177")):
        create(session, branch(*home), within=change(session))
    found = likely_duplicates(session, branch("7 Quay", "Mobile", "36601", "251 555 0144"), sees=EVERYTHING)
    assert [one.name for one in found] == ["Columbia Hardware"] * 2
    assert all(one.score < 30 for one in found)


def branch(street: str, city: str, code: str, phone: str) -> NewConstituent:
    """An organization of a name that is common."""
    return NewConstituent(
        kind=ORGANIZATION,
        name="Columbia Hardware",
        addresses=(Address(street=street, city=city, postal_code=code),),
        phones=(PhoneNumber(phone),),
        emails=(Email(f"shop@{city.lower()}.example"),),
    )
