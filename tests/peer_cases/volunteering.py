"""Volunteer hours: what should be, and the product's answer. Only completed rows are shifts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from donors.core.changes import Act
from donors.core.errors import Invalid
from donors.rollups.definition import Definition, Operation, Returns, Source, value_kind_of
from donors.rollups.queries import values_of
from donors.rollups.standard import install
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.shifts import record_shift
from tests.peer_cases.cases import Answer, Case, NotUnderstood, day, plain
from tests.peer_cases.product_rollups import world
from tests.peer_cases.quirks import Quirk, Quirks

STARTS, ENDS = ("start", "start_date", "date", "first"), ("end", "end_date", "last")
OPERATIONS = {
    "total": (Operation.TOTAL, Returns.NUMBER),
    "count": (Operation.COUNT, Returns.NUMBER),
    "first": (Operation.FIRST, Returns.DATE),
    "last": (Operation.LAST, Returns.DATE),
}


def figure_of(name: str) -> str:
    """Which figure an expected name means. Raises NotUnderstood."""
    for part, figure in (
        ("hours", "total"),
        ("total", "total"),
        ("first", "first"),
        ("last", "last"),
        ("count", "count"),
    ):
        if part in name:
            return figure
    raise NotUnderstood(f"figure {name}")


def _completed(case: Case) -> list[Mapping[str, Any]]:
    return [one for one in case.given["hours"] if one.get("status") == "Completed"]


def _day(told: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((told[name] for name in names if told.get(name)), None)


def model(case: Case, quirks: Quirks) -> dict[str, Answer]:
    """Hours, first and last day of completed work, and whether the row is taken."""
    done = _completed(case)
    good = [one for one in done if one.get("hours")]
    starts = [_day(one, STARTS) or case.today.isoformat() for one in good]
    ends = [_day(one, ENDS) or start for one, start in zip(good, starts, strict=True)]
    figures: dict[str, Answer] = {
        "total": sum((plain(one["hours"]) for one in good), Decimal(0)),
        "count": len(good),
        "first": min(starts, default=None),
        "last": max(ends if Quirk.END_DAY in quirks else starts, default=None),
    }
    if not good and Quirk.NOTHING_IS_ZERO not in quirks:
        figures = dict.fromkeys(figures, None)
    named = {name: figures[figure_of(name)] for name in case.expect if name != "accepted"}
    return named | {"accepted": len(good) == len(done)}


def answers(session: Session, case: Case) -> dict[str, Answer]:
    """The product's answers."""
    here = world(session, case)
    kept = {
        name: Definition(
            f"peer_{name}",
            name,
            Source.SHIFTS,
            operation,
            returns,
            value_kind_of(Source.SHIFTS, operation, returns),
        )
        for name, (operation, returns) in OPERATIONS.items()
    }
    install(session, kept.values(), within=here.change)
    who, act, taken = here.one("volunteer"), Act(by=None, at=here.change.at, through="cli"), True
    for told in _completed(case):
        minutes = round(plain(told["hours"]) * 60) if told.get("hours") is not None else 0
        try:
            record_shift(
                session, ShiftInput(who, day(_day(told, STARTS)) or case.today, minutes), act=act, on=case.today
            )
        except Invalid:
            taken = False
    values = values_of(session, who)
    found: dict[str, Answer] = {name: plain(values.get(one.key)) for name, one in kept.items()}
    found["total"] = found["total"] / 60 if found["total"] is not None else None
    return {name: found[figure_of(name)] for name in case.expect if name != "accepted"} | {"accepted": taken}
