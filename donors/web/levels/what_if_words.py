"""Why somebody would move, in words, and the picture of who goes where."""

from collections.abc import Iterator

from flask import g

from donors.levels.decide import Band, level_for
from donors.levels.ladders import Ladder
from donors.levels.settled import HELD, OUT, SET, STAYS, WAITS
from donors.levels.suppose import Supposed
from donors.reports.people import ANYBODY, NOBODY
from donors.reports.what_if import MOVED, Mover, Outcome, Sums, Whom, way_of
from donors.web import filters
from donors.web.charts.flow import Stand
from donors.web.charts.matrix import Matrix, matrix
from donors.web.levels.bands import amount_words, band_words
from donors.web.levels.what_if_asked import Asked

NONE = "none"
UNITS = {
    "all": ("constituent", "constituents"),
    "person": ("person", "people"),
    "household": ("household", "households"),
    "organization": ("organization", "organizations"),
}
"""Whom a track is for → one and many. Each is counted for itself, as each has a level of its own."""
WENT = {"up": "rise", "down": "fall", "in": "come in", "out": "go out", "over": "change over", "stay": "stay"}


def because(mover: Mover, supposed: Supposed) -> str:
    """Why, as the end of a sentence."""
    after = supposed.after
    if not after.bands:
        return "the track is off"
    if mover.why == OUT:
        known = UNITS[after.target][1] if after.target not in ("all", mover.kind) else ""
        return f"the track is for {known}" if known else "deceased, hidden or left out by hand"
    said = {SET: "it is set by hand", HELD: "it is frozen, or kept as it is", STAYS: "nobody falls on this track"}
    if mover.why == WAITS and mover.falls_on is not None:
        day = filters.day(mover.falls_on, locale=g.locale)
        return f"{_figure(mover, after)}: falls to {_name(supposed, mover.falls_to)} on {day}"
    return said.get(mover.why) or _by_rules(mover, supposed)


def _by_rules(mover: Mover, supposed: Supposed) -> str:
    after = supposed.after
    gone = mover.old is not None and after.band(mover.old) is None
    first = f"{_name(supposed, mover.old)} is no level any more; " if gone else ""
    return first + (" and ".join(_rules(mover, after)))


def _rules(mover: Mover, after: Ladder) -> Iterator[str]:
    band = after.band(mover.new)
    figure = _figure(mover, after)
    if band is not None:
        inside = f"{figure} is in {band_words(band, after.kind)}" if band.bounded else "it asks for no figure"
        yield inside + (", and its conditions are met" if band.criteria else "")
    higher = _by_figure(mover, after)
    if higher is not None and (band is None or higher.position > band.position):
        whose = "the track" if after.criteria and band is None else higher.name
        yield (
            f"the conditions of {whose} are not met"
            if band is not None
            else f"{figure}, but the conditions of {whose} are not met"
        )
    elif band is None:
        yield f"{figure} is in no band" if mover.figure is not None else figure


def _by_figure(mover: Mover, after: Ladder) -> Band | None:
    """The level that the figure alone would reach."""
    return level_for(mover.figure, after.bands, [band.id for band in after.bands])


def _figure(mover: Mover, after: Ladder) -> str:
    return "no figure" if mover.figure is None else amount_words(mover.figure, after.kind)


def _name(supposed: Supposed, level: int | None) -> str:
    tracks = [one for one in (supposed.after, supposed.before) if one is not None]
    return next((band.name for one in tracks for band in one.bands if band.id == level), "no level")


def bands_of(supposed: Supposed) -> list[Band]:
    """All levels, from the highest: those that there would be, and among them those that go."""
    after = {band.id for band in supposed.after.bands}
    going = [band for band in (supposed.before.bands if supposed.before else ()) if band.id not in after]
    return sorted((*supposed.after.bands, *going), key=lambda band: (-band.position, band.id))


def drawn(found: Outcome, asked: Asked) -> Matrix:
    """Who goes where, as a matrix of links."""
    bands = bands_of(found.supposed)
    stands = [Stand(str(band.id), band.name, len(bands) - place) for place, band in enumerate(bands)]
    stands.append(Stand(NONE, "No level", 0))
    counts = {(str(old or NONE), str(new or NONE)): sums.people for (old, new), sums in found.cells.items()}
    hrefs = {
        (str(old or NONE), str(new or NONE)): asked.list(found.supposed, old=old, new=new) for old, new in found.cells
    }
    return matrix(stands, counts, hrefs=hrefs)


def ways(found: Outcome, asked: Asked, whom: Whom) -> tuple[list[tuple[str, str, int]], str]:
    """Lists as tabs (words, address, how many): all who move, the largest moves, who falls later; and the one shown."""
    rows, shown = [("All who move", asked.list(found.supposed), found.moved)], ""
    cells = [(cell, sums) for cell, sums in found.cells.items() if found.way(cell) in MOVED]
    largest = sorted(cells, key=lambda each: -each[1].people)[:4]
    for (old, new), sums in largest:
        name = f"{_name(found.supposed, old).capitalize()} to {_name(found.supposed, new)}"
        rows.append((name, asked.list(found.supposed, old=old, new=new), sums.people))
        shown = name if (whom.old, whom.new) == (old or NOBODY, new or NOBODY) else shown
    if found.waiting:
        rows.append(("Fall later", asked.list(found.supposed, waits="1"), found.waiting))
    narrowed = (whom.old, whom.new) != (ANYBODY, ANYBODY) or whom.ways != frozenset(MOVED)
    return rows, "Fall later" if whom.waits else shown if narrowed else rows[0][0]


def way(supposed: Supposed, mover: Mover) -> str:
    """Which way somebody would go."""
    return way_of(supposed, (mover.old, mover.new))


def line(found: Outcome, band: Band) -> tuple[Sums, Sums]:
    """Who stands on a level now, and who would."""
    return found.before(band.id), found.after(band.id)
