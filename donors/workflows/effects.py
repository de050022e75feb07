"""Carrying out the effects of levels: for one constituent or a hundred thousand by the same rules, in the same changes.

Each effect stands in a savepoint of its own: one that raises is kept as failed with its reason, and all else stands,
the level above all. What a rehearsal foresees is what is carried out: both ask `decide.verdict`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from donors.core.apart import apart
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.levels.decide import Change
from donors.levels.effects.decide import (
    DONE,
    FAILED,
    NOTICE,
    REFUSED,
    SKIPPED,
    TASK,
    Book,
    Rule,
    Verdict,
    concerns,
    ordered,
    verdict,
)
from donors.levels.effects.keep import keep_again, keep_runs
from donors.levels.effects.queries import (
    bands_by_id,
    book,
    effect,
    failed_runs,
    newest_standings,
    rule_of,
    rules_of,
)
from donors.levels.models import EffectRun
from donors.pipeline.queries.prospects import acting_officers
from donors.plans.queries.templates import step_counts
from donors.workflows.effect_acts import ACTS, Doing

PART = 2_000
"""Constituents whose effects run together."""
NOTHING = "There is nothing left to stop."
MOST_AGAIN = 500
"""Failed ones that are tried again by one act."""


Keep = Callable[[Rule, Sequence[Verdict]], None]


def run_effects(session: Session, changes: Sequence[Change], *, on: date, within: ChangeSet) -> None:
    """Carries out what follows from changes of level that have been written, and keeps what became of each effect."""
    rules = ordered(rules_of(session, {change.track_id for change in changes}))
    doing = Doing(on, within)
    for part in _parts(changes, rules):
        ids = sorted({change.constituent_id for change in part})
        standings = newest_standings(session, ids, {change.track_id for change in part})

        def keep(rule: Rule, found: Sequence[Verdict], known: dict[tuple[int, int], int] = standings) -> None:
            keep_runs(session, rule, found, known, on=on, within=within)

        known = _book(session, ids, rules, on=on)
        for rule, found in _verdicts(rules, part, known, on=on):
            known.note(rule, _carried_out(session, rule, found, doing, keep), on=on)


@dataclass(frozen=True)
class Foreseen:
    """What an effect would come to: how many times it would be carried out, refused, or passed over.

    `plans` are those that would start or stop, `tasks` those that would be made (of plans too), `told` the notices.
    """

    rule: Rule
    runs: int = 0
    refused: int = 0
    passed: int = 0
    plans: int = 0
    tasks: int = 0
    told: int = 0


def effects_of(session: Session, changes: Sequence[Change], *, on: date) -> list[Foreseen]:
    """What would follow from changes of level, by effect, in the order in which they run. Writes nothing."""
    rules = ordered(rules_of(session, {change.track_id for change in changes}))
    in_plan = step_counts(session, {rule.template_id for rule in rules if rule.template_id is not None})
    found = {rule.id: Foreseen(rule) for rule in rules}
    for part in _parts(changes, rules):
        known = _book(session, sorted({change.constituent_id for change in part}), rules, on=on)
        for rule, verdicts in _verdicts(rules, part, known, on=on):
            known.note(rule, verdicts, on=on)
            found[rule.id] = _added(found[rule.id], verdicts, in_plan.get(rule.template_id or 0, 0))
    return list(found.values())


def _added(so_far: Foreseen, verdicts: Sequence[Verdict], in_plan: int) -> Foreseen:
    done = [one for one in verdicts if one.outcome == DONE]
    act = so_far.rule.act
    return replace(
        so_far,
        runs=so_far.runs + len(done),
        refused=so_far.refused + sum(one.outcome == REFUSED for one in verdicts),
        passed=so_far.passed + sum(one.outcome in SKIPPED for one in verdicts),
        plans=so_far.plans + sum(len(one.plans) for one in done),
        tasks=so_far.tasks + len(done) * (1 if act == TASK else in_plan),
        told=so_far.told + (sum(len(one.users) for one in done) if act == NOTICE else 0),
    )


def _parts(changes: Sequence[Change], rules: Sequence[Rule]) -> Iterator[list[Change]]:
    """The changes that concern any effect, some constituents at a time, each with all changes of theirs."""
    concerned = [change for change in changes if any(concerns(rule, change) for rule in rules)]
    ids = sorted({change.constituent_id for change in concerned})
    for first in range(0, len(ids), PART):
        some = set(ids[first : first + PART])
        yield [change for change in concerned if change.constituent_id in some]


def _book(session: Session, ids: Sequence[int], rules: Sequence[Rule], *, on: date) -> Book:
    asked = any(rule.act in (TASK, NOTICE) for rule in rules)
    return book(session, ids, rules, officers=acting_officers(session, ids, on=on) if asked else {})


def _verdicts(
    rules: Sequence[Rule], part: Sequence[Change], known: Book, *, on: date
) -> Iterator[tuple[Rule, list[Verdict]]]:
    """For each effect what becomes of it, by what is known after those before it."""
    for rule in rules:
        found = [one for change in part if concerns(rule, change) if (one := verdict(rule, change, known, on=on))]
        if found:
            yield rule, found


def _carried_out(
    session: Session, rule: Rule, verdicts: Sequence[Verdict], doing: Doing, keep: Keep
) -> Sequence[Verdict]:
    """Carries out an effect and keeps what it came to; where it fails for one of many, it holds for the others."""

    def act(some: Sequence[Verdict]) -> Sequence[Verdict]:
        wanted = [one for one in some if one.outcome == DONE]
        made = {one.change.constituent_id: one for one in ACTS[rule.act](session, rule, wanted, doing)}
        found = [made.get(one.change.constituent_id, one) for one in some]
        keep(rule, found)
        return found

    def failed(one: Verdict, why: str) -> Verdict:
        found = Verdict(one.change, FAILED, why)
        keep(rule, [found])
        return found

    return apart(session, verdicts, act, failed)


def try_again(session: Session, effect_id: int, *, on: date, within: ChangeSet) -> dict[str, int]:
    """Tries again what failed of an effect, at most `MOST_AGAIN` at a time; returns outcome → how many.

    Raises NotFound; Blocked when the effect is switched off.
    """
    row = effect(session, effect_id)
    if not row.is_active:
        raise Blocked("Not tried again", ("The effect is switched off.",))
    rule, failed = rule_of(row), failed_runs(session, effect_id, limit=MOST_AGAIN)
    changes = _changes_again(session, rule, failed.values())
    known = _book(session, sorted(failed), [rule], on=on)
    found = [verdict(rule, change, known, on=on) or Verdict(change, REFUSED, NOTHING) for change in changes]

    def keep(rule: Rule, some: Sequence[Verdict]) -> None:
        keep_again(session, rule, some, failed, on=on, within=within)

    outcomes = [one.outcome for one in _carried_out(session, rule, found, Doing(on, within), keep)] if found else []
    return {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}


def _changes_again(session: Session, rule: Rule, runs: Iterable[EffectRun]) -> list[Change]:
    runs = list(runs)
    named = {level for run in runs for level in (run.from_level_id, run.to_level_id) if level is not None}
    bands = bands_by_id(session, named)
    return [
        Change(
            run.constituent_id, rule.track_id, "", bands.get(run.from_level_id or 0), bands.get(run.to_level_id or 0)
        )
        for run in runs
    ]


def let_go(session: Session, effect_id: int, *, on: date, within: ChangeSet) -> int:
    """Gives up what failed of an effect, at most `MOST_AGAIN` at a time; returns how many those are."""
    failed = failed_runs(session, effect_id, limit=MOST_AGAIN)
    rule = rule_of(effect(session, effect_id))
    changes = _changes_again(session, rule, failed.values())
    given_up = [Verdict(change, REFUSED, f"Given up: {failed[change.constituent_id].why}") for change in changes]
    keep_again(session, rule, given_up, failed, on=on, within=within)
    return len(given_up)
