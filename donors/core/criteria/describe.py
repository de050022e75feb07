"""Criteria read back as an English sentence."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from donors.core.criteria.periods import Period
from donors.core.criteria.tree import All, AnyOf, Compare, Criteria, Not, Operator, Scalar, Value
from donors.core.fields import Field, FieldSet, Kind
from donors.core.hours import to_hours
from donors.core.money import to_decimal
from donors.core.settings import Organization

WORDS: Mapping[Operator, str] = {
    Operator.EQUALS: "is",
    Operator.NOT_EQUALS: "is not",
    Operator.LESS: "is less than",
    Operator.AT_MOST: "is at most",
    Operator.GREATER: "is more than",
    Operator.AT_LEAST: "is at least",
    Operator.BETWEEN: "is between",
    Operator.IS_EMPTY: "is empty",
    Operator.IS_NOT_EMPTY: "is not empty",
    Operator.CONTAINS: "contains",
    Operator.DOES_NOT_CONTAIN: "does not contain",
    Operator.STARTS_WITH: "starts with",
    Operator.ANY_OF: "is one of",
    Operator.NONE_OF: "is none of",
}
TIME_WORDS: Mapping[Operator, str] = {
    Operator.EQUALS: "is in",
    Operator.NOT_EQUALS: "is not in",
    Operator.LESS: "is before",
    Operator.AT_MOST: "is not after",
    Operator.GREATER: "is after",
    Operator.AT_LEAST: "is not before",
    Operator.ANY_OF: "is in one of",
    Operator.NONE_OF: "is in none of",
}
SET_WORDS: Mapping[Operator, str] = {
    Operator.ANY_OF: "includes",
    Operator.ALL_OF: "includes all of",
    Operator.NONE_OF: "does not include",
}
ONE_DAY: Mapping[Operator, str] = {Operator.EQUALS: "is", Operator.NOT_EQUALS: "is not"}


def describe(criteria: Criteria, fields: FieldSet, organization: Organization) -> str:
    """The sentence that says what the criteria ask for, ending in a full stop. Raises Invalid for unknown fields."""
    said = _say(criteria, fields, organization)
    return f"{said[:1].upper()}{said[1:]}."


def _say(criteria: Criteria, fields: FieldSet, organization: Organization) -> str:
    match criteria:
        case All(()):
            return "everything"
        case AnyOf(()):
            return "nothing"
        case All(parts):
            return _together(parts, " and ", fields, organization)
        case AnyOf(parts):
            return _together(parts, " or ", fields, organization)
        case Not(part):
            return f"not ({_say(part, fields, organization)})"
        case Compare():
            return _say_comparison(fields.named(criteria.field), criteria, organization)


def _together(parts: tuple[Criteria, ...], word: str, fields: FieldSet, organization: Organization) -> str:
    said = [_say(part, fields, organization) for part in parts]
    if len(said) == 1:
        return said[0]
    return word.join(
        f"({words})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else words
        for part, words in zip(parts, said, strict=True)
    )


def _say_comparison(field: Field, compare: Compare, organization: Organization) -> str:
    words = f"{field.label} {_operator(field, compare)}"
    if compare.value is None:
        return words
    if not isinstance(compare.value, tuple):
        return f"{words} {_shown(field, compare.value, organization)}"
    shown = [_shown(field, value, organization) for value in compare.value]
    word = "and" if compare.operator in (Operator.BETWEEN, Operator.ALL_OF) else "or"
    return f"{words} {_listed(shown, word)}"


def _operator(field: Field, compare: Compare) -> str:
    if field.kind is Kind.SET:
        return SET_WORDS.get(compare.operator) or WORDS[compare.operator]
    if field.kind is not Kind.DATE:
        return WORDS[compare.operator]
    if compare.operator in ONE_DAY and _is_one_day(compare.value):
        return ONE_DAY[compare.operator]
    return TIME_WORDS.get(compare.operator, WORDS[compare.operator])


def _is_one_day(value: Value) -> bool:
    return isinstance(value, date) or (isinstance(value, Period) and value.unit == "day" and not value.through)


def _listed(shown: list[str], word: str) -> str:
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def _shown(field: Field, value: Scalar, organization: Organization) -> str:
    if isinstance(value, Period):
        return f"the {value}" if value.through else str(value)
    if isinstance(value, date):
        return format_date(value, "long", locale=organization.locale)
    if isinstance(value, str):
        option = field.option(value)
        return f"“{value if option is None else option.label}”"
    return _shown_number(field, value, organization)


def _shown_number(field: Field, value: int, organization: Organization) -> str:
    option = field.option(value)
    if option is not None:
        return f"“{option.label}”"
    match field.kind:
        case Kind.BOOLEAN:
            return "yes" if value else "no"
        case Kind.MONEY:
            exact = to_decimal(value, organization.currency)
            return format_currency(exact, organization.currency, locale=organization.locale)
        case Kind.MINUTES:
            return f"{format_decimal(to_hours(value).normalize(), locale=organization.locale)} hours"
        case Kind.ID:
            return f"number {value}"
    return field.plain(value, organization) or ""
