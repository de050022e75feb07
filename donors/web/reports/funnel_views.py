"""The funnel: who stands in which stage, who came and who went between two days, both ways."""

from typing import Any

from flask import Response, g, render_template, request, url_for

from donors.core.db import current_session
from donors.core.errors import NotFound
from donors.pipeline.models import BACK, FORWARD
from donors.pipeline.odds.stays import people
from donors.reports.funnel import Funnel, FunnelQuestion, funnel
from donors.reports.plain.velocity import funnel_document, funnel_rows
from donors.reports.years import year_before
from donors.web.charts.flow import Flow, Stand, flow
from donors.web.charts.matrix import Matrix, matrix
from donors.web.filters import full_day
from donors.web.reports.asked_pipeline import AskedPipeline, asked_pipeline, day_or
from donors.web.reports.drawing import hue
from donors.web.reports.files import answer

ON_A_PAGE = 50
OUTSIDE = "outside"


def funnel_page() -> str:
    """The funnel of a pipeline between two days."""
    session = current_session()
    asked = asked_pipeline(session, one=True)
    question, problem = _question(asked)
    found = funnel(session, question)
    keep = asked.keep | {"since": question.since.isoformat()}
    drawn, cells = _moved(found, keep)
    return render_template(
        "reports/funnel.html",
        asked=asked,
        found=found,
        keep=keep,
        flow=drawn,
        matrix=cells,
        problem=problem,
        forward=found.went(FORWARD),
        back=found.went(BACK),
    )


def funnel_file() -> Response:
    """The funnel as a file."""
    session = current_session()
    asked = asked_pipeline(session, one=True)
    question, _problem = _question(asked)
    found = funnel(session, question)
    return answer(
        "funnel",
        asked.keep | {"as_of": question.on.isoformat(), "since": question.since.isoformat()},
        lambda: funnel_rows(found, g.organization),
        lambda: funnel_document(found, asked.whose, g.organization),
    )


def funnel_people() -> str:
    """Who stood in one stage then, and in another now."""
    session = current_session()
    asked = asked_pipeline(session, one=True)
    question, _problem = _question(asked)
    page = max(request.args.get("page", 1, int), 1)
    found = funnel(session, question)
    ends = _end(found, "then"), _end(found, "now")
    names = {line.stage.id: line.stage.name for line in found.lines}
    return render_template(
        "reports/funnel_people.html",
        asked=asked,
        question=question,
        ends=[names.get(end or 0) for end in ends],
        keep=asked.keep | {"since": question.since.isoformat()},
        total=found.flows.get(ends, 0),
        people=people(
            session, (question.since, question.on), question.which, ends, ((page - 1) * ON_A_PAGE, ON_A_PAGE)
        ),
        page=page,
        per_page=ON_A_PAGE,
    )


def _end(found: Funnel, name: str) -> int | None:
    """A stage of the address; raises NotFound for one that the pipeline does not have."""
    typed = request.args.get(name, OUTSIDE)
    if typed == OUTSIDE:
        return None
    known = {str(line.stage.id): line.stage.id for line in found.lines}
    if typed not in known:
        raise NotFound("stage", typed)
    return known[typed]


def _question(asked: AskedPipeline) -> tuple[FunnelQuestion, str]:
    on = asked.past.on
    since, problem = day_or("since", year_before(on))
    if since > on:
        since, problem = year_before(on), "The day to compare with must lie before the day of the report."
    return FunnelQuestion(on, since, asked.which), problem


def _moved(found: Funnel, keep: dict[str, Any]) -> tuple[Flow, Matrix]:
    ranked = list(enumerate((line.stage for line in found.lines), start=1))
    stands = [Stand(str(stage.id), stage.name, hue(rank, len(ranked))) for rank, stage in reversed(ranked)]
    stands.append(Stand(OUTSIDE, "Outside", 0, left_name="New or back", right_name="Left"))
    counts = {(_key(then), _key(now)): number for (then, now), number in found.flows.items()}
    hrefs = {ends: url_for("reports.funnel_people", then=ends[0], now=ends[1], **keep) for ends in counts}
    days = (found.asked.since, found.asked.on)
    heads = (full_day(days[0], locale=g.locale), full_day(days[1], locale=g.locale))
    return flow(stands, counts, heads=heads, hrefs=hrefs), matrix(stands, counts, hrefs=hrefs)


def _key(stage_id: int | None) -> str:
    return OUTSIDE if stage_id is None else str(stage_id)
