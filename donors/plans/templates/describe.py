"""Steps in words: what they are, when they come, what they wait for, who gets them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from donors.plans.templates.drafts import Draft, Link
from donors.plans.terms import (
    ALL,
    ASK_DATE,
    BIRTHDAY,
    EVENT,
    FISCAL_YEAR_END,
    HOWEVER,
    MAIL,
    MOVE,
    NOTE,
    OFFICER,
    PARENT_DONE,
    PARENT_DUE,
    QUEUE,
    SECOND,
    STAGE,
    START,
    STARTER,
    TASK,
    USER,
    WAIT,
    WORKING,
)

KIND_WORDS = {
    TASK: "Task",
    MAIL: "Mail",
    NOTE: "Note to staff",
    MOVE: "Move",
    STAGE: "Change of stage",
    WAIT: "Wait",
}
"""What a step is, for a heading or a choice."""

ANCHOR_WORDS = {
    EVENT: "the event",
    FISCAL_YEAR_END: "the end of the fiscal year",
    ASK_DATE: "the expected ask",
    BIRTHDAY: "the birthday",
}
AFTER_WORDS = {
    START: "the start",
    PARENT_DUE: "the steps before are due",
    PARENT_DONE: "the steps before are done",
    **ANCHOR_WORDS,
}
"""From what days are counted, for a choice."""

ROLE_WORDS = {
    OFFICER: "the officer",
    SECOND: "the second of the portfolio",
    STARTER: "whoever starts the plan",
    QUEUE: "a queue",
    USER: "a person",
}


@dataclass(frozen=True)
class Names:
    """Ids of what steps point at → names; what is not known is left unnamed."""

    users: Mapping[int, str] = field(default_factory=dict)
    queues: Mapping[int, str] = field(default_factory=dict)
    stages: Mapping[int, str] = field(default_factory=dict)
    mails: Mapping[int, str] = field(default_factory=dict)


NAMELESS = Names()


def timing(draft: Draft) -> str:
    """When a step comes: “3 working days after step 2 is done”, “14 days before the event”."""
    base = _base(draft)
    if not draft.days:
        return _at_once(draft, base)
    unit = "working day" if draft.counts == WORKING else "day"
    count = abs(draft.days)
    return f"{count} {unit}{'' if count == 1 else 's'} {'after' if draft.days > 0 else 'before'} {base}"


def _base(draft: Draft) -> str:
    if draft.after in ANCHOR_WORDS:
        return ANCHOR_WORDS[draft.after]
    if draft.after not in (PARENT_DUE, PARENT_DONE) or not draft.links:
        return "the start"
    return f"{_steps(draft)} is {'due' if draft.after == PARENT_DUE else 'done'}"


def _at_once(draft: Draft, base: str) -> str:
    if draft.after == PARENT_DONE and draft.links:
        return f"as soon as {base}"
    if draft.after == PARENT_DUE and draft.links:
        return f"on the day on which {base}"
    return f"on the day of {base}" if base != ANCHOR_WORDS[BIRTHDAY] else "on the birthday"


def _steps(draft: Draft) -> str:
    places = list(dict.fromkeys(str(link.position) for link in draft.links))
    if len(places) == 1:
        return f"step {places[0]}"
    word = "last" if draft.joins == ALL else "first"
    return f"the {word} of steps {', '.join(places[:-1])} and {places[-1]}"


def conditions(draft: Draft) -> str:
    """In which case a step comes: “only if step 2 ended with no answer”; empty when in every case."""
    cases = [link for link in draft.links if link.outcome != HOWEVER]
    if not cases:
        return _plain(draft)
    word = " and " if draft.joins == ALL else " or "
    return "only if " + word.join(_case(link) for link in draft.links if link.outcome or draft.joins != ALL)


def _case(link: Link) -> str:
    return f"step {link.position} ended with “{link.outcome}”" if link.outcome else f"step {link.position} ended"


def _plain(draft: Draft) -> str:
    """Steps that it waits for, where the timing does not name them."""
    counted = draft.after in (PARENT_DUE, PARENT_DONE)
    return "" if counted or not draft.links else f"not before {_steps(draft)} is done"


def owner(draft: Draft, names: Names = NAMELESS) -> str:
    """Who gets the step: a role, a queue or a person."""
    if draft.role == USER:
        return names.users.get(draft.owner_id or 0, "somebody")
    if draft.role == QUEUE:
        return names.queues.get(draft.queue_id or 0, "a queue")
    return ROLE_WORDS.get(draft.role, draft.role)


def substance(draft: Draft, names: Names = NAMELESS) -> str:
    """What a step does beside its subject: the mail and whether it is held, the stage, the method."""
    if draft.kind == MAIL:
        mail = names.mails.get(draft.mail_template_id or 0, "")
        return (f"mail “{mail}”" if mail else "mail") + (", approved by a person first" if draft.is_held else "")
    if draft.kind == STAGE:
        return f"proposes {names.stages.get(draft.stage_id or 0, 'a stage')}"
    if draft.kind == MOVE:
        return f"by {draft.method}" if draft.method else "a move"
    return ""


def escalation(draft: Draft, names: Names = NAMELESS) -> str:
    """What happens when the step is late; empty when nothing does."""
    if draft.deadline_days is None:
        return ""
    days = f"{draft.deadline_days} day{'' if draft.deadline_days == 1 else 's'} late"
    if not draft.escalates_to:
        return f"marked when {days}"
    to = names.users.get(draft.escalates_to_id or 0, "somebody") if draft.escalates_to == USER else ""
    return f"goes to {to or ROLE_WORDS.get(draft.escalates_to, draft.escalates_to)} when {days}"


def facts(draft: Draft, names: Names = NAMELESS) -> dict[str, str]:
    """All that can differ between two versions of a step but its criteria, each in words, by what it is called."""
    return {
        "kind": KIND_WORDS.get(draft.kind, draft.kind).lower(),
        "subject": draft.subject,
        "time": timing(draft),
        "case": conditions(draft) or "in every case",
        "owner": owner(draft, names),
        "what": substance(draft, names),
        "note": draft.note,
        "when late": escalation(draft, names) or "not marked when late",
        "reminder": "reminds" if draft.reminds else "does not remind",
    }
