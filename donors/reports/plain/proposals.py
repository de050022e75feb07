"""The proposal register, as files carry it."""

from donors.core.settings import Organization
from donors.reports.plain.values import Row, day, guarded, headed, money
from donors.reports.proposals import ProposalLine, ProposalReport

DEFINITION = (
    "Of each ask the newest version of the proposal that there was on the day, with the state that it had: it waits "
    "for approval, was approved, sent back or sent; answered once the ask was committed, received, declined or "
    "deferred. Days: how long it has stood so."
)


def proposal_rows(found: ProposalReport, settings: Organization) -> list[Row]:
    """A row for each proposal."""
    return [_row(line, settings) for line in found.rows]


def _row(line: ProposalLine, settings: Organization) -> Row:
    one, version = line.ask, line.version
    return {
        "ask_id": one.ask_id,
        "constituent_id": one.constituent_id,
        "name": guarded(one.name),
        "purpose": guarded(one.purpose),
        "amount": money(one.amount, settings),
        "officer": guarded(one.officer or ""),
        "version": version.number,
        "state": line.stands,
        "since": line.since.isoformat(),
        "days": line.days,
        "approver": guarded(line.approver or ""),
        "sent_on": day(version.sent_on if line.was_sent else None),
        "answer_due_on": day(version.answer_due_on if line.was_sent else None),
        "answered_on": day(line.answered_on),
        "days_late": line.late_by,
    }


def proposal_document(found: ProposalReport, whose: str, settings: Organization) -> Row:
    """The whole report."""
    ages = [{"up_to": age.up_to, "count": age.count, "amount": money(age.amount, settings)} for age in found.ages]
    return headed("proposals", DEFINITION, found.asked.on, whose) | {
        "ages": ages,
        "rows": proposal_rows(found, settings),
    }
