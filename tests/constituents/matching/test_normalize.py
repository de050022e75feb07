"""Values that mean the same compare as the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType, example_number_for_type, format_number

from donors.constituents.matching.facts import tax_ids
from donors.constituents.matching.normalize import (
    Dialled,
    city_key,
    day_key,
    domain_key,
    email_key,
    family_key,
    generation_of,
    given_key,
    organization_key,
    postal_key,
    root_of,
    sound_of,
    street_parts,
)

REGIONS = ("US", "CA", "GB", "DE", "FR", "AU", "NL", "ES", "IT", "CH", "MX", "BR", "AR", "JP")
WAYS = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("kind", [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE])
def test_a_telephone_number_is_one_however_it_is_written(region: str, kind: int) -> None:
    number = example_number_for_type(region, kind)
    keys = {Dialled(region).key(format_number(number, way)) for way in WAYS}
    abroad = Dialled("SE").key(format_number(number, PhoneNumberFormat.INTERNATIONAL))
    assert keys == {abroad}
    assert abroad == int(format_number(number, PhoneNumberFormat.E164).removeprefix("+"))


def test_what_is_no_number_is_not_known() -> None:
    assert [Dialled("US").key(text) for text in ("", "12", "call me", "1" * 20)] == [0, 0, 0, 0]
    assert Dialled("US").key("212 555 0100 ext. 7") == 12125550100
    assert Dialled("").key("(212) 555-0100") == 12125550100


@given(st.integers(2_012_000_000, 9_899_999_999).filter(lambda number: str(number)[3] not in "01"))
def test_an_american_number_is_the_same_plain_and_spelled_out(number: int) -> None:
    text = str(number)
    spelled = (f"({text[:3]}) {text[3:6]}-{text[6:]}", f"+1 {text}", f"1-{text}", f"{text[:3]}.{text[3:]}")
    assert {Dialled("US").key(one) for one in (text, *spelled)} == {10_000_000_000 + number}


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("12a Elm St., Apt 5", ("12a", "elmstreet")),
        ("12A Elm Street", ("12a", "elmstreet")),
        ("Hauptstraße 7", ("7", "hauptstreet")),
        ("Hauptstr. 7", ("7", "hauptstreet")),
        ("350 5th Ave # 21", ("350", "5thavenue")),
        ("Old Mill", ("", "oldmill")),
    ],
)
def test_streets(street: str, parts: tuple[str, str]) -> None:
    assert street_parts(street) == parts


def test_names_and_the_rest() -> None:
    assert (given_key("Zoë Marie"), given_key("Łukasz"), given_key("Анна")) == ("zoe", "lukasz", "anna")
    assert family_key("van den Berg") == family_key("Vandenberg") == "vandenberg"
    assert family_key("B.") == ""
    assert root_of("bob") == root_of("rob") == "robert"
    assert sound_of("meyer") == sound_of("meier")
    assert organization_key("The Lakeside Foundation, Inc.") == organization_key("Lakeside Foundation")
    assert (organization_key("Berg household"), organization_key("Household")) == ("berg", "")
    assert [generation_of(one) for one in ("Jr.", "II", "Sr", "MD", "III")] == [2, 2, 1, 0, 3]
    assert day_key(date(1950, 3, 7)) == 19500307
    assert city_key("St. Louis") == city_key("Saint Louis")
    assert [postal_key(one) for one in ("12207-1234", "122071234", "SW1A 1AA")] == ["12207", "12207", "sw1a1aa"]


def test_mail_that_reaches_one_box_is_one_address() -> None:
    assert email_key("Anna.Berg+gala@GoogleMail.com") == email_key("annaberg@gmail.com")
    assert email_key("anna.berg@x.org") != email_key("annaberg@x.org")
    assert (domain_key("a@gmail.com"), domain_key("a@lakeside.example")) == ("", "lakeside.example")


def test_only_ids_that_a_state_gives_are_compared() -> None:
    assert tax_ids([("crm", "17"), ("Tax ID", "12-34"), ("import 2025", "9")]) == ("tax id:12-34",)
