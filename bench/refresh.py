"""Refreshing figures: of everybody, part by part, and of those in the queue."""

from collections.abc import Iterator

from sqlalchemy import text

from bench.cost import Cost
from bench.line import Here, Line
from bench.named import conditional, ranked
from bench.world import ACT, AT, CREDITS, TODAY, mixed, vacuum
from donors.core.changes import open_change
from donors.core.db import Session, day_number, is_sqlite, transaction
from donors.core.parallel import side_by_side
from donors.rollups.definition import Definition
from donors.rollups.refresh import parts, refresh_between
from donors.workflows.refresh import drain

SHARE = 10
"""One of so many is changed for the queue."""
DRAINED = 1_000
"""Taken from the queue at a time, as the job does it."""
GROUPED_SUM = """
SELECT count(*), sum(total) FROM (
    SELECT constituent_id, sum(base_amount) AS total FROM credit WHERE counts_to IS NULL GROUP BY constituent_id
) AS grouped
"""
SCAN = "SELECT count(*), sum(base_amount) FROM gift WHERE method = 'check' AND campaign_id IS NULL"
GROUPED_SCAN = """
SELECT count(*), sum(total) FROM (
    SELECT constituent_id, sum(base_amount) AS total FROM gift WHERE method = 'check' AND campaign_id IS NULL
    GROUP BY constituent_id
) AS grouped
"""
CHANGED = """
INSERT INTO gift (constituent_id, amount, base_amount, currency, rate, received_on, recorded_at, method, hides_name,
    note, source, version, created_in)
SELECT id, 5000, 5000, 'USD', '1', {day}, '2026-03-10 12:00:00.000000', '', false, '', '', 1, {change}
FROM constituent WHERE id % {share} = 3
"""
WAITING = """
INSERT INTO dirty (constituent_id, since, reason)
SELECT id, '2026-03-10 12:00:00.000000', 'import' FROM constituent WHERE id % {share} = 3
"""
SUM = "a grouped sum over the index"
FIRST, AGAIN = (f"a full refresh of 30 named figures, nothing {what}" for what in ("stored", "new"))
HELD = {"sqlite": "25", "postgresql": "2.5"}


def measure(here: Here) -> Iterator[Line]:
    """All rows about figures, in a world where nothing is stored."""
    lines = list(named_figures(here))
    yield from lines
    base, first = (line.cost or Cost() for line in lines[:2])
    yield from _special(here, base)
    yield queue(here, first)


def named_figures(here: Here) -> Iterator[Line]:
    """The baseline, and the named figures of everybody, first with nothing stored, then with nothing new."""
    base = query(here, GROUPED_SUM)
    yield here.line(SUM, base)
    with here.meter.measured() as first:
        refresh(here)
    yield here.line(FIRST, first, beside=SUM, base=base, held=HELD[here.system])
    again = here.meter.least(lambda: refresh(here), runs=2)
    yield here.line(AGAIN, again, beside=SUM, base=base, held=HELD[here.system])


def _special(here: Here, base: Cost) -> Iterator[Line]:
    with here.meter.measured() as cost:
        refresh(here, ranked())
    work = f"{len(ranked())} figures that sort rows or keep any field"
    yield here.line(work, cost, beside=SUM, base=base, held="70")
    with here.meter.measured() as cost:
        refresh(here, conditional())
    scan, grouped = query(here, SCAN), query(here, GROUPED_SCAN)
    work = "one figure with criteria on columns outside the index"
    yield here.line(work, cost, beside="a bare scan of the table of gifts", base=scan)
    yield here.line(work, cost, beside="the same total by a scan of the table, grouped", base=grouped, held="2")


def queue(here: Here, whole: Cost) -> Line:
    """A new gift for one of so many constituents, whose figures then wait in the queue."""
    with transaction() as session:
        change = open_change(session, "bench", act=ACT).id
        last = session.scalar(text("SELECT max(id) FROM gift"))
        session.execute(text(CHANGED.format(day=day_number(TODAY), change=change, share=SHARE)))
        session.execute(text(CREDITS.format(seed=mixed("gift.id", 3), low=last, change=change)))
        session.execute(text(WAITING.format(share=SHARE)))
    vacuum("credit", "rollup_value", "dirty")
    with here.meter.measured() as cost:
        while _drained():
            pass
    work = f"{here.size.people // SHARE:,} changed constituents through the queue"
    return here.line(work, cost, beside="their share of a full refresh", base=whole.share(1 / SHARE), held="2")


def _drained() -> int:
    with transaction() as session:
        return drain(session, at=AT, on=TODAY, limit=DRAINED)


def query(here: Here, sql: str) -> Cost:
    """A plain question, as the database plans it: the least of three runs."""

    def once() -> None:
        with transaction() as session:
            session.execute(text(sql)).one()

    return here.meter.least(once)


def refresh(here: Here, known: tuple[Definition, ...] | None = None) -> None:
    """Everybody's figures, or these, part by part."""
    with transaction() as session:
        ranges = list(parts(session))
        alone = is_sqlite(session)

    def one(session: Session, ids: tuple[int, int]) -> None:
        refresh_between(session, low=ids[0], high=ids[1], on=TODAY, known=known)

    side_by_side(one, ranges, workers=1 if alone else here.workers)
