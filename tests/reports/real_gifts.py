"""What reports say of the real file, held to plain counts over its lines, person by person."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.models import ExternalId
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.core.db import transaction
from donors.core.paging import Paging
from donors.levels.ladders import ladder
from donors.levels.track import LevelDraft, TrackDraft, create_track
from donors.reports.giver_list import Whom, all_givers
from donors.reports.givers import GiversQuestion, years_of
from donors.reports.movement import movement
from donors.reports.people import Which, people
from donors.reports.stands import Question
from donors.reports.years import By

ON = date(2015, 12, 31)
RATES = {"2013": "59.4", "2014": "41.0", "2015": "35.9"}
"""As published with the file: percent of the givers of the year before who gave again."""
Lines = Iterable[Mapping[str, str]]


def givers_by_year(rows: Lines) -> dict[int, set[str]]:
    """Year → keys of the named givers of it."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row["donor_key"]:
            found[int(row["received_at"][:4])].add(row["donor_key"])
    return found


def check_retention(app: Flask, rows: Lines) -> None:
    """By the command, and person by person for each year."""
    by_year = givers_by_year(rows)
    result = app.test_cli_runner().invoke(args=["report", "retention", "--as-of", ON.isoformat()])
    assert result.exit_code == 0, result.output
    told = {row["year"]: row for row in csv.DictReader(io.StringIO(result.output))}
    for year in range(2011, 2016):
        prior, retained = by_year[year - 1], by_year[year - 1] & by_year[year]
        assert int(told[str(year)]["prior_givers"]) == len(prior)
        assert int(told[str(year)]["retained"]) == len(retained)
        assert int(told[str(year)]["givers"]) == len(by_year[year])
    assert {year: f"{float(told[year]['rate']) * 100:.1f}" for year in RATES} == RATES
    with app.app_context(), transaction() as session:
        asked = GiversQuestion(By.CALENDAR, ON, "person", soft=False, sees=EVERYTHING)
        keys = dict(_keys(session))
        for year in years_of(session, asked)[1:]:
            earlier = set().union(*(by_year[one] for one in range(2009, int(year.name) - 1)))
            this, last = by_year[int(year.name)], by_year[int(year.name) - 1]
            groups = {"retained": last & this, "lybunt": last - this, "lapsed_new": last - this - earlier}
            for which, people in groups.items():
                listed = {keys[one.id] for one in all_givers(session, asked, Whom(which, year), Paging())}
                assert listed == people, (which, year.name)


BANDS = (("Spark", 0), ("Friend", 5_000), ("Patron", 25_000), ("Circle", 100_000))
"""A track over the lifetime total: name and minimum in cents of each level."""
DAYS = (date(2014, 1, 31), date(2015, 1, 31))


def check_movement(app: Flask, rows: Lines) -> None:
    """From which level to which each giver went between two days, person by person; flows add up to both days."""
    with app.app_context(), transaction() as session:
        within = open_change(session, "test", act=Act(by=None, at=now(), through="cli"))
        levels = tuple(
            LevelDraft(name, low or 1, BANDS[place + 1][1] if place + 1 < len(BANDS) else None)
            for place, (name, low) in enumerate(BANDS)
        )
        track = create_track(session, TrackDraft("Of all time", "lifetime_total", levels), within=within)
        asked = Question(ladder(session, track.id), DAYS[1], DAYS[0], EVERYTHING)
        keys = dict(_keys(session))
        names = {band.id: band.name for band in asked.ladder.bands}
        told = {
            keys[one.id]: (names.get(one.then_level or 0), names.get(one.now_level or 0), one.cause)
            for one in people(session, asked, Which())
        }
        found = movement(session, asked)
    expected = _moves(rows)
    assert {key: ends[:2] for key, ends in told.items()} == expected
    assert {cause for *ends, cause in told.values() if ends[0] != ends[1]} == {"gift"}
    counts = Counter(expected.values())
    assert {
        (names.get(then or 0), names.get(now_ or 0)): people for (then, now_), people in found.counts.items()
    } == counts
    for band in asked.ladder.bands:
        for then in (True, False):
            stood = sum(count for ends, count in counts.items() if ends[0 if then else 1] == band.name)
            assert found.stood(band, then=then) == stood


def _moves(rows: Lines) -> dict[str, tuple[str | None, str | None]]:
    """Key → level on the two days, of those who had one on either."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        for place, day in enumerate(DAYS):
            if row["donor_key"] and date.fromisoformat(row["received_at"][:10]) <= day:
                totals[row["donor_key"]][place] += int(Decimal(row["amount"]) * 100)
    return {key: (_level(then), _level(now_)) for key, (then, now_) in totals.items()}


def _level(cents: int) -> str | None:
    return next((name for name, low in reversed(BANDS) if cents >= max(low, 1)), None)


def _keys(session: Session) -> Iterable[tuple[int, str]]:
    yield from ((row[0], row[1]) for row in session.execute(select(ExternalId.constituent_id, ExternalId.value)))
