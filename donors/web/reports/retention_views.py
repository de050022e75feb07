"""Retention: by year, by level, by cohort, with a picture of each and the people behind every number."""

from flask import Response, g, render_template, request

from donors.core.db import Session, current_session
from donors.levels.ladders import Ladder, ladders
from donors.reports.plain.retention import retention_document, retention_rows
from donors.reports.retention import LevelLine, Retention, by_level, retention
from donors.reports.years import By
from donors.web.reports.asked_givers import asked_givers, named_year, year_words
from donors.web.reports.drawn_retention import cohorts, rates
from donors.web.reports.files import answer
from donors.web.reports.memory import memory


def retention_page() -> str:
    """The report as of a day."""
    session = current_session()
    asked = asked_givers()
    found = retention(session, asked.question, memory=memory())
    chosen = named_year(request.args, found.years)
    line = found.line(chosen.name if chosen else "")
    ladder, levels = _by_level(session, found)
    return render_template(
        "reports/retention.html",
        asked=asked,
        found=found,
        line=line,
        before=_before(found),
        ladder=ladder,
        levels=levels,
        lines=rates(found, asked),
        triangle=cohorts(found, asked),
        kinds=By,
        words=year_words,
    )


def _before(found: Retention) -> object:
    """The line of the year before the one that the report speaks of."""
    places = [line.year.place for line in found.lines]
    at = places.index(found.last.year.place) if found.last else 0
    return found.lines[at - 1] if at else None


def _by_level(session: Session, found: Retention) -> tuple[Ladder | None, tuple[LevelLine, ...]]:
    """Retention of the last year that is over by the levels of the first track."""
    tracks = ladders(session)
    if not tracks or found.last is None:
        return None, ()
    return tracks[0], by_level(session, found.asked, found.last, tracks[0], memory=memory())


def retention_file() -> Response:
    """The report as a file."""
    session = current_session()
    asked = asked_givers()
    found = retention(session, asked.question, memory=memory())
    return answer(
        "retention",
        asked.keep,
        lambda: retention_rows(found, g.organization),
        lambda: retention_document(found, _by_level(session, found)[1], g.organization),
    )
