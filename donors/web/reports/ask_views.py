"""The proposal register, and what was declined or deferred."""

from datetime import date

from flask import Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.reports.declined import DeclinedQuestion, DeclinedReport, declined_report, reason_words
from donors.reports.plain.declined import DEFINITION as OF_DECLINED
from donors.reports.plain.declined import declined_document, declined_rows
from donors.reports.plain.proposals import DEFINITION as OF_PROPOSALS
from donors.reports.plain.proposals import proposal_document, proposal_rows
from donors.reports.proposals import STANDS, ProposalQuestion, proposal_report
from donors.web.listing import turned
from donors.web.reports.asked_pipeline import AskedPipeline, asked_pipeline
from donors.web.reports.files import answer

ON_A_PAGE = 50


def proposals_page() -> str:
    """The register."""
    session = current_session()
    asked = asked_pipeline(session)
    typed = request.args.get("stands", "")
    question = ProposalQuestion(asked.past.on, asked.which, typed if typed in STANDS else "")
    found, page = turned(lambda part: proposal_report(session, question, part=part), size=ON_A_PAGE)
    return render_template(
        "reports/proposals.html",
        asked=asked,
        found=found,
        page=page,
        per_page=ON_A_PAGE,
        stands=STANDS,
        definition=OF_PROPOSALS,
    )


def proposals_file() -> Response:
    """The register as a file."""
    session = current_session()
    asked = asked_pipeline(session)
    found = proposal_report(session, ProposalQuestion(asked.past.on, asked.which))
    return answer(
        "proposals",
        asked.keep | {"as_of": found.asked.on.isoformat()},
        lambda: proposal_rows(found, g.organization),
        lambda: proposal_document(found, asked.whose, g.organization),
    )


def declined_page() -> str:
    """What was declined or deferred."""
    session = current_session()
    asked = asked_pipeline(session)
    question = _declined(session, asked)
    found, page = turned(lambda part: declined_report(session, question, part=part), size=ON_A_PAGE)
    return render_template(
        "reports/declined.html",
        asked=asked,
        found=found,
        page=page,
        per_page=ON_A_PAGE,
        reason_words=reason_words,
        definition=OF_DECLINED,
        keep=_keep(asked, found),
    )


def declined_file() -> Response:
    """The same as a file."""
    session = current_session()
    asked = asked_pipeline(session)
    found = declined_report(session, _declined(session, asked))
    return answer(
        "declined",
        _keep(asked, found) | {"as_of": found.asked.on.isoformat()},
        lambda: declined_rows(found, g.organization),
        lambda: declined_document(found, asked.whose, g.organization),
    )


def _keep(asked: AskedPipeline, found: DeclinedReport) -> dict[str, str]:
    return asked.keep | ({"since": found.asked.since.isoformat()} if found.asked.since else {})


def _declined(session: Session, asked: AskedPipeline) -> DeclinedQuestion:
    typed = request.args.get("since", "")
    try:
        since = date.fromisoformat(typed) if typed else None
    except ValueError:
        since = None
    known = asked.past.known_at(session)
    return DeclinedQuestion(asked.past.on, asked.which, since, known)
