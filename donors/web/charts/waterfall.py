"""A waterfall: from one total to another, step by step. What rises stands on it, what falls hangs from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from donors.web.charts.scale import Words, near

TOP, BOTTOM, WIDE = 22, 34, 0.62


@dataclass(frozen=True)
class Step:
    """One change: its name in one or two lines, by how much, in words, and where it leads."""

    name: tuple[str, ...]
    value: float
    text: str
    href: str | None = None


@dataclass(frozen=True)
class Block:
    """One total or change, drawn. `tone`: ink for totals, up or down."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    href: str | None
    name: str
    figure: Words
    label: tuple[Words, ...]


@dataclass(frozen=True)
class Waterfall:
    """The whole chart. `links` are the thin lines between blocks: x from, x to, y."""

    width: float
    height: float
    base: float
    blocks: tuple[Block, ...]
    links: tuple[tuple[float, float, float], ...]
    rows: tuple[tuple[str, str], ...]


def waterfall(start: Step, changes: Sequence[Step], end: Step, *, width: float = 560, height: float = 260) -> Waterfall:
    """`start` and `end` are totals; the changes lead from one to the other."""
    tops = [start.value]
    for change in changes:
        tops.append(tops[-1] + change.value)
    high = max(*tops, end.value, 0.0) or 1.0
    low = min(*tops, 0.0)
    base = height - BOTTOM
    unit = (base - TOP) / (high - low)
    pitch = width / (len(changes) + 2)
    zero = base + low * unit
    spans = [(0.0, start.value), *pairwise(tops), (0.0, end.value)]
    steps = [start, *changes, end]
    tones = ["ink", *("up" if change.value >= 0 else "down" for change in changes), "ink"]
    blocks = tuple(
        _block(step, tone, span, frame=(place * pitch, pitch, zero, unit, base))
        for place, (step, tone, span) in enumerate(zip(steps, tones, spans, strict=True))
    )
    links = tuple(
        (
            near(place * pitch + pitch * (1 + WIDE) / 2),
            near((place + 1) * pitch + pitch * (1 - WIDE) / 2),
            near(zero - top * unit),
        )
        for place, top in enumerate(tops)
    )
    rows = tuple((" ".join(step.name), step.text) for step in steps)
    return Waterfall(near(width), near(height), near(zero), blocks, links, rows)


def _block(
    step: Step, tone: str, span: tuple[float, float], *, frame: tuple[float, float, float, float, float]
) -> Block:
    left, pitch, zero, unit, base = frame
    y, end = (zero - value * unit for value in (max(span), min(span)))
    middle = near(left + pitch / 2)
    return Block(
        x=near(left + pitch * (1 - WIDE) / 2),
        y=near(y),
        width=near(pitch * WIDE),
        height=near(max(end - y, 1)),
        tone=tone,
        href=step.href,
        name=f"{' '.join(step.name)}: {step.text}",
        figure=Words(step.text, middle, near(y - 6)),
        label=tuple(Words(part, middle, near(base + 15 + 13 * place)) for place, part in enumerate(step.name)),
    )
