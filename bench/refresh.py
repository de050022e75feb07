"""All figures of everybody, part by part, beside a grouped sum over the same index."""

import resource
import time

from flask import Flask
from sqlalchemy import text

from bench.named import named
from bench.world import TODAY, database, fill, vacuum
from donors.core.db import transaction
from donors.rollups.refresh import refresh_all
from donors.rollups.standard import standard

BASELINE = """
SELECT count(*), sum(total) FROM (
    SELECT constituent_id, sum(base_amount) AS total FROM credit WHERE counts_to IS NULL GROUP BY constituent_id
) AS grouped
"""


def measure(system: str, *, people: int, gifts: int, which: str = "named") -> dict[str, object]:
    """Seconds and the ratio of a full refresh to the grouped sum, first with nothing stored, then with nothing new."""
    definitions = named() if which == "named" else standard()
    with database(system) as app:
        fill(people, gifts, definitions)
        vacuum(app)
        baseline = min(_baseline() for _ in range(3))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        first, again = _refresh(app), _refresh(app)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "bench": f"refresh of {len(definitions)} figures",
        "system": system,
        "people": people,
        "gifts": gifts,
        "baseline": round(baseline, 3),
        "seconds": round(first, 2),
        "ratio": round(first / baseline, 1),
        "ratio, nothing new": round(again / baseline, 1),
        "memory, MB": (after - before) // 1024,
    }


def _baseline() -> float:
    with transaction() as session:
        start = time.perf_counter()
        session.execute(text(BASELINE)).one()
        return time.perf_counter() - start


def _refresh(_app: Flask) -> float:
    start, after = time.perf_counter(), 0
    while True:
        with transaction() as session:
            high = refresh_all(session, on=TODAY, after=after)
        if high is None:
            return time.perf_counter() - start
        after = high
