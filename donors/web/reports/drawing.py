"""The pictures of the level report: stacked months, sparklines, flow and matrix, each mark a link to its people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton
from flask import g, url_for

from donors.reports.levels import LevelReport
from donors.reports.months import Months
from donors.reports.people import NOBODY
from donors.web.charts.flow import Flow, Stand, flow
from donors.web.charts.lines import Spark, spark
from donors.web.charts.matrix import Matrix, matrix
from donors.web.charts.stack import Layer, Stack, stack
from donors.web.filters import full_day
from donors.web.reports.asked import Asked

NONE = "none"
HUES = 5


@dataclass(frozen=True)
class Pictures:
    """All pictures of one report; `sparks` by level id."""

    stack: Stack
    sparks: dict[int, Spark]
    flow: Flow
    matrix: Matrix


def pictures(found: LevelReport, series: Months, asked: Asked) -> Pictures:
    """Draws a report."""
    flows, cells = moved(found.moves, asked)
    return Pictures(
        stack=stack([_month(day) for day in series.days], _layers(found, series, asked)),
        sparks={level: spark(counts) for level, counts in series.people.items()},
        flow=flows,
        matrix=cells,
    )


def moved(moves: Mapping[tuple[int | None, int | None], int], asked: Asked) -> tuple[Flow, Matrix]:
    """The pictures of movement: how many went from one level (none: no level) to another."""
    stands = _stands(asked)
    counts = {(_key(then), _key(now)): people for (then, now), people in moves.items()}
    hrefs = {(_key(then), _key(now)): asked.people(then=then or NOBODY, now=now or NOBODY) for then, now in moves}
    heads = (full_day(asked.question.since, locale=g.locale), full_day(asked.question.on, locale=g.locale))
    return flow(stands, counts, heads=heads, hrefs=hrefs), matrix(stands, counts, hrefs=hrefs)


def hue(rank: int, of: int) -> int:
    """Which of the five hues a rank has, as the sign of levels draws it."""
    return rank if of <= HUES else -(-rank * HUES // of)


def _stands(asked: Asked) -> list[Stand]:
    ranked = enumerate(asked.question.ladder.bands, start=1)
    stands = [Stand(str(band.id), band.name, rank) for rank, band in ranked]
    return [*reversed(stands), Stand(NONE, "No level", 0, left_name="New or back", right_name="Left")]


def _key(level: int | None) -> str:
    return NONE if level is None else str(level)


def _layers(found: LevelReport, series: Months, asked: Asked) -> list[Layer]:
    of = len(found.lines)
    return [
        Layer(
            line.band.name,
            f"level-{hue(line.rank, of)}",
            tuple(float(count) for count in series.people[line.band.id]),
            tuple(
                url_for("reports.people_page", track=asked.keep["track"], as_of=day.isoformat(), now=line.band.id)
                for day in series.days
            ),
        )
        for line in reversed(found.lines)
    ]


def _month(day: date) -> str:
    return str(format_skeleton("MMM", day, locale=g.locale))
