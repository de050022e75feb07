"""The vocabulary of rollups: whose figure, of which rows, what is done with them, over which time, where it is kept."""

from dataclasses import dataclass
from enum import StrEnum

from donors.core.errors import Invalid
from donors.rollups.frame import ALL_TIME, FISCAL, Frame, YearKind
from donors.rollups.targets import SOURCES_OF, Target


class Source(StrEnum):
    """What rows a figure is made of.

    `credit` is hard and soft credit together, a gift with both once, with their sum. An allocation is the part of a
    gift that goes to one fund, by hard credit. A formula is made of other figures.
    """

    HARD = "hard"
    SOFT = "soft"
    CREDIT = "credit"
    ALLOCATIONS = "allocations"
    SHIFTS = "shifts"
    MOVES = "moves"
    FORMULA = "formula"


class Operation(StrEnum):
    """What is done with the rows.

    Years are those of the definition's kind. A streak is so many years in a row: up to this one, or up to the last one
    where this has nothing yet (`current`), or ever (`longest`). `percentile` is by nearest rank. `change` is the total
    less that of the frame before. `nth` counts from the first.
    """

    TOTAL = "total"
    COUNT = "count"
    AVERAGE = "average"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    LARGEST = "largest"
    SMALLEST = "smallest"
    FIRST = "first"
    LAST = "last"
    NTH = "nth"
    BEST_YEAR = "best year"
    YEARS = "years"
    STREAK = "streak"
    LONGEST_STREAK = "longest streak"
    DISTINCT = "distinct"
    CHANGE = "change"
    DAYS_SINCE = "days since"
    FORMULA = "formula"


class Returns(StrEnum):
    """What of the result is kept: a number for most, a part of the chosen row or year for others.

    `row` is the id of the chosen row; where `Definition.field` names a field of it, pages show that. `years` is the
    list of years, one bit each from 1980 on. `percent` is a change in tenths of a percent of what was before.
    """

    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    ROW = "row"
    YEAR = "year"
    YEARS = "years"
    PERCENT = "percent"


class ValueKind(StrEnum):
    """How the kept integer reads.

    Minor units, a count, a day number, minutes, a year, the id of the chosen row, a set of years, tenths of a percent,
    or a number with as many decimals as the definition says.
    """

    MONEY = "money"
    COUNT = "count"
    DATE = "date"
    MINUTES = "minutes"
    YEAR = "year"
    GIFT = "gift"
    YEARS = "years"
    PERCENT = "percent"
    NUMBER = "number"


DECIDING = (Operation.LARGEST, Operation.SMALLEST, Operation.FIRST, Operation.LAST, Operation.NTH)
"""Operations that choose one row."""
YEARLY = (Operation.BEST_YEAR, Operation.YEARS, Operation.STREAK, Operation.LONGEST_STREAK)
"""Operations over years."""
NUMBERED = (Operation.NTH, Operation.PERCENTILE)
"""Operations that need a number: which one, what percentage."""
GIFT_SOURCES = frozenset({Source.HARD, Source.SOFT, Source.CREDIT, Source.ALLOCATIONS})
FIRST_LISTED_YEAR = 1980
LAST_LISTED_YEAR = 2042
DISTINCT_OF = {
    "campaign": "campaigns",
    "appeal": "appeals",
    "method": "ways of giving",
    "fund": "funds",
    "activity": "activities",
    "officer": "officers",
    "constituent": "givers",
    "day": "days",
}
"""What `distinct` can count, with the word for several."""


@dataclass(frozen=True)
class Definition:
    """One figure. `slot` is where it is kept; `id` and `version` say which row it came from (0: not kept yet).

    `criteria` is the stored form of `core.criteria` over the fields of the source's rows, as JSON text (empty: all
    rows). `number` belongs to nth and percentile (and the decimals of a formula), `field` to distinct and to a returned
    row, `years` to the yearly operations, `formula` to formulas.
    """

    key: str
    label: str
    source: Source
    operation: Operation
    returns: Returns
    value_kind: ValueKind
    frame: Frame = ALL_TIME
    slot: int = 0
    description: str = ""
    id: int = 0
    version: int = 0
    target: Target = Target.CONSTITUENT
    criteria: str = ""
    years: YearKind = FISCAL
    number: int = 0
    field: str = ""
    formula: str = ""

    def __hash__(self) -> int:
        return hash(self.key)  # statements are kept by all their definitions: each act hashes them all

    @property
    def sentence(self) -> str:
        """The definition in words, without its criteria."""
        if self.source is Source.FORMULA:
            return f"Reckoned as {self.formula}"
        counted, years = counted_words(self.source, self.field), self.years
        words = {"nth": ordinal(self.number), "year": years.words, "years": years.several_words, "field": counted}
        how = HOW[self.operation].format(**words)
        part = f"{self.field.replace('_', ' ')} of the " if self.returns is Returns.ROW and self.field else ""
        said = f"{part or WHAT[self.returns]}{how} {ROWS[self.source]} {self.frame.words}"
        return f"{said[:1].upper()}{said[1:]}"


def counted_words(source: Source, field: str) -> str:
    """What `distinct` counts, as the word for several: those who gave, or who worked."""
    whose = {Source.SHIFTS: "volunteers", Source.MOVES: "constituents"}
    return whose.get(source, "givers") if field == "constituent" else DISTINCT_OF.get(field, field)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


WHAT = {
    Returns.NUMBER: "",
    Returns.AMOUNT: "amount of the ",
    Returns.DATE: "day of the ",
    Returns.ROW: "the ",
    Returns.YEAR: "the ",
    Returns.YEARS: "list of the ",
    Returns.PERCENT: "percent of ",
}
HOW = {
    Operation.TOTAL: "total of",
    Operation.COUNT: "number of",
    Operation.AVERAGE: "average of",
    Operation.MEDIAN: "median of",
    Operation.PERCENTILE: "{nth} percentile of",
    Operation.LARGEST: "largest of",
    Operation.SMALLEST: "smallest of",
    Operation.FIRST: "first of",
    Operation.LAST: "last of",
    Operation.NTH: "{nth} of",
    Operation.BEST_YEAR: "best {year} by",
    Operation.YEARS: "{years} with",
    Operation.STREAK: "{years} in a row, up to this or the last one, with",
    Operation.LONGEST_STREAK: "most {years} in a row with",
    Operation.DISTINCT: "number of {field} of",
    Operation.CHANGE: "change against the time before of the total of",
    Operation.DAYS_SINCE: "days since the last of",
}
ROWS = {
    Source.HARD: "gifts by hard credit",
    Source.SOFT: "gifts by soft credit",
    Source.CREDIT: "gifts by hard or soft credit",
    Source.ALLOCATIONS: "allocations of gifts to funds",
    Source.SHIFTS: "volunteer shifts",
    Source.MOVES: "moves",
}

_PARTS = frozenset({Returns.AMOUNT, Returns.DATE, Returns.ROW})
_ALLOWED = {
    **dict.fromkeys(DECIDING, _PARTS),
    Operation.BEST_YEAR: frozenset({Returns.AMOUNT, Returns.YEAR}),
    Operation.YEARS: frozenset({Returns.NUMBER, Returns.YEARS}),
    Operation.CHANGE: frozenset({Returns.NUMBER, Returns.PERCENT}),
}
_NUMBER = frozenset({Returns.NUMBER})


def allowed_returns(operation: Operation, source: Source = Source.HARD) -> frozenset[Returns]:
    """What of an operation's result can be kept; moves have no amount."""
    allowed = _ALLOWED.get(operation, _NUMBER)
    return allowed - {Returns.AMOUNT} if source is Source.MOVES else allowed


def check_definition(one: Definition) -> None:
    """Raises Invalid when the parts of a definition do not go together."""
    if one.source is Source.MOVES and one.operation not in OF_MOVES:
        raise Invalid(
            "Operation", one.operation, "needs amounts, and moves have none", "Count them, or ask for the last."
        )
    if one.returns not in allowed_returns(one.operation, one.source):
        raise Invalid("Returned value", one.returns, f"is nothing that “{one.operation}” can return")
    if (one.source is Source.FORMULA) is not (one.operation is Operation.FORMULA):
        raise Invalid("Operation", one.operation, f"does not go with the source “{one.source}”", "Choose another one.")
    if one.source not in sources_of(one.target):
        remedy = f"Choose one of: {', '.join(sources_of(one.target))}."
        raise Invalid("Source", one.source, f"is nothing that a {one.target} has", remedy)
    _check_numbers(one)
    if one.operation is Operation.CHANGE and not one.frame.has_before:
        raise Invalid("Time frame", str(one.frame), "has nothing before it", "Choose years, days, months or two dates.")
    if one.operation is Operation.DISTINCT and one.field not in distinct_fields(one.source):
        remedy = f"Choose one of: {', '.join(distinct_fields(one.source))}."
        raise Invalid("Field", one.field, "cannot be counted here", remedy)
    if one.operation is Operation.FORMULA and one.frame != ALL_TIME:
        raise Invalid(
            "Time frame", str(one.frame), "does not go with a formula", "Its figures have frames of their own."
        )


def _check_numbers(one: Definition) -> None:
    if one.operation is Operation.NTH and not 1 <= one.number <= 1000:
        raise Invalid("Number", one.number, "is not a place in a row", "Use 1 to 1000.")
    if one.operation is Operation.PERCENTILE and not 1 <= one.number <= 99:
        raise Invalid("Number", one.number, "is not a percentage", "Use 1 to 99.")
    if one.operation is Operation.FORMULA and not 0 <= one.number <= 6:
        raise Invalid("Decimals", one.number, "is too many", "Use 0 to 6.")


OF_MOVES = (
    Operation.COUNT,
    Operation.FIRST,
    Operation.LAST,
    Operation.NTH,
    Operation.YEARS,
    Operation.STREAK,
    Operation.LONGEST_STREAK,
    Operation.DISTINCT,
    Operation.DAYS_SINCE,
)
"""What can be done with moves, which have no amounts."""


def sources_of(target: Target) -> tuple[Source, ...]:
    """What rows the figures of a target can be made of."""
    return tuple(one for one in Source if one in SOURCES_OF.get(target, Source))


def distinct_fields(source: Source) -> tuple[str, ...]:
    """What `distinct` can count among the rows of a source."""
    if source is Source.SHIFTS:
        return ("activity", "constituent", "day")
    if source is Source.MOVES:
        return ("officer", "constituent", "day")
    if source is Source.ALLOCATIONS:
        return ("fund", "campaign", "appeal", "method", "constituent", "day")
    return ("campaign", "appeal", "method", "constituent", "day") if source in GIFT_SOURCES else ()


def value_kind_of(source: Source, operation: Operation, returns: Returns) -> ValueKind:
    """How the figure of such a definition reads (a formula says so itself)."""
    kinds = {
        Returns.DATE: ValueKind.DATE,
        Returns.ROW: ValueKind.GIFT,
        Returns.YEAR: ValueKind.YEAR,
        Returns.YEARS: ValueKind.YEARS,
        Returns.PERCENT: ValueKind.PERCENT,
    }
    if returns in kinds:
        return kinds[returns]
    if operation in (*YEARLY, Operation.COUNT, Operation.DISTINCT, Operation.DAYS_SINCE) and returns is Returns.NUMBER:
        return ValueKind.COUNT
    return ValueKind.MINUTES if source is Source.SHIFTS else ValueKind.MONEY
