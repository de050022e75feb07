"""What reports say of the real file, held to plain counts over its lines, person by person."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.models import ExternalId
from donors.core.db import transaction
from donors.core.paging import Paging
from donors.reports.giver_list import Whom, all_givers
from donors.reports.givers import GiversQuestion, years_of
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


def _keys(session: Session) -> Iterable[tuple[int, str]]:
    yield from ((row[0], row[1]) for row in session.execute(select(ExternalId.constituent_id, ExternalId.value)))
