"""Calibration: odds that were claimed, beside what happened and what own history said."""

from typing import Any

from flask import Response, render_template, request, url_for

from donors.core.db import current_session
from donors.pipeline.asks.decide import STATUSES
from donors.pipeline.odds.calibration import BINS, LEAST, Bin, Calibration
from donors.reports.calibration import WAIT, WAITS, CalibrationQuestion, behind, calibration_report, stand_words
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
    keep, chosen = asked.keep | {"wait": str(found.asked.wait)}, number("bin", range(BINS))
    return render_template(
        "reports/calibration.html",
        asked=asked,
        found=found,
        keep=keep,
        waits=WAITS,
        least=LEAST,
        chart=_diagram(found.all, keep),
        chosen=next((one for one in found.all.bins if one.number == chosen), None) if found.all else None,
        behind=behind(current_session(), found, chosen) if chosen is not None else [],
        statuses=STATUSES,
        stand_words=stand_words,
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


def _diagram(found: Calibration | None, keep: dict[str, Any] | None = None) -> Diagram | None:
    """The picture; with what the page keeps, each point leads to its asks."""
    if found is None:
        return None

    def href(one: Bin) -> str | None:
        return None if keep is None else url_for(".calibration_page", **keep, bin=one.number, _anchor="behind")

    return reliable([Mark(one.claimed, one.share, *one.range, one.claims, href(one)) for one in found.bins])
