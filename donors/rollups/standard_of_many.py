"""The definitions of funds, campaigns and portfolios that come with the product."""

from collections.abc import Iterator
from dataclasses import replace

from donors.rollups.definition import Definition, Operation, Returns, Source, ValueKind, value_kind_of
from donors.rollups.frame import ALL_TIME, Frame, Span
from donors.rollups.models import OF_MANY_SLOTS
from donors.rollups.targets import OF_MANY, Target

THIS_YEAR, LAST_YEAR, YEAR_BEFORE = (Frame(Span.YEAR, ago) for ago in (0, 1, 2))
LAST_365 = Frame(Span.LAST_DAYS, 365)
NUMBER, AMOUNT, DAY = Returns.NUMBER, Returns.AMOUNT, Returns.DATE

Line = tuple[str, str, Operation, Returns, Frame]
LINES: tuple[Line, ...] = (
    ("total", "Total", Operation.TOTAL, NUMBER, ALL_TIME),
    ("count", "Gifts", Operation.COUNT, NUMBER, ALL_TIME),
    ("givers", "Givers", Operation.DISTINCT, NUMBER, ALL_TIME),
    ("average", "Average gift", Operation.AVERAGE, NUMBER, ALL_TIME),
    ("this_fiscal_year_total", "Total, this fiscal year", Operation.TOTAL, NUMBER, THIS_YEAR),
    ("this_fiscal_year_count", "Gifts, this fiscal year", Operation.COUNT, NUMBER, THIS_YEAR),
    ("this_fiscal_year_givers", "Givers, this fiscal year", Operation.DISTINCT, NUMBER, THIS_YEAR),
    ("last_fiscal_year_total", "Total, last fiscal year", Operation.TOTAL, NUMBER, LAST_YEAR),
    ("last_fiscal_year_count", "Gifts, last fiscal year", Operation.COUNT, NUMBER, LAST_YEAR),
    ("last_fiscal_year_givers", "Givers, last fiscal year", Operation.DISTINCT, NUMBER, LAST_YEAR),
    ("two_years_ago_total", "Total, two fiscal years ago", Operation.TOTAL, NUMBER, YEAR_BEFORE),
    ("two_years_ago_count", "Gifts, two fiscal years ago", Operation.COUNT, NUMBER, YEAR_BEFORE),
    ("last_365_days_total", "Total, last 365 days", Operation.TOTAL, NUMBER, LAST_365),
    ("last_365_days_count", "Gifts, last 365 days", Operation.COUNT, NUMBER, LAST_365),
    ("largest", "Largest gift", Operation.LARGEST, AMOUNT, ALL_TIME),
    ("largest_on", "Largest gift on", Operation.LARGEST, DAY, ALL_TIME),
    ("smallest", "Smallest gift", Operation.SMALLEST, AMOUNT, ALL_TIME),
    ("first", "First gift", Operation.FIRST, AMOUNT, ALL_TIME),
    ("first_on", "First gift on", Operation.FIRST, DAY, ALL_TIME),
    ("last", "Last gift", Operation.LAST, AMOUNT, ALL_TIME),
    ("last_on", "Last gift on", Operation.LAST, DAY, ALL_TIME),
)
OF_PORTFOLIOS: tuple[tuple[Line, Source], ...] = (
    (("soft_total", "Soft credit: total", Operation.TOTAL, NUMBER, ALL_TIME), Source.SOFT),
    (("volunteer_minutes", "Volunteer hours", Operation.TOTAL, NUMBER, ALL_TIME), Source.SHIFTS),
)
SOURCES = {Target.FUND: Source.ALLOCATIONS, Target.CAMPAIGN: Source.HARD, Target.PORTFOLIO: Source.HARD}


def standard_of_many() -> tuple[Definition, ...]:
    """The standard definitions, with their slots, in the order in which pages list them."""
    return tuple(
        replace(one, slot=slot, description=f"{one.sentence}.")
        for slot, one in enumerate(_lines(), start=OF_MANY_SLOTS[0])
    )


def _lines() -> Iterator[Definition]:
    for target in OF_MANY:
        for line in LINES:
            yield _definition(target, line, SOURCES[target])
    for line, source in OF_PORTFOLIOS:
        yield _definition(Target.PORTFOLIO, line, source)


def _definition(target: Target, line: Line, source: Source) -> Definition:
    key, label, operation, returns, frame = line
    kind: ValueKind = value_kind_of(source, operation, returns)
    field = "constituent" if operation is Operation.DISTINCT else ""
    return Definition(f"{target}_{key}", label, source, operation, returns, kind, frame, target=target, field=field)
