"""Reports on leads, as files carry them."""

from collections.abc import Sequence

from donors.core.settings import Organization
from donors.reports.answer_times import AnswerLine, AnswerReport
from donors.reports.introducers import IntroducerReport
from donors.reports.lead_sources import STEPS, LeadFact, SourceLine, SourceReport
from donors.reports.plain.values import Row, day, guarded, money, rate

DEFINITIONS = {
    "lead sources": (
        "Leads that came in by the day, by their source. Answered: somebody was reached or word was left, as in "
        "the report on answer times. Converted: became a constituent. From the day of the conversion to that of the "
        "report: prospects came into a pipeline, asks were opened, money is hard credit given. A constituent that "
        "several leads became counts for the first of them alone."
    ),
    "introducers": (
        "Who introduced whom, by leads that name an introducer and by ties of this kind. Leads and converted are the "
        "introducer’s own. Qualified prospects, gifts and money are of the whole chain: whoever was introduced may "
        "introduce others; each counts once, and circles end where they come round. Qualified: has entered a stage "
        "past qualification. Money is hard credit given since the introduction; of a tie without a day, all of it."
    ),
    "answer times": (
        "From the arrival of a lead to the first try that reached somebody or left word. Half and four of five: by "
        "when so many are answered, as Kaplan and Meier reckon it; a lead that is open, or ended without an answer, "
        "counts as far as it was seen. Within the promise: of answers given and promises that have come due, also of "
        "leads that ended on a later day without an answer. By owner: a time counts for whoever had the lead when it "
        "was answered, or has it while it waits; a promise for whoever had it when it was kept or came due. "
        "Suggestions, which nobody sent, are not in it."
    ),
}
"""Report → what its figures mean."""


def document(report: str, on: str, rows: Sequence[Row]) -> Row:
    """A whole report."""
    return {"report": report, "definition": DEFINITIONS[report], "as_of": on, "rows": list(rows)}


def source_rows(found: SourceReport, settings: Organization) -> list[Row]:
    """A row for each source, and one for all."""
    return [_source(line, settings) for line in (*found.lines, found.total)]


def _source(line: SourceLine, settings: Organization) -> Row:
    return {
        "source": guarded(line.source),
        **{step: line.steps[step] for step in STEPS},
        "disqualified": line.disqualified,
        "waiting": line.waiting,
        "asks": line.asks,
        "amount_asked": money(line.asked, settings),
        "gifts": line.gifts,
        "amount_given": money(line.given, settings),
    }


def fact_rows(facts: Sequence[LeadFact], settings: Organization) -> list[Row]:
    """A row for each lead behind a number."""
    return [
        {
            "lead_id": fact.id,
            "name": guarded(fact.name),
            "source": guarded(fact.source),
            "received_on": day(fact.received_on),
            "converted_on": day(fact.converted_on),
            "constituent_id": fact.constituent_id,
            "amount_asked": money(fact.asked, settings),
            "amount_given": money(fact.given, settings),
        }
        for fact in facts
    ]


def introducer_rows(found: IntroducerReport, settings: Organization) -> list[Row]:
    """A row for each introducer."""
    return [
        {
            "constituent_id": line.id,
            "name": guarded(line.name),
            "leads": line.leads,
            "converted": line.converted,
            "brought": len(line.chain),
            "depth": line.depth,
            "qualified": line.qualified,
            "gifts": line.gifts,
            "amount_given": money(line.given, settings),
            "amount_given_directly": money(line.own_given, settings),
        }
        for line in found.lines
    ]


def answer_rows(found: AnswerReport) -> list[Row]:
    """A row for all leads, and one for each owner, form and week."""
    lines = [("all", found.total), *((by, line) for by, lines in found.groups.items() for line in lines)]
    return [_answered(by, line) for by, line in lines]


def _answered(by: str, line: AnswerLine) -> Row:
    return {
        "by": by,
        "name": guarded(line.name),
        "leads": line.leads,
        "answered": line.answered,
        "open": line.open,
        "median_minutes": line.median,
        "p80_minutes": line.most,
        "promises_due": line.due,
        "promises_kept": line.kept,
        "share_kept": rate(line.share),
    }
