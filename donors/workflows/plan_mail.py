"""Mails of plans: what the scheduler does with a step that is a mail. What people decide stands in held_mail.py."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.clock import local_date
from donors.core.errors import Invalid
from donors.core.settings import organization
from donors.mail.gate import Asked, Pass, ask
from donors.mail.models import HELD, NEVER_LEFT, REFUSED, MailTemplate, Outbox
from donors.mail.outbox import Letter, Origin, post_to
from donors.mail.queries import mail_of_step
from donors.mail.template import Rendered, render
from donors.plans.models import Step, Task

POSTED, LATER, TROUBLE = "posted", "later", "trouble"


@dataclass(frozen=True)
class PlanMail:
    """What became of the mail of a step. `reason` is a sentence, or empty.

    posted: it is in the outbox and leaves by itself. held: it waits there until a person approves it. refused: the
    contact gate does not let it through. later: not now, but perhaps from `again_on` on. trouble: it cannot be written.
    """

    state: str
    reason: str = ""
    mail_id: int | None = None
    again_on: date | None = None


def send_plan_mail(session: Session, task: Task, *, within: ChangeSet) -> PlanMail:
    """Asks the gate for the mail of a step, writes it and posts it, to leave or to be approved. Never posts it twice.

    Of several thanks on a day the first covers all: the others are refused, not put off. A step whose mail was given
    up, refused or dead writes a new one when it is carried out again.
    """
    step = session.get(Step, task.step_id) if task.step_id is not None else None
    before = mail_of_step(session, task.id)
    if before is not None and before.state not in NEVER_LEFT:
        return _held(before) if before.state == HELD else PlanMail(POSTED, mail_id=before.id)
    template = session.get(MailTemplate, step.mail_template_id or 0) if step is not None else None
    if step is None or template is None or task.constituent_id is None:
        return PlanMail(TROUBLE, "The step names no mail template, or nobody to write to.")
    asked = Asked(task.constituent_id, "email", template.purpose, _key(task, before), template.name)
    answer, granted = ask(session, asked, within=within)
    if granted is None:
        waits = answer.again_on is not None and template.purpose != "thanks"
        return PlanMail(LATER if waits else REFUSED, answer.reason, again_on=answer.again_on)
    try:
        made = render(session, template, task.constituent_id, on=local_date(within.at, organization(session).zone))
        if made.trouble:
            return PlanMail(TROUBLE, made.trouble)
        return _post(session, made, granted, origin=Origin(template.id, task.id, step.is_held), within=within)
    except Invalid as error:
        return PlanMail(TROUBLE, f"The template “{template.name}” cannot be used: {error.message}")


def _post(session: Session, made: Rendered, granted: Pass, *, origin: Origin, within: ChangeSet) -> PlanMail:
    letter = Letter(granted.asked.key, granted.address, made.subject, made.text, made.html, made.policy)
    mail = post_to(session, letter, granted, origin=origin, within=within)
    waits = "" if granted.not_before is None else "It is quiet now; the mail leaves afterwards."
    return _held(mail) if origin.is_held else PlanMail(POSTED, waits, mail.id)


def _held(mail: Outbox) -> PlanMail:
    return PlanMail(HELD, "The mail waits until somebody approves it.", mail.id)


def key_of(task: Task) -> str:
    """What names the mail of a step for ever: carried out twice, it is still one mail."""
    return f"plan/{task.plan_id}/{task.id}"


def _key(task: Task, before: Outbox | None) -> str:
    """The first mail of a step has its key; one after it says which it follows."""
    return key_of(task) if before is None else f"{key_of(task)}/after/{before.id}"
