"""What the address of a report on givers asks: years, day, unit, credit, and which people. Lenient: they are typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import g, request, url_for

from donors.core.db import Session
from donors.core.errors import NotFound
from donors.levels.ladders import ladder
from donors.reports.giver_list import Whom
from donors.reports.givers import HOUSEHOLD, PERSON, GiversQuestion
from donors.reports.years import By, Year
from donors.web.filters import full_day
from donors.web.session import viewer

NO_DAY = "That is no day. Write it like 2026-09-30."


@dataclass(frozen=True)
class AskedGivers:
    """The question of a report, with what was wrong with the address in words."""

    question: GiversQuestion
    problem: str = ""

    @property
    def keep(self) -> dict[str, str]:
        """The arguments that say it again."""
        asked = self.question
        kept = {"by": asked.by.value, "as_of": asked.on.isoformat(), "unit": asked.unit}
        return kept | {"soft": "yes"} if asked.soft else kept

    def people(self, which: str, year: Year, **more: Any) -> str:
        """The address of the people behind a number."""
        return self.at("givers_page", which=which, year=year.name, **more)

    def at(self, endpoint: str, **more: Any) -> str:
        """The address of another report that is asked the same."""
        everything: dict[str, Any] = {**self.keep, **more}
        return url_for(f"reports.{endpoint}", **everything)


def asked_givers() -> AskedGivers:
    """What the address of this request asks for."""
    args = request.args
    on, problem = _day(args.get("as_of", ""))
    by = By(args["by"]) if args.get("by") in set(By) else _usual()
    unit = HOUSEHOLD if args.get("unit") == HOUSEHOLD else PERSON
    return AskedGivers(GiversQuestion(by, on, unit, args.get("soft") == "yes", viewer().sees), problem)


def _usual() -> By:
    """Calendar years, unless the organization's own begin in another month."""
    return By.CALENDAR if g.organization.fiscal_start_month == 1 else By.FISCAL


def _day(typed: str) -> tuple[date, str]:
    try:
        return (min(date.fromisoformat(typed), g.today) if typed else g.today), ""
    except ValueError:
        return g.today, NO_DAY


def year_words(year: Year) -> str:
    """The year as people say it."""
    if year.name.startswith("to "):
        return f"12 months to {full_day(year.last, locale=g.locale)}"
    return f"before {year.last.year + 1}" if year.all_before else year.name


def named_year(args: Mapping[str, str], known: tuple[Year, ...], word: str = "year") -> Year | None:
    """The year that an address names; none where it names none. Raises NotFound for one that the report lacks."""
    name = args.get(word, "")
    found = next((year for year in known if year.name == name), None)
    if name and found is None:
        raise NotFound("year", name)
    return found


def whom(session: Session, args: Mapping[str, str], known: tuple[Year, ...]) -> Whom:
    """Which givers an address asks for. Raises NotFound for a year or level that there is not."""
    year = named_year(args, known) or known[-1]
    found = Whom(args["which"], year, named_year(args, known, "first"), text=args.get("q", "").strip()[:100])
    level = args.get("level", "")
    return _at_level(session, args.get("track", ""), level, found) if level else found


def _at_level(session: Session, track: str, level: str, found: Whom) -> Whom:
    number = "0" if level == "none" else level
    if not (track.isdigit() and number.isdigit()):
        raise NotFound("level", level)
    chosen = ladder(session, int(track))
    if number != "0" and chosen.band(int(number)) is None:
        raise NotFound("level", level)
    return replace(found, ladder=chosen, level=int(number))
