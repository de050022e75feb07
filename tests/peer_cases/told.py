"""What a case about figures tells: gifts in order of creation, which of them count, what is asked."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.peer_cases.cases import Case, NotUnderstood, day, plain
from tests.peer_cases.quirks import Quirk, Quirks
from tests.peer_cases.rollup_model import OPERATIONS, Asked, Row

Gift = Mapping[str, Any]
LISTS = ("gifts_in_created_order", "gifts", "extra_gifts", "account_soft_credits", "soft_credits")
YEARLY = {"this_year": 0, "last_year": 1, "two_years_ago": 2, "three_years_ago": 3}
PLAIN_AMOUNTS = ("amount", "gift_amount", "credit_amount", "allocation_amount")


def gifts(case: Case) -> list[Gift]:
    """All gifts that the case tells of, written out."""
    whole = case.given["gift"] if isinstance(case.given.get("gift"), dict) else {}
    if "allocations" in case.given:
        return [{**whole, **one} for one in _written_out(case.given["allocations"])]
    found = [whole] if whole else []
    for name in LISTS:
        found += _written_out(case.given.get(name) or [])
    return [part for one in found for part in _parts(one)]


def _parts(gift: Gift) -> list[Gift]:
    """A gift, or each of its allocations as one: a figure of a fund asks for no more."""
    return [{**gift, **part} for part in gift["allocations"]] if "allocations" in gift else [gift]


def _written_out(told: Any) -> list[Gift]:
    if isinstance(told, dict):
        return _series(told["series"])
    return [one if isinstance(one, dict) else {"amount": one} for one in told]


def _series(told: Mapping[str, Any]) -> list[Gift]:
    first, (count, unit) = date.fromisoformat(told["first_date"]), told["step"].split()
    if not unit.startswith("month"):
        raise NotUnderstood(f"step {told['step']}")
    found = []
    for place in range(told["count"]):
        on = _months_later(first, place * int(count))
        found.append({"date": on, "amount": told["amount"], "status": "won"} | told["overrides"].get(str(place), {}))
    return found


def _months_later(first: date, months: int) -> str:
    month = first.year * 12 + first.month - 1 + months
    for last in (first.day, 30, 29, 28):
        try:
            return date(month // 12, month % 12 + 1, last).isoformat()
        except ValueError:
            continue
    raise AssertionError


def when_given(gift: Gift, case: Case) -> date | None:
    """The day of a gift; today where the case does not speak of days."""
    return day(gift["date"]) if "date" in gift else case.today


def status(gift: Gift) -> str:
    """Won, open or lost."""
    return str(gift.get("status", "won"))


def whose(case: Case, gift: Gift) -> bool:
    """Whether a gift counts for the one whose figure is asked: not an organization's, unless its contact has it."""
    mine = gift.get("account") != "organization" or bool(case.given.get("always_roll_to_primary_contact"))
    return mine or "contact" not in case.rollup.get("type", "contact")


def rows(case: Case, quirks: Quirks) -> list[Row]:
    """The gifts of whom the figure is about."""
    name = case.rollup.get("amount", "amount")
    if name not in PLAIN_AMOUNTS and Quirk.OWN_NUMBERS not in quirks:
        return []
    name = "amount" if name in PLAIN_AMOUNTS else name
    return [Row(when_given(one, case), _amount(one, name), one) for one in gifts(case) if whose(case, one)]


def _amount(gift: Gift, name: str) -> Decimal | None:
    found = plain(gift.get(name))
    return found if isinstance(found, Decimal) else None


def accepted(case: Case) -> tuple[str, ...]:
    """The statuses that the filter lets through. Raises NotUnderstood."""
    told = case.given.get("filter") or "status = won"
    if told in ("none", "all", "no filter"):
        return ("won", "open", "lost")
    if told == "closed and not won":
        return ("lost",)
    if told == "closed":
        return ("won", "lost")
    found = re.fullmatch(r"(?:gift )?(?:status )?(=|!=|is|is not)? ?(won|open|lost)", told)
    if found is None:
        raise NotUnderstood(f"filter {told}")
    negative = found[1] in ("!=", "is not")
    return tuple(one for one in ("won", "open", "lost") if (one == found[2]) is not negative)


def counts(case: Case) -> Callable[[Row], bool]:
    """The filter, as asked of a row."""
    statuses, types = accepted(case), excluded(case, "type")
    records = excluded(case, "record_type")
    return lambda row: (
        status(row.facts) in statuses
        and row.facts.get("type") not in types
        and row.facts.get("record_type") not in records
    )


def excluded(case: Case, label: str) -> list[str]:
    """The values of a label whose gifts are left out."""
    return list(case.given.get(f"excluded_{label}s") or [])


def asked(case: Case) -> list[Asked]:
    """The figures that a case asks for, named as it names what it expects. Raises NotUnderstood."""
    told = case.rollup
    time = told.get("time") or {"kind": "all_time"}
    frame, fiscal = (time["kind"], time.get("n", 0)), bool(told.get("fiscal"))
    result = told.get("result", "amount")
    if "op" not in told:
        return [_named(name, fiscal) for name in told.get("ops", ())]
    operation = told["op"].lower()
    if operation not in OPERATIONS or frame[0] not in ("all_time", "years_ago", "days_back"):
        raise NotUnderstood(f"rollup {told}")
    result = result if operation in ("largest", "smallest", "first", "last") else "amount"
    names = [name for name in case.expect if name in ("value", *_owners(case))]
    return [Asked(name, operation, result, frame, fiscal) for name in names]


def _owners(case: Case) -> tuple[str, ...]:
    return tuple(str(one) for one in (case.given.get("gift", {}).get("account"), case.when.get("move_gift_to_account")))


def _named(name: str, fiscal: bool) -> Asked:
    bare = name.removesuffix("_total").removesuffix("_sum").removesuffix("_count")
    if bare in YEARLY:
        return Asked(
            name, "count" if name.endswith("_count") else "sum", time=("years_ago", YEARLY[bare]), fiscal=fiscal
        )
    if name == "total" or name in OPERATIONS:
        return Asked(name, "sum" if name == "total" else name, fiscal=fiscal)
    raise NotUnderstood(f"figure {name}")
