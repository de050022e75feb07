"""Calibration: odds that were claimed, beside what happened and what own history said."""

from flask import Response, render_template, request

from donors.core.db import current_session
from donors.pipeline.odds.calibration import LEAST, Calibration
from donors.reports.calibration import WAIT, WAITS, CalibrationQuestion, calibration_report
from donors.reports.plain.calibration import calibration_document, calibration_rows
from donors.web.charts.reliable import Diagram, Mark, reliable
from donors.web.reports.asked_pipeline import AskedPipeline, asked_pipeline, number
from donors.web.reports.files import answer

ON_A_PAGE = 50


def calibration_page() -> str:
    """The report."""
    asked = asked_pipeline(current_session())
    found = calibration_report(current_session(), _question(asked))
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "reports/calibration.html",
        asked=asked,
        found=found,
        keep=asked.keep | {"wait": str(found.asked.wait)},
        waits=WAITS,
        least=LEAST,
        chart=_diagram(found.all),
        hot_chart=_diagram(found.hot),
        hot_claims=found.hot_claims[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
        page=page,
        per_page=ON_A_PAGE,
    )


def calibration_file() -> Response:
    """The report as a file."""
    asked = asked_pipeline(current_session())
    found = calibration_report(current_session(), _question(asked))
    return answer(
        "calibration",
        asked.keep | {"as_of": found.asked.on.isoformat(), "wait": str(found.asked.wait)},
        lambda: calibration_rows(found),
        lambda: calibration_document(found, asked.whose),
    )


def _question(asked: AskedPipeline) -> CalibrationQuestion:
    wait = number("wait", WAITS)
    return CalibrationQuestion(asked.past.on, asked.which, WAIT if wait is None else wait)


def _diagram(found: Calibration | None) -> Diagram | None:
    if found is None:
        return None
    return reliable([Mark(one.claimed, one.share, *one.range, one.claims) for one in found.bins])
