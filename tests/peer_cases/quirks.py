"""Where the peer answers otherwise and we mean it: each with its reason. docs/differences.md tells them at length.

The models of `rollup_model`, `filter_model` and the rest answer as we decided; with a quirk switched on they answer, in
that respect, as the peer does. A case is a deliberate difference when some quirks explain its expected answer.
"""

from enum import StrEnum


class Quirk(StrEnum):
    """A way in which the peer's answers differ; the value is the heading in docs/differences.md."""

    NOTHING_IS_ZERO = "Nothing is empty, not zero"
    NEVER_WRITTEN = "Zero is zero, not empty"
    NO_AMOUNT = "A gift has an amount"
    NO_DAY = "A gift has a day"
    FUTURE_IN_LAST_DAYS = "The last days end today"
    ZERO_UNSET = "Zero and negative gifts are compared like others"
    KEEPS_EARLIER = "The chosen gift answers, even with an empty field"
    FUTURE_ENDS_STREAK = "A gift of next year does not end a streak"
    FIRST_PARTIAL = "Several credits of one person on one gift add up"
    OVER_FULL = "Nobody is credited with more than the gift"
    HOME_TWICE = "A household counts a gift once"
    OWN_NUMBERS = "Figures add up money and hours"
    END_DAY = "A shift is of one day"
    LOWEST_WINS = "The highest level that fits wins"
    PLAN_EACH_TIME = "One open copy of a plan"
    PREVIOUS_OF_RETIRED = "A level that has retired was still held"
    NO_PREVIOUS = "The level before is always known"
    EMPTY_COUNTS_ZERO = "An empty number is not zero"
    EMPTY_DATE = "An empty date lies in no period"
    EMPTY_CONSTANT = "Comparing with nothing is refused"
    SENSELESS = "A senseless condition is refused"
    UNKNOWN_FIELD = "A condition on an unknown field is refused"
    EDGE = "On or after a period includes it"
    SUNDAY = "Weeks run from Monday to Sunday"
    CALENDAR_FISCAL = "Fiscal years are fiscal"
    TIME_OF_DAY = "Days are compared as days"


Quirks = frozenset[Quirk]
NONE: Quirks = frozenset()
