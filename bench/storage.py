"""Where figures could lie: a wide row of slots, a row for each figure, a JSON document; lists and filters over each.

`python -m bench.storage --people 100000`: milliseconds of a list (the first fifty by one figure, with three others
shown) and of a filter (how many are above a bound), each as a ratio to a plain table with columns of its own.
"""

import argparse
import json
import random
import statistics
import time

from sqlalchemy import Connection, text

from bench.world import database

SHOWN = ("n01", "n03", "n04", "n30")
MAKE = (
    "CREATE TABLE plain (id BIGINT PRIMARY KEY, n01 BIGINT, n03 BIGINT, n04 BIGINT, n30 BIGINT)",
    "CREATE INDEX ix_plain ON plain (n01, id)",
    "CREATE TABLE narrow (id BIGINT, slot INT, value BIGINT, PRIMARY KEY (id, slot))",
    "CREATE INDEX ix_narrow ON narrow (slot, value, id)",
    "CREATE TABLE document (id BIGINT PRIMARY KEY, figures {json})",
    "CREATE INDEX ix_document ON document ({n01})",
)
LISTS = {
    "plain": "SELECT * FROM plain ORDER BY n01 DESC, id DESC LIMIT 50",
    "wide": "SELECT id, n01, n03, n04, n30 FROM wide ORDER BY n01 DESC, id DESC LIMIT 50",
    "narrow": (
        "SELECT a.id, a.value, b.value, c.value, d.value FROM narrow a "
        "LEFT JOIN narrow b ON b.id = a.id AND b.slot = 3 LEFT JOIN narrow c ON c.id = a.id AND c.slot = 4 "
        "LEFT JOIN narrow d ON d.id = a.id AND d.slot = 30 WHERE a.slot = 1 ORDER BY a.value DESC, a.id DESC LIMIT 50"
    ),
    "document": "SELECT id, figures FROM document ORDER BY {n01} DESC LIMIT 50",
}
FILTERS = {
    "plain": "SELECT count(*) FROM plain WHERE n01 > 9000 AND n30 > 5000",
    "wide": "SELECT count(*) FROM wide WHERE n01 > 9000 AND n30 > 5000",
    "narrow": (
        "SELECT count(*) FROM narrow a JOIN narrow b ON b.id = a.id AND b.slot = 30 "
        "WHERE a.slot = 1 AND a.value > 9000 AND b.value > 5000"
    ),
    "document": "SELECT count(*) FROM document WHERE {n01} > 9000 AND {n30} > 5000",
}
N = {"sqlite": "(figures ->> '$.{0}')", "postgresql": "((figures ->> '{0}')::bigint)"}


def measure(system: str, *, people: int, slots: int = 90) -> dict[str, object]:
    """Ratios to the plain table, and the size of each form in bytes for a constituent."""
    words = {"n01": N[system].format("n01"), "n30": N[system].format("n30")}
    with database(system) as app, app.extensions["sqlalchemy"].engine.begin() as connection:
        _make(connection, system, people, slots, words)
        lists = {name: _median(connection, sql.format(**words)) for name, sql in LISTS.items()}
        filters = {name: _median(connection, sql.format(**words)) for name, sql in FILTERS.items()}
    return {
        "bench": "storage of figures",
        "system": system,
        "people": people,
        "figures": slots,
        "list": {name: round(taken / lists["plain"], 1) for name, taken in lists.items()},
        "filter": {name: round(taken / filters["plain"], 1) for name, taken in filters.items()},
    }


def _make(connection: Connection, system: str, people: int, slots: int, words: dict[str, str]) -> None:
    names = [f"n{slot:02d}" for slot in range(1, slots + 1)]
    wide = ", ".join(f"{name} BIGINT" for name in names)
    for statement in (*MAKE, f"CREATE TABLE wide (id BIGINT PRIMARY KEY, {wide})"):
        json_type = "TEXT" if system == "sqlite" else "JSONB"
        connection.execute(text(statement.format(json=json_type, **words)))
    connection.execute(text("CREATE INDEX ix_wide ON wide (n01, id)"))
    drawn = random.Random(1)
    for start in range(0, people, 5_000):
        rows = [{"id": id_, **{name: drawn.randrange(10_000) for name in names}} for id_ in range(start, start + 5_000)]
        _load(connection, rows, names)
    connection.execute(text("ANALYZE"))


def _load(connection: Connection, rows: list[dict[str, int]], names: list[str]) -> None:
    columns = ", ".join(f":{name}" for name in names)
    connection.execute(text(f"INSERT INTO wide VALUES (:id, {columns})"), rows)
    connection.execute(text("INSERT INTO plain VALUES (:id, :n01, :n03, :n04, :n30)"), rows)
    narrow = [{"id": row["id"], "slot": int(name[1:]), "value": row[name]} for row in rows for name in names]
    connection.execute(text("INSERT INTO narrow VALUES (:id, :slot, :value)"), narrow)
    documents = [{"id": row["id"], "figures": json.dumps({name: row[name] for name in names})} for row in rows]
    connection.execute(text("INSERT INTO document VALUES (:id, :figures)"), documents)


def _median(connection: Connection, sql: str, rounds: int = 9) -> float:
    def once() -> float:
        start = time.perf_counter()
        connection.execute(text(sql)).all()
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(rounds))


def main() -> None:
    """Reads the sizes and measures."""
    parser = argparse.ArgumentParser(prog="python -m bench.storage", description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--system", choices=["sqlite", "postgresql"], action="append")
    asked = parser.parse_args()
    for system in asked.system or ["sqlite", "postgresql"]:
        print(json.dumps(measure(system, people=asked.people)))


if __name__ == "__main__":
    main()
