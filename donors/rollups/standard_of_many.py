"""The definitions of funds, campaigns and portfolios that come with the product."""

from collections.abc import Iterator
from dataclasses import replace

from donors.rollups.definition import Definition, Operation, Source
from donors.rollups.models import OF_MANY_SLOTS
from donors.rollups.standard_sets import (
    AMOUNT,
    COUNT,
    DAY,
    FIRST,
    LARGEST,
    LAST,
    LAST_365,
    LAST_YEAR,
    SMALLEST,
    THIS_YEAR,
    TOTAL,
    YEAR_BEFORE,
    Line,
)
from donors.rollups.targets import OF_MANY, Target

GIVERS = Operation.DISTINCT
WHO = "constituent"
LINES = (
    Line("total", "Total", TOTAL, "All that was ever given, less what was refunded."),
    Line("count", "Gifts", COUNT, "How often there was a gift."),
    Line("givers", "Givers", GIVERS, "How many different people, households and organizations gave.", field=WHO),
    Line("average", "Average gift", Operation.AVERAGE, "The total by the number of gifts."),
    Line("this_fiscal_year_total", "Total, this fiscal year", TOTAL, "What came in this fiscal year.", THIS_YEAR),
    Line("this_fiscal_year_count", "Gifts, this fiscal year", COUNT, "How often this fiscal year.", THIS_YEAR),
    Line("this_fiscal_year_givers", "Givers, this fiscal year", GIVERS, "Who gave this year.", THIS_YEAR, field=WHO),
    Line("last_fiscal_year_total", "Total, last fiscal year", TOTAL, "What came in all last fiscal year.", LAST_YEAR),
    Line("last_fiscal_year_count", "Gifts, last fiscal year", COUNT, "How often last fiscal year.", LAST_YEAR),
    Line("last_fiscal_year_givers", "Givers, last fiscal year", GIVERS, "Who gave last year.", LAST_YEAR, field=WHO),
    Line("two_years_ago_total", "Total, two fiscal years ago", TOTAL, "What came in the year before.", YEAR_BEFORE),
    Line("two_years_ago_count", "Gifts, two fiscal years ago", COUNT, "How often the year before.", YEAR_BEFORE),
    Line("last_365_days_total", "Total, last 365 days", TOTAL, "What came in within a year of today.", LAST_365),
    Line("last_365_days_count", "Gifts, last 365 days", COUNT, "How often within a year of today.", LAST_365),
    Line("largest", "Largest gift", LARGEST, "The most that was given at once.", returns=AMOUNT),
    Line("largest_on", "Largest gift on", LARGEST, "When the most was given at once.", returns=DAY),
    Line("smallest", "Smallest gift", SMALLEST, "The least that was given at once.", returns=AMOUNT),
    Line("first", "First gift", FIRST, "What it began with.", returns=AMOUNT),
    Line("first_on", "First gift on", FIRST, "The day on which it began.", returns=DAY),
    Line("last", "Last gift", LAST, "What came in last.", returns=AMOUNT),
    Line("last_on", "Last gift on", LAST, "The day of the latest gift.", returns=DAY),
)
OF_PORTFOLIOS = (
    (Source.SOFT, Line("soft_total", "Soft credit: total", TOTAL, "Gifts of others for which they are recognized.")),
    (Source.SHIFTS, Line("volunteer_minutes", "Volunteer hours", TOTAL, "All the hours that they have worked.")),
    (Source.MOVES, Line("moves_last_365_days", "Moves, last 365 days", COUNT, "Contacts within a year.", LAST_365)),
)
SOURCES = {Target.FUND: Source.ALLOCATIONS, Target.CAMPAIGN: Source.HARD, Target.PORTFOLIO: Source.HARD}


def standard_of_many() -> tuple[Definition, ...]:
    """The standard definitions, with their slots, in the order in which pages list them."""
    return tuple(replace(one, slot=slot) for slot, one in enumerate(_lines(), start=OF_MANY_SLOTS[0]))


def _lines() -> Iterator[Definition]:
    for target in OF_MANY:
        for line in LINES:
            yield _of(target, SOURCES[target], line)
    for source, line in OF_PORTFOLIOS:
        yield _of(Target.PORTFOLIO, source, line)


def _of(target: Target, source: Source, line: Line) -> Definition:
    return replace(line.of(source), key=f"{target}_{line.key}", target=target)
