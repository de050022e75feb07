"""What a plan would meet if it started for somebody: who would get its steps, what the contact gate would refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from donors.mail.decide import Channel
from donors.mail.gate import Asked, may_contact
from donors.mail.models import MailTemplate
from donors.plans.dates import Days, Due
from donors.plans.models import RunningPlan, Step
from donors.plans.queries.templates import newest_version, steps_of
from donors.plans.starting.eligible import why_not
from donors.plans.starting.first_tasks import Owner
from donors.plans.templates.drafts import Draft
from donors.plans.terms import MAIL, MOVE
from donors.workflows.plans import Named, roles

BY_METHOD: Mapping[str, Channel] = {"call": "phone", "video": "phone", "mail": "email", "letter": "post"}
"""Method of a move → the channel by which it reaches somebody; others reach nobody unasked."""


@dataclass(frozen=True)
class Outlook:
    """Refusals by the places of steps, and the reasons why the plan cannot start at all."""

    refusals: Mapping[int, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def outlook(
    session: Session, constituent_id: int, template_id: int, days: Days, *, at: datetime, despite: str = ""
) -> Outlook:
    """The outlook of a start on a day, `despite` as `Start` has it. Refusals are those of the present moment.

    Writes nothing. Raises NotFound.
    """
    steps = steps_of(session, newest_version(session, template_id).id)
    return Outlook(
        refusals=_refusals(session, constituent_id, steps, at=at),
        reasons=why_not(session, constituent_id, template_id, days, despite=despite),
    )


def owners_of_drafts(
    session: Session,
    constituent_id: int,
    drafts: Sequence[Draft],
    due: Mapping[int, Due],
    *,
    start: date,
    by: int | None,
) -> dict[int, Owner]:
    """Who would get steps, saved or not yet, by their places. `due` are their dates, by their places."""
    owner_of = roles(session, [constituent_id], on=start)
    plan = RunningPlan(constituent_id=constituent_id, started_by=by)
    return {
        place: owner_of(plan, Named(draft.role, draft.owner_id, draft.queue_id), due[place].on)
        for place, draft in enumerate(drafts, start=1)
    }


def _refusals(session: Session, constituent_id: int, steps: Sequence[Step], *, at: datetime) -> dict[int, str]:
    found = {}
    for step in steps:
        reach = reach_of(session, step)
        if reach is None:
            continue
        answer = may_contact(session, Asked(constituent_id, *reach, key=f"preview/{step.id}"), at=at)
        if not answer.allowed:
            found[step.position] = answer.reason
    return found


def reach_of(session: Session, step: Step) -> tuple[Channel, str] | None:
    """The channel and the purpose of what a step sends; none where it reaches nobody unasked."""
    if step.kind == MAIL:
        template = None if step.mail_template_id is None else session.get(MailTemplate, step.mail_template_id)
        return "email", template.purpose if template is not None else "news"
    if step.kind == MOVE and step.method in BY_METHOD:
        return BY_METHOD[step.method], "personal"
    return None
