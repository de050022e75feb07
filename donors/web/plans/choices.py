"""What the steps of a template can point at: people, queues, stages, mails, methods, levels."""

from dataclasses import dataclass
from typing import Any

from donors.accounts.queries import users
from donors.core.db import Session
from donors.levels.ladders import ladders
from donors.mail.queries import mail_templates
from donors.pipeline.decide import METHODS
from donors.pipeline.queries.stages import pipelines, stages
from donors.plans.queries.queues import queues
from donors.plans.starting.first_tasks import Owner
from donors.plans.templates.describe import Names

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Offered:
    """Each as (value, words); those that are no longer in use are left out."""

    people: Choices
    queues: Choices
    stages: Choices
    mails: Choices
    methods: Choices
    levels: Choices


def offered(session: Session) -> Offered:
    """What can be chosen now."""
    return Offered(
        people=[(str(line.user.id), line.user.name) for line in users(session) if line.user.active],
        queues=[(str(queue.id), queue.name) for queue in queues(session) if queue.is_active],
        stages=_stages(session),
        mails=[(str(one.id), one.name) for one in mail_templates(session, active_only=True)],
        methods=list(METHODS.items()),
        levels=[(str(band.id), f"{one.name}: {band.name}") for one in ladders(session) for band in one.bands],
    )


def _stages(session: Session) -> Choices:
    ways = pipelines(session)
    several = len(ways) > 1
    return [
        (str(stage.id), f"{way.name}: {stage.name}" if several else stage.name)
        for way in ways
        for stage in stages(session, way.id)
    ]


def names(session: Session) -> Names:
    """All names, also of what is no longer in use."""
    known: dict[str, Any] = {
        "users": {line.user.id: line.user.name for line in users(session)},
        "queues": {queue.id: queue.name for queue in queues(session)},
        "stages": {
            stage.id: stage.name for way in pipelines(session) for stage in stages(session, way.id, retired=True)
        },
    }
    known["mails"] = {one.id: one.name for one in mail_templates(session)}
    return Names(**known)


def named(owner: Owner, known: Names) -> str:
    """An owner's name, or the queue's."""
    if owner.queue_id is not None:
        return known.queues.get(owner.queue_id, "a queue")
    return known.users.get(owner.user_id or 0, "nobody")
