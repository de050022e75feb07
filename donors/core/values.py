"""Reading typed or stored text as the value of a field, by its kind. Imports, forms and criteria share it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from donors.core.errors import Invalid
from donors.core.fields import Field, Kind
from donors.core.hours import parse_hours
from donors.core.money import LARGEST, parse_money

LONGEST = 1000
WORDS = {"yes": True, "true": True, "y": True, "1": True, "no": False, "false": False, "n": False, "0": False}
NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,9})?")


def read_value(field: Field, raw: object, *, currency: str) -> Any:
    """The value that `raw` stands for: text as people type it, or what JSON holds. Raises Invalid with a remedy.

    `Field.plain` is read back as the value that it was written from. Nothing (None, blank text) is no value: Invalid.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        raise Invalid(field.label, raw, "has no value", "Give one, or ask whether the field is empty.")
    if not isinstance(raw, str | int | float | date) or (isinstance(raw, bool) and field.kind is not Kind.BOOLEAN):
        raise Invalid(field.label, raw, f"is not a {field.kind}")
    return READERS[field.kind](field, raw if isinstance(raw, str) else _text(raw), currency)


def _text(raw: object) -> str:
    return str(Decimal(repr(raw)).normalize().__format__("f")) if isinstance(raw, float) else str(raw)


def _read_text(field: Field, raw: str, _currency: str) -> str:
    if len(raw) > LONGEST:
        raise Invalid(field.label, raw[:40] + "…", f"is longer than {LONGEST} characters", "Shorten it.")
    if any(letter == "\0" or unicodedata.category(letter) == "Cs" for letter in raw):
        raise Invalid(field.label, "", "holds a character that cannot be stored", "Type it anew.")
    return unicodedata.normalize("NFC", raw)


def _read_number(field: Field, raw: str, _currency: str) -> int:
    bare = raw.strip().replace(",", "") if re.fullmatch(r"\s*[+-]?\d{1,3}(,\d{3})+(\.\d+)?\s*", raw) else raw.strip()
    if not NUMBER.fullmatch(bare):
        raise Invalid(field.label, raw, "is not a number", "Use digits only, like 12.")
    scaled = Decimal(bare).scaleb(field.digits)
    if scaled != scaled.to_integral_value():
        wanted = f"Use at most {field.digits} decimals." if field.digits else "Use a whole number."
        raise Invalid(field.label, raw, "has too many decimals", wanted)
    if abs(scaled) >= 2**62:
        raise Invalid(field.label, raw, "is too large", "Check the number of digits.")
    return int(scaled)


def _read_money(field: Field, raw: str, currency: str) -> int:
    return parse_money(raw, currency, field=field.label)


def _read_minutes(field: Field, raw: str, _currency: str) -> int:
    minutes = parse_hours(raw, field=field.label)
    if abs(minutes) >= LARGEST:
        raise Invalid(field.label, raw, "is too long", "Check the number of digits.")
    return minutes


def _read_date(field: Field, raw: str, _currency: str) -> date:
    try:
        return (
            date.fromisoformat(raw.strip()) if re.fullmatch(r"\s*\d{4}-\d\d-\d\d\s*", raw) else _refuse_date(field, raw)
        )
    except ValueError:
        return _refuse_date(field, raw)


def _refuse_date(field: Field, raw: str) -> date:
    raise Invalid(field.label, raw, "is not a date", "Write it like 2026-03-31.")


def _read_boolean(field: Field, raw: str, _currency: str) -> bool:
    answer = WORDS.get(raw.strip().lower())
    if answer is None:
        raise Invalid(field.label, raw, "is neither yes nor no", "Write yes or no.")
    return answer


def _read_choice(field: Field, raw: str, _currency: str) -> str | int:
    wanted = raw.strip()
    for option in field.options:
        if str(option.value) == wanted:
            return option.value
    shown = ", ".join(option.label for option in field.options[:12] if option.active)
    raise Invalid(field.label, raw, "is not one of the choices", f"Choose one of: {shown}.")


def _read_id(field: Field, raw: str, _currency: str) -> int:
    if not re.fullmatch(r"\s*\d{1,18}\s*", raw, re.ASCII):
        raise Invalid(field.label, raw, "is not an id", "Use the number of the row.")
    return int(raw)


READERS: Mapping[Kind, Callable[[Field, str, str], Any]] = {
    Kind.TEXT: _read_text,
    Kind.NUMBER: _read_number,
    Kind.MONEY: _read_money,
    Kind.MINUTES: _read_minutes,
    Kind.DATE: _read_date,
    Kind.BOOLEAN: _read_boolean,
    Kind.CHOICE: _read_choice,
    Kind.ID: _read_id,
    Kind.SET: _read_choice,
}
