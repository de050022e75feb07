"""A fan: what has come so far, then what may come, low to high, month by month, against a goal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from donors.web.charts.scale import Tick, Words, near, shorten, steps, width_of

TOP, BOTTOM = 18, 26
WIDER = 1.6
"""Letters on a phone are so much larger beside the picture."""


@dataclass(frozen=True)
class Rib:
    """One month: what has come by its end, or what may have. None where it is not known or not ahead."""

    name: str
    known: float | None = None
    low: float | None = None
    middle: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Spot:
    """A place to point at, with what it says."""

    x: float
    y: float
    name: str


@dataclass(frozen=True)
class Drawn:
    """The whole picture: `band` is a closed path, `known` and `middle` are lines, `goal` the height of the goal.

    `rows` are the table below: name, come, low, middle, high.
    """

    width: float
    height: float
    left: float
    right: float
    ticks: tuple[Tick, ...]
    columns: tuple[Words, ...]
    band: str
    known: str
    middle: str
    goal: Words | None
    spots: tuple[Spot, ...]
    ends: tuple[Words, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


HEADS = ("", "Come", "Low", "Middle", "High")


def fan_chart(
    ribs: Sequence[Rib], *, goal: float | None, write: Callable[[float], str], width: float = 720, height: float = 280
) -> Drawn:
    """Draws a fan from zero up to the highest value or the goal."""
    tops = [value for rib in ribs for value in (rib.known, rib.high, goal) if value is not None]
    marks = steps(max(tops, default=0), 3)
    left = min(max(width_of(write(mark)) for mark in marks) + 10, width * 0.25)
    right = width - width_of("middle $99.9 M") * WIDER
    base = height - BOTTOM
    unit = (base - TOP) / marks[-1]

    def at(value: float) -> float:
        return near(base - value * unit)

    xs = [near(left + 8 + (right - left - 16) * n / max(len(ribs) - 1, 1)) for n in range(len(ribs))]
    known = [(x, at(rib.known)) for x, rib in zip(xs, ribs, strict=True) if rib.known is not None]
    ahead = [(x, rib) for x, rib in zip(xs, ribs, strict=True) if rib.high is not None]
    start = known[-2:-1] if ahead and len(known) > 1 else []
    every = max(1, -(-len(ribs) // max(int((right - left) / 56), 1)))
    return Drawn(
        width=near(width),
        height=near(height),
        left=near(left),
        right=near(right),
        ticks=tuple(Tick(mark, write(mark), at(mark)) for mark in marks),
        columns=tuple(Words(ribs[n].name, xs[n], near(base + 17)) for n in range(0, len(ribs), every)),
        band=_band(
            start,
            [(x, at(rib.high or 0)) for x, rib in ahead],
            [(x, at(rib.low or 0)) for x, rib in ahead],
        ),
        known=_path(known[:-1] if ahead and len(known) > 1 else known),
        middle=_path([*start, *((x, at(rib.middle or 0)) for x, rib in ahead)]),
        goal=None if goal is None else Words(shorten(f"goal {write(goal)}", width - right), near(right + 4), at(goal)),
        spots=tuple(_spots(xs, ribs, at, write)),
        ends=tuple(_ends(ribs[-1] if ribs else Rib(""), at, write, right)),
        heads=HEADS,
        rows=tuple((rib.name, *(_word(value, write) for value in _values(rib))) for rib in ribs),
    )


def _values(rib: Rib) -> tuple[float | None, ...]:
    return rib.known, rib.low, rib.middle, rib.high


def _word(value: float | None, write: Callable[[float], str]) -> str:
    return "" if value is None else write(value)


def _spots(
    xs: Sequence[float], ribs: Sequence[Rib], at: Callable[[float], float], write: Callable[[float], str]
) -> Sequence[Spot]:
    found = []
    for x, rib in zip(xs, ribs, strict=True):
        said = [
            f"{name.lower()} {write(value)}"
            for name, value in zip(HEADS[1:], _values(rib), strict=True)
            if value is not None
        ]
        middle = rib.middle if rib.middle is not None else rib.known
        if middle is not None:
            found.append(Spot(x, at(middle), f"{rib.name}: {', '.join(said)}"))
    return found


def _ends(last: Rib, at: Callable[[float], float], write: Callable[[float], str], right: float) -> Sequence[Words]:
    """The words at the right end; low and high only where they do not sit on the middle."""
    if last.high is None or last.middle is None or last.low is None:
        return []
    high, middle, low = at(last.high), at(last.middle), at(last.low)
    found = [Words(f"middle {write(last.middle)}", near(right + 4), near(middle + 4))]
    if middle - high > 14:
        found.insert(0, Words(f"high {write(last.high)}", near(right + 4), near(high + 4)))
    if low - middle > 14:
        found.append(Words(f"low {write(last.low)}", near(right + 4), near(low + 4)))
    return found


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if n else 'M'}{near(x)} {near(y)}" for n, (x, y) in enumerate(places))


def _band(
    start: Sequence[tuple[float, float]], high: Sequence[tuple[float, float]], low: Sequence[tuple[float, float]]
) -> str:
    return f"{_path([*start, *high, *reversed(low)])}Z" if high else ""
