"""Writing plan templates: new ones, new versions of them, and whether new plans may start."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert, insert_many
from donors.core.criteria.parse import from_json
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.core.fields import REGISTRY
from donors.core.settings import organization
from donors.plans.dates import DateRule
from donors.plans.models import PlanTemplate, Step, StepLink, TemplateVersion
from donors.plans.templates.drafts import Draft
from donors.plans.templates.graph import problems
from donors.plans.templates.step_checks import MOST_DAYS
from donors.plans.terms import QUEUE, RESCHEDULES, USER

MOST_HELD_OUT = 50


@dataclass(frozen=True)
class StartRule:
    """For whom a template starts: see `PlanTemplate.allows_copies` and the columns of `TemplateVersion`."""

    allows_copies: bool = False
    cooldown_days: int = 0
    held_out_percent: int = 0
    spares_from_level_id: int | None = None


@dataclass(frozen=True)
class TemplateDraft:
    """A template as somebody writes it."""

    name: str
    steps: tuple[Draft, ...]
    description: str = ""
    rule: DateRule = field(default_factory=DateRule)
    starts: StartRule = field(default_factory=StartRule)


def create(session: Session, draft: TemplateDraft, *, within: ChangeSet) -> PlanTemplate:
    """Makes a template with its first version. Raises Invalid (name), Blocked (steps, with every reason)."""
    _check(session, draft, but=None)
    row = PlanTemplate(
        name=draft.name.strip(),
        description=draft.description.strip(),
        allows_copies=draft.starts.allows_copies,
    )
    template = insert(session, row, within=within)
    _write_version(session, template.id, 1, draft, within=within)
    return template


def revise(
    session: Session, template_id: int, draft: TemplateDraft, *, within: ChangeSet, expect: int | None = None
) -> TemplateVersion:
    """Makes the next version of a template; running plans stay on theirs.

    `expect` is the version of the template's row that the draft was based on: every revision raises it.
    Raises NotFound, Invalid, Blocked, Conflict.
    """
    template = template_by_id(session, template_id, lock=True)
    _check(session, draft, but=template_id)
    if expect is not None and expect != template.version:
        raise Conflict(
            "plan template",
            {"name": template.name, "description": template.description, "rule_version": template.rule_version},
            {"name": draft.name, "description": draft.description},
        )
    number = template.rule_version + 1
    values: dict[str, Any] = {
        "name": draft.name.strip(),
        "description": draft.description.strip(),
        "allows_copies": draft.starts.allows_copies,
        "rule_version": number,
    }
    amend(session, template, within=within, **values)
    return _write_version(session, template_id, number, draft, within=within)


def set_active(
    session: Session, template_id: int, *, active: bool, within: ChangeSet, expect: int | None = None
) -> None:
    """Lets new plans start from a template, or no longer. Running plans go on. Raises NotFound, Conflict."""
    amend(session, template_by_id(session, template_id), within=within, expect=expect, is_active=active)


def template_by_id(session: Session, template_id: int, *, lock: bool = False) -> PlanTemplate:
    """A template. Raises NotFound."""
    found = session.get(PlanTemplate, template_id, with_for_update=lock or None)
    if found is None:
        raise NotFound("plan template", template_id)
    return found


def _check(session: Session, draft: TemplateDraft, *, but: int | None) -> None:
    name = draft.name.strip()
    if not name:
        raise Invalid("name", draft.name, "is empty", "Give the template a name.")
    same = select(PlanTemplate.id).where(PlanTemplate.name == name, PlanTemplate.id != (but or 0))
    if session.scalar(same) is not None:
        raise Invalid("name", name, "is the name of another template", "Choose another one.")
    if draft.rule.reschedule not in RESCHEDULES:
        raise Invalid("reschedule", draft.rule.reschedule, "is not a day to move to", "Choose Monday or Friday.")
    _check_starts(draft.starts)
    wrong = problems(draft.steps)
    if wrong:
        raise Blocked("The template cannot be saved", tuple(problem.sentence for problem in wrong))
    for position, step in enumerate(draft.steps, start=1):
        _check_criteria(session, step, position)


def _check_criteria(session: Session, step: Draft, position: int) -> None:
    if not step.criteria:
        return
    try:
        from_json(step.criteria, REGISTRY.fields(session, "constituent"), organization(session))
    except Invalid as error:
        field = f"criteria of step {position}"
        raise Invalid(field, error.value, f"({error.field}) {error.problem}", error.remedy) from error


def _check_starts(starts: StartRule) -> None:
    if not 0 <= starts.cooldown_days <= MOST_DAYS:
        raise Invalid("cooldown_days", starts.cooldown_days, "is not a number of days", f"Choose 0 to {MOST_DAYS}.")
    if not 0 <= starts.held_out_percent <= MOST_HELD_OUT:
        problem, remedy = "is not a share that can be held out", f"Choose 0 to {MOST_HELD_OUT} percent."
        raise Invalid("held_out_percent", starts.held_out_percent, problem, remedy)


def _write_version(
    session: Session, template_id: int, number: int, draft: TemplateDraft, *, within: ChangeSet
) -> TemplateVersion:
    version = insert(
        session,
        TemplateVersion(
            template_id=template_id,
            number=number,
            skips_weekends=draft.rule.skips_weekends,
            reschedule=draft.rule.reschedule,
            cooldown_days=draft.starts.cooldown_days,
            held_out_percent=draft.starts.held_out_percent,
            spares_from_level_id=draft.starts.spares_from_level_id,
        ),
        within=within,
    )
    _write_steps(session, version.id, draft.steps, within=within)
    return version


def _write_steps(session: Session, version_id: int, drafts: Sequence[Draft], *, within: ChangeSet) -> None:
    rows = [_step(version_id, position, draft) for position, draft in enumerate(drafts, start=1)]
    insert_many(session, rows, within=within)
    links = [
        StepLink(step_id=row.id, parent_id=rows[link.position - 1].id, outcome=link.outcome)
        for row, draft in zip(rows, drafts, strict=True)
        for link in draft.links
    ]
    insert_many(session, links, within=within)


def _step(version_id: int, position: int, draft: Draft) -> Step:
    values = {name: getattr(draft, name) for name in AS_DRAFTED}
    return Step(
        version_id=version_id,
        position=position,
        subject=draft.subject.strip(),
        note=draft.note.strip(),
        owner_role=draft.role,
        owner_id=draft.owner_id if draft.role == USER else None,
        queue_id=draft.queue_id if draft.role == QUEUE else None,
        **values,
    )


AS_DRAFTED = (
    "kind",
    "after",
    "days",
    "counts",
    "joins",
    "criteria",
    "deadline_days",
    "escalates_to",
    "escalates_to_id",
    "reminds",
    "mail_template_id",
    "is_held",
    "stage_id",
    "method",
)
"""What a step keeps just as its draft says it."""
