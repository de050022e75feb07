"""Fields: registered once, joined once, and written so that they can be read back."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from donors.core.errors import Invalid
from donors.core.fields import Field, FieldRegistry, Kind, joined, joins_of
from donors.core.hours import parse_hours, to_hours
from donors.core.money import LARGEST
from donors.core.search_text import search_text, search_words
from donors.core.settings import Organization
from donors.core.values import read_value
from tests.core.criteria_rows import FIELDS, ROW

HOUSE = Organization()
NAME, COUNT = FIELDS["name"], FIELDS["count"]


def test_fields_come_from_parts_and_from_rows(engine: Engine) -> None:
    registry = FieldRegistry()
    own = Field("total", "Total", Kind.MONEY, "row", ROW.c.amount)
    registry.add(NAME, COUNT)
    registry.add(NAME)
    registry.provide("row", lambda _session: [own, Field("name", "Other", Kind.TEXT, "row", ROW.c.shape)])
    with Session(engine) as session:
        found = registry.fields(session, "row")
        assert list(found) == ["name", "count", "total"]
        assert found["name"] is NAME
        assert len(registry.fields(session, "gift")) == 0


def test_two_fields_of_one_name_are_a_mistake() -> None:
    registry = FieldRegistry()
    registry.add(NAME)
    with pytest.raises(ValueError, match="two fields of row are named name"):
        registry.add(Field("name", "Other", Kind.TEXT, "row", ROW.c.shape))


@pytest.mark.parametrize("name", ["hat", None, 3, ["name"]])
def test_unknown_fields_are_named(name: object) -> None:
    with pytest.raises(Invalid, match="is not a field of a row"):
        FIELDS.named(name)


def test_each_join_is_made_once() -> None:
    joins = joins_of([FIELDS["town"], FIELDS["since"], NAME])
    assert len(joins) == 1
    assert str(joined(select(ROW.c.id).select_from(ROW), [*joins, *joins])).count("JOIN") == 1


def test_permission_hides_a_field() -> None:
    secret = Field("capacity", "Capacity", Kind.MONEY, "row", ROW.c.amount, permission="ratings.read")
    registry = FieldRegistry()
    registry.add(NAME, secret)
    found = registry.fields(Session(), "row")
    assert list(found.seen_with([])) == ["name"]
    assert list(found.seen_with(["ratings.read"])) == ["name", "capacity"]


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["Ana", "O’Neill", "a, b; c", "=1+1"]),
    "count": st.integers(-(2**52), 2**52),
    "odds": st.integers(-(2**52), 2**52),
    "amount": st.integers(1 - LARGEST, LARGEST - 1),
    "minutes": st.integers(-100000, 10**8),
    "seen_on": st.dates(),
    "active": st.booleans(),
    "shape": st.sampled_from(["round", "square"]),
    "giver_id": st.integers(0, 2**53),
}


@given(st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name])))
def test_what_is_written_is_read(named: tuple[str, Any]) -> None:
    field, value = FIELDS[named[0]], named[1]
    written = field.plain(value, HOUSE)
    assert read_value(field, written, currency="USD") == value


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("amount", 123456, "1234.56"),
        ("amount", -5, "-0.05"),
        ("minutes", 90, "1.50"),
        ("minutes", 20, "0.33"),
        ("odds", -5, "-0.05"),
        ("odds", 1234, "12.34"),
        ("seen_on", date(2026, 6, 17), "2026-06-17"),
        ("active", False, "no"),
        ("name", None, None),
        ("amount", 0, "0.00"),
    ],
)
def test_plain_text(name: str, value: Any, written: str | None) -> None:
    assert FIELDS[name].plain(value, HOUSE) == written


def test_money_follows_the_organization() -> None:
    assert FIELDS["amount"].plain(1234, Organization(currency="JPY")) == "1234"


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("count", "1,250", 1250),
        ("count", " 7 ", 7),
        ("count", 7.0, 7),
        ("odds", 0.1, 10),
        ("active", True, True),
        ("active", "Y", True),
        ("seen_on", date(2026, 1, 2), date(2026, 1, 2)),
        ("name", 7, "7"),
        ("name", "Zoe\u0308", "Zo\u00eb"),
    ],
)
def test_what_forms_and_files_give(name: str, raw: object, value: Any) -> None:
    assert read_value(FIELDS[name], raw, currency="USD") == value


@given(st.integers(-(10**9), 10**9))
def test_hours_tell_minutes_apart(minutes: int) -> None:
    assert parse_hours(f"{to_hours(minutes):f}") == minutes


@pytest.mark.parametrize(("typed", "minutes"), [("1:30", 90), ("-0:05", -5), ("1.5", 90), (".25", 15), ("2", 120)])
def test_hours_as_typed(typed: str, minutes: int) -> None:
    assert parse_hours(typed) == minutes


@pytest.mark.parametrize("typed", ["", "1:60", "one", "1,5", "1h", "1e3", "9" * 30])
def test_hours_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="is not a number of hours"):
        parse_hours(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana-María  O’Neill ", "ana maria oneill"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź Ørsted Đoković", "lodz orsted dokovic"),
        ("İstanbul ıslak", "istanbul islak"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("ανάσΑ ΣΊΣΥΦΟΣ", "ανασα σισυφοσ"),
        ("—", ""),
        ("a_b", "a b"),
    ],
)
def test_search_text(typed: str, kept: str) -> None:
    assert search_text(typed) == kept


@given(st.text())
def test_search_text_is_settled(text: str) -> None:
    assert search_text(search_text(text)) == search_text(text)
    assert " ".join(search_words(text)) == search_text(text)
