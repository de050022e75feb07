"""The year that holds a day, as SQL over day numbers: whole-number arithmetic that both databases do alike."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, literal_column

from donors.core.calendar import FiscalCalendar

FROM_YEAR_NOUGHT = 719_528
"""Days from the first of January of the year 0 to 1970-01-01."""
DAYS_IN_400_YEARS = 146_097
DAYS_TO_NEW_YEAR = {3: 306, 4: 275, 5: 245, 6: 214, 7: 184, 8: 153, 9: 122, 10: 92, 11: 61, 12: 31}
"""From the first of a month to the next first of January; the same in every year from March on."""

Number = ColumnElement[int]


def year_of_day(day: Any, calendar: FiscalCalendar) -> Number:
    """The label of the year of this calendar that holds the day; `FiscalCalendar.year_of` in SQL."""
    month = calendar.start_month
    if month in DAYS_TO_NEW_YEAR:
        started = _calendar_year(day + _number(FROM_YEAR_NOUGHT + DAYS_TO_NEW_YEAR[month])) - _number(1)
    else:
        started = _calendar_year(day + _number(FROM_YEAR_NOUGHT - 31 * (month - 1)))
    return started + _number(calendar.offset)


def _calendar_year(day: Number) -> Number:
    """A guess by the mean length of a year, set right by the first days of that year and the next."""
    guess = (day * _number(400)) // _number(DAYS_IN_400_YEARS)
    late = case((day >= _new_year(guess + _number(1)), _number(1)), else_=_number(0))
    early = case((day < _new_year(guess), _number(1)), else_=_number(0))
    return guess + late - early


def _new_year(year: Number) -> Number:
    """Days from the first of January of the year 0 to that of a year."""
    leap = (
        (year + _number(3)) // _number(4) - (year + _number(99)) // _number(100) + (year + _number(399)) // _number(400)
    )
    return _number(365) * year + leap


def _number(value: int) -> Number:
    return literal_column(str(value), BigInteger)
