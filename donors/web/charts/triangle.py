"""A triangle of cohorts: a row for each first year, a column for each year after it, warmer where more are left."""

from collections.abc import Sequence
from dataclasses import dataclass

STEPS = 8


@dataclass(frozen=True)
class Share:
    """One share to be drawn: the words in the cell, its name when read aloud, and where it leads."""

    value: float
    text: str
    name: str
    href: str | None = None


@dataclass(frozen=True)
class Tile:
    """One share, drawn: `warmth` from 0 (nothing) to 8 (the warmest of all)."""

    share: Share
    warmth: int


@dataclass(frozen=True)
class Line:
    """One cohort: its name, its size in words, its tiles from the first year after on."""

    name: str
    size: str
    href: str | None
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Triangle:
    """The whole picture, with as many columns as the oldest cohort has years."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def triangle(rows: Sequence[tuple[str, str, str | None, Sequence[Share]]]) -> Triangle:
    """Rows are (name, size in words, where that leads, shares of the years after the first)."""
    most = max((share.value for *_, shares in rows for share in shares), default=0.0)
    lines = tuple(
        Line(name, size, href, tuple(Tile(share, _warmth(share.value, most)) for share in shares))
        for name, size, href, shares in rows
    )
    return Triangle(tuple(str(n + 1) for n in range(max((len(line.tiles) for line in lines), default=0))), lines)


def _warmth(value: float, most: float) -> int:
    if value <= 0:
        return 0
    return max(1, round(value / most * STEPS))
