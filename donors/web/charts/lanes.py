"""Swim-lanes: one lane for each stage, a dot for each prospect by its days there, larger the more is at stake."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

WIDTH, LEFT, HEIGHT = 960, 132, 66
SMALL, LARGE = 3.5, 9.0
GAP = 1.5
RISES = (0, -20, 20, -10, 10)
"""Where a dot may lie above or below the middle of its lane, so that dots stay apart while there is room."""


@dataclass(frozen=True)
class Dot:
    """What is drawn: a name, its lane from 0, days, a size of any unit, whether it is over the limit, an address."""

    name: str
    lane: int
    days: int
    size: int
    over: bool
    href: str


@dataclass(frozen=True)
class Placed:
    """A dot with its place and radius in the picture."""

    dot: Dot
    x: float
    y: float
    r: float


@dataclass(frozen=True)
class LaneShape:
    """A lane: its name, the line in its middle, and where its limit lies, if it has one."""

    name: str
    y: int
    limit: float | None


@dataclass(frozen=True)
class Lanes:
    """The picture. `ticks` are days on the axis with their places."""

    width: int
    height: int
    left: int
    lanes: tuple[LaneShape, ...]
    dots: tuple[Placed, ...]
    ticks: tuple[tuple[int, float], ...]


def lanes(names: Sequence[str], limits: Sequence[int | None], dots: Sequence[Dot]) -> Lanes:
    """Places the dots. Days are drawn by their square root: most of what matters happens in the first months."""
    most = max([dot.days for dot in dots] + [days or 0 for days in limits] + [30])
    size = max((dot.size for dot in dots), default=0)
    placed: list[Placed] = []
    for dot in sorted(dots, key=lambda one: (one.lane, one.days, one.name)):
        r = SMALL + (LARGE - SMALL) * sqrt(dot.size / size) if size else SMALL
        x, middle = _x(dot.days, most), _y(dot.lane)
        near = [one for one in placed if one.dot.lane == dot.lane and x - one.x < one.r + r + GAP]
        free = (middle + rise for rise in RISES if not any(_touch(one, x, middle + rise, r) for one in near))
        placed.append(Placed(dot, round(x, 1), next(free, middle + RISES[len(placed) % len(RISES)]), round(r, 1)))
    shapes = [
        LaneShape(name, _y(place), _x(days, most) if days else None)
        for place, (name, days) in enumerate(zip(names, limits, strict=True))
    ]
    days = [one for one in (0, 30, 90, 180, 365, 730, 1460) if one <= most]
    ticks = tuple((one, round(_x(one, most), 1)) for one in days)
    return Lanes(WIDTH, HEIGHT * len(names) + 28, LEFT, tuple(shapes), tuple(placed), ticks)


def _x(days: int, most: int) -> float:
    return LEFT + LARGE + (WIDTH - LEFT - 2 * LARGE) * sqrt(max(days, 0) / most)


def _y(lane: int) -> int:
    return HEIGHT * lane + HEIGHT // 2


def _touch(one: Placed, x: float, y: float, r: float) -> bool:
    return (one.x - x) ** 2 + (one.y - y) ** 2 < (one.r + r + GAP) ** 2
