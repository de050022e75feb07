"""How often something may happen in a while, counted in this process alone, so that a flood touches no database."""

from collections.abc import Hashable
from dataclasses import dataclass, field

MINUTE, SECOND = 60.0, 1.0
MOST_KEYS = 20_000


@dataclass
class Limit:
    """At most so many in a span of seconds for each key. Counts are of whole spans; what is over is forgotten."""

    most: int
    span: float = MINUTE
    _now: int = 0
    _counts: dict[Hashable, int] = field(default_factory=dict)

    def take(self, key: Hashable, at: float) -> bool:
        """Counts one more at an instant in seconds; false when that is too many, also of keys."""
        now = int(at // self.span)
        if now != self._now:
            self._now, self._counts = now, {}
        count = self._counts.get(key, 0) + 1
        if count > self.most or (count == 1 and len(self._counts) >= MOST_KEYS):
            return False
        self._counts[key] = count
        return True

    def clear(self) -> None:
        """Forgets what was counted."""
        self._counts.clear()


@dataclass
class Limits:
    """The limits of one process. Programs are those that show a key; whether it is the right one, nobody knows yet,
    so that one network of them has half of all posts at most.

    `burst` is of all posts in a second: what gets through costs the most, and leaves the rest of the site its time.
    """

    posts: Limit = field(default_factory=lambda: Limit(12))
    programs: Limit = field(default_factory=lambda: Limit(60))
    pages: Limit = field(default_factory=lambda: Limit(120))
    burst: Limit = field(default_factory=lambda: Limit(3, SECOND))
    all_posts: Limit = field(default_factory=lambda: Limit(120))
    all_pages: Limit = field(default_factory=lambda: Limit(1500))

    def clear(self) -> None:
        """Forgets what was counted."""
        for each in (self.posts, self.programs, self.pages, self.burst, self.all_posts, self.all_pages):
            each.clear()
