"""The people behind a number on givers: a row for each."""

from collections.abc import Iterable

from donors.core.settings import Organization
from donors.reports.giver_list import WHICH, Giver, Whom
from donors.reports.givers import GiversQuestion
from donors.reports.plain.retention import about
from donors.reports.plain.values import Row, guarded, money
from donors.reports.years import Year


def giver_rows(people: Iterable[Giver], known: tuple[Year, ...], settings: Organization) -> list[Row]:
    """A row for each giver, in the order given."""
    return [
        {
            "id": one.id,
            "name": guarded(one.name),
            "kind": one.kind,
            "last_year": money(one.last, settings),
            "this_year": money(one.this, settings),
            "first_year": known[one.first_year].name,
            "largest_gift": money(one.largest, settings),
            "last_gift_on": one.last_on.isoformat(),
            "level": guarded(one.level or ""),
            "officer": guarded(one.officer or ""),
        }
        for one in people
    ]


def giver_document(asked: GiversQuestion, whom: Whom, rows: list[Row]) -> Row:
    """The list with what it holds."""
    return {**about(asked, "givers", WHICH[whom.which]), "group": whom.which, "year": whom.year.name, "givers": rows}
