"""Velocity: how long prospects stay in each stage, and who is stuck."""

from flask import Response, render_template, request

from donors.core.db import current_session
from donors.pipeline.odds.survival import LEAST, Curve
from donors.reports.plain.velocity import velocity_document, velocity_rows
from donors.reports.velocity import Velocity, people_stuck, velocity
from donors.web.charts.lines import Lines, Series, lines
from donors.web.reports.asked_pipeline import asked_pipeline
from donors.web.reports.drawing import hue
from donors.web.reports.files import answer

ON_A_PAGE = 50
COLUMNS = 12


def velocity_page() -> str:
    """The report on a pipeline."""
    session = current_session()
    asked = asked_pipeline(session, one=True)
    found = velocity(session, asked.past.on, asked.which)
    page = max(request.args.get("page", 1, int), 1)
    return render_template(
        "reports/velocity.html",
        asked=asked,
        found=found,
        chart=_curves(found),
        stuck=people_stuck(session, found, limit=ON_A_PAGE, offset=(page - 1) * ON_A_PAGE),
        page=page,
        per_page=ON_A_PAGE,
        least=LEAST,
    )


def velocity_file() -> Response:
    """The report as a file."""
    session = current_session()
    asked = asked_pipeline(session, one=True)
    found = velocity(session, asked.past.on, asked.which)
    who = people_stuck(session, found)
    return answer(
        "velocity",
        asked.keep | {"as_of": found.on.isoformat()},
        lambda: velocity_rows(found, who),
        lambda: velocity_document(found, who, asked.whose),
    )


def _curves(found: Velocity) -> Lines:
    """The share that is in each stage still, every so many days."""
    drawn = [line for line in found.lines if line.curve.steps]
    longest = max((line.curve.steps[-1].days for line in drawn), default=0)
    every = next((days for days in (7, 15, 30, 60, 90, 180) if days * COLUMNS >= longest), 365)
    days = [number * every for number in range(COLUMNS + 1)]
    return lines(
        [f"{day} d" for day in days],
        [
            Series(
                line.stage.name,
                tuple(_inside(line.curve, day) for day in days),
                tone=f"level-{hue(number, len(drawn))}",
            )
            for number, line in enumerate(drawn, start=1)
        ],
        width=720,
        write=lambda value: f"{value:.0f} %",
    )


def _inside(curve: Curve, day: int) -> float | None:
    """Per cent that are in the stage still after so many days; none beyond the longest stay that was seen."""
    if day > curve.longest:
        return None
    return 100 * next((step.inside for step in reversed(curve.steps) if step.days <= day), 1.0)
