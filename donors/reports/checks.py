"""Checks: what the page on trust says of each thing that figures hang on, with a light. Pure.

Good: nothing to do. Soon: it will mend itself, or somebody should look. Bad: do not publish before it is mended.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from donors.reports.reconcile import Batch, Books, TrackState
from donors.reports.trust import Trust

GOOD, SOON, BAD = "good", "soon", "bad"
ORDER = (GOOD, SOON, BAD)
WAIT = timedelta(hours=1)
REFRESHED = timedelta(hours=36)
VERIFIED = timedelta(days=40)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, its light, what was found in a sentence, and the figures behind it."""

    key: str
    name: str
    light: str
    says: str
    figures: Mapping[str, int | str]
    last_success: datetime | None = None


@dataclass(frozen=True)
class JobState:
    """How a job stands, as the parts above know it. `waits`: it is a queue that works all the time."""

    name: str
    last_success: datetime | None
    failing: bool
    waits: bool


@dataclass(frozen=True)
class Told:
    """What an import said of itself when it was applied."""

    id: int
    name: str
    change_set_id: int
    rows: int
    amount: int


@dataclass(frozen=True)
class Waiting:
    """What waits to be done, by what it is called: mails, plans, imports."""

    name: str
    count: int
    stuck: int


def worst(checks: Iterable[Check]) -> str:
    """The light of all together."""
    return max((check.light for check in checks), key=ORDER.index, default=GOOD)


def figures_check(found: Trust, *, at: datetime, verified: datetime | None) -> tuple[Check, Check]:
    """Whether stored figures are up to date, and whether they equal the facts."""
    late = found.waiting_since is not None and found.waiting_since < at - WAIT
    light = GOOD if not found.waiting else BAD if late else SOON
    says = f"{found.waiting} wait to be refreshed." if found.waiting else "Every change is in the figures."
    waiting = Check("waiting", "Figures are up to date", light, says, {"waiting": found.waiting})
    old = verified is None or verified < at - VERIFIED
    light = BAD if found.faults else SOON if old else GOOD
    says = (
        f"{found.faults} stored figures differ from the facts."
        if found.faults
        else "They were never computed anew."
        if verified is None
        else "All stored figures were computed anew and agree."
    )
    return waiting, Check("faults", "Stored figures equal the facts", light, says, {"faults": found.faults})


def books_check(found: Books) -> tuple[Check, Check]:
    """Whether every gift is the sum of its splits, and the sum of its hard credits."""
    split = f"{found.unsplit} gifts are not the sum of their splits." if found.unsplit else "All of them."
    credit = f"{found.uncredited} gifts are not the sum of their hard credits." if found.uncredited else "All of them."
    sums = {"gifts": found.gifts, "worth": found.worth, "credited": found.credited, "differing": found.uncredited}
    return (
        Check("splits", "Gifts equal their splits", _bad(found.unsplit), split, {"differing": found.unsplit}),
        Check("credits", "Gifts equal their hard credits", _bad(found.uncredited), credit, sums),
    )


def _bad(count: int) -> str:
    return BAD if count else GOOD


def batch_check(told: Sequence[Told], left: Mapping[int, Batch]) -> Check:
    """Whether what imports wrote is still there: rows and sum."""
    changed = [one for one in told if not _whole(one, left.get(one.change_set_id))]
    says = f"All {len(told)} imports of gifts are whole." if told else "No import of gifts is applied."
    if changed:
        names = ", ".join(one.name for one in changed[:3])
        says = f"{len(changed)} of {len(told)} imports of gifts have changed since they came: {names}."
    return Check("imports", "Imports are as they came", SOON if changed else GOOD, says, {"changed": len(changed)})


def _whole(one: Told, left: Batch | None) -> bool:
    return (left.rows, left.amount) == (one.rows, one.amount) if left else one.rows == 0


def track_checks(found: Iterable[TrackState]) -> list[Check]:
    """Whether bands have gaps, and who has a figure but no level."""
    return [_track(one) for one in found]


def _track(one: TrackState) -> Check:
    gaps = f"{len(one.gaps)} gaps between its bands" if one.gaps else "No gap between its bands"
    without = f"{one.without} have a figure but no level" if one.without else "everybody with a figure has a level"
    figures: dict[str, int | str] = {"gaps": len(one.gaps), "without_level": one.without}
    light = SOON if one.gaps else GOOD
    return Check(f"track {one.ladder.id}", f"Track “{one.ladder.name}”", light, f"{gaps}; {without}.", figures)


def job_checks(jobs: Iterable[JobState], *, at: datetime, alive: bool) -> list[Check]:
    """Whether the scheduler runs, and how each of its jobs did."""
    says = "It has been seen within the last minute." if alive else "Nothing happens by itself until it is started."
    running = Check("scheduler", "The scheduler runs", GOOD if alive else BAD, says, {})
    return [running, *(_job(one, at=at) for one in jobs)]


def _job(one: JobState, *, at: datetime) -> Check:
    never = one.last_success is None
    late = one.name == "refresh" and (one.last_success is None or one.last_success < at - REFRESHED)
    light = BAD if one.failing else SOON if late or (never and not one.waits) else GOOD
    says = (
        "It is failing."
        if one.failing
        else "It had nothing to do yet."
        if never and one.waits
        else "It has not run yet."
        if never
        else "It did its work."
    )
    last = one.last_success.isoformat(timespec="seconds") if one.last_success else ""
    name = one.name.replace("_", " ").capitalize()
    return Check(f"job {one.name}", name, light, says, {"last_success": last}, one.last_success)


def waiting_checks(found: Iterable[Waiting]) -> list[Check]:
    """What waits, and what is stuck."""
    return [
        Check(
            f"waiting {one.name}",
            f"{one.name.capitalize()} on their way",
            BAD if one.stuck else SOON if one.count else GOOD,
            f"{one.stuck} were given up." if one.stuck else f"{one.count} wait." if one.count else "Nothing waits.",
            {"waiting": one.count, "stuck": one.stuck},
        )
        for one in found
    ]
