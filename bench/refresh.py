"""All figures of everybody, part by part, beside a grouped sum over the same index."""

import resource

from sqlalchemy import text

from bench.cost import Meter
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
        meter, together = Meter(app), workers if system == "postgresql" else 1
        baseline = meter.least(grouped_sum)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with meter.measured() as first:
            refresh(together)
        again = meter.least(lambda: refresh(together), runs=2)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "bench": f"refresh of {len(definitions)} figures",
        "system": system,
        "people": people,
        "gifts": gifts,
        "workers": together,
        "baseline, s": round(baseline.wall, 3),
        "baseline, CPU": round(baseline.cpu, 3),
        "s": round(first.wall, 2),
        "CPU": round(first.cpu, 2),
        "ratio": first.over(baseline),
        "ratio, nothing new": again.over(baseline),
        "memory, MB": (after - before) // 1024,
    }


def grouped_sum() -> None:
    """The baseline: one sum for each constituent, as the database plans it."""
    with transaction() as session:
        session.execute(text(BASELINE)).one()


def refresh(workers: int) -> None:
    """Everybody's figures, part by part."""
    with transaction() as session:
        ranges = list(parts(session))

    def one(session: Session, ids: tuple[int, int]) -> None:
        refresh_between(session, low=ids[0], high=ids[1], on=TODAY)

    side_by_side(one, ranges, workers=workers)
