"""Lines over time, each named at its end; and the sparkline, a line without words for tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from donors.web.charts.scale import Tick, Words, near, shorten, spread, steps, width_of

TOP = 14
BOTTOM = 26
LINE = 15


@dataclass(frozen=True)
class Series:
    """One line; None breaks it. `tone`: accent, soft, ink or a level. `dashed` says that it is expected, not known."""

    name: str
    values: tuple[float | None, ...]
    tone: str = "soft"
    hrefs: tuple[str | None, ...] = ()
    dashed: bool = False


@dataclass(frozen=True)
class Point:
    """One value, drawn: a place to point at."""

    x: float
    y: float
    href: str | None
    name: str


@dataclass(frozen=True)
class Line:
    """One line, drawn: its path, its points, its name beside the end."""

    path: str
    tone: str
    dashed: bool
    points: tuple[Point, ...]
    label: Words | None


@dataclass(frozen=True)
class Lines:
    """The whole chart. `heads` and `rows` are the table below."""

    width: float
    height: float
    left: float
    right: float
    ticks: tuple[Tick, ...]
    columns: tuple[Words, ...]
    lines: tuple[Line, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Spark:
    """A small line; `end` is its last point, or None where there is nothing to draw."""

    width: float
    height: float
    path: str
    end: tuple[float, float] | None


def lines(
    columns: Sequence[str],
    series: Sequence[Series],
    *,
    width: float = 560,
    height: float = 240,
    write: Callable[[float], str] = lambda value: f"{value:,.0f}",
) -> Lines:
    """Lines on one scale from zero. Values are not negative; every series has one value (or None) per column."""
    known = [value for each in series for value in each.values if value is not None]
    marks = steps(max(known, default=0), 3)
    left = min(max(width_of(write(mark)) for mark in marks) + 10, width * 0.25)
    ends = [_end(each.values) for each in series]
    room = max(
        (width_of(f"{each.name} {write(end[1])}") for each, end in zip(series, ends, strict=True) if end), default=0
    )
    right = width - min(room + 16, width * 0.4)
    base = height - BOTTOM
    unit = (base - TOP) / marks[-1]
    xs = _across(len(columns), left + 6, right - 6)
    places = spread([base - end[1] * unit if end else base for end in ends], apart=LINE, low=TOP, high=base)
    drawn = tuple(
        Line(
            _path(
                [None if value is None else (x, base - value * unit) for x, value in zip(xs, each.values, strict=True)]
            ),
            each.tone,
            each.dashed,
            _points(columns, each, xs=xs, base=base, unit=unit, write=write),
            Words(shorten(f"{each.name} {write(end[1])}", width - right - 6), near(right + 4), near(place + 4))
            if end
            else None,
        )
        for each, end, place in zip(series, ends, places, strict=True)
    )
    every = max(1, -(-len(columns) // max(int((right - left) / 56), 1)))
    return Lines(
        width=near(width),
        height=near(height),
        left=near(left),
        right=near(right),
        ticks=tuple(Tick(mark, write(mark), near(base - mark * unit)) for mark in marks),
        columns=tuple(Words(columns[n], xs[n], near(base + 17)) for n in range(0, len(columns), every)),
        lines=drawn,
        heads=("", *(each.name for each in series)),
        rows=tuple(
            (name, *("" if (value := each.values[n]) is None else write(value) for each in series))
            for n, name in enumerate(columns)
        ),
    )


def spark(values: Sequence[float], *, width: float = 72, height: float = 20) -> Spark:
    """A line from the lowest to the highest of its values; level in the middle where all are the same."""
    if not values:
        return Spark(width, height, "", None)
    low, high = min(values), max(values)
    xs = _across(len(values), 2, width - 4)
    ys = [
        near(height / 2 if high == low else height - 4 - (value - low) / (high - low) * (height - 8))
        for value in values
    ]
    places = list(zip(xs, ys, strict=True))
    return Spark(width, height, _path(list(places)), places[-1])


def _end(values: Sequence[float | None]) -> tuple[int, float] | None:
    found = [(index, value) for index, value in enumerate(values) if value is not None]
    return found[-1] if found else None


def _across(count: int, left: float, right: float) -> list[float]:
    return [near(left + (right - left) * index / max(count - 1, 1)) for index in range(count)]


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    pieces, pen = [], False
    for place in places:
        if place is not None:
            pieces.append(f"{'L' if pen else 'M'}{near(place[0])} {near(place[1])}")
        pen = place is not None
    return "".join(pieces)


def _points(
    columns: Sequence[str],
    series: Series,
    *,
    xs: Sequence[float],
    base: float,
    unit: float,
    write: Callable[[float], str],
) -> tuple[Point, ...]:
    return tuple(
        Point(
            xs[n],
            near(base - value * unit),
            series.hrefs[n] if series.hrefs else None,
            f"{columns[n]}: {series.name} {write(value)}",
        )
        for n, value in enumerate(series.values)
        if value is not None
    )
