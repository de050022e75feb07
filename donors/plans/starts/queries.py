"""Reading of start rules: which there are, what became of happenings, what the rules must know of constituents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight, rows
from donors.constituents.models import Constituent
from donors.core.bulk import among
from donors.core.errors import NotFound
from donors.plans.decide import RETIRED
from donors.plans.models import PlanTemplate
from donors.plans.starting.eligible import barred
from donors.plans.starts.decide import DONE, FAILED, Book, Rule
from donors.plans.starts.event import Happening
from donors.plans.starts.models import StartRule, StartRun


def rule_of(row: StartRule) -> Rule:
    """A start rule as the pure rules see it."""
    return Rule(row.id, row.event, row.template_id, row.numbers, row.since, row.once, row.cool_down)


def start_rule(session: Session, rule_id: int) -> StartRule:
    """One start rule. Raises NotFound."""
    found = session.get(StartRule, rule_id)
    if found is None:
        raise NotFound("start rule", rule_id)
    return found


def start_rules(session: Session, *, active_only: bool = False) -> list[StartRule]:
    """All start rules in the order in which they were made."""
    wanted = select(StartRule).order_by(StartRule.id)
    return list(session.scalars(wanted.where(StartRule.is_active) if active_only else wanted))


def unanswered(session: Session, rule: Rule, happenings: Iterable[Happening]) -> list[Happening]:
    """Those to which the rule has not answered yet."""
    found = list(happenings)
    answered = select(StartRun.constituent_id, StartRun.happening).where(
        among(session, StartRun.constituent_id, sorted({one.constituent_id for one in found})),
        StartRun.rule_id == rule.id,
    )
    known = {(constituent_id, key) for constituent_id, key in session.execute(answered)} if found else set()
    return [one for one in found if (one.constituent_id, one.key) not in known]


def book(session: Session, rule: Rule, ids: Sequence[int]) -> Book:
    """What the rule must know of these constituents."""
    template = session.get_one(PlanTemplate, rule.template_id)
    nobody: Mapping[int, str] = barred(session, ids) if template.is_active else dict.fromkeys(ids, RETIRED)
    return Book(nobody, _last_starts(session, rule, ids) if rule.once or rule.cool_down else {})


def _last_starts(session: Session, rule: Rule, ids: Sequence[int]) -> dict[int, date]:
    started = select(StartRun.constituent_id, func.max(StartRun.ran_on)).where(
        among(session, StartRun.constituent_id, ids), StartRun.rule_id == rule.id, StartRun.outcome == DONE
    )
    return {constituent_id: on for constituent_id, on in session.execute(started.group_by(StartRun.constituent_id))}


@dataclass(frozen=True)
class Tally:
    """How often a rule started a plan, when it last did, and what else became of happenings."""

    started: int = 0
    last_on: date | None = None
    passed: int = 0
    failed: int = 0


NOTHING = Tally()


def tallies(session: Session) -> dict[int, Tally]:
    """Rule → its tally."""
    counted = select(StartRun.rule_id, StartRun.outcome, func.count(), func.max(StartRun.ran_on))
    counts: dict[int, dict[str, tuple[int, date]]] = {}
    for rule_id, outcome, number, last in session.execute(counted.group_by(StartRun.rule_id, StartRun.outcome)):
        counts.setdefault(rule_id, {})[outcome] = (number, last)
    return {rule_id: _tally(by_outcome) for rule_id, by_outcome in counts.items()}


def _tally(by_outcome: Mapping[str, tuple[int, date]]) -> Tally:
    started, last = by_outcome.get(DONE, (0, None))
    failed = by_outcome.get(FAILED, (0, None))[0]
    every = sum(number for number, _last in by_outcome.values())
    return Tally(started, last, every - started - failed, failed)


def failed_starts(session: Session, rule_id: int, *, limit: int) -> list[StartRun]:
    """What failed of a rule, the newest of each constituent first, locked."""
    wanted = select(StartRun).where(StartRun.rule_id == rule_id, StartRun.outcome == FAILED)
    locked = wanted.order_by(StartRun.id.desc()).limit(limit).with_for_update()
    return list(session.scalars(locked.execution_options(populate_existing=True)))


@dataclass(frozen=True)
class RunLine:
    """What became of a happening, and whose it was."""

    run: StartRun
    name: str


def runs_of_rule(session: Session, rule_id: int, *, sees: Sight, limit: int, offset: int = 0) -> list[RunLine]:
    """What became of happenings by a rule, the newest first, of constituents whom the viewer may see."""
    wanted = select(StartRun, Constituent.name).join(Constituent, Constituent.id == StartRun.constituent_id)
    newest = wanted.where(*_seen(rule_id, sees)).order_by(StartRun.id.desc()).limit(limit).offset(offset)
    return [RunLine(*row) for row in session.execute(newest)]


def count_runs(session: Session, rule_id: int, *, sees: Sight) -> int:
    """How many those are."""
    counted = select(func.count(StartRun.id)).join(Constituent, Constituent.id == StartRun.constituent_id)
    return session.scalar(counted.where(*_seen(rule_id, sees))) or 0


def _seen(rule_id: int, sees: Sight) -> tuple[ColumnElement[bool], ...]:
    may = rows(sees, confidential=Constituent.confidential.expression, constituent_id=Constituent.id.expression)
    return StartRun.rule_id == rule_id, Constituent.deleted_at.is_(None), may
