"""Measures that every chart shares: round ticks, room for words, labels that do not sit on one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

LETTER = 6.5
"""Width of an average letter at 12 px, in the system's face."""


@dataclass(frozen=True)
class Tick:
    """One line of a grid: its value, the words for it, where it lies."""

    value: float
    text: str
    at: float


@dataclass(frozen=True)
class Words:
    """A piece of text in a chart, and the point its baseline starts, ends or is centered at."""

    text: str
    x: float
    y: float


def near(value: float) -> float:
    """Two digits after the point are finer than any screen."""
    return round(value, 2)


def width_of(text: str) -> float:
    """A guess at the width of a label, in pixels, generous enough for wide letters."""
    return len(text) * LETTER


def shorten(text: str, room: float) -> str:
    """The text, cut with an ellipsis where it would not fit into `room` pixels."""
    fits = max(int(room / LETTER), 2)
    return text if len(text) <= fits else text[: fits - 1].rstrip() + "…"


def steps(top: float, count: int = 4) -> tuple[float, ...]:
    """Round values from 0 up to the first at or past `top`, about `count` of them. `top` is finite and not negative."""
    if top <= 0 or not isfinite(top):
        return (0.0, 1.0)
    rough = top / count
    power = 10.0 ** floor(log10(rough))
    unit = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))
    return tuple(unit * n for n in range(ceil(top / unit * (1 - 1e-9)) + 1))


def spread(wanted: Sequence[float], *, apart: float, low: float, high: float) -> tuple[float, ...]:
    """Positions near those wanted, in the same order, at least `apart` from one another where the room allows it."""
    if not wanted:
        return ()
    gap = min(apart, (high - low) / max(len(wanted) - 1, 1))
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    placed: list[float] = []
    for rank, index in enumerate(order):
        floor_here = low if rank == 0 else placed[-1] + gap
        placed.append(max(wanted[index], floor_here))
    ceiling = high
    for rank in range(len(placed) - 1, -1, -1):
        placed[rank] = min(placed[rank], ceiling)
        ceiling = placed[rank] - gap
    result = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        result[index] = near(min(max(placed[rank], low), high))
    return tuple(result)
