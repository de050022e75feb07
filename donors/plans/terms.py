"""The words of templates and tasks: kinds of steps, from what their dates are counted, how tasks end."""

TASK, MAIL, NOTE, MOVE, STAGE, WAIT = "task", "mail", "note", "move", "stage", "wait"
KINDS = (TASK, MAIL, NOTE, MOVE, STAGE, WAIT)
AUTOMATIC = (MAIL, NOTE, STAGE, WAIT)
"""Kinds that the scheduler carries out; the others are done by people."""

START, PARENT_DUE, PARENT_DONE = "start", "parent due", "parent done"
EVENT, FISCAL_YEAR_END, ASK_DATE, BIRTHDAY = "event", "fiscal year end", "ask date", "birthday"
ANCHORS = (EVENT, FISCAL_YEAR_END, ASK_DATE, BIRTHDAY)
AFTERS = (START, PARENT_DUE, PARENT_DONE, *ANCHORS)
"""From what the days of a step are counted. An anchor is a day that is known when a plan starts."""

CALENDAR, WORKING = "calendar", "working"
COUNTS = (CALENDAR, WORKING)

ALL, ANY = "all", "any"
JOINS = (ALL, ANY)

HOWEVER = ""
REACHED, NO_ANSWER, DECLINED, GAVE, SKIPPED = "reached", "no answer", "declined", "gave", "skipped"
SPOKEN = (REACHED, NO_ANSWER, DECLINED, GAVE)
"""How a contact went; what tasks and moves may end with."""
OUTCOMES = (HOWEVER, *SPOKEN, SKIPPED)
"""What a step may ask of the way in which a step before it ended. The first: however it ended."""
SENT, REFUSED, NOT_NEEDED = "sent", "refused", "not needed"
RESULTS = ("", *SPOKEN, SENT, REFUSED, NOT_NEEDED)
"""What is kept of the way in which a task ended."""

OFFICER, SECOND, QUEUE, STARTER, USER = "officer", "second", "queue", "starter", "user"
ROLES = (OFFICER, SECOND, QUEUE, STARTER, USER)
RESCHEDULES = ("monday", "friday")


def is_for_people(kind: str, *, is_held: bool) -> bool:
    """Whether a person ends a step of this kind; the others are carried out by the program from beginning to end."""
    return kind not in (WAIT, NOTE) and (kind != MAIL or is_held)


def outcomes_of(kind: str) -> tuple[str, ...]:
    """What a step after one of this kind may ask for."""
    return OUTCOMES if kind in (TASK, MOVE) else (HOWEVER, SKIPPED)
