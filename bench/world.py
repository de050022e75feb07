"""A database with drawn people and gifts: a long tail, twenty fiscal years, order of arrival random.

The database draws them itself, from two small tables of days and amounts, and makes its indexes afterwards: ten million
gifts in a minute or two. Both systems draw the same.
"""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from donors.core.bulk import table_of
from donors.core.calendar import FiscalCalendar
from donors.core.changes import Act, ChangeSet, insert, open_change
from donors.core.db import Session, day_number, is_sqlite, transaction
from donors.core.settings import Organization, set_organization
from donors.giving.models import Campaign, Credit, Gift
from donors.rollups.definition import Definition
from donors.rollups.standard import install
from tests.harness.application import application, configuration, let_go, migrate
from tests.harness.postgresql import server

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
FISCAL = FiscalCalendar(7, named_for_end=True)
YEARS = 20
BANDS = 1_000
PART = 500_000
MANY = 100_000
MEMORY = "1GB"
"""Of PostgreSQL for pages: what its handbook advises for a small machine."""
ROUND_AMOUNTS = (2_500, 5_000, 5_000, 10_000, 10_000, 10_000, 25_000, 50_000, 100_000)


@dataclass(frozen=True)
class Size:
    """How large a world is. With `ties` amounts are round, and a third of the gifts come on one day of a year."""

    people: int
    gifts: int
    ties: bool = False

    def tenth(self, *, ties: bool = False) -> "Size":
        """A tenth of it."""
        return Size(max(self.people // 10, 1), max(self.gifts // 10, 1), ties)

    def to(self, people: int) -> "Size":
        """As many gifts for each, of so many people at most."""
        return self if self.people <= people else Size(people, self.gifts * people // self.people, self.ties)


@contextmanager
def database(system: str) -> Iterator[Flask]:
    """The application on an empty, migrated database of its own."""
    with tempfile.TemporaryDirectory(prefix="perennial-bench-") as folder:
        if system == "sqlite":
            with _application(f"sqlite:///{folder}/bench.db", Path(folder)) as app:
                yield app
            return
        with (
            server(shared_buffers=MEMORY, max_wal_size="8GB") as running,
            _application(running.url(running.create("bench")), Path(folder)) as app,
        ):
            yield app


@contextmanager
def _application(url: str, folder: Path) -> Iterator[Flask]:
    migrate(url, folder)
    app = application(configuration(url, folder))
    with app.app_context():
        yield app
    let_go(app)


def fill(size: Size, definitions: tuple[Definition, ...]) -> None:
    """Writes so many people and gifts; the gifts of the first tenth of the people are half of all."""
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        set_organization(session, Organization(fiscal_start_month=7), within=change)
        install(session, definitions, within=change)
        for name in ("Scholarships", "Library"):
            insert(session, Campaign(name=name), within=change)
        _draw(session, size)
        _settle(session, size, change)
        change_id = change.id
    with _bare(size):
        give(size, range(size.gifts), change_id=change_id)
    with transaction() as session:
        session.execute(text("ANALYZE"))
    vacuum("constituent", "gift", "credit")


def _draw(session: Session, size: Size) -> None:
    """Days with their fiscal years, and bands of amounts (from `low`, so many cents wide)."""
    drawn = random.Random(1)
    session.execute(text("CREATE TABLE bench_day (place INTEGER PRIMARY KEY, day INTEGER, fiscal_year INTEGER)"))
    session.execute(text("CREATE TABLE bench_amount (place INTEGER PRIMARY KEY, low INTEGER, width INTEGER)"))
    days = []
    for place in range(365 * YEARS):
        on = TODAY - timedelta(days=place)
        if size.ties and place % 3 == 0:
            on = min(date(on.year, 12, 31), TODAY)
        days.append({"place": place, "day": day_number(on), "label": FISCAL.year_of(on)})
    session.execute(text("INSERT INTO bench_day VALUES (:place, :day, :label)"), days)
    if size.ties:
        bands = [(drawn.choice(ROUND_AMOUNTS), 1) for _ in range(BANDS)]
    else:
        edges = [1, *sorted(int(drawn.lognormvariate(8.5, 1.5)) + 1 for _ in range(BANDS))]
        bands = [(low, max(high - low, 1)) for low, high in pairwise(edges)]
    rows = [{"place": place, "low": low, "width": width} for place, (low, width) in enumerate(bands)]
    session.execute(text("INSERT INTO bench_amount VALUES (:place, :low, :width)"), rows)


NUMBERS = "WITH RECURSIVE number(i) AS (SELECT {low} UNION ALL SELECT i + 1 FROM number WHERE i < {high}) "
PEOPLE = """
INSERT INTO constituent (kind, name, sort_name, search_text, title, given_name, middle_name, family_name, suffix,
    nickname, formal_salutation, informal_salutation, addressee, is_deceased, is_anonymous, is_unknown_giver,
    named_by_key, do_not_contact, confidential, note, version, created_in)
SELECT 'person', 'P' || i, 'p' || i, 'p' || i, '', '', '', '', '', '', '', '', '', false, false, false, false, false,
    false, '', 1, {change} FROM number
"""
GIFTS = """
INSERT INTO gift (constituent_id, amount, base_amount, currency, rate, received_on, recorded_at, method, campaign_id,
    hides_name, note, source, version, created_in)
SELECT who, low + seed / 1000 % width, low + seed / 1000 % width, 'USD', '1', day, '2026-03-10 12:00:00.000000',
    CASE seed % 4 WHEN 0 THEN 'check' WHEN 1 THEN 'cash' ELSE 'card' END, CASE WHEN seed % 10 < 3 THEN 1 + seed % 2 END,
    false, '', '', 1, {change}
FROM (SELECT seed, 1 + CASE WHEN seed / 7 % 2 = 0 THEN other % {first} ELSE other % {people} END AS who,
    other / 11 % {days} AS day_place, another % {bands} AS band
    FROM (SELECT {seed} AS seed, {other} AS other, {another} AS another FROM number) AS drawn) AS placed
JOIN bench_day ON bench_day.place = day_place JOIN bench_amount ON bench_amount.place = band
"""
CREDITS = """
INSERT INTO credit (constituent_id, gift_id, kind, role, amount, base_amount, given_on, fiscal_year, shared,
    counts_from, created_in)
SELECT constituent_id, gift.id, CASE WHEN {seed} % 100 < 8 THEN 'soft' ELSE 'hard' END, '', amount, base_amount,
    received_on, label, false, received_on, {change}
FROM gift JOIN (SELECT DISTINCT day, fiscal_year AS label FROM bench_day) AS days ON days.day = received_on
WHERE gift.id > {low}
"""


def _settle(session: Session, size: Size, change: ChangeSet) -> None:
    session.execute(text(_numbers(1, size.people) + PEOPLE.format(change=change.id)))


def give(size: Size, numbers: range, *, change_id: int) -> None:
    """Draws gifts with their credits, one for each number, in parts."""
    words = {"people": size.people, "first": max(size.people // 10, 1), "days": 365 * YEARS, "bands": BANDS}
    drawn = {name: mixed("i", salt) for salt, name in enumerate(("seed", "other", "another"), start=7)}
    for low in range(numbers.start, numbers.stop, PART):
        with transaction() as session:
            if not is_sqlite(session):
                session.execute(text("SET LOCAL session_replication_role = replica"))  # ids that we know are right
            last = session.scalar(text("SELECT coalesce(max(id), 0) FROM gift"))
            some = _numbers(low, min(low + PART, numbers.stop) - 1)
            session.execute(text(some + GIFTS.format(**words, **drawn, change=change_id)))
            session.execute(text(CREDITS.format(seed=mixed("gift.id", 3), low=last, change=change_id)))


def _numbers(low: int, high: int) -> str:
    return NUMBERS.format(low=f"CAST({low} AS BIGINT)", high=high)


def mixed(number: str, salt: int) -> str:
    """A number below two to the power of 31 that looks drawn, in words that both systems take."""
    once = f"(({number} + {salt * 7919}) * 16807 % 2147483647)"
    return f"(({once} * {once} % 2147483629 * 69621 + {salt}) % 2147483647)"


@contextmanager
def _bare(size: Size) -> Iterator[None]:
    """Without indexes while there is much to write: they are made anew afterwards, as a restored backup does it."""
    indexes = [one for model in (Gift, Credit) for one in table_of(model).indexes] if size.gifts > MANY else []
    with transaction() as session:
        for index in indexes:
            index.drop(session.connection())
    yield
    for index in indexes:
        with transaction() as session:
            index.create(session.connection())


def vacuum(*tables: str) -> None:
    """Lets PostgreSQL know which rows and index entries are visible to all; SQLite has no need of it."""
    with transaction() as session:
        engine = session.connection().engine
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.execute(text(f"VACUUM ANALYZE {table}"))
