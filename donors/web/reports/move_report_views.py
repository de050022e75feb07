"""Reports on moves: prospects without a next one, and those that are overdue."""

from flask import Response, g, render_template

from donors.core.db import Session, current_session
from donors.reports.next_steps import NextStepsQuestion, next_steps
from donors.reports.overdue import AGES, OverdueQuestion, overdue_moves
from donors.reports.plain.moves import (
    NEXT_STEPS,
    OVERDUE,
    next_steps_document,
    next_steps_rows,
    overdue_document,
    overdue_rows,
)
from donors.web.listing import turned
from donors.web.reports.asked_pipeline import AskedPipeline, asked_pipeline, number
from donors.web.reports.files import answer

ON_A_PAGE = 50


def next_steps_page() -> str:
    """Prospects without a next move."""
    session = current_session()
    asked = asked_pipeline(session)
    question = _next_steps(session, asked)
    found, page = turned(lambda part: next_steps(session, question, part=part), size=ON_A_PAGE)
    return render_template(
        "reports/next_steps.html", asked=asked, found=found, page=page, per_page=ON_A_PAGE, definition=NEXT_STEPS
    )


def next_steps_file() -> Response:
    """The same as a file."""
    session = current_session()
    asked = asked_pipeline(session)
    found = next_steps(session, _next_steps(session, asked))
    return answer(
        "no next move",
        asked.keep | {"as_of": asked.past.on.isoformat()},
        lambda: next_steps_rows(found, g.organization),
        lambda: next_steps_document(found, asked.whose, g.organization),
    )


def overdue_page() -> str:
    """Moves that are past their day."""
    session = current_session()
    asked = asked_pipeline(session)
    question = _overdue(session, asked)
    found, page = turned(lambda part: overdue_moves(session, question, part=part), size=ON_A_PAGE)
    return render_template(
        "reports/overdue.html",
        asked=asked,
        found=found,
        ages=[words for words, _ in AGES],
        page=page,
        per_page=ON_A_PAGE,
        definition=OVERDUE,
    )


def overdue_file() -> Response:
    """The same as a file."""
    session = current_session()
    asked = asked_pipeline(session)
    found = overdue_moves(session, _overdue(session, asked))
    return answer(
        "overdue moves",
        asked.keep | {"as_of": asked.past.on.isoformat()},
        lambda: overdue_rows(found),
        lambda: overdue_document(found, asked.whose),
    )


def _next_steps(session: Session, asked: AskedPipeline) -> NextStepsQuestion:
    return NextStepsQuestion(asked.past.on, asked.which, asked.known(session))


def _overdue(session: Session, asked: AskedPipeline) -> OverdueQuestion:
    return OverdueQuestion(asked.past.on, asked.which, number("age", range(len(AGES))), asked.known(session))
