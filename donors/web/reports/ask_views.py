"""The proposal register, and what was declined or deferred."""

from datetime import date

from flask import Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.reports.declined import DeclinedQuestion, DeclinedReport, declined_report
from donors.reports.plain.declined import DEFINITION as OF_DECLINED
from donors.reports.plain.declined import declined_document, declined_rows
from donors.reports.plain.proposals import DEFINITION as OF_PROPOSALS
from donors.reports.plain.proposals import proposal_document, proposal_rows
from donors.reports.proposals import STANDS, ProposalQuestion, ProposalReport, proposal_report
from donors.web.reports.asked_pipeline import AskedPipeline, asked_pipeline
from donors.web.reports.files import answer

ON_A_PAGE = 50


def proposals_page() -> str:
    """The register."""
    session = current_session()
    asked = asked_pipeline(session)
    found = _register(session, asked)
    stands = request.args.get("stands", "")
    chosen = found.standing(stands) if stands in STANDS else found.lines
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "reports/proposals.html",
        asked=asked,
        found=found,
        lines=chosen[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        total=len(chosen),
        page=page,
        per_page=ON_A_PAGE,
        stands=STANDS,
        chosen=stands if stands in STANDS else "",
        definition=OF_PROPOSALS,
    )


def proposals_file() -> Response:
    """The register as a file."""
    session = current_session()
    asked = asked_pipeline(session)
    found = _register(session, asked)
    return answer(
        "proposals",
        asked.keep | {"as_of": found.asked.on.isoformat()},
        lambda: proposal_rows(found, g.organization),
        lambda: proposal_document(found, asked.whose, g.organization),
    )


def _register(session: Session, asked: AskedPipeline) -> ProposalReport:
    return proposal_report(session, ProposalQuestion(asked.past.on, asked.which))


def declined_page() -> str:
    """What was declined or deferred."""
    session = current_session()
    asked = asked_pipeline(session)
    found = _declined(session, asked)
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "reports/declined.html",
        asked=asked,
        found=found,
        lines=found.lines[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        page=page,
        per_page=ON_A_PAGE,
        definition=OF_DECLINED,
        keep=_keep(asked, found),
    )


def declined_file() -> Response:
    """The same as a file."""
    session = current_session()
    asked = asked_pipeline(session)
    found = _declined(session, asked)
    return answer(
        "declined",
        _keep(asked, found) | {"as_of": found.asked.on.isoformat()},
        lambda: declined_rows(found, g.organization),
        lambda: declined_document(found, asked.whose, g.organization),
    )


def _keep(asked: AskedPipeline, found: DeclinedReport) -> dict[str, str]:
    return asked.keep | ({"since": found.asked.since.isoformat()} if found.asked.since else {})


def _declined(session: Session, asked: AskedPipeline) -> DeclinedReport:
    typed = request.args.get("since", "")
    try:
        since = date.fromisoformat(typed) if typed else None
    except ValueError:
        since = None
    known = asked.past.known_at(session)
    return declined_report(session, DeclinedQuestion(asked.past.on, asked.which, since, known))
