"""The words and rules of leads without any database: fits, tries, reasons, and who counts as an individual."""

from dataclasses import dataclass
from datetime import date, datetime

from donors.core.errors import Invalid
from donors.leads.models import CONVERTED, DISQUALIFIED, NEW, WORKING
from donors.pipeline.decide import METHODS, OUTCOMES

STATUSES = {NEW: "New", WORKING: "Working", CONVERTED: "Converted", DISQUALIFIED: "Disqualified"}
"""Status of a lead: code → word."""
FITS = {"interest": "Interest", "ability": "Ability", "linkage": "Linkage"}
"""The three fits, in the order in which they stand side by side: column → word."""
HIGHEST = 5
LEFT_WORD = "left_word"
TRIED = {**OUTCOMES, LEFT_WORD: "Left word"}
"""What came of a try: code → words. Those of moves, and word that was left."""
WRITTEN = frozenset({"mail", "letter"})
"""Methods that leave word by themselves."""
REASONS = {
    "no_fit": "No fit",
    "not_now": "Not now",
    "no_interest": "No interest",
    "no_answer": "Nobody answers",
    "unreachable": "Cannot be reached",
    "known": "In the file already",
    "spam": "Not meant in earnest",
    "other": "Another reason",
}
"""Why a lead is disqualified: code → words."""
INDIVIDUAL = frozenset({"", "self", "individual", "none", "n/a", "private"})
LONGEST = 2000


@dataclass(frozen=True)
class Try:
    """One try to reach a lead: when, how (a method of moves), what came of it (`TRIED`), when to follow up."""

    tried_at: datetime
    method: str
    outcome: str
    note: str = ""
    follow_up_on: date | None = None


@dataclass(frozen=True)
class Fits:
    """The three fits, 0 to 5 each; none where nobody has judged. They are never added up."""

    interest: int | None = None
    ability: int | None = None
    linkage: int | None = None


@dataclass(frozen=True)
class Closing:
    """Why a lead is disqualified: a key of REASONS, more in words, and the day on which it comes back, if it does."""

    on: date
    reason: str
    words: str = ""
    returns_on: date | None = None

    @property
    def sentence(self) -> str:
        """The reason as it is kept and read: `Not now: after the house is sold`."""
        return ": ".join(filter(None, (REASONS[self.reason], self.words.strip())))


def answers(method: str, outcome: str) -> bool:
    """Whether a try answers a lead: it reached somebody, or left word (who writes does)."""
    return outcome != "no_answer" or method in WRITTEN


def checked_try(tried: Try, *, now: datetime) -> Try:
    """A sound try. Raises Invalid (method, outcome, tried_at, note, follow_up_on)."""
    if tried.method not in METHODS:
        raise Invalid("method", tried.method, "is not a way to reach somebody", "Choose one of the list.")
    if tried.outcome not in TRIED:
        raise Invalid("outcome", tried.outcome, "is not an outcome that is known", "Choose one of the list.")
    if tried.tried_at > now:
        raise Invalid("tried_at", f"{tried.tried_at:%Y-%m-%d %H:%M}", "lies in the future", "Enter when it was.")
    _short("note", tried.note)
    if tried.follow_up_on is not None and tried.follow_up_on < tried.tried_at.date():
        raise Invalid("follow_up_on", tried.follow_up_on, "lies before the try", "Choose a later day, or none.")
    return tried


def checked_fits(fits: Fits) -> Fits:
    """Sound fits. Raises Invalid, by the name of the fit."""
    for name in FITS:
        value = getattr(fits, name)
        if value is not None and not 0 <= value <= HIGHEST:
            raise Invalid(name, value, f"must lie between 0 and {HIGHEST}", "Zero says that there is none.")
    return fits


def checked_closing(closing: Closing) -> Closing:
    """A sound reason. Raises Invalid (reason, words, returns_on)."""
    if closing.reason not in REASONS:
        raise Invalid("reason", closing.reason, "is not a reason that is known", "Choose one of the list.")
    if closing.reason == "other" and not closing.words.strip():
        raise Invalid("words", "", "is empty", "Say why, or choose a reason of the list.")
    _short("words", closing.words)
    if closing.returns_on is not None and closing.returns_on <= closing.on:
        raise Invalid("returns_on", closing.returns_on, "is not after today", "Choose a later day, or none.")
    return closing


def is_individual(organization: str, given_name: str, family_name: str) -> bool:
    """Whether what stands under organization names none: nothing, `self`, or the person's own name, in any case."""
    text = " ".join(organization.split()).casefold()
    own = {f"{given_name} {family_name}", f"{family_name} {given_name}", f"{family_name}, {given_name}"}
    return text in INDIVIDUAL or text in {" ".join(name.split()).casefold() for name in own}


def _short(name: str, text: str) -> None:
    if len(text) > LONGEST:
        raise Invalid(name, f"{text[:20]}…", f"is longer than {LONGEST} letters", "Shorten it.")
