"""All figures of everybody, part by part, beside a grouped sum over the same index."""

import resource
import time

from sqlalchemy import text

from bench.named import named
from bench.world import TODAY, database, fill, vacuum
from donors.core.db import Session, transaction
from donors.core.parallel import side_by_side
from donors.rollups.refresh import parts, refresh_between
from donors.rollups.standard import standard

BASELINE = """
SELECT count(*), sum(total) FROM (
    SELECT constituent_id, sum(base_amount) AS total FROM credit WHERE counts_to IS NULL GROUP BY constituent_id
) AS grouped
"""


def measure(system: str, *, people: int, gifts: int, which: str = "named", workers: int = 2) -> dict[str, object]:
    """Seconds and the ratio of a full refresh to the grouped sum, first with nothing stored, then with nothing new."""
    definitions = named() if which == "named" else standard()
    with database(system) as app:
        fill(people, gifts, definitions)
        vacuum(app)
        baseline = min(_baseline() for _ in range(3))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        together = workers if system == "postgresql" else 1
        first, again = _refresh(together), _refresh(together)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "bench": f"refresh of {len(definitions)} figures",
        "system": system,
        "people": people,
        "gifts": gifts,
        "workers": together,
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


def _refresh(workers: int) -> float:
    start = time.perf_counter()
    with transaction() as session:
        ranges = list(parts(session))

    def one(session: Session, ids: tuple[int, int]) -> None:
        refresh_between(session, low=ids[0], high=ids[1], on=TODAY)

    side_by_side(one, ranges, workers=workers)
    return time.perf_counter() - start
