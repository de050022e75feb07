"""What the address of a level report asks: track, day, earlier day, and which people. Lenient: addresses are typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for

from donors.core.db import Session
from donors.core.errors import NotFound
from donors.levels.ladders import Ladder, ladder, ladders
from donors.levels.then import THEN, ladder_of_days
from donors.reports.levels import CAUSES
from donors.reports.people import ANYBODY, NOBODY, Which
from donors.reports.stands import Question
from donors.reports.years import year_before
from donors.web.past import Past, past
from donors.web.session import viewer

WAYS = ("in", "up", "stay", "down", "out")


@dataclass(frozen=True)
class Asked:
    """The question of a report, with what was wrong with the address in words."""

    question: Question
    tracks: tuple[Ladder, ...]
    past: Past
    problem: str

    @property
    def keep(self) -> dict[str, str]:
        """The arguments that say it again."""
        asked = self.question
        days = {"as_of": asked.on.isoformat(), "since": asked.since.isoformat()}
        known = {} if asked.known is None else {"known_at": self.past.typed}
        rules = {"rules": THEN} if asked.rules == THEN else {}
        return {"track": str(asked.ladder.id), **days, **known, **rules}

    def people(self, *, then: int = ANYBODY, now: int = ANYBODY, ways: str = "", cause: str = "") -> str:
        """The address of the people behind a number."""
        given = {"then": _word(then), "now": _word(now), "ways": ways, "cause": cause}
        kept = {name: value for name, value in given.items() if value}
        everything: dict[str, Any] = {**self.keep, **kept}
        return url_for("reports.people_page", **everything)


def asked(session: Session, args: Mapping[str, str]) -> Asked | None:
    """What an address asks for; None where there is no track yet. Raises NotFound for a track that is not there.

    Of reports that cannot tell what was known, leave `known_at` out of the arguments.
    """
    tracks = ladders(session)
    number = args.get("track", "")
    if not tracks and not number:
        return None
    if number and not number.isdigit():
        raise NotFound("track", number)
    chosen = ladder(session, int(number)) if number else tracks[0]
    then = past(args)
    on = then.on
    since, bad_since = _day(args.get("since", ""), year_before(on))
    problem = "That is no day. Write it like 2026-09-30." if bad_since else ""
    if since > on:
        since, problem = year_before(on), "The day to compare with must lie before the day of the report."
    chosen = ladder_of_days(session, chosen, (since, on)) if then.rules == THEN else chosen
    return Asked(Question(chosen, on, since, viewer().sees, then.instant, then.rules), tracks, then, problem)


def asked_here(session: Session, *, knows: bool = True) -> Asked | None:
    """What the address of this request asks for; `knows`: of a report that can tell what was known."""
    args = {name: value for name, value in request.args.items() if knows or name != "known_at"}
    return asked(session, args)


def asked_track(session: Session, *, knows: bool = True) -> Asked:
    """The same. Raises NotFound where there is no track yet."""
    found = asked_here(session, knows=knows)
    if found is None:
        raise NotFound("track", "")
    return found


def which(args: Mapping[str, str], ladder: Ladder) -> Which:
    """Which people an address asks for. Raises NotFound for a level that the track does not have."""
    ways = frozenset(args.get("ways", "").split(",")) & frozenset(WAYS)
    cause = args.get("cause", "")
    return Which(_level(args, "then", ladder), _level(args, "now", ladder), ways, cause if cause in CAUSES else "")


def _level(args: Mapping[str, str], name: str, ladder: Ladder) -> int:
    typed = args.get(name, "")
    if typed in {"", "none"}:
        return NOBODY if typed else ANYBODY
    if not typed.isdigit() or ladder.band(int(typed)) is None:
        raise NotFound("level", typed)
    return int(typed)


def _word(level: int) -> str:
    if level == ANYBODY:
        return ""
    return "none" if level == NOBODY else str(level)


def _day(typed: str, otherwise: date) -> tuple[date, bool]:
    """The day, and whether what was typed is none."""
    try:
        return (date.fromisoformat(typed) if typed else otherwise), False
    except ValueError:
        return otherwise, True
