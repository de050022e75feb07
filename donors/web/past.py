"""Views of the past: `as_of` and `known_at` in the address of a page that shows figures.

`as_of` is a day: facts dated up to then. `known_at` is a day, to its end, or an instant: facts that were recorded up to
then. Alone it is also the day of the figures. `rules` is `then` where levels are reckoned by the rules of the day and
not by those of now. Without a day a page is of now. Addresses are typed: what cannot be read is said, and the page is
of now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from donors.core.clock import local_date
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.known import KnownAt, read_instant
from donors.levels.then import NOW, THEN
from donors.web.filters import full_day, moment

ARGUMENTS = ("as_of", "known_at", "rules")


@dataclass(frozen=True)
class Past:
    """The day that figures are for, and what was known: all that is known now, or up to an instant."""

    on: date
    today: date
    instant: datetime | None = None
    typed: str = ""
    problems: tuple[str, ...] = ()
    rules: str = NOW

    @property
    def is_past(self) -> bool:
        """Whether figures are others than those of now."""
        return self.on != self.today or self.instant is not None

    @property
    def keep(self) -> dict[str, str]:
        """The arguments that say it again; none for now."""
        known = {"known_at": self.typed} if self.instant is not None else {}
        rules = {"rules": self.rules} if self.rules != NOW else {}
        return {"as_of": self.on.isoformat(), **known, **rules} if self.is_past else {}

    def known_at(self, session: Session) -> KnownAt | None:
        """What was known then; none: all that is known."""
        return None if self.instant is None else KnownAt(session, self.instant)

    @property
    def is_exact(self) -> bool:
        """Whether an instant was named and not only a day."""
        return self.instant is not None and len(self.typed) > len("2026-09-30")

    @property
    def known_here(self) -> str:
        """What was known as the form holds it: a day, or an instant in the organization's zone."""
        if self.instant is None or not self.is_exact:
            return self.typed if self.instant else ""
        return self.instant.astimezone(g.zone).replace(tzinfo=None, microsecond=0).isoformat()

    @property
    def known_words(self) -> str:
        """The same in words."""
        if self.instant is None or self.is_exact:
            return moment(self.instant, zone=g.zone, locale=g.locale)
        return full_day(local_date(self.instant, g.organization.zone), locale=g.locale)


def past(args: Mapping[str, str]) -> Past:
    """What an address asks for."""
    typed, day = args.get("known_at", "").strip(), args.get("as_of", "").strip()
    try:
        instant = read_instant(typed, g.organization.zone) if typed else None
        known = g.today if instant is None else min(local_date(instant, g.organization.zone), g.today)
        on = min(date.fromisoformat(day), g.today) if day else known
    except Invalid as error:
        return Past(g.today, g.today, problems=(error.message,))
    except ValueError:
        return Past(g.today, g.today, problems=(f"“{day[:40]}” is no day. Write it like 2026-09-30.",))
    rules = THEN if args.get("rules") == THEN else NOW
    if instant is not None and instant >= g.now:
        return Past(on, g.today, rules=rules)
    return Past(on, g.today, instant, typed, rules=rules)
