"""The retention report: a row for each year."""

from donors.core.settings import Organization
from donors.reports.givers import GiversQuestion
from donors.reports.plain.values import Row, guarded, money, rate
from donors.reports.retention import Cohort, LevelLine, Line, Part, Retention

DEFINITION = (
    "Prior givers gave in the year before; retained are those of them who gave in the year too. New: their first year "
    "was the year before. Money retained: what the retained gave in the year, as a share of what all prior givers gave "
    "the year before. The unknown giver is not counted."
)


def about(asked: GiversQuestion, report: str, definition: str) -> Row:
    """What every document on givers begins with."""
    return {
        "report": report,
        "as_of": asked.on.isoformat(),
        "by": asked.by.value,
        "unit": asked.units,
        "soft_credit": asked.soft,
        "definition": definition,
    }


def retention_rows(found: Retention, settings: Organization) -> list[Row]:
    """A row for each year against the year before, the oldest first. Rates are fractions of one."""
    return [_line(line, settings) for line in found.lines]


def _line(line: Line, settings: Organization) -> Row:
    low, high = line.all.interval or (None, None)
    return {
        "year": line.year.name,
        "first_day": line.year.first.isoformat(),
        "last_day": line.year.last.isoformat(),
        "is_over": "yes" if line.year.is_over else "no",
        **_part("", line.all),
        "low": rate(low),
        "high": rate(high),
        **_part("new_", line.new),
        **_part("repeat_", line.repeat),
        "prior_money": money(line.all.prior_money, settings),
        "retained_money": money(line.all.retained_money, settings),
        "money_rate": rate(line.all.money_rate),
        "givers": line.givers,
        "money": money(line.money, settings),
    }


def _part(name: str, part: Part) -> Row:
    return {f"{name}prior_givers": part.prior, f"{name}retained": part.retained, f"{name}rate": rate(part.rate)}


def retention_document(found: Retention, levels: tuple[LevelLine, ...], settings: Organization) -> Row:
    """The whole report: years, cohorts by their first year, and the last year that is over by level."""
    return {
        **about(found.asked, "retention", DEFINITION),
        "years": retention_rows(found, settings),
        "cohorts": [_cohort(one, settings) for one in found.cohorts],
        "by_level": [_level(one) for one in levels],
    }


def _cohort(one: Cohort, settings: Organization) -> Row:
    return {
        "first_year": one.first.name,
        "givers": list(one.people),
        "money": [money(sum_, settings) for sum_ in one.money],
    }


def _level(one: LevelLine) -> Row:
    return {"level": guarded(one.band.name) if one.band else None, **_part("", one.part)}
