"""The forecast, as files carry it."""

from donors.core.settings import Organization
from donors.reports.forecast import AskLine, Forecast, Month
from donors.reports.plain.values import Row, day, guarded, headed, money, rate

DEFINITION = (
    "Open asks with amount, odds and expected day, as they were said up to the day, taken to be independent. Low, "
    "middle, high: in one case of ten less than low, in one of two less than middle, in one of ten more than high; "
    "with what was received in the fiscal year, less what was given back. Own odds: how "
    "asks of the same stand and age ended in this house."
)


def forecast_rows(found: Forecast, settings: Organization) -> list[Row]:
    """A row for each month, then one for each open ask behind it."""
    return [*(_month(one, settings) for one in found.months), *(_ask(one, settings) for one in found.by_worth)]


EMPTY: Row = dict.fromkeys(
    (
        *(
            "part",
            "name",
            "received",
            "low",
            "middle",
            "high",
            "ask_id",
            "constituent_id",
            "officer",
            "stage",
            "status",
        ),
        *("days", "amount", "expected_on", "claimed", "own", "own_low", "own_high", "decided", "counted", "expected"),
    )
)


def _month(one: Month, settings: Organization) -> Row:
    values = {name: money(getattr(one, name), settings) for name in ("received", "low", "middle", "high")}
    return EMPTY | {"part": "month", "name": one.first.isoformat()[:7]} | values


def _ask(line: AskLine, settings: Organization) -> Row:
    ask, own = line.ask, line.own
    return EMPTY | {
        "part": "ask",
        "name": guarded(ask.name),
        "ask_id": ask.ask_id,
        "constituent_id": ask.constituent_id,
        "officer": guarded(ask.officer or ""),
        "stage": guarded(ask.stage or ""),
        "status": ask.status,
        "days": line.days,
        "amount": money(ask.amount, settings),
        "expected_on": day(ask.expected_on),
        "claimed": rate(line.claimed),
        "own": rate(own.share if own else None),
        "own_low": rate(own.low if own else None),
        "own_high": rate(own.high if own else None),
        "decided": own.decided if own else None,
        "counted": rate(line.odds),
        "expected": money(line.expected, settings),
    }


def forecast_document(found: Forecast, whose: str, settings: Organization) -> Row:
    """The whole report."""
    return headed("forecast", DEFINITION, found.asked.on, whose) | {
        "fiscal_year": found.asked.year,
        "odds": found.asked.odds,
        "received": money(found.received, settings),
        "goal": money(found.goal, settings),
        "chance": rate(found.chance),
        "decided_asks": found.model.decided,
        "slip_months": rate(found.slip.mean),
        "slip_learnt_from": found.slip.received if found.slip.learnt else 0,
        "rows": forecast_rows(found, settings),
    }
