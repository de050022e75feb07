"""Stacked bars by month (or by any column): parts of a whole over time, the same parts in every column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from donors.web.charts.scale import Tick, Words, near, shorten, spread, steps, width_of

TOP = 16
BOTTOM = 28
LINE = 18
APART = 2
"""Columns between two sums that may both be written."""


@dataclass(frozen=True)
class Layer:
    """One part, from the bottom up. `tone` is "level-1" … "level-5", accent, soft, mute or ink."""

    name: str
    tone: str
    values: tuple[float, ...]
    hrefs: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Part:
    """One part of one column, drawn."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    href: str | None
    name: str
    value: float


@dataclass(frozen=True)
class Label:
    """A part's name beside the last column, with a line that leads to its middle."""

    name: str
    text: str
    x: float
    y: float
    lead: str


@dataclass(frozen=True)
class Stack:
    """The whole chart. `heads` and `rows` are the table below: one row a column."""

    width: float
    height: float
    left: float
    right: float
    base: float
    ticks: tuple[Tick, ...]
    parts: tuple[Part, ...]
    columns: tuple[Words, ...]
    sums: tuple[Words, ...]
    labels: tuple[Label, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def stack(
    columns: Sequence[str],
    layers: Sequence[Layer],
    *,
    width: float = 560,
    height: float = 300,
    write: Callable[[float], str] = lambda value: f"{value:,.0f}",
) -> Stack:
    """Columns from left to right, layers from the bottom up. No value is negative; every layer has one per column."""
    sums = [sum(layer.values[index] for layer in layers) for index in range(len(columns))]
    marks = steps(max(sums, default=0))
    left = min(max(width_of(write(mark)) for mark in marks) + 10, width * 0.25)
    room = min(max((width_of(layer.name + write(_last(layer))) for layer in layers), default=0) * 1.3 + 24, width * 0.4)
    right = width - room
    base = height - BOTTOM
    unit = (base - TOP) / marks[-1]
    pitch = (right - left) / max(len(columns), 1)
    parts = _parts(columns, layers, frame=(left, base, unit, pitch), write=write)
    middles = [near(left + pitch * (index + 0.5)) for index in range(len(columns))]
    return Stack(
        width=near(width),
        height=near(height),
        left=near(left),
        right=near(right),
        base=near(base),
        ticks=tuple(Tick(mark, write(mark), near(base - mark * unit)) for mark in marks),
        parts=parts,
        columns=tuple(Words(name, middle, near(base + 17)) for name, middle in zip(columns, middles, strict=True)),
        sums=_sums(sums, middles, base=base, unit=unit, write=write),
        labels=_labels(layers, frame=(right, base, unit, room), write=write),
        heads=("", *(layer.name for layer in layers), "All"),
        rows=tuple(
            (name, *(write(layer.values[index]) for layer in layers), write(sums[index]))
            for index, name in enumerate(columns)
        ),
    )


def _last(layer: Layer) -> float:
    return layer.values[-1] if layer.values else 0


def _parts(
    columns: Sequence[str],
    layers: Sequence[Layer],
    *,
    frame: tuple[float, float, float, float],
    write: Callable[[float], str],
) -> tuple[Part, ...]:
    left, base, unit, pitch = frame
    found: list[Part] = []
    for index, column in enumerate(columns):
        under = 0.0
        for layer in layers:
            value = layer.values[index]
            if value > 0:
                found.append(
                    Part(
                        x=near(left + pitch * index + pitch * 0.16),
                        y=near(base - (under + value) * unit),
                        width=near(pitch * 0.68),
                        height=near(value * unit),
                        tone=layer.tone,
                        href=layer.hrefs[index] if layer.hrefs else None,
                        name=f"{column}: {layer.name} {write(value)}",
                        value=value,
                    )
                )
            under += value
    return tuple(found)


def _sums(
    sums: Sequence[float], middles: Sequence[float], *, base: float, unit: float, write: Callable[[float], str]
) -> tuple[Words, ...]:
    """The first, the highest and the last column say their sum; of two that stand close the lower is silent."""
    if not sums:
        return ()
    highest = max(range(len(sums)), key=lambda index: sums[index])
    ends = [index for index in (0, len(sums) - 1) if index == highest or abs(index - highest) > APART]
    chosen = sorted({highest, *ends})
    return tuple(Words(write(sums[index]), middles[index], near(base - sums[index] * unit - 5)) for index in chosen)


def _labels(
    layers: Sequence[Layer], *, frame: tuple[float, float, float, float], write: Callable[[float], str]
) -> tuple[Label, ...]:
    right, base, unit, room = frame
    under, middles = 0.0, []
    for layer in layers:
        middles.append(base - (under + _last(layer) / 2) * unit)
        under += _last(layer)
    places = spread(middles, apart=LINE, low=TOP, high=base - 4)
    return tuple(
        Label(
            shorten(layer.name, room - 24 - width_of(write(_last(layer)))),
            write(_last(layer)),
            near(right + 14),
            near(place + 4),
            f"M{near(right - 1)} {near(middle)}L{near(right + 10)} {near(place)}",
        )
        for layer, middle, place in zip(layers, middles, places, strict=True)
    )
