"""Starting plans by rules: after gifts and hours at once, for a hundred thousand by the same statements, and at night.

What happened is found by facts alone, and each happening is answered once by a rule: so it does not matter how often,
or by whom, anybody is looked at. A start that fails is kept with its reason and costs nobody the gift.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from donors.core.apart import apart
from donors.core.bulk import among
from donors.core.changes import ChangeSet, amend
from donors.core.errors import Blocked
from donors.core.settings import organization
from donors.plans.decide import COPY
from donors.plans.starting.passed_over import Why, passed_over
from donors.plans.starting.start import Start
from donors.plans.starts.decide import DONE, FAILED, REFUSED, Rule, Verdict, in_turn, verdict, window
from donors.plans.starts.event import EVENTS, Event, Happening, Which
from donors.plans.starts.keep import keep, keep_failure
from donors.plans.starts.models import StartRun
from donors.plans.starts.queries import book, failed_starts, rule_of, start_rule, start_rules, unanswered
from donors.rollups.refresh import CHUNK, last_of_part
from donors.workflows.starting import plans_for

PART = 2_000
"""Constituents whose plans start together."""
MOST_AGAIN = 500
"""Failed ones that are tried again by one act."""
ACTS = frozenset({"gift", "import", "hours", "correction"})
"""Causes of refreshed figures after which something may have happened."""


@dataclass(frozen=True)
class Doing:
    """Under which change set plans start, on which day, and in which words their cause is told."""

    on: date
    within: ChangeSet
    cause: str


def run_starts(session: Session, ids: Iterable[int], *, on: date, within: ChangeSet) -> int:
    """Answers what has happened to these constituents; returns how many plans started. By time: only at night."""
    wanted = sorted(set(ids))
    return _answered(session, lambda column: among(session, column, wanted), on=on, within=within)


def run_starts_between(
    session: Session, *, low: int, high: int, on: date, within: ChangeSet, by_night: bool = False
) -> int:
    """The same for everybody above the id `low`, up to `high`; by night also what no act but time brings about."""

    def which(column: Any) -> ColumnElement[bool]:
        return and_(column > low, column <= high)

    return _answered(session, which, on=on, within=within, by_night=by_night)


def answer_night(session: Session, *, after: int, on: date, within: ChangeSet) -> tuple[int | None, int]:
    """Looks at the next constituents above an id, at night; returns where to go on (none: at the end) and how many
    plans started. A part for a transaction of its own."""
    high = last_of_part(session, after=after, limit=CHUNK)
    if high is None:
        return None, 0
    return high, run_starts_between(session, low=after, high=high, on=on, within=within, by_night=True)


def _answered(session: Session, which: Which, *, on: date, within: ChangeSet, by_night: bool = False) -> int:
    started = 0
    for row in start_rules(session, active_only=True):
        rule, event = rule_of(row), EVENTS.get(row.event)
        if event is None or (event.by_time and not by_night):
            continue
        found = unanswered(session, rule, event.find(session, rule.numbers, window(rule, on=on), which))
        doing = Doing(on, within, _cause(session, rule, event)) if found else None
        for turn in in_turn(found):
            for first in range(0, len(turn), PART):
                started += _answer(session, rule, turn[first : first + PART], doing) if doing else 0
    return started


def _cause(session: Session, rule: Rule, event: Event) -> str:
    return event.words(rule.numbers, currency=organization(session).currency)


def _answer(session: Session, rule: Rule, happenings: Sequence[Happening], doing: Doing) -> int:
    known = book(session, rule, [one.constituent_id for one in happenings])
    wanted = [verdict(rule, one, known, on=doing.on) for one in happenings]

    def act(some: Sequence[Verdict]) -> list[Verdict]:
        found = _carried_out(session, rule, some, doing)
        keep(session, rule.id, found, on=doing.on, within=doing.within)
        return found

    def failed(one: Verdict, why: str) -> Verdict:
        return keep_failure(session, rule.id, one.happening, why, on=doing.on, within=doing.within)

    return sum(one.outcome == DONE for one in apart(session, wanted, act, failed))


def _carried_out(session: Session, rule: Rule, some: Sequence[Verdict], doing: Doing) -> list[Verdict]:
    ids = [one.happening.constituent_id for one in some if one.outcome == DONE]
    what = Start(rule.template_id, doing.on, doing.cause)
    if not ids:
        return list(some)
    why_not = passed_over(session, ids, rule.template_id, what.days)
    started = plans_for(session, [one for one in ids if one not in why_not], what, within=doing.within)
    return [one if one.outcome != DONE else _with_plan(one, started, why_not) for one in some]


def _with_plan(one: Verdict, started: Mapping[int, int], why_not: Mapping[int, Why]) -> Verdict:
    here = one.happening.constituent_id
    if here in started:
        return Verdict(one.happening, DONE, plan_id=started[here])
    return Verdict(one.happening, REFUSED, why_not[here].sentence if here in why_not else COPY)


def start_again(session: Session, rule_id: int, *, on: date, within: ChangeSet) -> dict[str, int]:
    """Tries again what failed of a rule, at most `MOST_AGAIN` at a time; returns outcome → how many.

    Raises NotFound; Blocked when the rule is switched off, or the part is gone that knew its event.
    """
    row = start_rule(session, rule_id)
    event, rule = EVENTS.get(row.event), rule_of(row)
    if event is None or not row.is_active:
        raise Blocked("Not tried again", ("The rule is switched off.",))
    doing = Doing(on, within, _cause(session, rule, event))
    rows = {(one.constituent_id, one.happening): one for one in failed_starts(session, rule_id, limit=MOST_AGAIN)}
    counts: dict[str, int] = {}
    for turn in in_turn(Happening(one.constituent_id, one.happening, one.happened_on) for one in rows.values()):
        known = book(session, rule, [one.constituent_id for one in turn])
        wanted = [verdict(rule, one, known, on=on) for one in turn]
        for came in apart(session, wanted, lambda some: _carried_out(session, rule, some, doing), _failed):
            _amend(session, rows[came.happening.constituent_id, came.happening.key], came, doing)
            counts[came.outcome] = counts.get(came.outcome, 0) + 1
    return counts


def _failed(one: Verdict, why: str) -> Verdict:
    return Verdict(one.happening, FAILED, why)


def _amend(session: Session, row: StartRun, came: Verdict, doing: Doing) -> None:
    within, made = doing.within, came.plan_id
    amend(session, row, within=within, outcome=came.outcome, why=came.why, plan_id=made, ran_on=doing.on)


def let_starts_go(session: Session, rule_id: int, *, within: ChangeSet) -> int:
    """Gives up what failed of a rule, at most `MOST_AGAIN` at a time; returns how many those are."""
    rows = failed_starts(session, rule_id, limit=MOST_AGAIN)
    for row in rows:
        amend(session, row, within=within, outcome=REFUSED, why=f"Given up: {row.why}")
    return len(rows)
