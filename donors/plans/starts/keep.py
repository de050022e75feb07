"""Keeping what became of happenings: a row for each, of which the database takes one only."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from donors.core.bulk import load
from donors.core.changes import ChangeSet
from donors.core.claims import insert_new
from donors.plans.starts.decide import FAILED, Verdict
from donors.plans.starts.event import Happening
from donors.plans.starts.models import StartRun

COLUMNS = (
    "created_in",
    "rule_id",
    "constituent_id",
    "happening",
    "happened_on",
    "ran_on",
    "outcome",
    "why",
    "plan_id",
)


def keep(session: Session, rule_id: int, verdicts: Sequence[Verdict], *, on: date, within: ChangeSet) -> None:
    """Keeps what a rule came to. Raises IntegrityError when somebody else has answered one of the happenings."""
    load(session, StartRun, COLUMNS, [_row(rule_id, one, on, within) for one in verdicts])


def keep_failure(
    session: Session, rule_id: int, happening: Happening, why: str, *, on: date, within: ChangeSet
) -> Verdict:
    """Keeps that an answer failed, unless somebody else has given it meanwhile."""
    failed = Verdict(happening, FAILED, why)
    row = dict(zip(COLUMNS, _row(rule_id, failed, on, within), strict=True))
    insert_new(session, StartRun, [row | {"version": 1}])
    return failed


def _row(rule_id: int, one: Verdict, on: date, within: ChangeSet) -> tuple[object, ...]:
    happening = one.happening
    told = (happening.constituent_id, happening.key, happening.on, on, one.outcome, one.why, one.plan_id)
    return (within.id, rule_id, *told)
