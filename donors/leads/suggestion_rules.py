"""The rules by which constituents are suggested as leads: written, put in order, read as criteria."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.criteria.parse import from_json
from donors.core.criteria.tree import Criteria
from donors.core.errors import Invalid, NotFound
from donors.core.folding import fold
from donors.core.settings import organization
from donors.leads.models import SuggestionRule
from donors.segments.members import fields

LONGEST = 120


@dataclass(frozen=True)
class RuleDraft:
    """A rule as somebody writes it: its name, the reason as it stands beside people, criteria in their stored form."""

    name: str
    reason: str
    criteria: dict[str, Any]


@dataclass(frozen=True)
class Asking:
    """A rule with its criteria as they can be asked now."""

    rule: SuggestionRule
    criteria: Criteria


def suggestion_rules(session: Session, *, retired: bool = False) -> Sequence[SuggestionRule]:
    """The rules in their order: those in use, or all of them."""
    wanted = select(SuggestionRule).order_by(
        SuggestionRule.is_active.desc(), SuggestionRule.position, SuggestionRule.id
    )
    return session.scalars(wanted if retired else wanted.where(SuggestionRule.is_active)).all()


def asking(session: Session) -> tuple[tuple[Asking, ...], tuple[str, ...]]:
    """The rules in use that can be asked, and sentences on those that cannot: a figure that they name is gone."""
    known, here = fields(session), organization(session)
    able, problems = [], []
    for rule in suggestion_rules(session):
        try:
            able.append(Asking(rule, from_json(rule.criteria, known, here)))
        except Invalid as error:
            problems.append(f"“{rule.name}” cannot be asked: {error.message}")
    return tuple(able), tuple(problems)


def rule_by_id(session: Session, rule_id: int) -> SuggestionRule:
    """A rule. Raises NotFound."""
    found = session.get(SuggestionRule, rule_id)
    if found is None:
        raise NotFound("rule", rule_id)
    return found


def add_rule(session: Session, draft: RuleDraft, *, within: ChangeSet) -> SuggestionRule:
    """Keeps a new rule, as the last one. Raises Invalid (name, reason, criteria)."""
    values = _checked(session, draft, None)
    last = session.scalar(select(func.max(SuggestionRule.position))) or 0
    return insert(session, SuggestionRule(position=last + 1, **values), within=within)


def change_rule(
    session: Session, rule_id: int, draft: RuleDraft, *, within: ChangeSet, expect: int | None = None
) -> SuggestionRule:
    """Changes a rule. Raises NotFound, Invalid, Conflict."""
    row = rule_by_id(session, rule_id)
    amend(session, row, within=within, expect=expect, **_checked(session, draft, row))
    return row


def set_rule_active(session: Session, rule_id: int, active: bool, *, within: ChangeSet) -> SuggestionRule:
    """Puts a rule out of use, or in use again. Raises NotFound."""
    row = rule_by_id(session, rule_id)
    amend(session, row, within=within, is_active=active)
    return row


def place_rule(session: Session, rule_id: int, places: int, *, within: ChangeSet) -> None:
    """Moves a rule up (negative) or down among those in use. Raises NotFound."""
    row, rules = rule_by_id(session, rule_id), list(suggestion_rules(session))
    if row in rules:
        at = rules.index(row)
        rules.insert(min(max(at + places, 0), len(rules) - 1), rules.pop(at))
    for position, each in enumerate(rules, start=1):
        amend(session, each, within=within, position=position)


def _checked(session: Session, draft: RuleDraft, row: SuggestionRule | None) -> dict[str, Any]:
    name, reason = " ".join(draft.name.split()), " ".join(draft.reason.split())
    for field, text in (("name", name), ("reason", reason)):
        if not text or len(text) > LONGEST:
            raise Invalid(field, text[:30], "is missing or too long", f"Write at most {LONGEST} letters.")
    if any(fold(name) == fold(other.name) and other is not row for other in suggestion_rules(session, retired=True)):
        raise Invalid("name", name, "is the name of another rule", "Choose another one.")
    if not draft.criteria:
        raise Invalid("criteria", "", "ask for nothing, so that everybody would be suggested", "Add a condition.")
    from_json(draft.criteria, fields(session), organization(session))
    return {"name": name, "reason": reason, "criteria": draft.criteria}
