"""Names, salutations and spans, as pure rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.constituents.decide import (
    CHILD,
    HEAD,
    Named,
    household_name,
    household_salutations,
    salutations,
    sort_name,
    split_name,
)
from donors.constituents.edits import one_edit_apart
from donors.constituents.spans import Span, outside, overlap

ANNA = Named(title="Ms.", given="Anna", family="Berg", role=HEAD)
BEN = Named(title="Mr.", given="Ben", family="Cole", nickname="Benny")


@pytest.mark.parametrize(
    ("members", "name", "formal", "informal", "addressee"),
    [
        ([ANNA], "Berg household", "Ms. Berg", "Anna", "Ms. Anna Berg"),
        ([BEN, ANNA], "Berg and Cole household", "Ms. Berg and Mr. Cole", "Anna and Benny",
         "Ms. Anna Berg and Mr. Ben Cole"),
        ([ANNA, Named(given="Bo", family="Berg")], "Berg household", "Ms. Berg and Bo Berg", "Anna and Bo",
         "Ms. Anna and Bo Berg"),
        ([ANNA, Named(title="Mx.", given="Bo", family="BERG")], "Berg household", "Ms. and Mx. Berg", "Anna and Bo",
         "Ms. Anna and Mx. Bo Berg"),
        ([ANNA, Named(given="Cy", family="Dahl", role=CHILD)], "Berg household", "Ms. Berg", "Anna", "Ms. Anna Berg"),
        ([ANNA, Named(given="Rex", family="Ryd", is_deceased=True)], "Berg household", "Ms. Berg", "Anna",
         "Ms. Anna Berg"),
        ([Named(given="Rex", family="Ryd", is_deceased=True)], "Ryd household", "Rex Ryd", "Rex", "Rex Ryd"),
        ([ANNA, BEN, Named(given="Cy", family="Dahl")], "Berg, Cole and Dahl household",
         "Ms. Berg, Mr. Cole and Cy Dahl", "Anna, Benny and Cy", "Ms. Anna Berg, Mr. Ben Cole and Cy Dahl"),
        ([Named(whole="Prince")], "Prince household", "Prince", "Prince", "Prince"),
        ([], "", "", "", ""),
    ],
)  # fmt: skip
def test_households_are_addressed_by_their_members(members, name, formal, informal, addressee) -> None:
    said = household_salutations(members)
    assert (household_name(members), said.formal, said.informal, said.addressee) == (name, formal, informal, addressee)


def test_a_suffix_keeps_names_apart() -> None:
    father, son = Named(given="Al", family="Ek", suffix="Sr."), Named(given="Bo", family="Ek", suffix="Jr.")
    assert household_salutations([father, son]).addressee == "Al Ek Sr. and Bo Ek Jr."


def test_no_title_is_guessed() -> None:
    assert salutations(Named(given="Anna", family="Berg")).formal == "Anna Berg"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"family": "Åström", "given": "Eva", "middle": "", "whole": "Eva Åström"}, "astrom eva"),
        ({"family": "", "given": "", "middle": "", "whole": "The Lund Trust"}, "lund trust"),
        ({"family": "", "given": "", "middle": "", "whole": "The"}, "the"),
        ({"family": "", "given": "", "middle": "", "whole": "☃"}, "☃"),
    ],
)
def test_sort_names(parts, expected) -> None:
    assert sort_name(**parts) == expected


def test_names_in_one_piece() -> None:
    assert split_name("Berg, Anna Maria") == ("Anna Maria", "Berg")
    assert split_name("Anna Maria Berg") == ("Anna Maria", "Berg")
    assert split_name("Prince") == ("Prince", "")


WORDS = st.text(alphabet="abc", max_size=7)


@given(WORDS, WORDS)
def test_one_slip_is_what_one_edit_makes(one: str, other: str) -> None:
    assert one_edit_apart(one, other) == (other == one or other in edits(one))


def edits(word: str) -> set[str]:
    """Every word that one edit makes of a word, the plain way."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    made = {a + b[1:] for a, b in cuts if b} | {a + c + b for a, b in cuts for c in "abc"}
    made |= {a + c + b[1:] for a, b in cuts if b for c in "abc"}
    return made | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}


DAYS = st.one_of(st.none(), st.integers(0, 12).map(lambda day: date(2026, 1, 1) + timedelta(days=day)))
SPANS = st.builds(Span, DAYS, DAYS).filter(lambda span: not span.is_empty)


@given(SPANS, st.lists(SPANS, max_size=4))
def test_what_is_left_of_a_span_is_every_day_that_nobody_took(span: Span, taken: list[Span]) -> None:
    left = outside(span, taken)
    for day in [date.min, date.max - timedelta(days=1), *(date(2025, 12, 30) + timedelta(days=n) for n in range(20))]:
        free = span.holds(day) and not any(one.holds(day) for one in taken)
        assert any(one.holds(day) for one in left) == free
    assert not any(overlap(a, b) for n, a in enumerate(left) for b in left[n + 1 :])
