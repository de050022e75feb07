"""Reports on officers and their portfolios, as files carry them."""

from collections.abc import Sequence
from datetime import date

from donors.core.settings import Organization
from donors.pipeline.decide import ROLES
from donors.reports.activity import MEASURES, Activity
from donors.reports.balance import DAYS, BalanceLine
from donors.reports.coverage import SPANS, CoverageLine
from donors.reports.plain.values import Row, day, guarded, money, rate
from donors.reports.portfolio_review import OLD, SILENT, Review, ReviewLine
from donors.reports.qualification import AGES, Queue

PRIMARY = ROLES["primary"].lower()
DEFINITIONS = {
    "portfolio review": (
        f"Prospects of the pipeline whose {PRIMARY} officer this is on the day, in the stage of that day. Last "
        "contact: the last substantive move, whoever made it. Next move: the earliest that was planned and not made "
        "by then, as it stood in the records at the end of the day. Ask: the largest open one, as it was said to be on "
        f"the day. Marked: past the limit of the stage; no next move, or late; no contact for {SILENT} days; the day "
        f"of an ask has passed; no strategy, or one older than {OLD} days."
    ),
    "contact coverage": (
        f"Constituents whose {PRIMARY} officer this is on the day, and whether anybody had a substantive move with "
        f"them (people spoke, both ways) within {SPANS[0]}, {SPANS[1]} and {SPANS[2]} days before it, or ever. Moves, "
        f"visits and the share of substantive ones are of the last {SPANS[2]} days, background moves left out."
    ),
    "officer activity": (
        "From the first day of the fiscal year to the day. Visits and substantive moves that the officer made, "
        "background moves left out; prospects whom they brought on from qualification; asks of theirs that were made; "
        "gifts that fulfil asks of theirs, less what was given back; prospects in their charge whose strategy was "
        "thought over. Goals are the officer's own. Confidential constituents and prospects that you may not see "
        "are in no number; call reports that are confidential count, and tell no more. Not to rank officers by: "
        "portfolios differ."
    ),
    "qualification queue": (
        "Prospects in stages of identification and qualification on the day, by the days since they entered. Tries: "
        "moves made since then, background moves left out. In parts of up to "
        f"{AGES[0]}, {AGES[1]}, {AGES[2]} days, and longer."
    ),
    "portfolio balance": (
        "On the day: constituents in the officer's charge in any role, against the limit of the organization; "
        f"prospects as {PRIMARY} officer by stage; their open asks as said then. Hours are of moves of the last {DAYS} "
        "days, where somebody noted the time."
    ),
}
"""Report → what its figures mean."""


def document(report: str, on: date, rows: Sequence[Row], **more: object) -> Row:
    """A whole report."""
    return {
        "report": report, "definition": DEFINITIONS[report], "as_of": on.isoformat(), **more, "rows": list(rows)
    }  # fmt: skip


def review_rows(found: Review, settings: Organization) -> list[Row]:
    """A row for each prospect."""
    return [_reviewed(line, settings) for line in found.lines]


def _reviewed(line: ReviewLine, settings: Organization) -> Row:
    stood, ask, planned = line.stood, line.ask, line.planned
    prospect = stood.prospect
    return {
        "prospect_id": prospect.id,
        "constituent_id": prospect.constituent_id,
        "name": guarded(stood.name),
        "officer": guarded(stood.officer or ""),
        "level": guarded(line.level),
        "stage": guarded(stood.stage.name),
        "days": line.days,
        "limit": stood.stage.expected_days,
        "last_contact": day(line.spoken_on),
        "next_move": guarded(planned.purpose) if planned else "",
        "next_move_on": day(planned.due_on if planned else None),
        "ask": money(ask.amount if ask else None, settings),
        "ask_on": day(ask.on if ask else None),
        "odds": ask.odds if ask else None,
        "capacity": money(line.capacity, settings),
        "strategy_on": day(prospect.strategy_on),
        "flags": guarded("; ".join(line.flags)),
    }


def coverage_rows(found: Sequence[CoverageLine]) -> list[Row]:
    """A row for each officer."""
    return [
        {
            "officer_id": line.officer_id,
            "officer": guarded(line.officer),
            "portfolio": line.size,
            **{f"reached_{days}": count for days, count in zip(SPANS, line.reached, strict=True)},
            "never_reached": line.never,
            "moves": line.moves,
            "visits": line.visits,
            "substantive_share": rate(line.substantive_share),
        }
        for line in found
    ]


def activity_rows(found: Activity, settings: Organization) -> list[Row]:
    """A row for each officer and measure."""
    return [
        {
            "officer_id": line.officer_id,
            "officer": guarded(line.officer),
            "measure": one.measure,
            "done": money(one.done, settings) if one.measure == "money" else one.done,
            "goal": money(one.goal, settings) if one.measure == "money" else one.goal,
            "share": rate(one.share),
        }
        for line in found.lines
        for one in line.measures
        if one.measure in MEASURES
    ]


def queue_rows(found: Queue) -> list[Row]:
    """A row for each prospect that waits."""
    return [
        {
            "prospect_id": line.stood.prospect.id,
            "constituent_id": line.stood.prospect.constituent_id,
            "name": guarded(line.stood.name),
            "officer": guarded(line.stood.officer or ""),
            "stage": guarded(line.stood.stage.name),
            "since": line.stood.since.isoformat(),
            "days": line.days,
            "limit": line.stood.stage.expected_days,
            "tries": line.tried,
            "last_contact": day(line.spoken_on),
        }
        for line in found.lines
    ]


def balance_rows(found: Sequence[BalanceLine], settings: Organization) -> list[Row]:
    """A row for each officer."""
    kinds = dict.fromkeys(kind for line in found for kind in line.stages)
    return [
        {
            "officer_id": line.officer_id,
            "officer": guarded(line.officer),
            "in_charge": line.size,
            "warning": settings.portfolio_warning,
            "limit": settings.portfolio_limit,
            "asks": money(line.asks, settings),
            "prospects": line.prospects,
            **{kind: line.stages.get(kind, 0) for kind in kinds},
            "minutes": line.minutes,
            "moves": line.moves,
            "moves_without_time": line.untold,
        }
        for line in found
    ]
