"""Reports on officers and their portfolios: review, coverage, activity, qualification queue, balance."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, g, render_template, request

from donors.core.db import current_session
from donors.pipeline.portfolios.load import limits_of
from donors.pipeline.queries.portfolio import sizes
from donors.reports.activity import MEASURES, activity
from donors.reports.balance import DAYS, balance
from donors.reports.coverage import NEVER, SILENT, SPANS, Behind, coverage, coverage_people
from donors.reports.plain import officers as plain
from donors.reports.plain.values import Row
from donors.reports.portfolio_review import Review, portfolio_review
from donors.reports.qualification import qualification
from donors.web.charts.lanes import Dot, Lanes, lanes
from donors.web.reports.asked_pipeline import AskedPipeline, asked_pipeline
from donors.web.reports.files import answer
from donors.web.session import viewer

PER_PAGE = 50
LARGE = 200
"""Lines of a review on a page: a whole portfolio, as one officer can know it."""
MOST_DOTS = 600
"""More than these are a cloud, and no picture."""
WHICH = (*(str(days) for days in SPANS), SILENT, NEVER)


def review_page() -> str:
    """The portfolio review of one officer in one pipeline."""
    asked, page = _asked_review(), max(1, request.args.get("page", 1, int))
    found = _review(asked)
    return render_template(
        "reports/review.html",
        asked=asked,
        found=found,
        lines=found.lines[(page - 1) * LARGE : page * LARGE],
        page=page,
        per_page=LARGE,
        picture=_picture(found) if len(found.lines) <= MOST_DOTS else None,
        definition=plain.DEFINITIONS["portfolio review"],
    )


def _review(asked: AskedPipeline) -> Review:
    session = current_session()
    return portfolio_review(session, asked.past.on, asked.which, asked.known(session))


def _asked_review() -> AskedPipeline:
    """Without an officer in the address the viewer's own portfolio, where the viewer has one."""
    asked = asked_pipeline(current_session(), one=True)
    held = sizes(current_session(), on=asked.past.on)
    if asked.which.officer_id is not None or "officer" in request.args or viewer().id not in held:
        return asked
    return AskedPipeline(asked.past, replace(asked.which, officer_id=viewer().id), asked.pipelines, asked.officers)


def _picture(found: Review) -> Lanes | None:
    rungs = {line.stood.stage.id: line.stood.stage for line in found.lines}
    names = list(found.rungs) + [stage.name for stage in rungs.values() if stage.name not in found.rungs]
    limits = {stage.name: stage.expected_days for stage in rungs.values()}
    dots = [
        Dot(
            f"{line.stood.name}, {line.stood.stage.name}, day {line.days}",
            names.index(line.stood.stage.name),
            line.days,
            line.size,
            line.is_over,
            f"/pipeline/{line.stood.prospect.id}",
        )
        for line in found.lines
    ]
    return lanes(names, [limits.get(name) for name in names], dots) if dots else None


def coverage_page() -> str:
    """Contact coverage, and the people behind a number."""
    session, asked, seen = current_session(), asked_pipeline(current_session()), viewer().sees
    which, page = request.args.get("which", ""), max(1, request.args.get("page", 1, int))
    officer_id = asked.which.officer_id
    behind = None
    if which in WHICH and officer_id is not None:
        part = Behind(officer_id, which, PER_PAGE, (page - 1) * PER_PAGE)
        behind = coverage_people(session, asked.past.on, seen, part)
    return render_template(
        "reports/coverage.html",
        asked=asked,
        lines=coverage(session, asked.past.on, seen),
        spans=SPANS,
        behind=behind,
        which=which,
        page=page,
        per_page=PER_PAGE,
        definition=plain.DEFINITIONS["contact coverage"],
    )


def activity_page() -> str:
    """What officers did in the fiscal year so far, beside their goals."""
    asked = asked_pipeline(current_session())
    return render_template(
        "reports/activity.html",
        asked=asked,
        found=activity(current_session(), asked.past.on, g.organization, viewer().sees),
        measures=MEASURES,
        definition=plain.DEFINITIONS["officer activity"],
    )


def qualification_page() -> str:
    """The qualification queue."""
    asked, page = asked_pipeline(current_session()), max(1, request.args.get("page", 1, int))
    found = qualification(current_session(), asked.past.on, asked.which)
    return render_template(
        "reports/qualification.html",
        asked=asked,
        found=found,
        lines=found.lines[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        per_page=PER_PAGE,
        definition=plain.DEFINITIONS["qualification queue"],
    )


def balance_page() -> str:
    """How work and money lie on officers."""
    asked = asked_pipeline(current_session())
    return render_template(
        "reports/balance.html",
        asked=asked,
        lines=balance(current_session(), asked.past.on, replace(asked.which, officer_id=None)),
        limits=limits_of(g.organization),
        days=DAYS,
        definition=plain.DEFINITIONS["portfolio balance"],
    )


def review_file() -> Response:
    """The review as a file."""
    asked = _asked_review()
    found = _review(asked)
    return _file("portfolio review", asked, lambda: plain.review_rows(found, g.organization), whose=asked.whose)


def coverage_file() -> Response:
    """Contact coverage as a file."""
    asked = asked_pipeline(current_session())
    found = coverage(current_session(), asked.past.on, viewer().sees)
    return _file("contact coverage", asked, lambda: plain.coverage_rows(found))


def activity_file() -> Response:
    """Officer activity as a file."""
    asked = asked_pipeline(current_session())
    found = activity(current_session(), asked.past.on, g.organization, viewer().sees)
    return _file("officer activity", asked, lambda: plain.activity_rows(found, g.organization), year=found.year)


def qualification_file() -> Response:
    """The qualification queue as a file."""
    asked = asked_pipeline(current_session())
    found = qualification(current_session(), asked.past.on, asked.which)
    return _file("qualification queue", asked, lambda: plain.queue_rows(found), whose=asked.whose)


def balance_file() -> Response:
    """Portfolio balance as a file."""
    asked = asked_pipeline(current_session())
    found = balance(current_session(), asked.past.on, replace(asked.which, officer_id=None))
    return _file("portfolio balance", asked, lambda: plain.balance_rows(found, g.organization))


def _file(report: str, asked: AskedPipeline, rows: Callable[[], list[Row]], **more: Any) -> Response:
    on = asked.past.on
    kept = asked.keep | {"as_of": on.isoformat()}
    return answer(report, kept, rows, lambda: plain.document(report, on, rows(), **more))
