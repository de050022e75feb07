"""Rules of the pipeline without any database: what is substantive, how a card's age looks."""

from dataclasses import dataclass

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

RECENT = 30
"""Days for which a change of level is a reason to write or call."""
NEARLY = 0.9
"""The share of the expected days from which a stage is marked as nearly over."""


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
class Vouched:
    """What a person adds to the records when a prospect enters a stage: which pieces of evidence they confirm (ids),
    and why it enters without the others."""

    confirmed: frozenset[int] = frozenset()
    claim: str = ""


NOTHING = Vouched()
