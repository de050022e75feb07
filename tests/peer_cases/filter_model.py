"""Whether a value should meet a condition; with quirks, what the peer says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from donors.core.calendar import FiscalCalendar
from tests.peer_cases.cases import REFUSED, Answer, NotUnderstood, day
from tests.peer_cases.quirks import Quirk, Quirks

KINDS = {
    **dict.fromkeys(("text", "string", "picklist", "textarea", "email", "phone", "url", "record_type"), "text"),
    **dict.fromkeys(("number", "currency", "money", "percent", "integer", "double", "decimal"), "number"),
    **dict.fromkeys(("date", "datetime"), "date"),
    **dict.fromkeys(("boolean", "checkbox"), "boolean"),
    **dict.fromkeys(("id", "reference"), "id"),
    **dict.fromkeys(("multi", "multipicklist", "multi_picklist", "multi-picklist", "multiselect"), "set"),
}
SAME = ("equals", "not_equals")
LISTS = ("in_list", "not_in_list")
ORDER = ("greater", "less", "greater_or_equal", "less_or_equal")
TEXTS = ("starts_with", "contains", "does_not_contain")
SETS = ("is_included", "is_not_included")
KNOWN = (*SAME, *LISTS, *ORDER, *TEXTS, *SETS)
OURS: Mapping[str, tuple[str, ...]] = {
    "text": (*SAME, *LISTS, *TEXTS),
    "number": (*SAME, *LISTS, *ORDER),
    "date": (*SAME, *LISTS, *ORDER),
    "boolean": SAME,
    "id": (*SAME, *LISTS),
    "set": (*SAME, *SETS),
}
THEIRS: Mapping[str, tuple[str, ...]] = {**OURS, "number": (*SAME, *ORDER), "date": (*SAME, *ORDER)}
NEGATIVE = ("not_equals", "not_in_list", "does_not_contain", "is_not_included")
POSITIVE = dict(zip(NEGATIVE, ("equals", "in_list", "contains", "is_included"), strict=True))


@dataclass(frozen=True)
class Rule:
    """A condition of a case, with the kind of its field."""

    kind: str
    operator: str
    constant: Any
    instant: bool = False


@dataclass(frozen=True)
class Then:
    """From which day, with which fiscal years, and how the peer would."""

    on: date
    fiscal: FiscalCalendar
    quirks: Quirks


def rule_of(told: Mapping[str, Any]) -> Rule:
    """The rule of a case. Raises NotUnderstood."""
    kind, operator = KINDS.get(told["kind"], ""), told["operator"]
    if not kind or operator not in KNOWN:
        raise NotUnderstood(f"rule {told}")
    if operator in SETS and kind == "text":
        kind = "set"
    return Rule(kind, operator, told.get("constant"), told["kind"] == "datetime")


def passes(rule: Rule, value: Any, then: Then) -> Answer:
    """Whether the value meets the rule; REFUSED where such a condition cannot be saved."""
    if Quirk.SENSELESS in then.quirks and rule.operator not in THEIRS[rule.kind]:
        return False
    if rule.operator not in OURS[rule.kind]:
        return REFUSED
    if rule.constant in (None, ""):
        return _with_nothing(rule, value in (None, ""), then)
    if rule.kind == "boolean":
        return (_yes(value) == _yes(rule.constant)) is (rule.operator == "equals")
    if value in (None, ""):
        return _of_nothing(rule, then)
    positive = POSITIVE.get(rule.operator, rule.operator)
    found = COMPARE[rule.kind](Rule(rule.kind, positive, rule.constant, rule.instant), value, then)
    return found is (rule.operator not in NEGATIVE)


def _with_nothing(rule: Rule, empty: bool, then: Then) -> Answer:
    if rule.operator in SAME and rule.kind != "boolean":
        return empty is (rule.operator == "equals")
    if Quirk.EMPTY_CONSTANT not in then.quirks:
        return REFUSED
    return (rule.operator in ("starts_with", "contains")) or (rule.operator == "not_in_list" and not empty)


def _of_nothing(rule: Rule, then: Then) -> Answer:
    if rule.kind == "number" and Quirk.EMPTY_COUNTS_ZERO in then.quirks:
        return passes(rule, 0, then)
    if rule.kind == "date" and Quirk.EMPTY_DATE in then.quirks:
        return "error" if day_or_none(rule.constant) else rule.operator == "equals"
    return rule.operator in NEGATIVE


def _yes(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "1")


def listed(constant: Any) -> list[str]:
    """The members of a list as people type it."""
    items = constant if isinstance(constant, list) else str(constant).split(";")
    return [str(item).strip() for item in items if str(item).strip()]


def _text(rule: Rule, value: Any, _then: Then) -> bool:
    have, wanted = str(value).lower(), str(rule.constant).lower()
    tests: Mapping[str, Callable[[], bool]] = {
        "equals": lambda: have == wanted,
        "in_list": lambda: have in [item.lower() for item in listed(rule.constant)],
        "contains": lambda: wanted in have,
        "starts_with": lambda: have.startswith(wanted),
    }
    return tests[rule.operator]()


def _set(rule: Rule, value: Any, _then: Then) -> bool:
    have, wanted = ({item.lower() for item in listed(one)} for one in (value, rule.constant))
    return have == wanted if rule.operator == "equals" else bool(have & wanted)


def _number(rule: Rule, value: Any, _then: Then) -> bool:
    if rule.operator == "in_list":
        return Decimal(str(value)) in [Decimal(item) for item in listed(rule.constant)]
    wanted = Decimal(str(rule.constant))
    return _ordered(rule.operator, Decimal(str(value)), wanted, wanted)


def _ordered(operator: str, have: Any, first: Any, last: Any) -> bool:
    tests: Mapping[str, Callable[[], bool]] = {
        "equals": lambda: first <= have <= last,
        "greater": lambda: have > last,
        "less": lambda: have < first,
        "greater_or_equal": lambda: have >= first,
        "less_or_equal": lambda: have <= last,
    }
    return tests[operator]()


def _date(rule: Rule, value: Any, then: Then) -> bool:
    if rule.operator == "in_list":
        return any(_date(Rule("date", "equals", item), value, then) for item in listed(rule.constant))
    if rule.instant and len(str(rule.constant)) > 10 and Quirk.TIME_OF_DAY in then.quirks:
        have, wanted = (datetime.fromisoformat(str(one).replace("Z", "")) for one in (value, rule.constant))
        return _ordered(rule.operator, have, wanted, wanted)
    first, last, unit = span(str(rule.constant), then)
    if Quirk.EDGE in then.quirks and unit in ("week", "month"):
        first, last = {"greater_or_equal": (last, last), "less_or_equal": (first, first)}.get(
            rule.operator, (first, last)
        )
    return _ordered(rule.operator, day(value), first, last)


PERIOD = re.compile(r"(THIS|LAST|NEXT|TWO|THREE|\d+)_(DAY|WEEK|MONTH|YEAR|FISCAL_YEAR)S?(?:_AGO)?")
SHIFTS = {"THIS": 0, "LAST": -1, "NEXT": 1, "TWO": -2, "THREE": -3}
DAYS = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}


def day_or_none(constant: Any) -> date | None:
    """The day that a constant names; nothing when it names a period."""
    return day(str(constant)) if re.match(r"\d{4}-\d\d-\d\d", str(constant)) else None


def period(constant: str) -> tuple[str, int]:
    """The unit and the distance of a named period. Raises NotUnderstood."""
    if constant in DAYS:
        return "day", DAYS[constant]
    found = PERIOD.fullmatch(constant)
    if found is None:
        raise NotUnderstood(f"constant {constant}")
    shift = SHIFTS[found[1]] if found[1] in SHIFTS else -int(found[1])
    return found[2].lower().replace("_", " "), shift


def span(constant: str, then: Then) -> tuple[date, date, str]:
    """First and last day, both within, and the unit."""
    exact = day_or_none(constant)
    if exact is not None:
        return exact, exact, "day"
    unit, shift = period(constant)
    return (*SPANS[unit](shift, then), unit)


def _week(shift: int, then: Then) -> tuple[date, date]:
    first = then.on - timedelta(then.on.weekday() - 7 * shift)
    if Quirk.SUNDAY in then.quirks:  # eight days: each Sunday is in two weeks
        first = then.on - timedelta((then.on.weekday() + 1) % 7 - 7 * shift)
        return first, first + timedelta(7)
    return first, first + timedelta(6)


def _month(shift: int, then: Then) -> tuple[date, date]:
    months = then.on.year * 12 + then.on.month - 1 + shift
    first, following = (date(one // 12, one % 12 + 1, 1) for one in (months, months + 1))
    return first, following - timedelta(1)


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _fiscal(shift: int, then: Then) -> tuple[date, date]:
    year = then.fiscal.year_of(then.on) + shift
    if Quirk.CALENDAR_FISCAL in then.quirks:
        return _year(year)
    return then.fiscal.first_day(year), then.fiscal.last_day(year)


SPANS: Mapping[str, Callable[[int, Then], tuple[date, date]]] = {
    "day": lambda shift, then: (then.on + timedelta(shift), then.on + timedelta(shift)),
    "week": _week,
    "month": _month,
    "year": lambda shift, then: _year(then.on.year + shift),
    "fiscal year": _fiscal,
}
COMPARE: Mapping[str, Callable[[Rule, Any, Then], bool]] = {
    "text": _text,
    "id": _text,
    "set": _set,
    "number": _number,
    "date": _date,
}


def group_passes(rules: Sequence[tuple[Rule | None, Any]], then: Then) -> Answer:
    """Whether a row meets all rules. A rule on a field that the row has not (None) is refused; the peer skips it."""
    known = [(rule, value) for rule, value in rules if rule is not None]
    if len(known) < len(rules) and Quirk.UNKNOWN_FIELD not in then.quirks:
        return REFUSED
    answers = [passes(rule, value, then) for rule, value in known]
    return REFUSED if REFUSED in answers else all(answers)
