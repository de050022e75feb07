"""Making and changing start rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Blocked, Invalid
from donors.plans.models import PlanTemplate
from donors.plans.starts.event import EVENTS, Event
from donors.plans.starts.models import StartRule, StartRun
from donors.plans.starts.queries import start_rule

LONGEST_COOL_DOWN = 3650


@dataclass(frozen=True)
class RuleDraft:
    """A start rule as somebody wants it; the names are those of `StartRule`."""

    event: str
    template_id: int
    numbers: Mapping[str, int] = field(default_factory=dict)
    once: bool = False
    cool_down: int = 0


def add_rule(session: Session, draft: RuleDraft, *, on: date, within: ChangeSet) -> StartRule:
    """Adds a rule, which answers what happens from a day on. Raises Invalid."""
    return insert(session, StartRule(**_columns(session, draft, known=None), since=on), within=within)


def change_rule(
    session: Session, rule_id: int, draft: RuleDraft, *, within: ChangeSet, expect: int | None = None
) -> StartRule:
    """Makes a rule what is wanted; what it started stands. Raises NotFound, Invalid, Conflict.

    Its event never changes: what became of the happenings of one says nothing of those of another.
    """
    row = start_rule(session, rule_id)
    if draft.event != row.event:
        raise Invalid("event", draft.event, "is another event", "Switch this rule off, and add one of the other event.")
    amend(session, row, within=within, expect=expect, **_columns(session, draft, known=row.template_id))
    return row


def switch_rule(session: Session, rule_id: int, *, active: bool, on: date, within: ChangeSet) -> StartRule:
    """Lets a rule start plans, or no longer. What happened while it was off is not made up for. Raises NotFound."""
    row = start_rule(session, rule_id)
    again = active and not row.is_active
    amend(session, row, within=within, is_active=active, since=on if again else row.since)
    return row


def remove_rule(session: Session, rule_id: int, *, within: ChangeSet) -> None:
    """Removes a rule that never answered anything. Raises NotFound; Blocked where it did."""
    row = start_rule(session, rule_id)
    runs = session.scalar(select(func.count()).where(StartRun.rule_id == row.id)) or 0
    if runs:
        raise Blocked("Not removed", (f"It concerned somebody {runs} times, and that is kept. Switch it off instead.",))
    remove(session, row, within=within)


def _columns(session: Session, draft: RuleDraft, *, known: int | None) -> dict[str, object]:
    event = EVENTS.get(draft.event)
    if event is None:
        raise Invalid("event", draft.event, "is not known", "Choose what starts the plan.")
    template = session.get(PlanTemplate, draft.template_id)
    if template is None or not (template.is_active or template.id == known):
        raise Invalid("template", draft.template_id or "", "is no plan in use", "Choose the plan that starts.")
    if not 0 <= draft.cool_down <= LONGEST_COOL_DOWN:
        raise Invalid("cool_down", draft.cool_down, "is no number of days", f"Use 0 to {LONGEST_COOL_DOWN}.")
    return {
        "event": event.key,
        "template_id": template.id,
        "numbers": _numbers(event, draft.numbers),
        "once": draft.once,
        "cool_down": 0 if draft.once else draft.cool_down,
    }


def _numbers(event: Event, given: Mapping[str, int]) -> dict[str, int]:
    """What the event asks for, and nothing else."""
    for ask in event.asks:
        value = given.get(ask.name)
        if value is None or not ask.least <= value <= ask.most:
            wrong = "is missing" if value is None else "is out of bounds"
            raise Invalid(ask.name, "" if value is None else value, wrong, "Say a number that makes sense.")
    return {ask.name: given[ask.name] for ask in event.asks}
