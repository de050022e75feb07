"""Reports: the director's home, the level report, and the people behind its numbers."""

import csv
from io import StringIO
from typing import Any

from flask import Blueprint, Flask, Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.core.errors import NotFound
from donors.jobs.queries import runs
from donors.reports.levels import CAUSES, WAYS, level_report
from donors.reports.months import months
from donors.reports.people import count_people, people
from donors.reports.plain import person_rows, rows
from donors.reports.trust import trust
from donors.web.reports.asked import Asked, asked, which
from donors.web.reports.drawing import pictures
from donors.web.session import note_export

reports = Blueprint("reports", __name__, url_prefix="/reports")

PER_PAGE = 50


@reports.get("")
def index() -> str:
    """Every report with its key figure, and how far the figures may be trusted."""
    session = current_session()
    question = asked(session, {})
    found = level_report(session, question.question, today=g.today) if question else None
    return render_template(
        "reports/index.html",
        found=found,
        trust=trust(session),
        last={job: runs(session, job=job, state="done", limit=1) for job in ("refresh", "verify")},
    )


@reports.get("/levels")
def levels_page() -> str:
    """The level report as of a day, against an earlier one."""
    session = current_session()
    question = asked(session, request.args)
    if question is None:
        return render_template("reports/levels_none.html")
    found = level_report(session, question.question, today=g.today)
    series = months(session, question.question)
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


@reports.get("/levels/people")
def people_page() -> str:
    """The people behind a number of the level report."""
    session = current_session()
    question = _asked(session)
    chosen = which(request.args, question.question.ladder)
    total = count_people(session, question.question, chosen)
    number = min(max(request.args.get("page", 1, int), 1), -(-total // PER_PAGE) or 1)
    page = people(session, question.question, chosen, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    return render_template(
        "reports/people.html",
        asked=question,
        which=chosen,
        people=page,
        total=total,
        number=number,
        per_page=PER_PAGE,
        causes=CAUSES,
    )


@reports.post("/levels/file")
def levels_file() -> Response:
    """The level report as CSV."""
    session = current_session()
    question = _asked(session)
    found = level_report(session, question.question, today=g.today)
    return _file("levels", question, rows(found, g.organization, compared=True))


@reports.post("/levels/people/file")
def people_file() -> Response:
    """The people behind a number as CSV."""
    session = current_session()
    question = _asked(session)
    ladder = question.question.ladder
    everybody = people(session, question.question, which(request.args, ladder))
    return _file("people", question, person_rows(everybody, ladder, g.organization))


def _asked(session: Session) -> Asked:
    question = asked(session, request.args)
    if question is None:
        raise NotFound("track", "")
    return question


def _file(name: str, question: Asked, lines: list[dict[str, Any]]) -> Response:
    """A CSV that spreadsheets read as UTF-8, with an audit row of its export."""
    text = StringIO()
    writer = csv.DictWriter(text, list(lines[0]) if lines else ["id"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    note_export(f"level report, {name}", rows=len(lines), **question.keep)
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="levels-{name}-{question.keep["as_of"]}.csv"'
    return answer


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(reports)
