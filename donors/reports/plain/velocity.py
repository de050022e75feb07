"""Velocity and the funnel, as files carry them."""

from collections.abc import Sequence

from donors.core.settings import Organization
from donors.pipeline.odds.stays import Person
from donors.pipeline.odds.survival import OWN_LIMIT, WAYS
from donors.reports.funnel import CAME, LEFT, Funnel, FunnelLine
from donors.reports.plain.values import Row, guarded, headed, money, rate
from donors.reports.velocity import StageLine, Stuck, Velocity

VELOCITY = (
    "Stays in each stage up to the day; those that go on count as far as they have come (Kaplan and Meier). Median and "
    f"own limit: the days by which half, and {OWN_LIMIT:.0%}, have left; empty where that is not reached. Shares by "
    "way: of all who came in, who left so by the longest stay seen. Stuck: in the stage for longer than the shorter of "
    "own limit and expected days."
)
FUNNEL = (
    "Prospects in each stage at the ends of both days, and the steps made in between: then and came in, less left, is "
    "now. Asks are those open on the later day of who stands in the stage then. Median: the days by which half have "
    "left."
)


def velocity_rows(found: Velocity, people: Sequence[tuple[Stuck, Person]]) -> list[Row]:
    """A row for each stage, then one for each prospect that is stuck."""
    return [*map(_stage, found.lines), *(_stuck(*one) for one in people)]


EMPTY: Row = dict.fromkeys(
    (
        *("part", "stage", "name", "stays", "left", "inside", "stuck", "median_days", "own_limit", "expected_days"),
        *(*WAYS, "constituent_id", "days", "limit", "reason"),
    )
)


def _stage(line: StageLine) -> Row:
    curve = line.curve
    shares = curve.steps[-1].left if curve.steps else {}
    return EMPTY | {
        "part": "stage",
        "stage": guarded(line.stage.name),
        "stays": curve.stays,
        "left": curve.left,
        "inside": line.inside,
        "stuck": line.stuck,
        "median_days": curve.median,
        "own_limit": curve.own_limit,
        "expected_days": line.stage.expected_days,
        **{way: rate(shares.get(way, 0.0)) for way in WAYS},
    }


def _stuck(one: Stuck, who: Person) -> Row:
    return EMPTY | {
        "part": "stuck",
        "stage": guarded(one.stage.name),
        "name": guarded(who.name),
        "constituent_id": who.constituent_id,
        "days": one.days,
        "limit": one.limit,
        "reason": guarded(one.reason),
    }


def velocity_document(found: Velocity, people: Sequence[tuple[Stuck, Person]], whose: str) -> Row:
    """The whole report."""
    return headed("velocity", VELOCITY, found.on, whose) | {"rows": velocity_rows(found, people)}


def funnel_rows(found: Funnel, settings: Organization) -> list[Row]:
    """A row for each stage."""
    return [_line(line, settings) for line in found.lines]


def _line(line: FunnelLine, settings: Organization) -> Row:
    came = {f"came_{how}": line.came.get(how, 0) for how in CAME}
    left = {f"left_{how}": line.left.get(how, 0) for how in LEFT}
    return {
        "stage": guarded(line.stage.name),
        "then": line.then,
        **came,
        **left,
        "now": line.now,
        "open_asks": line.asks,
        "amount": money(line.amount, settings),
        "median_days": line.velocity.curve.median if line.velocity else None,
    }


def funnel_document(found: Funnel, whose: str, settings: Organization) -> Row:
    """The whole report."""
    names = {line.stage.id: line.stage.name for line in found.lines}
    flows = [
        {"then": names.get(then or 0), "now": names.get(now or 0), "prospects": number}
        for (then, now), number in found.flows.items()
    ]
    return headed("funnel", FUNNEL, found.asked.on, whose) | {
        "since": found.asked.since.isoformat(),
        "rows": funnel_rows(found, settings),
        "flows": flows,
    }
