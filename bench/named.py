"""The definitions that the targets name: thirty of the plain kind, those that sort rows, one with criteria."""

import json
from dataclasses import replace

from donors.rollups.definition import Definition, Operation, Returns, Source, ValueKind
from donors.rollups.frame import Frame, Span

MONEY, COUNT, DATE, YEAR = ValueKind.MONEY, ValueKind.COUNT, ValueKind.DATE, ValueKind.YEAR
NUMBER, AMOUNT, DAY = Returns.NUMBER, Returns.AMOUNT, Returns.DATE
Line = tuple[str, Operation, Returns, ValueKind, Frame]


def _lines() -> list[Line]:
    always = Frame()
    lines = [
        ("total", Operation.TOTAL, NUMBER, MONEY, always),
        ("count", Operation.COUNT, NUMBER, COUNT, always),
        ("average", Operation.AVERAGE, NUMBER, MONEY, always),
        ("best_year", Operation.BEST_YEAR, Returns.YEAR, YEAR, always),
        ("best_year_total", Operation.BEST_YEAR, AMOUNT, MONEY, always),
        ("years", Operation.YEARS, NUMBER, COUNT, always),
        ("streak", Operation.STREAK, NUMBER, COUNT, always),
    ]
    for operation in (Operation.LARGEST, Operation.SMALLEST, Operation.FIRST, Operation.LAST):
        lines += [(f"{operation}", operation, AMOUNT, MONEY, always), (f"{operation}_on", operation, DAY, DATE, always)]
    for ago in range(3):
        frame = Frame(Span.YEAR, ago)
        lines += [(f"year{ago}", Operation.TOTAL, NUMBER, MONEY, frame)]
        lines += [(f"year{ago}_count", Operation.COUNT, NUMBER, COUNT, frame)]
    for days in (30, 90, 365, 730):
        lines.append((f"days{days}", Operation.TOTAL, NUMBER, MONEY, Frame(Span.LAST_DAYS, days)))
    return lines


def named() -> tuple[Definition, ...]:
    """Twenty-five of hard credit, four of soft credit, and a count of the last 365 days."""
    soft = [
        ("total", Operation.TOTAL, NUMBER, MONEY, Frame()),
        ("count", Operation.COUNT, NUMBER, COUNT, Frame()),
        ("last_on", Operation.LAST, DAY, DATE, Frame()),
        ("this_year", Operation.TOTAL, NUMBER, MONEY, Frame(Span.YEAR, 0)),
    ]
    recent = [("count365", Operation.COUNT, NUMBER, COUNT, Frame(Span.LAST_DAYS, 365))]
    hard = [_made(line, Source.HARD, line[0]) for line in (*_lines(), *recent)]
    all_of_them = [*hard, *(_made(line, Source.SOFT, f"soft_{line[0]}") for line in soft)]
    return tuple(replace(one, slot=slot) for slot, one in enumerate(all_of_them, start=9))


def _made(line: Line, source: Source, key: str) -> Definition:
    return Definition(key, key, source, *line[1:4], frame=line[4])


def ranked() -> tuple[Definition, ...]:
    """Operations that sort the rows of an owner, and those that keep any field of the row that they chose."""
    middle = [
        ("median", Operation.MEDIAN, 0),
        ("quarter", Operation.PERCENTILE, 25),
        ("most", Operation.PERCENTILE, 90),
    ]
    found = [
        Definition(key, key, Source.HARD, operation, NUMBER, MONEY, number=number) for key, operation, number in middle
    ]
    parts = ((AMOUNT, MONEY), (DAY, DATE), (Returns.ROW, ValueKind.GIFT))
    for number in (1, 2, 5):
        found += [_nth(number, returns, kind) for returns, kind in parts]
    for operation in (Operation.LARGEST, Operation.SMALLEST, Operation.FIRST, Operation.LAST):
        found.append(
            _made((operation, operation, Returns.ROW, ValueKind.GIFT, Frame()), Source.HARD, f"{operation}_row")
        )
    return _in_slots(found)


def _nth(number: int, returns: Returns, kind: ValueKind) -> Definition:
    key = f"gift_{number}_{returns}"
    return Definition(key, key, Source.HARD, Operation.NTH, returns, kind, number=number)


def conditional() -> tuple[Definition, ...]:
    """The total of checks that belong to no campaign: neither column is in the index."""
    criteria = {
        "all": [
            {"field": "method", "operator": "equals", "value": "check"},
            {"field": "campaign_id", "operator": "is empty"},
        ]
    }
    kept = json.dumps(criteria, sort_keys=True)
    return _in_slots([Definition("checks", "checks", Source.HARD, Operation.TOTAL, NUMBER, MONEY, criteria=kept)])


def _in_slots(made: list[Definition]) -> tuple[Definition, ...]:
    """In slots that the named ones leave free."""
    return tuple(replace(one, slot=slot) for slot, one in enumerate(made, start=100))
