"""Gains and losses of a year against the year before, as waterfalls and as a table."""

from collections.abc import Callable

from flask import Response, g, render_template, request

from donors.core.db import current_session
from donors.core.errors import NotFound
from donors.reports.gains import GAINS, KINDS, LOSSES, Gains, GainsReport, gains
from donors.reports.giver_list import WHICH
from donors.reports.plain.gains import gains_document, gains_rows
from donors.web.charts.waterfall import Step, Waterfall, waterfall
from donors.web.filters import money_short, number
from donors.web.reports.asked_givers import AskedGivers, asked_givers, named_year, year_words
from donors.web.reports.files import answer
from donors.web.reports.memory import memory

LABELS = {
    "new": ("New",),
    "recaptured": ("Back", "again"),
    "upgraded": ("Up-", "graded"),
    "downgraded": ("Down-", "graded"),
    "lapsed_new": ("Lapsed,", "new"),
    "lapsed_repeat": ("Lapsed,", "repeat"),
}
"""Kind → its name below a step of a picture, in lines."""


def gains_page() -> str:
    """The report on one year."""
    session = current_session()
    asked = asked_givers()
    found = gains(session, asked.question, memory=memory())
    line = _line(found)
    return render_template(
        "reports/gains.html",
        asked=asked,
        found=found,
        line=line,
        kinds=KINDS,
        hints=WHICH,
        gained=GAINS,
        lost=LOSSES,
        words=year_words,
        people=line and _people(line, asked),
        money=line and _money(line, asked),
    )


def _line(found: GainsReport) -> Gains | None:
    chosen = named_year(request.args, found.years)
    return found.line(chosen.name if chosen else "")


def _people(line: Gains, asked: AskedGivers) -> Waterfall:
    """Givers: those who changed their amount neither came nor went."""
    signs = {"new": 1, "recaptured": 1, "lapsed_new": -1, "lapsed_repeat": -1}
    changes = {name: sign * line.kinds[name].people for name, sign in signs.items()}
    totals = (line.givers_then, line.givers_now)
    return _drawn(line, asked, changes, totals, lambda value: number(value, locale=g.locale))


def _money(line: Gains, asked: AskedGivers) -> Waterfall:
    changes = {name: line.kinds[name].money for name in (*GAINS, *LOSSES)}
    totals = (line.money_then, line.money_now)
    return _drawn(line, asked, changes, totals, lambda value: money_short(value, g.currency, locale=g.locale))


def _drawn(
    line: Gains,
    asked: AskedGivers,
    changes: dict[str, int],
    totals: tuple[int, int],
    write: Callable[[int], str],
) -> Waterfall:
    steps = [
        Step(LABELS[name], value, ("+" if value > 0 else "") + write(value), asked.people(name, line.year))
        for name, value in changes.items()
    ]
    then = Step((year_words(line.before),), totals[0], write(totals[0]), asked.people("prior", line.year))
    now = Step((year_words(line.year),), totals[1], write(totals[1]), asked.people("givers", line.year))
    return waterfall(then, steps, now)


def gains_file() -> Response:
    """The report on one year as a file."""
    session = current_session()
    asked = asked_givers()
    found = gains(session, asked.question, memory=memory())
    line = _line(found)
    if line is None:
        raise NotFound("year", "")
    return answer(
        "gains",
        {**asked.keep, "year": line.year.name},
        lambda: gains_rows(line, g.organization),
        lambda: gains_document(found, line, g.organization),
    )
