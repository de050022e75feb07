"""Any definition in DuckDB, from the words of the definition and the plain rows: nothing of the engine is used."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from donors.rollups.definition import Definition
from tests.rollups.crowd import FISCAL_START, Crowd, Line

TABLES = {
    "owner": "id BIGINT, kind VARCHAR",
    "gift": "id BIGINT, amount BIGINT, day DATE, method VARCHAR, campaign BIGINT, appeal BIGINT, giver BIGINT, "
    "credits BIGINT",
    "credit": "gift BIGINT, who BIGINT, kind VARCHAR, role VARCHAR, amount BIGINT",
    "split": "id BIGINT, gift BIGINT, fund BIGINT, amount BIGINT",
    "refund": "gift BIGINT, day DATE, amount BIGINT",
    "stay": "home BIGINT, who BIGINT, since DATE, until DATE",
    "charge": "officer BIGINT, who BIGINT, since DATE, until DATE",
    "shift": "id BIGINT, who BIGINT, day DATE, minutes BIGINT, activity BIGINT",
    "move": "id BIGINT, who BIGINT, day DATE, method VARCHAR, substantive BOOLEAN, officer BIGINT",
}
CONDITIONS = {
    "": "true",
    "checks": "lower(method) = 'check'",
    "no campaign or large": "(campaign IS NULL OR coalesce(whole, 0) >= 2500)",
    "long ago": "NOT (day BETWEEN $on - 400 AND $on)",
    "both funds": "gift IN (SELECT gift FROM split WHERE fund IN (1, 2) GROUP BY gift HAVING count(DISTINCT fund) = 2)",
    "fund A": "fund = 1",
    "long shifts": "amount > 120",
    "calls and visits": "method IN ('call', 'visit')",
    "substantive": "substantive",
}
"""What criteria mean, by the name that the definitions bear as their description."""
ROLE = "coalesce(role, '') IN ('spouse', 'matching')"
LOADED = """
CREATE OR REPLACE TABLE worth AS
SELECT g.*, g.amount - coalesce(r.back, 0) AS remains FROM gift g
LEFT JOIN (SELECT gift, sum(amount) AS back FROM refund WHERE day <= $until GROUP BY gift) r ON r.gift = g.id
WHERE g.day <= $until AND NOT (r.back IS NOT NULL AND g.amount = r.back);
CREATE OR REPLACE TABLE counted AS
SELECT c.gift, c.who, c.kind, c.role, CASE WHEN w.remains = w.amount THEN c.amount ELSE w.remains END AS amount,
       w.day, row_number() OVER () AS id
FROM credit c JOIN worth w ON w.id = c.gift
"""
ALONE = """
SELECT who AS owner, picked.kind, gift, any_value(day) AS day, sum(amount) AS amount
FROM (SELECT * FROM counted WHERE {role}) picked JOIN owner o ON o.id = who AND o.kind <> 'household'
GROUP BY who, picked.kind, gift
"""
AT_HOME = "p.day >= coalesce(s.since, DATE '0001-01-01') AND p.day < coalesce(s.until, DATE '9999-01-01')"
OF_HOMES = f"""
  SELECT o.id AS owner, p.* FROM counted p JOIN owner o ON o.id = p.who AND o.kind = 'household'
  UNION SELECT s.home, p.* FROM counted p JOIN stay s ON s.who = p.who AND {AT_HOME}
"""
RUNNING = "c.since <= $on AND coalesce(c.until, DATE '9999-01-01') > $on"
OF_PORTFOLIOS = f"""
  SELECT c.officer AS owner, p.* FROM counted p JOIN charge c ON c.who = p.who AND {RUNNING}
  UNION SELECT c.officer, p.* FROM counted p JOIN stay s ON s.who = p.who AND {AT_HOME}
  JOIN charge c ON c.who = s.home AND {RUNNING}
"""
TOGETHER = """
WITH every AS ({every}),
home AS (
  SELECT owner, gift, any_value(day) AS day, sum(amount) FILTER (kind = 'hard') AS hard,
         sum(amount) FILTER (kind = 'hard' AND {role}) AS picked_hard,
         sum(amount) FILTER (kind = 'soft' AND {role}) AS soft FROM every GROUP BY owner, gift),
whole AS (SELECT gift, sum(amount) AS amount FROM counted WHERE kind = 'hard' GROUP BY gift)
SELECT owner, 'hard' AS kind, gift, day, picked_hard AS amount FROM home WHERE picked_hard IS NOT NULL
UNION ALL SELECT owner, 'soft', gift, day, least(soft, whole.amount - coalesce(hard, 0))
  FROM home JOIN whole USING (gift) WHERE soft IS NOT NULL AND (hard IS NULL OR whole.amount > hard)
"""
WHOLE = """
SELECT g.{owner} AS owner, 'hard' AS kind, c.gift, any_value(c.day) AS day, sum(c.amount) AS amount
FROM counted c JOIN {table} g ON g.{id} = c.gift
WHERE kind = 'hard' AND {role} AND g.{owner} IS NOT NULL GROUP BY g.{owner}, c.gift
"""
CREDITED = {
    "constituent": f"{ALONE} UNION ALL SELECT * FROM ({TOGETHER.replace('{every}', OF_HOMES)})",
    "portfolio": TOGETHER.replace("{every}", OF_PORTFOLIOS),
    "campaign": WHOLE.replace("{owner}", "campaign").replace("{table}", "gift").replace("{id}", "id"),
    "fund": WHOLE.replace("{owner}", "fund")
    .replace("{table}", "(SELECT DISTINCT gift, fund FROM split)")
    .replace("{id}", "gift"),
}
"""Kind of owner → each gift once with what it counts for."""
WORKED = {
    "constituent": "SELECT who AS owner, p.* FROM shift p "
    f"UNION SELECT home, p.* FROM shift p JOIN stay s ON s.who = p.who AND {AT_HOME}",
    "portfolio": f"SELECT c.officer AS owner, p.* FROM shift p JOIN charge c ON c.who = p.who AND {RUNNING} "
    f"UNION SELECT c.officer, p.* FROM shift p JOIN stay s ON s.who = p.who AND {AT_HOME} "
    f"JOIN charge c ON c.who = s.home AND {RUNNING}",
}
FACTS = "g.method, g.campaign, g.appeal, g.giver AS constituent, g.amount AS whole"
GIFTS = (
    "SELECT r.owner, r.gift AS id, r.gift, r.day, r.amount, {facts}, NULL AS fund, NULL AS activity FROM {credited} r "
)
SOURCES = {
    "hard": GIFTS + "JOIN gift g ON g.id = r.gift WHERE r.kind = 'hard'",
    "soft": GIFTS + "JOIN gift g ON g.id = r.gift WHERE r.kind = 'soft'",
    "credit": GIFTS.replace(
        "{credited}",
        "(SELECT owner, gift, any_value(day) AS day, sum(amount) AS amount FROM {credited} GROUP BY owner, gift)",
    )
    + "JOIN gift g ON g.id = r.gift",
    "allocations": "SELECT r.owner, s.id, r.gift, r.day, CASE WHEN g.amount = 0 THEN 0 "
    "ELSE CAST(round(CAST(r.amount AS DECIMAL(18, 0)) * s.amount / g.amount) AS BIGINT) END AS amount, {facts}, "
    "s.fund, NULL AS activity FROM {credited} r JOIN gift g ON g.id = r.gift JOIN split s ON s.gift = g.id "
    "WHERE r.kind = 'hard' AND {own_fund}",
    "shifts": "SELECT owner, id, NULL AS gift, day, minutes AS amount, NULL AS method, NULL AS campaign, "
    "NULL AS appeal, who AS constituent, NULL AS whole, NULL AS fund, activity FROM ({worked}) WHERE day <= $until",
    "moves": "SELECT owner, id, day, 0 AS amount, method, substantive, officer, who AS constituent FROM ({met}) "
    "WHERE day <= $until",
}
ORDERS = {
    "largest": "amount DESC, id DESC",
    "smallest": "amount, id",
    "first": "day, id",
    "last": "day DESC, id DESC",
    "nth": "day, id",
}
PARTS = {"amount": "amount", "date": "day - DATE '1970-01-01'", "row": "id"}
AWAY = "CAST(sign({top}) * ((2 * abs({top}) + {bottom}) // (2 * {bottom})) AS BIGINT)"
"""A quotient of whole numbers, rounded half away from zero."""


class Warehouse:
    """The rows of a crowd in DuckDB, and figures of them."""

    def __init__(self, crowd: Crowd, folder: Path) -> None:
        self._duck = duckdb.connect()
        self._duck.execute("SET threads TO 1")
        for table, columns in TABLES.items():
            self._duck.execute(f"CREATE TABLE {table} ({columns})")
            lines: list[Line] = getattr(crowd, f"{table}s")
            path = folder / f"{table}.csv"
            with path.open("w", newline="") as file:
                csv.writer(file).writerows(["" if value is None else value for value in line] for line in lines)
            if lines:
                self._duck.execute(f"COPY {table} FROM '{path}' (HEADER false, NULLSTR '')")

    def look(self, *, on: date, until: date | None = None) -> None:
        """Sets today, and the day up to which facts are known: with `until`, as they counted then."""
        self._on = on
        bounds = {"until": until or date(9000, 1, 1)}
        for statement in LOADED.split(";"):
            self._duck.execute(statement, bounds if "$until" in statement else None)
        for owner, statement in CREDITED.items():
            for name, role in (("whole", "true"), ("role", ROLE)):
                self._make(f"{owner}_{name}_credits", statement.replace("{role}", role))
            for source in SOURCES if owner in WORKED else list(SOURCES)[:-2]:
                for name, credits in (("", "whole"), ("_role", "role")):
                    parts = {
                        "credited": f"{owner}_{credits}_credits",
                        "facts": FACTS,
                        "worked": WORKED.get(owner),
                        "met": WORKED.get(owner, "").replace("FROM shift p", "FROM move p"),
                        "own_fund": "s.fund = r.owner" if owner == "fund" else "true",
                    }
                    self._make(f"{owner}_{source}{name}_rows", SOURCES[source].format(**parts), until=bounds["until"])

    def _make(self, table: str, statement: str, **more: date) -> None:
        values = {name: value for name, value in {"on": self._on, **more}.items() if f"${name}" in statement}
        self._duck.execute(f"CREATE OR REPLACE TABLE {table} AS {statement}", values or None)

    def figures(self, one: Definition) -> dict[int, int]:
        """The figure of everybody who has one; who has none is left out."""
        rows = f"{one.target.owner}_{one.source}{'_role' if one.description == 'roles' else ''}_rows"
        condition = CONDITIONS.get(one.description, "true")
        target = (
            "" if one.target == one.target.owner else f"AND owner IN (SELECT id FROM owner WHERE kind = '{one.target}')"
        )
        first, last, first_before, last_before = self._frame(str(one.frame))
        here = f"SELECT * FROM {rows} WHERE day BETWEEN {first} AND {last} AND {condition} {target}"
        statement = (
            f"WITH everybody AS (SELECT DISTINCT owner FROM {rows} WHERE true {target}), here AS ({here}), "
            f"before AS (SELECT * FROM {rows} WHERE day BETWEEN {first_before} AND {last_before} AND {condition}), "
            f"found AS ({self._found(one)}) "
            f"SELECT owner, {self._kept(one)} FROM everybody LEFT JOIN found USING (owner)"
        )
        values = {"on": self._on} if "$on" in statement else None
        return {owner: value for owner, value in self._duck.execute(statement, values).fetchall() if value is not None}

    def _frame(self, words: str) -> tuple[str, str, str, str]:
        """First and last day of a frame and of the one before, as SQL."""
        parts, on = words.split(), self._on
        if words == "all time":
            days: tuple[date, date, date, date] = (date(1, 1, 1), date(9999, 12, 31), date(1, 1, 1), date(1, 1, 1))
        elif parts[0] == "since":
            days = (date.fromisoformat(parts[1]), date(9999, 12, 31), date(1, 1, 1), date(1, 1, 1))
        elif parts[1] == "to":
            first, last = date.fromisoformat(parts[0]), date.fromisoformat(parts[2])
            days = (first, last, first - (last - first) - timedelta(1), first - timedelta(1))
        elif "years" in parts:
            start = _start(" ".join([parts[2], "year", *parts[4:]]))
            year, number = on.year - (on.month < start), int(parts[1])
            days = _spans(*(date(year - less, start, 1) for less in (2 * number, number, 0)))
        elif parts[-1] == "days":
            number = int(parts[1])
            days = (on - timedelta(number), on, on - timedelta(2 * number + 1), on - timedelta(number + 1))
        elif parts[-1] == "months":
            number = int(parts[1])
            days = _spans(*(_month(on, -months) for months in (2 * number, number, 0)))
        else:
            start = _start(" ".join(parts[:-1]))
            year = on.year - (on.month < start) + int(parts[-1])
            days = _spans(*(date(year + more, start, 1) for more in (-1, 0, 1)))
        one, two, three, four = (f"DATE '{each:%Y-%m-%d}'".replace("'1-", "'0001-") for each in days)
        return one, two, three, four

    def _found(self, one: Definition) -> str:
        """Owner and `value`, of those who have rows here."""
        operation = str(one.operation)
        if operation in ORDERS:
            place = one.number if operation == "nth" else 1
            ranked = f"SELECT *, row_number() OVER (PARTITION BY owner ORDER BY {ORDERS[operation]}) AS place FROM here"
            return f"SELECT owner, {PARTS[str(one.returns)]} AS value FROM ({ranked}) WHERE place = {place}"
        if operation == "percentile":
            shares = "SELECT *, cume_dist() OVER (PARTITION BY owner ORDER BY amount) AS share FROM here"
            there = f"share >= {one.number} / 100 - 1e-9"
            return f"SELECT owner, min(amount) AS value FROM ({shares}) WHERE {there} GROUP BY owner"
        if operation in ("best year", "years", "streak", "longest streak"):
            return self._yearly(one)
        if operation == "change":
            return self._change(one)
        plain = {
            "total": "sum(amount)",
            "count": "count(*)",
            "average": AWAY.format(top="sum(amount)", bottom="count(*)"),
            "median": "CAST(round(median(amount)) AS BIGINT)",
            "distinct": f"count(DISTINCT {one.field})",
            "days since": f"DATE '{self._on}' - max(day)",
        }
        return f"SELECT owner, {plain[operation]} AS value FROM here GROUP BY owner"

    def _yearly(self, one: Definition) -> str:
        start = _start(str(one.years))
        label = f"year(day) - (month(day) < {start})::INT + {int(start > 1)}"
        this = self._on.year - (self._on.month < start) + int(start > 1)
        years = f"(SELECT owner, {label} AS y, sum(amount) AS total FROM here GROUP BY owner, {label})"
        islands = f"(SELECT *, y - row_number() OVER (PARTITION BY owner ORDER BY y) AS island FROM {years})"
        match str(one.operation), str(one.returns):
            case "best year", returns:
                ranked = (
                    f"SELECT *, row_number() OVER (PARTITION BY owner ORDER BY total DESC, y) AS place FROM {years}"
                )
                what = "y" if returns == "year" else "total"
                return f"SELECT owner, {what} AS value FROM ({ranked}) WHERE place = 1 AND total > 0"
            case "years", "years":
                return f"SELECT owner, CAST(sum(2 ** (y - 1980)) AS BIGINT) AS value FROM {years} GROUP BY owner"
            case "years", _:
                return f"SELECT owner, count(*) AS value FROM {years} GROUP BY owner"
            case "longest streak", _:
                runs = f"SELECT owner, count(*) AS length FROM {islands} GROUP BY owner, island"
                return f"SELECT owner, max(length) AS value FROM ({runs}) GROUP BY owner"
        past = (
            f"SELECT owner, island, max(y) AS newest, count(*) AS value FROM {islands} WHERE y <= {this} GROUP BY ALL"
        )
        return f"SELECT owner, value FROM ({past}) WHERE newest >= {this} - 1"

    def _change(self, one: Definition) -> str:
        sums = [f"(SELECT owner, sum(amount) AS {name} FROM {name}_ GROUP BY owner)" for name in ("now", "then")]
        both = f"{sums[0]} FULL JOIN {sums[1]} USING (owner)".replace("now_", "here").replace("then_", "before")
        less = 'coalesce(now, 0) - coalesce("then", 0)'
        both = both.replace("AS then", 'AS "then"')
        if str(one.returns) == "number":
            return f"SELECT owner, {less} AS value FROM {both}"
        percent = AWAY.format(top=f"(1000 * ({less}))", bottom='"then"')
        return f'SELECT owner, CASE WHEN "then" > 0 THEN {percent} END AS value FROM {both}'

    def _kept(self, one: Definition) -> str:
        """Zero where there are rows of the source and none here, for sums and counts."""
        zero = {"total", "count", "years", "streak", "longest streak", "distinct"}
        best = one.operation == "best year" and one.returns == "amount"
        less = one.operation == "change" and one.returns == "number"
        return "coalesce(value, 0)" if str(one.operation) in zero or best or less else "value"


def _spans(before: date, first: date, following: date) -> tuple[date, date, date, date]:
    """First and last day of the span up to a day, and of the one before."""
    return first, following - timedelta(1), before, first - timedelta(1)


def _start(years: str) -> int:
    words: dict[str, Any] = {"fiscal year": FISCAL_START, "calendar year": 1}
    return int(words.get(years) or years.rsplit(maxsplit=1)[-1])


def _month(on: date, shift: int) -> date:
    months = on.year * 12 + on.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)
