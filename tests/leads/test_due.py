"""Hours and days until an answer is due, in words."""

from datetime import timedelta

import pytest

from donors.web.leads.due import due_words
from tests.leads.records import AT


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(hours=3, minutes=5), "in 3 hours"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(minutes=-40), "40 minutes late"),
        (timedelta(days=-2), "2 days late"),
    ],
)
def test_the_time_to_an_answer_in_words(gap: timedelta, words: str) -> None:
    assert due_words(AT + gap, AT) == words
