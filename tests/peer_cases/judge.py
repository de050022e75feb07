"""The verdict on a case, by what it does: it passes, differs on purpose, lies out of scope, or cannot be expressed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from sqlalchemy.orm import Session

from tests.peer_cases import (
    filter_model,
    level_cases,
    product_filters,
    product_rollups,
    rollup_model,
    soft_credits,
    told,
)
from tests.peer_cases import volunteering as shifts
from tests.peer_cases.cases import REFUSED, Answer, Case, NotUnderstood, day, plain
from tests.peer_cases.filter_model import Rule, Then
from tests.peer_cases.quirks import NONE, Quirk, Quirks

Answers = Mapping[str, Answer]


class Verdict(StrEnum):
    """What comes of a case."""

    PASSES = "passes"
    DIFFERS = "differs on purpose"
    OUT_OF_SCOPE = "out of scope"
    UNSUPPORTED = "unsupported"
    FAILS = "fails"


@dataclass(frozen=True)
class Judged:
    """A verdict with its reasons, in words; `quirks` are those that explain a difference."""

    verdict: Verdict
    why: tuple[str, ...] = ()
    quirks: Quirks = NONE


@dataclass(frozen=True)
class Area:
    """How a kind of case is answered: as we decided (or, with quirks, as the peer does), and by the product."""

    model: Callable[[Case, Quirks], Answers]
    product: Callable[[Session, Case], Answers]
    stored: bool = True


UNSUPPORTED = {
    "payments": "needs payments of a gift apart from the gift",
    "payment": "needs payments of a gift apart from the gift",
    "payment_amount": "needs payments of a gift apart from the gift",
    "recurring": "needs recurring gifts",
    "pledge": "needs pledges",
    "pledges": "needs pledges",
    "installments": "needs pledges and their installments",
    "level_target": "needs levels of something else than constituents",
}
OUT_OF_SCOPE = {
    "already_counted": "the state of a run half done",
    "heavy_record_flag": "a mark by which runs are divided",
    "threshold": "a mark by which runs are divided",
    "skew": "a mark by which runs are divided",
    "heavy": "a mark by which runs are divided",
    "batch_size": "how runs are divided",
    "batches": "how runs are divided",
    "queue_jobs": "how runs are queued",
    "matching_roles": "in which rows a credit is kept",
    "roles_created": "in which rows a credit is kept",
    "roles_after_two": "in which rows a credit is kept",
    "roles_count": "in which rows a credit is kept",
    "contact_role": "in which rows a credit is kept",
    "partial_record": "in which rows a credit is kept",
    "percent": "how a page fills in an amount",
    "level_field": "in which field a level is kept",
    "last_run_started": "which records a run looks at",
    "batches_started": "how runs are divided",
}
MODES = ("full nightly", "full", "nightly", "at save", "on request")


def _words(told: Any) -> Iterator[str]:
    """All names of a case, and what it names as kinds of rows."""
    if isinstance(told, Mapping):
        for name, value in told.items():
            yield str(name)
            yield from _words(value)
            if name in ("target", "type", "detail", "amount") and isinstance(value, str):
                yield value
    elif isinstance(told, list):
        for one in told:
            yield from _words(one)


def _listed(case: Case) -> Judged | None:
    words = [*_words(case.given), *_words(case.when), *_words(case.expect)]
    mode = case.when.get("mode")
    for lists, verdict in ((UNSUPPORTED, Verdict.UNSUPPORTED), (OUT_OF_SCOPE, Verdict.OUT_OF_SCOPE)):
        if why := next((lists[word] for word in words if word in lists), None):
            return Judged(verdict, (why,))
    if mode is not None and mode not in MODES:
        return Judged(Verdict.OUT_OF_SCOPE, ("a way to run",))
    return None


def _rollup_model(case: Case, quirks: Quirks) -> Answers:
    seen = rollup_model.Seen(case.today, case.fiscal, quirks)
    counted, rows = told.counts(case), told.rows(case, quirks)
    moved = case.when.get("move_gift_to_account")
    return {
        one.name: plain(
            rollup_model.figure(one, [] if moved and one.name not in ("value", moved) else rows, counted, seen)
        )
        for one in told.asked(case)
    }


def _conditions(case: Case) -> list[tuple[Rule | None, Any]]:
    if "rule" in case.when:
        return [(filter_model.rule_of(case.when["rule"]), case.given.get("field_value"))]
    row, rules = case.given["row"], case.when["group"] or ()
    return [(_typed(rule, row), row.get(rule["field"])) for rule in rules]


def _typed(rule: Mapping[str, Any], row: Mapping[str, Any]) -> Rule | None:
    """A rule of a group, whose kind is told or seen from the value; none where the row has no such field."""
    if rule["field"] not in row:
        return None
    value = row[rule["field"]]
    kinds: tuple[tuple[type, str], ...] = ((bool, "boolean"), (int, "number"), (float, "number"))
    seen = next((kind for known, kind in kinds if isinstance(value, known)), "date" if _is_day(value) else "text")
    return filter_model.rule_of({"kind": seen, **rule})


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and filter_model.day_or_none(value) is not None


def _filter_model(case: Case, quirks: Quirks) -> Answers:
    found = filter_model.group_passes(_conditions(case), Then(case.today, case.fiscal, quirks))
    return {"passes": found, "error": found if found in ("error", REFUSED) else False}


def _filter_product(_session: Session, case: Case) -> Answers:
    found = product_filters.Row(_conditions(case)).meets(Then(case.today, case.fiscal, NONE))
    return {"passes": found, "error": found if found is REFUSED else False}


def _fiscal(case: Case) -> Answers:
    on = day(case.when["date"])
    assert on is not None
    return {"year": plain(case.fiscal.year_of(on))}


def _fiscal_model(case: Case, _quirks: Quirks) -> Answers:
    """The label told independently: of the year in which it starts or ends."""
    on, fiscal = day(case.when["date"]), case.given.get("fiscal")
    assert on is not None
    month = fiscal["start_month"] if fiscal else 1
    started = on.year - (on.month < month)
    return {"year": plain(started + (month > 1 and fiscal["named_for"] == "end"))}


ROLLUPS = Area(_rollup_model, product_rollups.answers)
FILTERS = Area(_filter_model, _filter_product, stored=False)
FISCAL_YEARS = Area(_fiscal_model, lambda _session, case: _fiscal(case), stored=False)
SOFT_CREDITS = Area(soft_credits.model, soft_credits.answers)
SHIFTS = Area(shifts.model, shifts.answers)
LEVELS = Area(level_cases.model, level_cases.answers)


def area_of(case: Case) -> Area:
    """Who answers a case. Raises NotUnderstood."""
    if level_cases.is_one(case):
        return LEVELS
    if "rule" in case.when or "group" in case.when:
        return FILTERS
    if "hours" in case.given:
        return SHIFTS
    if case.rollup:
        return SOFT_CREDITS if "op" not in case.rollup and "soft" in case.rollup.get("type", "") else ROLLUPS
    if "date" in case.when:
        return FISCAL_YEARS
    raise NotUnderstood(f"{case.when}")


def needs_database(case: Case) -> bool:
    """Whether the product must store something to answer."""
    try:
        return _listed(case) is None and area_of(case).stored
    except NotUnderstood:
        return False


def judge(session: Session | None, case: Case) -> Judged:
    """The verdict on a case. A session is needed where `needs_database` says so."""
    if (listed := _listed(case)) is not None:
        return listed
    try:
        area = area_of(case)
        found = area.product(session, case)  # type: ignore[arg-type]  # who stores has one
        return _verdict(case, area, found)
    except NotUnderstood as unknown:
        return Judged(Verdict.FAILS, (f"not understood: {unknown}",))


def _verdict(case: Case, area: Area, found: Answers) -> Judged:
    expected = {name: plain(value) for name, value in case.expect.items()}
    if missing := expected.keys() - found.keys():
        return Judged(Verdict.FAILS, (f"not understood: expects {', '.join(sorted(missing))}",))
    ours = {name: plain(found[name]) for name in expected}
    quirks = explained(case, area, expected)
    if quirks is None:
        same = ours == expected
        return Judged(Verdict.PASSES if same else Verdict.FAILS, () if same else (f"answers {ours}, not {expected}",))
    if not quirks:
        return Judged(Verdict.PASSES) if ours == expected else Judged(Verdict.FAILS, (f"answers {ours}",))
    if ours == expected:
        return Judged(Verdict.FAILS, ("is listed as a difference, and passes", *sorted(quirks)), quirks)
    decided = _asked_of(area.model(case, NONE), expected)
    if ours != decided:
        return Judged(Verdict.FAILS, (f"answers {ours}, neither {expected} nor, as decided, {decided}",), quirks)
    return Judged(Verdict.DIFFERS, tuple(sorted(quirks)), quirks)


def explained(case: Case, area: Area, expected: Answers) -> Quirks | None:
    """The fewest quirks by which the expected answer comes about: none at all, some, or (None) it cannot be told."""
    for many in range(4):
        for chosen in combinations(Quirk, many):
            if _asked_of(area.model(case, frozenset(chosen)), expected) == expected:
                return frozenset(chosen)
    return None


def quirks_of(case: Case) -> Quirks:
    """The quirks by which what a case expects differs from what we decided."""
    if _listed(case) is not None:
        return NONE
    return explained(case, area_of(case), {name: plain(value) for name, value in case.expect.items()}) or NONE


def _asked_of(found: Answers, expected: Answers) -> Answers:
    return {name: plain(found.get(name)) for name in expected}
