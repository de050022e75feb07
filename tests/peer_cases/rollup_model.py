"""What a figure should be, row by row; with quirks, what the peer makes of it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from donors.core.calendar import FiscalCalendar
from tests.peer_cases.cases import Answer
from tests.peer_cases.quirks import Quirk, Quirks

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Row:
    """A gift as a figure sees it, in order of creation; without an amount or a day where the case leaves it out."""

    on: date | None
    amount: Decimal | None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One figure: its name in what is expected, and what is to be found."""

    name: str
    operation: str
    result: str = "amount"
    time: tuple[str, int] = ("all_time", 0)
    fiscal: bool = False


@dataclass(frozen=True)
class Seen:
    """From which day, with which years, and how the peer would."""

    on: date
    years: FiscalCalendar
    quirks: Quirks


def figure(asked: Asked, rows: Sequence[Row], counts: Callable[[Row], bool], seen: Seen) -> Answer:
    """The figure of all rows of its source; `counts` is the filter."""
    quirks = seen.quirks
    kept = [row for row in rows if row.amount is not None or Quirk.NO_AMOUNT in quirks]
    kept = [row for row in kept if row.on is not None or Quirk.NO_DAY in quirks]
    here = [row for row in kept if counts(row) and _within(row.on, asked.time, seen)]
    found = OPERATIONS[asked.operation](asked, here, seen) if kept else None
    if found is None and Quirk.NOTHING_IS_ZERO in quirks and asked.result == "amount":
        return Decimal(0)
    return None if found == 0 and Quirk.NEVER_WRITTEN in quirks else found


def _within(on: date | None, time: tuple[str, int], seen: Seen) -> bool:
    kind, number = time
    if kind == "all_time":
        return True
    if on is None:
        return False
    if kind == "years_ago":
        return seen.years.year_of(on) == seen.years.year_of(seen.on) - number
    back = (seen.on - on).days
    return back <= number and (back >= 0 or Quirk.FUTURE_IN_LAST_DAYS in seen.quirks)


def _amounts(rows: Sequence[Row]) -> list[Decimal]:
    return [row.amount for row in rows if row.amount is not None]


def _average(_asked: Asked, rows: Sequence[Row], _seen: Seen) -> Answer:
    total = sum(_amounts(rows), Decimal(0))
    return (total / len(rows)).quantize(CENT, ROUND_HALF_UP) if rows else None


def _by_amount(asked: Asked, rows: Sequence[Row], seen: Seen) -> Answer:
    sign = 1 if asked.operation == "largest" else -1
    valued = [row for row in rows if row.amount is not None]
    if Quirk.ZERO_UNSET in seen.quirks:
        chosen = _by_amount_from_zero(valued, sign)
    else:
        places = range(len(valued))
        order = sorted(places, key=lambda place: (sign * (valued[place].amount or 0), sign * place))
        chosen = [valued[place] for place in order]
    return _result(asked, chosen, seen)


def _by_amount_from_zero(rows: Sequence[Row], sign: int) -> list[Row]:
    """Those that were the largest (smallest) in their turn, when zero stands for not known yet."""
    state, chosen = Decimal(0), []
    for row in rows:
        amount = row.amount or Decimal(0)
        if state == 0 or (amount >= state if sign > 0 else amount < state):
            chosen.append(row)
            state = max(state, amount) if sign > 0 else amount
    return chosen


def _by_day(asked: Asked, rows: Sequence[Row], seen: Seen) -> Answer:
    sign = 1 if asked.operation == "last" else -1
    dated = [(row.on, row) for row in rows if row.on is not None]
    order = sorted(range(len(dated)), key=lambda place: (sign * dated[place][0].toordinal(), sign * place))
    return _result(asked, [dated[place][1] for place in order], seen)


def _result(asked: Asked, chosen: Sequence[Row], seen: Seen) -> Answer:
    """The asked field of the row chosen last, or of the last one that has it."""
    values = [value_of(asked.result, row) for row in chosen]
    if Quirk.KEEPS_EARLIER in seen.quirks:
        values = [value for value in values if value is not None]
    return values[-1] if values else None


def value_of(result: str, row: Row) -> Answer:
    """A field of a row."""
    if result == "amount":
        return row.amount
    return (row.on.isoformat() if row.on else None) if result == "date" else row.facts.get(result)


def _years(rows: Sequence[Row], seen: Seen) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.on is not None and row.amount is not None:
            found[seen.years.year_of(row.on)] += row.amount
    return found


def _best_year(asked: Asked, rows: Sequence[Row], seen: Seen) -> Answer:
    years = _years(rows, seen)
    total, negative = max(((total, -year) for year, total in years.items()), default=(Decimal(0), 0))
    if asked.operation == "best_year_total":
        return max(total, Decimal(0))
    return str(-negative) if total > 0 else None


def _streak(_asked: Asked, rows: Sequence[Row], seen: Seen) -> Answer:
    years, year = _years(rows, seen), seen.years.year_of(seen.on)
    if Quirk.FUTURE_ENDS_STREAK in seen.quirks and any(one > year for one in years):
        return 0
    year = year if year in years else year - 1
    length = 0
    while year - length in years:
        length += 1
    return length


OPERATIONS: Mapping[str, Callable[[Asked, Sequence[Row], Seen], Answer]] = {
    "count": lambda _asked, rows, _seen: len(rows),
    "sum": lambda _asked, rows, _seen: sum(_amounts(rows), Decimal(0)),
    "average": _average,
    "largest": _by_amount,
    "smallest": _by_amount,
    "first": _by_day,
    "last": _by_day,
    "best_year": _best_year,
    "best_year_total": _best_year,
    "years_donated": lambda _asked, rows, seen: ";".join(str(year) for year in sorted(_years(rows, seen))) or None,
    "donor_streak": _streak,
}
