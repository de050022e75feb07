"""Spans of days: from a first day (none: always) to the day before `to_on` (none: still). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Span:
    """A half-open span of days."""

    from_on: date | None = None
    to_on: date | None = None

    @property
    def first(self) -> date:
        """The first day, or the earliest that there is."""
        return self.from_on or date.min

    @property
    def end(self) -> date:
        """The first day after, or the latest that there is."""
        return self.to_on or date.max

    @property
    def is_empty(self) -> bool:
        """Whether no day lies in it."""
        return self.first >= self.end

    def holds(self, on: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= on < self.end


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a day."""
    return max(one.first, other.first) < min(one.end, other.end)


def outside(span: Span, taken: Iterable[Span]) -> list[Span]:
    """The parts of a span that lie in none of the others, in order."""
    left = [span]
    for other in taken:
        left = [part for piece in left for part in _without(piece, other)]
    return left


def spoken(span: Span) -> str:
    """A span in words: `from 2024-03-01 until 2025-03-01`."""
    begins = "" if span.from_on is None else f"from {span.from_on.isoformat()} "
    return f"{begins}until {span.to_on.isoformat()}" if span.to_on else f"{begins}that still runs"


def _without(piece: Span, other: Span) -> list[Span]:
    if not overlap(piece, other):
        return [piece]
    before = Span(piece.from_on, other.from_on) if other.first > piece.first else None
    after = Span(other.to_on, piece.to_on) if other.end < piece.end else None
    return [part for part in (before, after) if part is not None]
