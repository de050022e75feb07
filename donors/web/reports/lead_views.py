"""Reports on leads: the funnel and the money by source, who brings people, how fast leads are answered."""

from collections.abc import Callable
from datetime import date

from flask import Response, g, render_template, request

from donors.core.db import current_session
from donors.core.paging import Part
from donors.reports.answer_times import AnswerReport, answer_times, end_of
from donors.reports.introducers import introducers
from donors.reports.lead_facts import LeadQuestion
from donors.reports.lead_sources import STEPS, behind, lead_sources
from donors.reports.lead_waits import lead_waits
from donors.reports.plain import leads as plain
from donors.reports.plain.values import Row
from donors.web.past import Past, past
from donors.web.reports.files import answer
from donors.web.session import viewer

PER_PAGE = 50


def lead_sources_page() -> str:
    """The funnel by source, and the leads behind a number."""
    session, (asked, then) = current_session(), _asked()
    source, step, page = request.args.get("source", ""), request.args.get("step", ""), _page()
    found, part = lead_sources(session, asked), Part(PER_PAGE, (page - 1) * PER_PAGE)
    people = behind(session, asked, source, step, part=part) if step in STEPS else []
    return render_template(
        "reports/lead_sources.html",
        past=then,
        found=found,
        steps=STEPS,
        source=source,
        step=step if step in STEPS else "",
        people=people,
        total=found.count(source, step) if step in STEPS else 0,
        page=page,
        per_page=PER_PAGE,
        definition=plain.DEFINITIONS["lead sources"],
    )


def lead_sources_file() -> Response:
    """The same as a file; with a step in the address, the leads behind it."""
    session, (asked, _) = current_session(), _asked()
    step = request.args.get("step", "")
    if step in STEPS:
        source = request.args.get("source", "")
        return _file(
            "lead sources", asked, lambda: plain.fact_rows(behind(session, asked, source, step), g.organization)
        )
    return _file("lead sources", asked, lambda: plain.source_rows(lead_sources(session, asked), g.organization))


def introducers_page() -> str:
    """Who brings people, and the chain of one of them."""
    session, (asked, then) = current_session(), _asked()
    found = introducers(session, asked)
    page, chosen = _page(), request.args.get("who", 0, int)
    return render_template(
        "reports/introducers.html",
        past=then,
        found=found,
        lines=found.lines[(page - 1) * PER_PAGE : page * PER_PAGE],
        chosen=next((line for line in found.lines if line.id == chosen), None),
        page=page,
        per_page=PER_PAGE,
        definition=plain.DEFINITIONS["introducers"],
    )


def introducers_file() -> Response:
    """The same as a file."""
    session, (asked, _) = current_session(), _asked()
    found = introducers(session, asked)
    return _file("introducers", asked, lambda: plain.introducer_rows(found, g.organization))


def answer_times_page() -> str:
    """How fast leads are answered."""
    asked, then = _asked()
    found = _answer_times(asked)
    return render_template(
        "reports/answer_times.html",
        past=then,
        found=found,
        mondays={line.name: date.fromisoformat(line.name) for line in found.groups["week"]},
        definition=plain.DEFINITIONS["answer times"],
    )


def answer_times_file() -> Response:
    """The same as a file."""
    asked, _ = _asked()
    found = _answer_times(asked)
    return _file("answer times", asked, lambda: plain.answer_rows(found))


def _answer_times(asked: LeadQuestion) -> AnswerReport:
    zone = g.organization.zone
    return answer_times(asked, lead_waits(current_session(), asked, zone), zone)


def _asked() -> tuple[LeadQuestion, Past]:
    then = past({name: value for name, value in request.args.items() if name == "as_of"})
    until = min(g.now, end_of(then.on, g.organization.zone))
    return LeadQuestion(then.on, until, viewer().sees), then


def _page() -> int:
    return max(1, request.args.get("page", 1, int))


def _file(name: str, asked: LeadQuestion, rows: Callable[[], list[Row]]) -> Response:
    keep = {"as_of": asked.on.isoformat()}
    return answer(name, keep, rows, lambda: plain.document(name, asked.on.isoformat(), rows()))
