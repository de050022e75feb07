"""Ratings of a file: read from the cells of a row, and told apart from what is known already. Pure.

What was judged before stays. A rating with a day is news unless the same source said the same on that day; one
without is news unless the newest of its source says the same, so that a file can come in again without harm.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from donors.core.errors import Invalid
from donors.core.settings import Organization
from donors.imports import values
from donors.research.fields import KINDS
from donors.research.models import Rating
from donors.research.rate import CAPACITY, Judged, check

FILE = "file"
"""The source of ratings where neither the row nor the import names one."""


class ToldRating(NamedTuple):
    """A rating as a row tells it: a score, or the amount of a capacity in minor units; without a day, as of now."""

    kind: str
    source: str
    score: int | None
    amount: int | None
    rated_on: date | None

    def judged(self, today: date) -> Judged:
        """The judgement that it becomes."""
        return Judged(self.kind, self.rated_on or today, self.source, self.score, self.amount)

    def is_news(self, known: Iterable[Rating]) -> bool:
        """Whether it says what no rating of the constituent says; `known` are theirs, the newest first."""
        same = [one for one in known if (one.kind, one.source) == (self.kind, self.source)]
        if self.rated_on is None:
            return not same or (same[0].score, same[0].amount) != (self.score, self.amount)
        told = (self.rated_on, self.score, self.amount)
        return told not in {(one.rated_on, one.score, one.amount) for one in same}


def read_ratings(
    cell: Callable[[str], str], rated_on: date | None, source: str, here: Organization
) -> Iterator[ToldRating]:
    """The ratings of a row by the texts of its cells. Raises Invalid with the name of the column's field."""
    for kind in KINDS:
        text = cell(kind)
        if text:
            try:
                told = ToldRating(kind, source, *_figures(kind, text, here), rated_on)
                check(told.judged(rated_on or date.min))
            except Invalid as error:
                raise Invalid(kind, text, error.problem, error.remedy) from error
            yield told


def _figures(kind: str, text: str, here: Organization) -> tuple[int | None, int | None]:
    if kind == CAPACITY:
        return None, values.money(text, here.currency)
    if not text.isascii() or not text.isdigit():
        raise Invalid(kind, text, "is no rating", "Write a whole number from 0 (none) to 5.")
    return int(text[:3]), None
