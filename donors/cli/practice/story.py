"""What a drawn charity consists of, as frozen records; people are referred to by their place in `people`."""

from dataclasses import dataclass, field
from datetime import date

from donors.constituents.records import NewConstituent
from donors.plans.terms import REACHED


@dataclass(frozen=True)
class DrawnGift:
    """A gift in cents; `soft` are (person, cents, role); `refunded_on` takes it back whole."""

    giver: int
    on: date
    cents: int
    fund: str
    appeal: str | None = None
    campaign: str | None = None
    method: str = "card"
    soft: tuple[tuple[int, int, str], ...] = ()
    hides_name: bool = False
    refunded_on: date | None = None


@dataclass(frozen=True)
class DrawnShift:
    """A volunteer shift in minutes."""

    person: int
    on: date
    minutes: int
    activity: str


@dataclass(frozen=True)
class DrawnMove:
    """A move made on a day, or planned for one (`made` false). `staff` and `guests` were there too: logins, names."""

    on: date
    made: bool
    purpose: str
    method: str
    outcome: str = ""
    report: str = ""
    staff: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    readers: str = ""
    background: bool = False
    minutes: int | None = None


@dataclass(frozen=True)
class DrawnProspect:
    """A prospect: who, whose (officer's login), the stages entered with their days, moves, and the ask in cents."""

    person: int
    officer: str
    entered: tuple[tuple[int, date, str], ...]
    moves: tuple[DrawnMove, ...]
    ask: int | None = None
    purpose: str = ""


@dataclass(frozen=True)
class DrawnStep:
    """What was said of an ask on a day: its status, and the odds from then on (none: as before)."""

    on: date
    status: str
    reason: str = ""
    why: str = ""
    returns_on: date | None = None
    odds: int | None = None


@dataclass(frozen=True)
class DrawnAsk:
    """What a prospect is asked for, in cents, with the days and odds that were said first, and what followed."""

    person: int
    officer: str
    opened: date
    cents: int
    purpose: str
    ask_on: date
    expected_on: date | None
    odds: int
    told: tuple[DrawnStep, ...]


@dataclass(frozen=True)
class DrawnRating:
    """What was judged of somebody, on a day, by a source: a score from 0 to 5, or a capacity in cents."""

    person: int
    kind: str
    on: date
    source: str
    score: int | None = None
    cents: int | None = None
    note: str = ""


@dataclass(frozen=True)
class DrawnPlan:
    """A plan that was started, why, and how many of its tasks were done, a day after they were due.

    `answer` is how its calls went; `ended` why it was stopped at last (empty: it was not); for `rests` days it rests.
    """

    person: int
    template: str
    on: date
    cause: str
    done: int = 0
    answer: str = REACHED
    ended: str = ""
    rests: int = 0


@dataclass
class Charity:
    """Everything that was drawn. `homes` are (household, person, from, to); `ties` are (one, other, kind, reverse)."""

    on: date
    people: list[NewConstituent] = field(default_factory=list)
    homes: list[tuple[int, int, date | None, date | None]] = field(default_factory=list)
    ties: list[tuple[int, int, str, str]] = field(default_factory=list)
    gifts: list[DrawnGift] = field(default_factory=list)
    shifts: list[DrawnShift] = field(default_factory=list)
    prospects: list[DrawnProspect] = field(default_factory=list)
    consents: list[tuple[int, str, bool, date]] = field(default_factory=list)
    plans: list[DrawnPlan] = field(default_factory=list)
    asks: list[DrawnAsk] = field(default_factory=list)
    ratings: list[DrawnRating] = field(default_factory=list)

    def add(self, person: NewConstituent) -> int:
        """Adds a constituent and returns its place."""
        self.people.append(person)
        return len(self.people) - 1
