"""Reports as pages: the first call, those after it, and how both grow with the number of people.

`python -m bench.reports --people 10000 --gifts 100000`: seconds on the server, by the wall and by CPU time, of the
first call of each page and the least of later ones. Run it at several sizes and compare.
"""

import argparse
import json
import time
from collections.abc import Iterator

from flask.testing import FlaskClient

from bench.cost import Meter
from bench.line import Here
from bench.refresh import refresh
from bench.world import ACT, TODAY, Size, database, fill, vacuum
from donors.core.changes import open_change
from donors.core.db import transaction
from donors.levels.standard import install_standard
from donors.rollups.standard import standard
from tests.cast import DORA, enroll, sign_in

DAY = f"as_of={TODAY.isoformat()}"
PAGES = {
    "home": "",
    "levels": f"/levels?{DAY}",
    "people who left": f"/levels/people?{DAY}&ways=out",
    "movement": f"/movement?{DAY}",
    "edges, near": f"/edges?{DAY}",
    "edges, falling": f"/edges?{DAY}&which=falling",
    "retention": f"/retention?{DAY}&by=calendar",
    "retention by household": f"/retention?{DAY}&by=calendar&unit=household",
    "gains": f"/gains?{DAY}&by=calendar",
    "LYBUNT": f"/lybunt?{DAY}&by=calendar",
    "LYBUNT, page 7 by name": f"/lybunt?{DAY}&by=calendar&page=7&sort=name",
    "those who were retained": f"/givers?{DAY}&by=calendar&which=retained",
    "trust": "/trust",
}


def measure(system: str, size: Size, *, only: list[str]) -> Iterator[dict[str, object]]:
    """A line for each page."""
    with database(system) as app:
        _world(Here(app, size, 2))
        client = app.test_client()
        sign_in(client, DORA)
        meter = Meter(app)
        for name in only or PAGES:
            yield {"system": system, "people": size.people, "gifts": size.gifts} | _page(client, meter, name)


def _world(here: Here) -> None:
    fill(here.size, standard())
    with transaction() as session:
        install_standard(session, currency="USD", within=open_change(session, "bench", act=ACT))
        enroll(session)
    refresh(here)
    vacuum("credit", "constituent", "gift", "rollup_value")


def _page(client: FlaskClient, meter: Meter, name: str) -> dict[str, object]:
    address = f"/reports{PAGES[name]}"
    with meter.measured() as first:
        answer = client.get(address)
    assert answer.status_code == 200, answer.text
    time.sleep(0.1)
    later = meter.least(lambda: client.get(address), runs=5)
    costs = {"first": first, "later": later}
    return {"page": name} | {
        word: {"ms": round(cost.wall * 1000), "CPU ms": round(cost.cpu * 1000)} for word, cost in costs.items()
    }


def main() -> None:
    """Reads the sizes and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.reports", description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--gifts", type=int, default=100_000)
    parser.add_argument("--system", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--only", choices=[*PAGES], action="append")
    asked = parser.parse_args()
    for system in asked.system or ["sqlite", "postgresql"]:
        for line in measure(system, Size(asked.people, asked.gifts), only=asked.only or []):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
