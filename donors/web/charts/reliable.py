"""A reliability diagram: what was claimed against what happened, with intervals, and how often each was claimed."""

from collections.abc import Sequence
from dataclasses import dataclass

from donors.web.charts.scale import Tick, Words, near

LEFT, TOP, BOTTOM, BARS = 44, 10, 26, 46
MOST = 34


@dataclass(frozen=True)
class Mark:
    """Claims of about the same odds, all from 0 to 1: what was claimed, what happened with its interval, how many."""

    claimed: float
    share: float
    low: float
    high: float
    number: int
    href: str | None = None


@dataclass(frozen=True)
class Dot:
    """One mark, drawn: a point with its whisker, and a bar below for how many."""

    x: float
    y: float
    low: float
    high: float
    bar: float
    base: float
    name: str
    href: str | None


@dataclass(frozen=True)
class Diagram:
    """The whole picture: a square whose diagonal is where claims come true, above a strip of bars."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    ticks: tuple[Tick, ...]
    columns: tuple[Words, ...]
    dots: tuple[Dot, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def reliable(marks: Sequence[Mark], *, side: float = 300) -> Diagram:
    """Draws the marks on a square of so many pixels."""
    bottom = TOP + side
    right = LEFT + side
    base = bottom + BOTTOM + BARS
    most = max((mark.number for mark in marks), default=1)

    def across(share: float) -> float:
        return near(LEFT + share * side)

    def up(share: float) -> float:
        return near(bottom - share * side)

    return Diagram(
        width=near(right + 16),
        height=near(base + 4),
        left=LEFT,
        right=near(right),
        top=TOP,
        bottom=near(bottom),
        ticks=tuple(Tick(share, f"{share:.0%}", up(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)),
        columns=tuple(Words(f"{share:.0%}", across(share), near(bottom + 17)) for share in (0.0, 0.5, 1.0)),
        dots=tuple(
            Dot(
                across(mark.claimed),
                up(mark.share),
                up(mark.low),
                up(mark.high),
                near(MOST * mark.number / most),
                near(base),
                f"Claimed {mark.claimed:.0%}: {mark.share:.0%} happened, of {mark.number}",
                mark.href,
            )
            for mark in marks
        ),
        heads=("Claimed", "Cases", "Happened", "95 % interval"),
        rows=tuple(
            (f"{mark.claimed:.0%}", f"{mark.number:,}", f"{mark.share:.0%}", f"{mark.low:.0%} to {mark.high:.0%}")
            for mark in marks
        ),
    )
