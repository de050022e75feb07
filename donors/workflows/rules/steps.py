"""Steps of templates in a document: users by their address, queues, mails and stages by name, other steps by number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.errors import Invalid
from donors.mail.queries import mail_templates
from donors.pipeline.models import Pipeline, Stage
from donors.plans.models import TaskQueue
from donors.plans.templates.drafts import Draft, Link
from donors.workflows.rules.read import checked, found, listed

Document = dict[str, Any]
STEP = {
    "kind": str,
    "subject": str,
    "note": str,
    "waits_for": list,
    "joins": str,
    "after": str,
    "days": int,
    "counts": str,
    "criteria": dict,
    "deadline_days": int,
    "escalates_to": str,
    "escalates_to_user": str,
    "role": str,
    "owner": str,
    "queue": str,
    "reminds": bool,
    "mail": str,
    "stage": str,
    "held": bool,
    "method": str,
}
LINK = {"step": int, "outcome": str}
PLAIN = Draft("")
SAME = ("kind", "joins", "counts", "criteria", "deadline_days", "escalates_to", "note", "reminds", "method")
"""What stands in a document as it stands in a draft; left out where it is what nobody has to say."""


@dataclass(frozen=True)
class Names:
    """Ids by name."""

    users: Mapping[str, int]
    queues: Mapping[str, int]
    mails: Mapping[str, int]
    stages: Mapping[str, int]


def names_for_steps(session: Session) -> Names:
    """What steps may name."""
    users = {user.email: user.id for user in session.scalars(select(User))}
    queues = {queue.name: queue.id for queue in session.scalars(select(TaskQueue))}
    mails = {row.name: row.id for row in mail_templates(session)}
    return Names(users, queues, mails, stage_names(session))


def stage_names(session: Session) -> dict[str, int]:
    """The stages as steps name them, `Major gifts / Cultivation`, with their ids."""
    named = select(Pipeline.name, Stage.name, Stage.id).join(Stage, Stage.pipeline_id == Pipeline.id)
    return {f"{pipeline} / {stage}": stage_id for pipeline, stage, stage_id in session.execute(named)}


def exported_step(draft: Draft, names: Names) -> Document:
    """A step as a document holds it."""
    users = {user_id: email for email, user_id in names.users.items()}
    queues = {queue_id: name for name, queue_id in names.queues.items()}
    mails = {row_id: name for name, row_id in names.mails.items()}
    stages = {stage_id: name for name, stage_id in names.stages.items()}
    step: Document = {"subject": draft.subject, "days": draft.days, "after": draft.after, "role": draft.role}
    step |= {name: getattr(draft, name) for name in SAME if getattr(draft, name) != getattr(PLAIN, name)}
    optional = {
        "waits_for": [_link(link) for link in draft.links] or None,
        "owner": users.get(draft.owner_id or 0),
        "escalates_to_user": users.get(draft.escalates_to_id or 0),
        "queue": queues.get(draft.queue_id or 0),
        "mail": mails.get(draft.mail_template_id or 0),
        "stage": stages.get(draft.stage_id or 0),
        "held": draft.is_held or None,
    }
    return step | {name: value for name, value in optional.items() if value is not None}


def _link(link: Link) -> int | Document:
    return {"step": link.position, "outcome": link.outcome} if link.outcome else link.position


def read_step(one: Any, place: str, names: Names) -> Draft:
    """A step of a document. Raises Invalid with the place."""
    values = dict(checked(one, place, known=STEP, needs=("subject",)))
    owner = found(dict(names.users), values.pop("owner", None), f"{place}.owner")
    above = found(dict(names.users), values.pop("escalates_to_user", None), f"{place}.escalates_to_user")
    queue = found(dict(names.queues), values.pop("queue", None), f"{place}.queue")
    mail = found(dict(names.mails), values.pop("mail", None), f"{place}.mail")
    stage = found(dict(names.stages), values.pop("stage", None), f"{place}.stage")
    links = tuple(_read_link(each, f"{place}.waits_for") for each in listed(values, "waits_for"))
    values.pop("waits_for", None)
    held = values.pop("held", False)
    ids: Document = {"owner_id": owner, "escalates_to_id": above, "queue_id": queue}
    ids |= {"mail_template_id": mail, "stage_id": stage}
    return Draft(**values, **ids, links=links, is_held=held)


def _read_link(each: Any, place: str) -> Link:
    if isinstance(each, int) and not isinstance(each, bool):
        return Link(each)
    if not isinstance(each, dict):
        raise Invalid(place, each, "is not a step", 'Write its number, or { step = 1, outcome = "no answer" }.')
    table = checked(each, place, known=LINK, needs=("step",))
    return Link(table["step"], table.get("outcome", ""))
