"""Declined and deferred asks, as files carry them."""

from donors.core.settings import Organization
from donors.pipeline.odds.queries import Named
from donors.reports.declined import DeclinedReport, reason_words
from donors.reports.plain.values import Row, day, guarded, headed, money

DEFINITION = (
    "Asks that stood as declined or deferred at the end of the day, with the reason and the day of return that were "
    "said then. Those that were taken up again since are in the report of an earlier day, not in that of a later one."
)


def declined_rows(found: DeclinedReport, settings: Organization) -> list[Row]:
    """A row for each ask."""
    return [_row(line, settings) for line in found.rows]


def _row(line: Named, settings: Organization) -> Row:
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
        "reason": reason_words(line.reason),
        "returns_on": day(line.returns_on),
    }


def declined_document(found: DeclinedReport, whose: str, settings: Organization) -> Row:
    """The whole report."""
    reasons = [
        {"reason": one.reason, "declined": one.declined, "deferred": one.deferred}
        | {"amount": money(one.amount, settings)}
        for one in found.reasons
    ]
    head = headed("declined", DEFINITION, found.asked.on, whose)
    return head | {"since": day(found.asked.since), "reasons": reasons, "rows": declined_rows(found, settings)}
