"""Gains and losses, and the curve of recovery, as files carry them."""

from donors.core.settings import Organization
from donors.reports.gains import GAINS, KINDS, LOSSES, Gains, GainsReport
from donors.reports.plain.retention import about
from donors.reports.plain.values import Row, money, rate
from donors.reports.recovery import Curve

DEFINITION = (
    "Gains: new (first year), recaptured (back after a year or more), upgraded (more than the year before). Losses: "
    "downgraded, lapsed new and lapsed repeat (gave the year before, not in the year). Gains less losses are the "
    "change of the totals."
)


def gains_rows(line: Gains, settings: Organization) -> list[Row]:
    """A row for each kind of giver, then gains, losses and the net change; losses of money are below zero."""
    rows = [_row(line, name, (name,), settings) for name in KINDS]
    sums = {"gains": GAINS, "losses": LOSSES, "net": (*GAINS, *LOSSES)}
    return rows + [_row(line, name, names, settings) for name, names in sums.items()]


def _row(line: Gains, name: str, names: tuple[str, ...], settings: Organization) -> Row:
    change = line.sum(*names)
    return {
        "year": line.year.name,
        "kind": name,
        "people": line.givers_now - line.givers_then if name == "net" else change.people,
        "money": money(change.money, settings),
        "money_then": money(change.then, settings),
        "money_now": money(change.now, settings),
    }


def gains_document(found: GainsReport, line: Gains, settings: Organization) -> Row:
    """The whole report on one year."""
    return {
        **about(found.asked, "gains", DEFINITION),
        "year": line.year.name,
        "is_over": line.year.is_over,
        "givers_then": line.givers_then,
        "givers_now": line.givers_now,
        "total_then": money(line.money_then, settings),
        "total_now": money(line.money_now, settings),
        "kinds": gains_rows(line, settings),
    }


def curve_rows(curve: Curve | None) -> list[Row]:
    """A row for each month of a year: by when, how many were back, which share."""
    if curve is None:
        return []
    return [
        {"by": end.isoformat(), "back": back, "of": curve.pool, "rate": rate(curve.rate(month))}
        for month, (end, back) in enumerate(zip(curve.ends, curve.back, strict=False))
    ]
