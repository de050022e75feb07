"""Case folding is one and the same in Python and in both databases."""

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Text, literal, select, union_all

from donors.core.folding import Folded, fold

CASED = [chr(code) for code in range(1, sys.maxunicode + 1) if chr(code).lower() != chr(code)]
LETTERS = [*CASED, *"ßẞςΣσİıſKåÅéÉ’", *(chr(code) for code in range(1, 0x250))]


def test_every_letter_folds_alike(engine: Engine) -> None:
    with engine.connect() as connection:
        for start in range(0, len(LETTERS), 100):
            part = LETTERS[start : start + 100]
            each = [select(literal(letter, Text), Folded(literal(letter, Text))) for letter in part]
            folded = {letter: lower for letter, lower in connection.execute(union_all(*each))}
            assert folded == {letter: fold(letter) for letter in part}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs", "Cn"])), max_size=20))
def test_words_fold_alike(engine: Engine, words: list[str]) -> None:
    with engine.connect() as connection:
        for word in words:
            assert connection.scalar(select(Folded(literal(word, Text)))) == fold(word)


def test_null_stays_null(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(select(Folded(literal(None, Text)))) is None


@pytest.mark.parametrize(("typed", "stored"), [("ÉCLAIR", "éclair"), ("ΣΊΣΥΦΟΣ", "Σίσυφος"), ("GROẞ", "groß")])
def test_case_does_not_matter(typed: str, stored: str) -> None:
    assert fold(typed) == fold(stored)


def test_accents_matter() -> None:
    assert fold("Éclair") != fold("Eclair")
