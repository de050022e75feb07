"""The level report and the people behind it."""

from collections.abc import Iterable

from donors.core.settings import Organization
from donors.levels.ladders import Ladder
from donors.reports.levels import WAYS, LevelReport, Sums
from donors.reports.people import Person
from donors.reports.plain.values import Row, figure, guarded

ALL = "All levels"


def rows(found: LevelReport, settings: Organization, *, compared: bool) -> list[Row]:
    """A row for each level from the highest down, and one for all. With `compared`, the changes since then too."""
    named = [*((line.band.name, line.sums) for line in found.lines), (ALL, found.total)]
    return [_row(name, sums, found.ladder, settings, compared=compared) for name, sums in named]


def _row(name: str, sums: Sums, ladder: Ladder, settings: Organization, *, compared: bool) -> Row:
    row: Row = {
        "level": name,
        "people": sums.people,
        "money": figure(sums.money, ladder, settings),
        "median": figure(sums.median, ladder, settings),
        "lifetime": figure(sums.lifetime, ladder, settings),
    }
    if compared:
        row["people_change"] = sums.change
        row["money_change"] = figure(sums.money - sums.money_then, ladder, settings)
    return row


def document(found: LevelReport, settings: Organization, *, compared: bool) -> Row:
    """The whole report with its days, unit and definition."""
    lines = rows(found, settings, compared=compared)
    asked = found.asked
    about: Row = {
        "report": "levels",
        "track": asked.ladder.name,
        "measure": asked.ladder.measure,
        "definition": found.definition,
        "unit": found.units,
        "as_of": asked.on.isoformat(),
        **({"known_at": asked.known.isoformat()} if asked.known is not None else {}),
        "since": asked.since.isoformat() if compared else None,
        "levels": lines[:-1],
        "total": lines[-1],
    }
    return about | _movement(found) if compared else about


def _movement(found: LevelReport) -> Row:
    names = {band.id: band.name for band in found.ladder.bands}
    return {
        "moved": {way: found.went(way) for way in WAYS} | {"stay": found.stayed},
        "flows": [
            {"from": names.get(then or 0), "to": names.get(now or 0), "people": count}
            for (then, now), count in sorted(found.moves.items(), key=str)
        ],
        "causes": [{"cause": cause, "way": way, "people": count} for (cause, way), count in found.causes.items()],
    }


def person_rows(people: Iterable[Person], ladder: Ladder, settings: Organization) -> list[Row]:
    """A row for each person behind a number."""
    names = {band.id: band.name for band in ladder.bands}
    return [
        {
            "id": one.id,
            "name": guarded(one.name),
            "kind": one.kind,
            "level": names.get(one.now_level or 0, ""),
            "figure": figure(one.now_figure, ladder, settings),
            "level_then": names.get(one.then_level or 0, ""),
            "figure_then": figure(one.then_figure, ladder, settings),
            "lifetime": figure(one.lifetime, ladder, settings),
            "moved": one.way,
            "cause": one.cause,
        }
        for one in people
    ]
