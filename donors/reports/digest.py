"""Digest: the main figures of a report in a few lines of plain text. It names nobody: names stay in the house."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_currency, format_decimal, format_percent
from sqlalchemy.orm import Session

from donors.accounts.visible import Sight
from donors.core.money import to_decimal
from donors.core.settings import Organization, organization
from donors.levels.ladders import Ladder, ladders
from donors.reports.edge_rows import FALLING, NEAR, EdgesQuestion, can_fall
from donors.reports.edges import rungs
from donors.reports.gains import gains
from donors.reports.givers import HOUSEHOLD, PERSON, GiversQuestion
from donors.reports.levels import level_report
from donors.reports.movement import movement
from donors.reports.reconcile import books
from donors.reports.recovery import recovery
from donors.reports.retention import retention
from donors.reports.stands import Question
from donors.reports.trust import trust
from donors.reports.years import By, year_before

Line = tuple[str, str]
Lines = list[Line]


@dataclass(frozen=True)
class Asking:
    """The question of a kept report: its arguments, who asks, and the day it is."""

    asked: Mapping[str, str]
    sees: Sight
    today: date

    def day(self, word: str, otherwise: date) -> date:
        """A day among the arguments; what is no day falls away."""
        try:
            return min(date.fromisoformat(self.asked.get(word, "")), self.today)
        except ValueError:
            return otherwise


@dataclass(frozen=True)
class Words:
    """How numbers are written here."""

    here: Organization

    def count(self, value: int) -> str:
        """1,234."""
        return str(format_decimal(value, locale=self.here.locale))

    def money(self, value: int) -> str:
        """$1,234.50."""
        exact = to_decimal(value, self.here.currency)
        return str(format_currency(exact, self.here.currency, locale=self.here.locale))

    def share(self, value: float | None) -> str:
        """41.2%."""
        return "none" if value is None else str(format_percent(value, "0.0%", locale=self.here.locale))


def digest(session: Session, report: str, asking: Asking) -> Lines:
    """Names and figures, in words. Nothing where the report has nothing to say (no track, no gifts)."""
    found: Lines = DIGESTS[report](session, asking, Words(organization(session)))
    return found


def _ladder(session: Session, asking: Asking) -> Ladder | None:
    tracks = ladders(session)
    wanted = asking.asked.get("track", "")
    return next((one for one in tracks if str(one.id) == wanted), tracks[0] if tracks else None)


def _levels_question(session: Session, asking: Asking) -> Question | None:
    ladder = _ladder(session, asking)
    on = asking.day("as_of", asking.today)
    since = asking.day("since", year_before(on))
    since = since if since <= on else year_before(on)
    return Question(ladder, on, since, asking.sees) if ladder else None


def _levels(session: Session, asking: Asking, words: Words) -> Lines:
    asked = _levels_question(session, asking)
    if asked is None:
        return []
    found = level_report(session, asked, today=asking.today)
    lines = [(line.band.name, f"{words.count(line.sums.people)} ({line.sums.change:+,})") for line in found.lines]
    return [*lines, ("At a level", f"{words.count(found.total.people)} ({found.total.change:+,})")]


def _movement(session: Session, asking: Asking, words: Words) -> Lines:
    asked = _levels_question(session, asking)
    if asked is None:
        return []
    found = movement(session, asked)
    ways = {"in": "Came in", "up": "Rose", "down": "Fell", "out": "Left", "stay": "Stayed"}
    return [(name, words.count(found.went(way).people)) for way, name in ways.items()]


def _edges(session: Session, asking: Asking, words: Words) -> Lines:
    of = _levels_question(session, asking)
    if of is None:
        return []
    percent, days = (_number(asking.asked.get(name, ""), usual) for name, usual in (("percent", 10), ("days", 90)))
    asked = EdgesQuestion(of, percent, days)
    lists = {NEAR: f"Near a higher level (at most {percent}% missing)", FALLING: f"About to fall within {days} days"}
    wanted = lists if can_fall(session, asked) else {NEAR: lists[NEAR]}
    return [
        (name, words.count(sum(rung.people for rung in rungs(session, asked, which)))) for which, name in wanted.items()
    ]


def _number(typed: str, usual: int) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < int(typed) < 1000 else usual


def _givers(session: Session, asking: Asking) -> GiversQuestion:
    usual = By.CALENDAR if organization(session).fiscal_start_month == 1 else By.FISCAL
    by = asking.asked.get("by", "")
    unit = HOUSEHOLD if asking.asked.get("unit") == HOUSEHOLD else PERSON
    soft = asking.asked.get("soft") == "yes"
    return GiversQuestion(
        By(by) if by in set(By) else usual, asking.day("as_of", asking.today), unit, soft, asking.sees
    )


def _retention(session: Session, asking: Asking, words: Words) -> Lines:
    line = retention(session, _givers(session, asking)).last
    if line is None:
        return []
    parts = {"Retained": line.all, "New givers retained": line.new, "Repeat givers retained": line.repeat}
    lines = [
        (f"{name} in {line.year.name}", f"{words.share(part.rate)} ({part.retained:,} of {part.prior:,})")
        for name, part in parts.items()
    ]
    return [*lines, ("Money retained", words.share(line.all.money_rate))]


def _gains(session: Session, asking: Asking, words: Words) -> Lines:
    line = gains(session, _givers(session, asking)).line(asking.asked.get("year", ""))
    if line is None:
        return []
    return [
        (
            f"Given in {line.year.name}",
            f"{words.money(line.money_now)} ({line.before.name}: {words.money(line.money_then)})",
        ),
        ("Givers", f"{words.count(line.givers_now)} ({line.before.name}: {words.count(line.givers_then)})"),
        ("Gained", words.money(line.gained)),
        ("Lost", words.money(line.lost)),
    ]


def _lybunt(session: Session, asking: Asking, words: Words) -> Lines:
    asked = _givers(session, asking)
    lines = gains(session, asked).lines
    if not lines:
        return []
    line = lines[-1]
    lapsed = line.sum("lapsed_new", "lapsed_repeat")
    this, _ = recovery(session, asked, line.year)
    return [
        (f"Gave in {line.before.name}, not yet in {line.year.name}", words.count(lapsed.people)),
        (f"Their gifts of {line.before.name}", words.money(lapsed.then)),
        ("Back so far", words.share(this.rate(len(this.back) - 1))),
    ]


def _trust(session: Session, _asking: Asking, words: Words) -> Lines:
    stored, found = trust(session), books(session)
    return [
        ("Waiting to be refreshed", words.count(stored.waiting)),
        ("Stored figures that differ from the facts", words.count(stored.faults)),
        ("Gifts that differ from their hard credits", words.count(found.uncredited)),
        ("Gifts that differ from their splits", words.count(found.unsplit)),
    ]


DIGESTS: Mapping[str, Callable[[Session, Asking, Words], Any]] = {
    "levels": _levels,
    "movement": _movement,
    "edges": _edges,
    "retention": _retention,
    "gains": _gains,
    "lybunt": _lybunt,
    "trust": _trust,
}
