"""Figures of funds, campaigns and portfolios: what the queue computes, and who waits for it (nobody)."""

from collections.abc import Iterator

from sqlalchemy import text

from bench.line import Here, Line
from bench.refresh import query
from bench.world import ACT, TODAY, fill, vacuum
from donors.accounts.models import User
from donors.core.changes import insert, open_change
from donors.core.db import snapshot, transaction
from donors.giving.models import Fund
from donors.rollups.keep import compute, write
from donors.rollups.standard import install, standard
from donors.rollups.standard_of_many import standard_of_many
from donors.rollups.targets import OF_MANY, Target

FUNDS, OFFICERS, IN_CHARGE = 20, 20, 150
SPLITS = """
INSERT INTO gift_split (gift_id, fund_id, amount, base_amount, version, created_in)
SELECT id, 1 + id % {funds}, base_amount, base_amount, 1, {change} FROM gift
"""
CHARGES = """
INSERT INTO assignment (constituent_id, officer_id, role, from_on, reason, recorded_at, version, created_in)
SELECT id, {first} + id % {officers}, 'primary', 18000, '', '2026-03-10 12:00:00.000000', 1, {change}
FROM constituent WHERE id <= {many}
"""
SUMS = "sums and counts of all funds, by a grouped query"
BY_FUND = """
SELECT count(*), sum(total) FROM (
    SELECT fund_id, sum(gift_split.base_amount) AS total, count(*) FROM gift_split
    JOIN credit ON credit.gift_id = gift_split.gift_id WHERE kind = 'hard' AND counts_to IS NULL GROUP BY fund_id
) AS grouped
"""
WORDS = {
    Target.FUND: f"all figures of {FUNDS} funds anew",
    Target.CAMPAIGN: "all figures of 2 campaigns anew",
    Target.PORTFOLIO: f"all figures of {OFFICERS} portfolios of {IN_CHARGE} anew",
}


def measure(here: Here) -> Iterator[Line]:
    """Every gift goes to one fund; three in ten belong to a campaign."""
    fill(here.size, standard())
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        install(session, standard_of_many(), within=change)
        for place in range(FUNDS):
            insert(session, Fund(name=f"Fund {place}"), within=change)
        officers = [User(email=f"{n}@example.org", name=f"{n}", role="officer") for n in range(OFFICERS)]
        first = min(insert(session, one, within=change).id for one in officers)
        many = min(OFFICERS * IN_CHARGE, here.size.people)
        session.execute(text(SPLITS.format(funds=FUNDS, change=change.id)))
        session.execute(text(CHARGES.format(first=first, officers=OFFICERS, many=many, change=change.id)))
        session.execute(text("ANALYZE"))
    vacuum("gift_split", "credit", "gift", "assignment")
    base = query(here, BY_FUND)
    yield here.line(SUMS, base)
    for target in OF_MANY:
        with here.meter.measured() as cost, snapshot() as session:
            rows = compute(session, target, on=TODAY)
        with transaction() as session:
            write(session, rows)
        yield here.line(WORDS[target], cost, beside=SUMS, base=base)
    with here.meter.measured() as cost, snapshot() as session:
        compute(session, Target.FUND, [1], on=TODAY)
    yield here.line("all figures of one fund", cost, beside=SUMS, base=base)
