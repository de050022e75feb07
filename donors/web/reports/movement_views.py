"""Level movement: the matrix and the flow between two days, each flow split by cause, with the people behind it."""

from flask import Response, g, render_template

from donors.core.db import current_session
from donors.reports.levels import CAUSES, WAYS
from donors.reports.movement import movement
from donors.reports.plain.movement import movement_document, movement_rows
from donors.web.reports.asked import asked_here, asked_track
from donors.web.reports.drawing import moved
from donors.web.reports.files import answer
from donors.web.reports.memory import memory


def movement_page() -> str:
    """The report as of a day, against an earlier one."""
    session = current_session()
    question = asked_here(session)
    if question is None:
        return render_template("reports/levels_none.html", title="Level movement")
    found = movement(session, question.question, memory=memory())
    flow, matrix = moved(found.counts, question)
    return render_template(
        "reports/movement.html",
        asked=question,
        found=found,
        flow=flow,
        matrix=matrix,
        causes=CAUSES,
        by_cause=found.by_cause(),
        ways=WAYS,
    )


def movement_file() -> Response:
    """The report as a file."""
    session = current_session()
    question = asked_track(session)
    found = movement(session, question.question, memory=memory())
    return answer(
        "movement",
        question.keep,
        lambda: movement_rows(found, g.organization),
        lambda: movement_document(found, g.organization),
    )
