"""Rules of the pipeline without any database: what is substantive, how a card's age looks, who is next and why."""

from dataclasses import dataclass
from datetime import date

METHODS = {
    "call": "Call",
    "visit": "Visit",
    "video": "Video",
    "mail": "Mail",
    "letter": "Letter",
    "event": "Event",
}
OUTCOMES = {
    "positive": "Positive",
    "reached": "Reached",
    "not_now": "Not now",
    "no_answer": "No answer",
    "agreed": "Said yes",
    "declined": "Declined",
}
"""How a move went: code → word."""
TEAM, OWN = "team", "own"
READERS = {
    "": "Everybody who sees the constituent",
    TEAM: "The team: who is in charge, and administrators",
    OWN: "Me and administrators",
}
"""Who may read a call report: code → words."""
LEFT = {"released": "Released", "disqualified": "Disqualified", "lost": "Lost", "done": "Done"}
"""How a prospect leaves a pipeline, as it is kept → as people read it."""
ROLES = {"primary": "Primary", "secondary": "Secondary", "volunteer": "Volunteer solicitor"}

NEARLY = 0.9
"""The share of the expected days from which a stage is marked as nearly over."""
RECENT = 30
"""Days for which a change of level is a reason to write or call."""
PORTFOLIO_LIMIT = 120
"""Prospects that one officer can know well; practice says 75 to 150 (C. Petrus; Helen Brown Group)."""


@dataclass(frozen=True)
class Following:
    """A next move as it is proposed: in so many days, for what, how."""

    purpose: str
    method: str
    days: int


FOLLOWING = {
    "write": ("Write in a week", Following("Write", "letter", 7)),
    "call": ("Call in two weeks", Following("Call again", "call", 14)),
    "meet": ("Meet in a month", Following("Meet again", "visit", 30)),
}
"""Next moves that one tap plans: code → words, and the move."""


def is_substantive(method: str, outcome: str, *, background: bool = False) -> bool:
    """Whether a move is a two-way contact that moved the work: people spoke, and not only by post.

    What is the same for many stays in the background, and moves nobody's work.
    """
    return not background and method in ("call", "visit", "video") and outcome not in ("", "no_answer")


def age_tone(days: int, expected: int | None) -> str:
    """How the age in a stage is marked: `over` past the expected days, `near` from nine tenths, else nothing."""
    if expected is None or expected <= 0:
        return ""
    if days > expected:
        return "over"
    return "near" if days >= expected * NEARLY else ""


@dataclass(frozen=True)
class Facts:
    """What is known about a prospect on a day, for ranking. Dates that lie in the future are not late.

    `level_change` is +1 for a rise, -1 for a fall within the last 30 days, else 0.
    """

    in_stage_since: date
    expected_days: int | None
    stage: str
    next_move: str = ""
    next_move_on: date | None = None
    has_next_move: bool = False
    task: str = ""
    task_due_on: date | None = None
    level_change: int = 0
    level: str = ""
    level_since: date | None = None
    ask_amount: int | None = None


@dataclass(frozen=True)
class Reason:
    """Why a prospect is next: `rank` orders the kinds of reasons, `weight` those of one kind (more is sooner)."""

    rank: int
    weight: int
    sentence: str


RULE = (
    "Promises that are late come first, the longest wait at the top; then tasks that are due; then prospects past the "
    "days their stage should need; then people whose level rose or fell in the last 30 days; then those without a "
    "next move. Of two alike the larger ask is first."
)
"""The rule of `reasons` and `urgency` in words, for the page."""


def reasons(facts: Facts, on: date) -> tuple[Reason, ...]:
    """Why to turn to a prospect on a day, the weightiest first; nothing when all is in order."""
    found = (_late_move(facts, on), _due_task(facts, on), _past_limit(facts, on), _level(facts, on), _no_move(facts))
    return tuple(sorted((reason for reason in found if reason is not None), key=lambda one: (one.rank, -one.weight)))


def urgency(facts: Facts, on: date) -> tuple[int, int, int]:
    """Sorts prospects: the smallest is next. Only for prospects with a reason."""
    first = reasons(facts, on)[0]
    return (first.rank, -first.weight, -(facts.ask_amount or 0))


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _late_move(facts: Facts, on: date) -> Reason | None:
    if facts.next_move_on is None or facts.next_move_on > on:
        return None
    late = (on - facts.next_move_on).days
    what = facts.next_move or "A move"
    return Reason(1, late, f"{what} is due today." if late == 0 else f"{what} is {_days(late)} late.")


def _due_task(facts: Facts, on: date) -> Reason | None:
    if facts.task_due_on is None or facts.task_due_on > on:
        return None
    late = (on - facts.task_due_on).days
    when = "is due today" if late == 0 else f"is {_days(late)} late"
    return Reason(2, late, f"The task “{facts.task}” {when}.")


def _past_limit(facts: Facts, on: date) -> Reason | None:
    over = (on - facts.in_stage_since).days - (facts.expected_days or 0)
    if facts.expected_days is None or over <= 0:
        return None
    return Reason(3, over, f"{_days(over)} longer in {facts.stage} than the {facts.expected_days} expected.")


def _level(facts: Facts, on: date) -> Reason | None:
    since = facts.level_since
    if not facts.level_change or since is None or not 0 <= (on - since).days <= RECENT:
        return None
    verb = "Rose" if facts.level_change > 0 else "Fell"
    ago = (on - since).days
    when = "today" if ago == 0 else f"{_days(ago)} ago"
    return Reason(4, RECENT - ago, f"{verb} to {facts.level} {when}.")


def _no_move(facts: Facts) -> Reason | None:
    return None if facts.has_next_move else Reason(5, 0, "There is no next move.")


@dataclass(frozen=True)
class Vouched:
    """What a person adds to the records when a prospect enters a stage: which pieces of evidence they confirm (ids),
    and why it enters without the others."""

    confirmed: frozenset[int] = frozenset()
    claim: str = ""


NOTHING = Vouched()
