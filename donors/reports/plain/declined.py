"""Declined and deferred asks, as files carry them."""

from donors.core.settings import Organization
from donors.reports.declined import DeclinedLine, DeclinedReport
from donors.reports.plain.values import Row, guarded, money

DEFINITION = (
    "Asks that stood as declined or deferred at the end of the day, with the reason and the day of return that were "
    "said then. Those that were taken up again since are in the report of an earlier day, not in that of a later one."
)


def declined_rows(found: DeclinedReport, settings: Organization) -> list[Row]:
    """A row for each ask."""
    return [_row(line, settings) for line in found.lines]


def _row(line: DeclinedLine, settings: Organization) -> Row:
    return {
        "ask_id": line.ask_id,
        "constituent_id": line.constituent_id,
        "name": guarded(line.name),
        "purpose": guarded(line.purpose),
        "amount": money(line.amount, settings),
        "officer": guarded(line.officer or ""),
        "stage": guarded(line.stage or ""),
        "status": line.status,
        "since": line.since.isoformat(),
        "reason": line.reason,
        "returns_on": line.returns_on.isoformat() if line.returns_on else None,
    }


def declined_document(found: DeclinedReport, whose: str, settings: Organization) -> Row:
    """The whole report."""
    asked = found.asked
    return {
        "report": "declined",
        "definition": DEFINITION,
        "as_of": asked.on.isoformat(),
        "since": asked.since.isoformat() if asked.since else None,
        "whose": whose,
        "reasons": [
            {
                "reason": one.reason,
                "declined": one.declined,
                "deferred": one.deferred,
                "amount": money(one.amount, settings),
            }
            for one in found.reasons
        ],
        "rows": declined_rows(found, settings),
    }
