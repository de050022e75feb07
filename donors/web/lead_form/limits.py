"""How often something may happen in a minute, counted in this process alone, so that a flood touches no database."""

from collections.abc import Hashable
from dataclasses import dataclass, field

SPAN = 60.0
MOST_KEYS = 20_000


@dataclass
class Limit:
    """At most so many in a minute for each key. Counts are of whole minutes; what is over is forgotten."""

    most: int
    _minute: int = 0
    _counts: dict[Hashable, int] = field(default_factory=dict)

    def take(self, key: Hashable, at: float) -> bool:
        """Counts one more at an instant in seconds; false when that is too many, also of keys."""
        minute = int(at // SPAN)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
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
    """The limits of one process. Programs are those that show a key; whether it is the right one, nobody knows yet."""

    posts: Limit = field(default_factory=lambda: Limit(12))
    programs: Limit = field(default_factory=lambda: Limit(300))
    pages: Limit = field(default_factory=lambda: Limit(120))
    all_posts: Limit = field(default_factory=lambda: Limit(120))
    all_pages: Limit = field(default_factory=lambda: Limit(1500))

    def clear(self) -> None:
        """Forgets what was counted."""
        for each in (self.posts, self.programs, self.pages, self.all_posts, self.all_pages):
            each.clear()
