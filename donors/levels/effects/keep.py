"""Keeping what became of effects: a row for each constituent, and a notice for each user who is told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from donors.core.bulk import load, take_ids
from donors.core.changes import ChangeSet, amend
from donors.levels.effects.decide import DONE, NOTICE, START, Rule, Verdict
from donors.levels.models import EffectRun, Notice

RUN = (
    "id",
    "created_in",
    "effect_id",
    "constituent_id",
    "standing_id",
    "from_level_id",
    "to_level_id",
    "ran_on",
    "outcome",
    "why",
    "plan_id",
    "task_id",
)


def keep_runs(
    session: Session,
    rule: Rule,
    verdicts: Sequence[Verdict],
    standings: Mapping[tuple[int, int], int],
    *,
    on: date,
    within: ChangeSet,
) -> None:
    """Keeps what an effect came to. `standings`: (constituent, track) → the standing of the change."""
    ids = take_ids(session, EffectRun, len(verdicts))
    rows = [
        (
            run_id,
            within.id,
            rule.id,
            one.change.constituent_id,
            standings[one.change.constituent_id, one.change.track_id],
            one.change.old.id if one.change.old else None,
            one.change.new.id if one.change.new else None,
            on,
            one.outcome,
            one.why,
            plan_of(rule, one),
            one.task_id,
        )
        for run_id, one in zip(ids, verdicts, strict=True)
    ]
    load(session, EffectRun, RUN, rows)
    _tell(session, rule, zip(ids, verdicts, strict=True), within=within)


def keep_again(
    session: Session,
    rule: Rule,
    verdicts: Sequence[Verdict],
    failed: Mapping[int, EffectRun],
    *,
    on: date,
    within: ChangeSet,
) -> None:
    """Keeps what trying again came to, in the rows that had failed: constituent → row."""
    for one in verdicts:
        row = failed[one.change.constituent_id]
        made = {"plan_id": plan_of(rule, one), "task_id": one.task_id}
        amend(session, row, within=within, outcome=one.outcome, why=one.why, ran_on=on, **made)
    _tell(session, rule, [(failed[one.change.constituent_id].id, one) for one in verdicts], within=within)


def plan_of(rule: Rule, one: Verdict) -> int | None:
    """The plan that an effect has started."""
    return one.plans[0].id if rule.act == START and one.plans else None


def _tell(session: Session, rule: Rule, runs: Iterable[tuple[int, Verdict]], *, within: ChangeSet) -> None:
    if rule.act != NOTICE:
        return
    rows = [(within.id, run_id, user_id) for run_id, one in runs if one.outcome == DONE for user_id in one.users]
    load(session, Notice, ("created_in", "run_id", "user_id"), rows)
