"""The director's home, the level report, and the people behind its numbers."""

from flask import Response, g, render_template, request

from donors.core.db import current_session
from donors.core.paging import Paging
from donors.jobs.queries import runs
from donors.reports.kept import OFTEN, REPORTS, kept_reports, path
from donors.reports.levels import CAUSES, WAYS, level_report
from donors.reports.months import months
from donors.reports.movement import movement
from donors.reports.people import people, turn_people
from donors.reports.plain.levels import document, person_rows, rows
from donors.reports.stands import lifetime_of
from donors.reports.trust import trust
from donors.rollups.queries import definition
from donors.web.reports.asked import asked, asked_here, asked_track, which
from donors.web.reports.drawing import pictures
from donors.web.reports.files import answer
from donors.web.reports.memory import memory
from donors.web.session import viewer

PER_PAGE = 50


def index() -> str:
    """Every report with its key figure, and how far the figures may be trusted."""
    session = current_session()
    question = asked(session, {})
    found = movement(session, question.question, memory=memory()) if question else None
    return render_template(
        "reports/index.html",
        found=found,
        trust=trust(session),
        kept=kept_reports(session, viewer().id),
        path=path,
        titles=REPORTS,
        often=OFTEN,
        last={job: runs(session, job=job, state="done", limit=1) for job in ("refresh", "verify")},
    )


def levels_page() -> str:
    """The level report as of a day, against an earlier one."""
    session = current_session()
    question = asked_here(session)
    if question is None:
        return render_template("reports/levels_none.html")
    found = level_report(session, question.question, today=g.today, memory=memory())
    series = months(session, question.question, memory=memory())
    return render_template(
        "reports/levels.html",
        asked=question,
        found=found,
        series=series,
        drawn=pictures(found, series, question),
        causes={cause: words for cause, words in CAUSES.items() if _moved(found.causes, cause)},
        ways=WAYS,
    )


def _moved(causes: dict[tuple[str, str], int], cause: str) -> bool:
    return any(causes.get((cause, way)) for way in WAYS)


def people_page() -> str:
    """The people behind a number of the level report."""
    session = current_session()
    question = asked_track(session)
    chosen = which(request.args, question.question.ladder)
    number = min(max(request.args.get("page", 1, int), 1), 10**6)
    page = turn_people(session, question.question, chosen, Paging(number, PER_PAGE), memory=memory())
    return render_template(
        "reports/people.html",
        asked=question,
        lifetime=lifetime_of(definition(session, question.question.ladder.measure).source),
        which=chosen,
        people=page.rows,
        total=page.total,
        number=page.number,
        per_page=PER_PAGE,
        causes=CAUSES,
    )


def levels_file() -> Response:
    """The level report as a file."""
    session = current_session()
    question = asked_track(session)
    found = level_report(session, question.question, today=g.today, memory=memory())
    return answer(
        "levels",
        question.keep,
        lambda: rows(found, g.organization, compared=True),
        lambda: document(found, g.organization, compared=True),
    )


def people_file() -> Response:
    """The people behind a number as a file."""
    session = current_session()
    question = asked_track(session)
    ladder = question.question.ladder
    everybody = people(session, question.question, which(request.args, ladder))
    lines = person_rows(everybody, ladder, g.organization)
    return answer("levels people", question.keep, lambda: lines, lambda: {"report": "people", "people": lines})
