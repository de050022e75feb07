"""Writing plan templates: new ones, new versions of them, and whether new plans may start."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.plans.decide import RESCHEDULES, DateRule, Draft, problems
from donors.plans.models import PlanTemplate, Step, TemplateVersion


@dataclass(frozen=True)
class TemplateDraft:
    """A template as somebody writes it."""

    name: str
    steps: tuple[Draft, ...]
    description: str = ""
    rule: DateRule = field(default_factory=DateRule)


def create(session: Session, draft: TemplateDraft, *, within: ChangeSet) -> PlanTemplate:
    """Makes a template with its first version. Raises Invalid (name), Blocked (steps, with every reason)."""
    _check(session, draft, but=None)
    template = insert(
        session, PlanTemplate(name=draft.name.strip(), description=draft.description.strip()), within=within
    )
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
    name, description = draft.name.strip(), draft.description.strip()
    amend(session, template, within=within, name=name, description=description, rule_version=number)
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
    wrong = problems(draft.steps)
    if wrong:
        raise Blocked("The template cannot be saved", tuple(problem.sentence for problem in wrong))


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
            follows_completion=draft.rule.follows_completion,
        ),
        within=within,
    )
    _write_steps(session, version.id, draft.steps, within=within)
    return version


def _write_steps(session: Session, version_id: int, drafts: Sequence[Draft], *, within: ChangeSet) -> None:
    """Writes parents before their children, so that each child can name the id of its parent."""
    ids: dict[int, int] = {}
    left = dict(enumerate(drafts, start=1))
    while left:
        for position in [place for place, draft in left.items() if draft.parent is None or draft.parent in ids]:
            draft = left.pop(position)
            step = Step(
                version_id=version_id,
                position=position,
                parent_id=None if draft.parent is None else ids[draft.parent],
                subject=draft.subject.strip(),
                note=draft.note.strip(),
                days_after=draft.days_after,
                owner_role=draft.role,
                owner_id=draft.owner_id if draft.role == "user" else None,
                reminds=draft.reminds,
            )
            ids[position] = insert(session, step, within=within).id
