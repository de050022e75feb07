"""The words of the builder: what its choices are called."""

from donors.rollups.definition import Operation, Returns, ValueKind
from donors.rollups.frame import MONTHS, Span
from donors.rollups.targets import Target

OPERATIONS = {
    Operation.TOTAL: "Total",
    Operation.COUNT: "Number",
    Operation.AVERAGE: "Average",
    Operation.MEDIAN: "Median",
    Operation.PERCENTILE: "Percentile",
    Operation.LARGEST: "Largest",
    Operation.SMALLEST: "Smallest",
    Operation.FIRST: "First",
    Operation.LAST: "Last",
    Operation.NTH: "The n-th, from the first",
    Operation.BEST_YEAR: "Best year",
    Operation.YEARS: "Years with any",
    Operation.STREAK: "Years in a row, up to now",
    Operation.LONGEST_STREAK: "Most years in a row, ever",
    Operation.DISTINCT: "Number of different …",
    Operation.CHANGE: "Change against the time before",
    Operation.DAYS_SINCE: "Days since the last",
    Operation.FORMULA: "Formula",
}
RETURNS = {
    Returns.NUMBER: "The number",
    Returns.AMOUNT: "Its amount",
    Returns.DATE: "Its date",
    Returns.ROW: "Another field of it",
    Returns.YEAR: "The year",
    Returns.YEARS: "The list of years",
    Returns.PERCENT: "In percent",
}
SPANS = {
    Span.ALL_TIME: "All time",
    Span.YEAR: "One year",
    Span.LAST_YEARS: "The last full years",
    Span.LAST_MONTHS: "The last full months",
    Span.LAST_DAYS: "The last days",
    Span.SINCE: "Since a date",
    Span.BETWEEN: "Between two dates",
}
MANY = {Span.LAST_YEARS: "How many years", Span.LAST_MONTHS: "How many months", Span.LAST_DAYS: "How many days"}
AGO = {"0": "this year", "1": "last year"} | {str(number): f"{number} years ago" for number in range(2, 61)}
YEARS = {"fiscal": "Fiscal years", "calendar": "Calendar years", "club": "Club years"}
BEGINNING = {str(number): name for number, name in enumerate(MONTHS, start=1)}
TARGETS = {
    Target.CONSTITUENT: "Everybody",
    Target.PERSON: "People only",
    Target.HOUSEHOLD: "Households only",
    Target.ORGANIZATION: "Organizations only",
    Target.FUND: "Each fund",
    Target.CAMPAIGN: "Each campaign",
    Target.PORTFOLIO: "Each officer’s portfolio",
}
KEPT_AS = {
    ValueKind.MONEY: "Money",
    ValueKind.NUMBER: "A number",
    ValueKind.MINUTES: "Hours",
    ValueKind.DATE: "A date",
}
NUMBER = {Operation.NTH: "Which one", Operation.PERCENTILE: "Percentile, 1 to 99", Operation.FORMULA: "Decimals"}
HIDEABLE = (
    "returns",
    "number",
    "field",
    "span",
    "ago",
    "many",
    "first",
    "last",
    "frame_years",
    "frame_month",
    "years",
    "month",
    "formula",
    "value_kind",
)
"""Parts that are shown only with what they go with; unseen, they keep what was typed."""
COLUMNS = {
    "label": "name",
    "description": "what it is for",
    "source": "source",
    "operation": "operation",
    "returns": "what is kept",
    "frame": "time frame",
    "value_kind": "kind of value",
    "target": "for whom",
    "criteria": "criteria",
    "years": "kind of years",
    "number": "number",
    "field": "which field",
    "formula": "formula",
    "slot": "where it is kept",
    "position": "place in the list",
    "is_active": "in use or not",
}
"""Column of a definition → what pages call it in its history."""
