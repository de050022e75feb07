"""What is wrong with a step in itself, whatever stands around it."""

from collections.abc import Iterator

from donors.plans.templates.drafts import Draft
from donors.plans.terms import (
    AFTERS,
    ANCHORS,
    COUNTS,
    JOINS,
    KINDS,
    MAIL,
    MOVE,
    PARENT_DONE,
    PARENT_DUE,
    QUEUE,
    ROLES,
    STAGE,
    TASK,
    USER,
)

MOST_DAYS = 999


def wrong_in_itself(draft: Draft) -> Iterator[tuple[str, str]]:
    """Pairs of a field and what is wrong with it."""
    if not draft.subject.strip():
        yield "subject", "it has no subject. Say what is to be done."
    yield from _words(draft)
    yield from _days(draft)
    if not _named(draft.role, draft.owner_id, draft.queue_id):
        yield "role", "nobody is named to do it. Choose a person or a role."
    yield from _needs(draft)
    yield from _deadline(draft)


def _words(draft: Draft) -> Iterator[tuple[str, str]]:
    known = (
        ("kind", draft.kind, KINDS),
        ("after", draft.after, AFTERS),
        ("counts", draft.counts, COUNTS),
        ("joins", draft.joins, JOINS),
    )
    for field, word, words in known:
        if word not in words:
            yield field, f"“{word}” is not one of: {', '.join(words)}."


def _days(draft: Draft) -> Iterator[tuple[str, str]]:
    if abs(draft.days) > MOST_DAYS:
        yield "days", f"the days must be a whole number from 0 to {MOST_DAYS}."
    elif draft.days < 0 and draft.after not in ANCHORS:
        yield "days", "it comes before what it is counted from. Count forward, or from a day that is known."
    if draft.after in (PARENT_DUE, PARENT_DONE) and not draft.links:
        yield "after", "it is counted from the step before it, but waits for none. Choose the step, or the start."


def _needs(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.kind == MAIL and draft.mail_template_id is None:
        yield "mail_template_id", "no mail is chosen. Choose the template of the mail."
    if draft.kind == STAGE and draft.stage_id is None:
        yield "stage_id", "no stage is chosen. Choose the stage that it proposes."


def _deadline(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.deadline_days is None:
        return
    if not 0 <= draft.deadline_days <= MOST_DAYS:
        yield "deadline_days", f"the deadline must be a whole number of days from 0 to {MOST_DAYS}."
    if draft.kind not in (TASK, MOVE, STAGE) and not draft.is_held:
        yield "deadline_days", "the program does it by itself, so it has no deadline."
    if draft.escalates_to == QUEUE or not _named(draft.escalates_to, draft.escalates_to_id, None):
        yield "escalates_to", "nobody is named who gets it after its deadline. Choose a person or a role."


def _named(role: str, user_id: int | None, queue_id: int | None) -> bool:
    return role in ROLES and (role != USER or user_id is not None) and (role != QUEUE or queue_id is not None)
