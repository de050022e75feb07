"""The vocabulary of rollups: what is counted, how, over which time, and where the figure is kept."""

import re
from dataclasses import dataclass
from enum import StrEnum

from donors.core.errors import Invalid


class Source(StrEnum):
    """What rows a figure is made of: gifts by hard credit, gifts by soft credit, volunteer shifts."""

    HARD = "hard"
    SOFT = "soft"
    SHIFTS = "shifts"


class Operation(StrEnum):
    """What is done with the rows. Streak: fiscal years in a row up to this one, or up to the last one."""

    TOTAL = "total"
    COUNT = "count"
    AVERAGE = "average"
    LARGEST = "largest"
    SMALLEST = "smallest"
    FIRST = "first"
    LAST = "last"
    BEST_YEAR = "best year"
    YEARS = "years"
    STREAK = "streak"


class Returns(StrEnum):
    """What of the result is kept: a number for totals and counts, a part of the chosen row or year for others."""

    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    ROW = "row"
    YEAR = "year"


class ValueKind(StrEnum):
    """How the kept integer reads: minor units, a count, a day number, minutes, a fiscal year, the id of a gift."""

    MONEY = "money"
    COUNT = "count"
    DATE = "date"
    MINUTES = "minutes"
    YEAR = "year"
    GIFT = "gift"


class Span(StrEnum):
    """The kinds of time frames."""

    ALL_TIME = "all time"
    FISCAL_YEAR = "fiscal year"
    LAST_DAYS = "last days"


DECIDING = (Operation.LARGEST, Operation.SMALLEST, Operation.FIRST, Operation.LAST)
"""Operations that choose one row."""
YEARLY = (Operation.BEST_YEAR, Operation.YEARS, Operation.STREAK)
"""Operations over fiscal years; they take all time only."""
OLDEST_FISCAL_YEAR = 60


@dataclass(frozen=True)
class Frame:
    """A time frame. `number` is how many fiscal years ago (0: this one, to its end), or how many days back.

    The last n days are today - n <= day <= today: day n itself is in, the future is out.
    """

    span: Span = Span.ALL_TIME
    number: int = 0

    def __str__(self) -> str:
        match self.span:
            case Span.ALL_TIME:
                return "all time"
            case Span.FISCAL_YEAR:
                return f"fiscal year -{self.number}"
            case Span.LAST_DAYS:
                return f"last {self.number} days"

    @property
    def words(self) -> str:
        """The frame as people say it."""
        if self.span is Span.FISCAL_YEAR:
            return {0: "this fiscal year", 1: "last fiscal year"}.get(self.number, f"{self.number} fiscal years ago")
        return "of all time" if self.span is Span.ALL_TIME else f"in the {self}"


def parse_frame(text: str) -> Frame:
    """The frame that was written as text. Raises Invalid."""
    if text == "all time":
        return Frame()
    if found := re.fullmatch(r"fiscal year -(\d{1,2})", text):
        return Frame(Span.FISCAL_YEAR, int(found[1]))
    if found := re.fullmatch(r"last (\d{1,5}) days", text):
        return Frame(Span.LAST_DAYS, int(found[1]))
    raise Invalid("frame", text, "is no time frame", "Write all time, fiscal year -1 or last 365 days.")


@dataclass(frozen=True)
class Definition:
    """One figure. `slot` is where it is kept; `id` and `version` say which row it came from (0: not kept yet)."""

    key: str
    label: str
    source: Source
    operation: Operation
    returns: Returns
    value_kind: ValueKind
    frame: Frame = Frame()
    slot: int = 0
    description: str = ""
    id: int = 0
    version: int = 0

    def __hash__(self) -> int:
        return hash(self.key)  # statements are kept by all their definitions: each act hashes them all

    @property
    def sentence(self) -> str:
        """The definition in words."""
        return f"{WHAT[self.returns]}{HOW[self.operation]} {ROWS[self.source]} {self.frame.words}"


WHAT = {
    Returns.NUMBER: "",
    Returns.AMOUNT: "Amount of ",
    Returns.DATE: "Day of ",
    Returns.ROW: "The ",
    Returns.YEAR: "Year of ",
}
HOW = {
    Operation.TOTAL: "Total of",
    Operation.COUNT: "Number of",
    Operation.AVERAGE: "Average of",
    Operation.LARGEST: "largest of",
    Operation.SMALLEST: "smallest of",
    Operation.FIRST: "first of",
    Operation.LAST: "last of",
    Operation.BEST_YEAR: "best fiscal year by",
    Operation.YEARS: "Number of fiscal years with",
    Operation.STREAK: "Fiscal years in a row, up to this or the last one, with",
}
ROWS = {
    Source.HARD: "gifts by hard credit",
    Source.SOFT: "gifts by soft credit",
    Source.SHIFTS: "volunteer shifts",
}

_PARTS = {Returns.AMOUNT, Returns.DATE, Returns.ROW}


def check_definition(definition: Definition) -> None:
    """Raises Invalid when operation, what it returns and the frame do not go together."""
    allowed = {Returns.NUMBER}
    if definition.operation in DECIDING:
        allowed = _PARTS
    if definition.operation is Operation.BEST_YEAR:
        allowed = {Returns.AMOUNT, Returns.YEAR}
    if definition.returns not in allowed:
        raise Invalid("returns", definition.returns, f"is nothing that {definition.operation} can return")
    if definition.operation in YEARLY and definition.frame != Frame():
        raise Invalid("frame", str(definition.frame), f"does not go with {definition.operation}", "Choose all time.")
    if definition.frame.span is Span.FISCAL_YEAR and definition.frame.number > OLDEST_FISCAL_YEAR:
        raise Invalid("frame", str(definition.frame), "is too long ago", f"At most {OLDEST_FISCAL_YEAR} years.")
