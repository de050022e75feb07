"""Who is near an edge: a row for each."""

from collections.abc import Iterable

from donors.core.settings import Organization
from donors.reports.edge_rows import EdgesQuestion
from donors.reports.edges import Edge
from donors.reports.plain.values import Row, figure, guarded

DEFINITIONS = {
    "near": "Lacks at most the given percent of the minimum of the next level. At stake: what is missing to it. On: "
    "the first day on which something leaves the window, so that more is missing.",
    "falling": "Falls from a level within the given days unless something comes in. At stake: what leaves the window "
    "by then. Missing: what would hold the level. On: the first day on the lower level.",
}


def edge_rows(edges: Iterable[Edge], which: str, asked: EdgesQuestion, settings: Organization) -> list[Row]:
    """A row for each, in the order given."""
    ladder = asked.of.ladder
    return [
        {
            "edge": which,
            "id": one.id,
            "name": guarded(one.name),
            "level": guarded(one.level.name) if one.level else "",
            "to": guarded(one.to.name) if one.to else "",
            "figure": figure(one.figure, ladder, settings),
            "missing": figure(one.missing, ladder, settings),
            "at_stake": figure(one.stake, ladder, settings),
            "on": one.on.isoformat() if one.on else "",
            "officer": guarded(one.officer or ""),
        }
        for one in edges
    ]


def edges_document(asked: EdgesQuestion, rows: list[Row]) -> Row:
    """The list with what it holds."""
    return {
        "report": "edges",
        "track": asked.of.ladder.name,
        "measure": asked.of.ladder.measure,
        "as_of": asked.of.on.isoformat(),
        "percent": asked.percent,
        "days": asked.days,
        "definitions": DEFINITIONS,
        "edges": rows,
    }
