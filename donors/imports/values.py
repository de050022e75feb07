"""Single values of files: sums, dates, yes or no. Pure; what could mean two things is refused with a hint."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from donors.core.errors import Invalid
from donors.core.money import exponent, parse_money

SIMPLE = re.compile(r"(\d{1,12})\.(\d\d)")
COMMA = re.compile(r"[^\d(-]*[(-]?\d{1,3}(?:[.\s]\d{3})*,\d{1,2}\)?\D*")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?")
PARTS = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[ T,].*)?")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
GUARDED = ("'=", "'+", "'-", "'@", "'\t", "'\r")

EARLIEST = date(1800, 1, 1)
AHEAD = timedelta(days=366)
YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓"})
NO = frozenset({"no", "n", "false", "f", "0", "", "-"})


def bare(cell: str) -> str:
    """A cell without surrounding space and without the guard that exports set before formula signs."""
    return (cell[1:] if cell.startswith(GUARDED) else cell).strip()


def money(text: str, currency: str) -> int:
    """Minor units of a sum in a file. Raises Invalid."""
    simple = SIMPLE.fullmatch(text)
    if simple is not None and exponent(currency) == 2:
        return parse_money(text, currency) if len(text) > 13 else int(simple[1] + simple[2])
    if not text:
        raise Invalid("amount", "", "is missing", "Fill in the amount.")
    try:
        return parse_money(text, currency)
    except Invalid as error:
        if COMMA.fullmatch(text):
            meant = re.sub(r"[.\s](?=\d{3})", "", text).replace(",", ".")
            problem, remedy = f"is not a sum in {currency}", f"Did you mean {meant}? Write decimals with a point."
            raise Invalid("amount", text, problem, remedy) from error
        raise


def yes(text: str, field: str) -> bool:
    """Whether a cell says yes. Raises Invalid for anything but the usual words."""
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Invalid(field, text, "is neither yes nor no", "Write yes or no.")


def moment(text: str, field: str, *, order: str, zone: ZoneInfo) -> tuple[date, datetime | None]:
    """The date in the organization's zone, and the instant in UTC where the file tells one. Raises Invalid."""
    if len(text) > 10 and ISO_INSTANT.fullmatch(text):
        told = _instant(text, field)
        if told.tzinfo is not None:
            return told.astimezone(zone).date(), told.astimezone(UTC)
        return told.date(), None
    return day(text, field, order=order), None


def day(text: str, field: str, *, order: str) -> date:
    """A date: ISO, or in an order that is known. Raises Invalid, also where it could mean two days."""
    if ISO_DAY.fullmatch(text):
        return _date(int(text[:4]), int(text[5:7]), int(text[8:]), text=text, field=field)
    if not text:
        raise Invalid(field, "", "is missing", "Fill in the date.")
    parts = PARTS.fullmatch(text)
    if parts is None:
        raise Invalid(field, text, "is not a date", _hint(text))
    numbers, lengths = [int(part) for part in parts.groups()], [len(part) for part in parts.groups()]
    if lengths[0] == 4:
        return _date(*numbers, text=text, field=field)
    if lengths[2] != 4:
        raise Invalid(field, text, "has no year in four digits", "Write it like 2026-03-09.")
    return _ordered(numbers, order, text=text, field=field)


def likely(on: date, field: str, *, today: date) -> date:
    """The date itself, unless it is too old or too far ahead to be meant. Raises Invalid."""
    if on < EARLIEST or on > today + AHEAD:
        raise Invalid(field, on.isoformat(), "is not a likely date", "Check the year.")
    return on


def _ordered(numbers: list[int], order: str, *, text: str, field: str) -> date:
    first, second, year = numbers
    if not order and first <= 12 and second <= 12 and first != second:
        one, other = date(year, first, second), date(year, second, first)
        remedy = f"It could be {one:%B} {one.day} or {other:%B} {other.day}: choose the order of dates in this file."
        raise Invalid(field, text, "can be read in two ways", remedy)
    month_first = order == "mdy" if order in {"mdy", "dmy"} else first <= 12
    month, number = (first, second) if month_first else (second, first)
    return _date(year, month, number, text=text, field=field)


def _date(year: int, month: int, number: int, *, text: str, field: str) -> date:
    try:
        return date(year, month, number)
    except ValueError as error:
        raise Invalid(field, text, "is not a day of the calendar", "Check month and day.") from error


def _instant(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace(" UTC", "Z").replace("UTC", "Z").replace(",", "."))
    except ValueError as error:
        raise Invalid(field, text, "is not a moment of the calendar", "Write it like 2026-03-09T14:30:00Z.") from error


def _hint(text: str) -> str:
    if SERIAL.fullmatch(text):
        meant = date(1899, 12, 30) + timedelta(days=int(text[:5]))
        return f"It looks like a day number of Excel ({meant.isoformat()}?): format the column as a date."
    return "Write it like 2026-03-09."


def is_rate(text: str) -> bool:
    """Whether a text is a positive decimal."""
    return re.fullmatch(r"\d{1,9}(\.\d{1,12})?", text) is not None and text.strip("0.") != ""
