"""Who gave last year, or before it, but not this year: the list to work down before the year ends."""

from babel.dates import format_skeleton
from flask import Response, g, render_template

from donors.core.db import Session, current_session
from donors.reports.gains import Gains, gains
from donors.reports.giver_list import all_givers, givers
from donors.reports.plain.gains import curve_rows
from donors.reports.plain.givers import giver_document, giver_rows
from donors.reports.recovery import Curve, recovery
from donors.web.charts.lines import Lines, Series, lines
from donors.web.filters import percent
from donors.web.reports.asked_givers import year_words
from donors.web.reports.files import answer
from donors.web.reports.giver_views import Listed, listed, shown
from donors.web.reports.memory import memory

LISTS = ("lybunt", "sybunt")


def lybunt_page() -> str:
    """One of the two lists, with the curve of who has come back."""
    session = current_session()
    wanted = _listed(session)
    question, year = wanted.asked.question, wanted.whom.year
    page = givers(session, question, wanted.whom, wanted.paging, memory=memory())
    curves = recovery(session, question, year, memory=memory()) if year.place else None
    return render_template(
        "reports/lybunt.html",
        words=year_words,
        line=_line(session, wanted),
        curves=curves,
        drawn=curves and drawn(*curves),
        **shown(session, wanted, page),
    )


def _listed(session: Session) -> Listed:
    """The list that the address asks for: LYBUNT where it names none."""
    return listed(session, which=LISTS, usual="lybunt")


def _line(session: Session, wanted: Listed) -> Gains | None:
    found = gains(session, wanted.asked.question, memory=memory())
    return next((one for one in found.lines if one.year == wanted.whom.year), None)


def drawn(this: Curve, last: Curve | None) -> Lines:
    """The curves of this year and the last, as shares of those who gave the year before."""
    months = [str(format_skeleton("MMM", end, locale=g.locale)) for end in this.ends]
    curves = [(this, "accent"), *([(last, "soft")] if last and last.pool else [])]
    series = [
        Series(year_words(curve.year), tuple(curve.rate(month) for month in range(len(months))), tone)
        for curve, tone in curves
    ]
    return lines(months, series, width=460, height=230, write=lambda value: percent(value, locale=g.locale))


def lybunt_file() -> Response:
    """The list as a file; as JSON with the curves."""
    session = current_session()
    wanted = _listed(session)
    question = wanted.asked.question
    rows = giver_rows(all_givers(session, question, wanted.whom, wanted.paging), wanted.years, g.organization)

    def document() -> dict[str, object]:
        this, last = recovery(session, question, wanted.whom.year, memory=memory())
        about = giver_document(question, wanted.whom, rows)
        return {**about, "report": wanted.whom.which, "recovery": curve_rows(this), "recovery_then": curve_rows(last)}

    return answer(wanted.whom.which, wanted.asked.keep | wanted.keep, lambda: rows, document)
