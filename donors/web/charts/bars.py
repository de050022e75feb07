"""Bars: one lying bar for each figure, in the order given. Also bullets (with a goal) and funnels (with a note)."""

from collections.abc import Sequence
from dataclasses import dataclass

from donors.web.charts.scale import Words, near, shorten, width_of

TALL = 18
TOP = 10


@dataclass(frozen=True)
class Item:
    """What one bar shows. `text` is the figure in words; `tone` is mute, accent, ink, danger or a level ("level-3")."""

    label: str
    value: float
    text: str
    href: str | None = None
    tone: str = "mute"
    note: str = ""
    goal: float | None = None


@dataclass(frozen=True)
class Bar:
    """One bar, drawn: a rectangle, its label at the left, its figure at its end, perhaps a goal line and a note."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    href: str | None
    name: str
    label: Words
    figure: Words
    note: Words | None
    goal: float | None


@dataclass(frozen=True)
class Bars:
    """All bars in a box; `zero` is where they start, `end` where the scale ends; `rows` are the table below."""

    width: float
    height: float
    zero: float
    end: float
    marks: tuple[Bar, ...]
    rows: tuple[tuple[str, str], ...]


def bars(items: Sequence[Item], *, width: float = 320, row: float = 32, top: float = 0) -> Bars:
    """Bars on one scale from zero to the largest value, at least to `top`; negative values run to the left of zero."""
    left = min(max((width_of(item.label) for item in items), default=0) + 8, width * 0.4)
    right = max((width_of(item.text) for item in items), default=0) + 8
    right += max((width_of(item.note) + 12 for item in items if item.note), default=0)
    right = min(right, width * 0.4)
    low = min([0.0, *(item.value for item in items)])
    high = max([0.0, top, *(item.value for item in items), *(item.goal for item in items if item.goal is not None)])
    unit = (width - left - right) / ((high - low) or 1)
    zero = left - low * unit
    marks = tuple(
        _bar(item, y=TOP + index * row, zero=zero, unit=unit, box=(left, width - right, width))
        for index, item in enumerate(items)
    )
    rows = tuple((item.label, item.text + (f" ({item.note})" if item.note else "")) for item in items)
    return Bars(
        near(width),
        near(TOP * 2 + max(len(items) * row - (row - TALL), 0)),
        near(zero),
        near(width - right),
        marks,
        rows,
    )


def _bar(item: Item, *, y: float, zero: float, unit: float, box: tuple[float, float, float]) -> Bar:
    left, end, width = box
    long = abs(item.value) * unit
    x = zero if item.value >= 0 else zero - long
    baseline = near(y + TALL / 2 + 4)
    return Bar(
        x=near(x),
        y=near(y),
        width=near(long),
        height=TALL,
        tone=item.tone,
        href=item.href,
        name=f"{item.label}: {item.text}" + (f", {item.note}" if item.note else ""),
        label=Words(shorten(item.label, left - 8), near(left - 8), baseline),
        figure=Words(item.text, near((max(x + long, zero) if item.goal is None else end) + 6), baseline),
        note=Words(item.note, near(width), baseline) if item.note else None,
        goal=None if item.goal is None else near(zero + item.goal * unit),
    )
