"""A database with drawn people and gifts: a long tail, twenty fiscal years, order of arrival random."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from donors.constituents.models import Constituent
from donors.core.bulk import load, table_of, take_ids
from donors.core.calendar import FiscalCalendar
from donors.core.changes import Act, open_change
from donors.core.db import is_sqlite, transaction
from donors.core.settings import Organization, set_organization
from donors.giving.models import Credit, Gift
from donors.rollups.definition import Definition
from donors.rollups.standard import install
from tests.harness.application import application, configuration, let_go, migrate
from tests.harness.postgresql import server

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACT = Act(by=None, at=AT, through="cli")
FISCAL = FiscalCalendar(7, named_for_end=True)
YEARS = 20
SOFT_SHARE = 0.08
PART = 50_000
MANY = 100_000
MEMORY = "1GB"
"""Of PostgreSQL for pages: what its handbook advises for a small machine."""


@contextmanager
def database(system: str) -> Iterator[Flask]:
    """The application on an empty, migrated database of its own."""
    with tempfile.TemporaryDirectory(prefix="perennial-bench-") as folder:
        if system == "sqlite":
            with _application(f"sqlite:///{folder}/bench.db", Path(folder)) as app:
                yield app
            return
        with (
            server(shared_buffers=MEMORY) as running,
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


def fill(people: int, gifts: int, definitions: tuple[Definition, ...]) -> None:
    """Writes so many people and gifts; the gifts of the first tenth are half of all."""
    drawn = random.Random(1)
    with transaction() as session:
        change = open_change(session, "bench", act=ACT)
        set_organization(session, Organization(fiscal_start_month=7), within=change)
        install(session, definitions, within=change)
        ids = take_ids(session, Constituent, people)
        columns = ("id", "kind", "name", "sort_name", "created_in")
        load(session, Constituent, columns, ((one, "person", f"P{one}", f"p{one}", change.id) for one in ids))
        change_id = change.id
    with _bare(gifts):
        _give(drawn, gifts, ids, change_id)
    with transaction() as session:
        session.execute(text("ANALYZE"))


@contextmanager
def _bare(gifts: int) -> Iterator[None]:
    """Without indexes while there is much to write: they are made anew afterwards, as a restored backup does it."""
    indexes = [one for model in (Gift, Credit) for one in table_of(model).indexes] if gifts > MANY else []
    with transaction() as session:
        for index in indexes:
            index.drop(session.connection())
    yield
    with transaction() as session:
        for index in indexes:
            index.create(session.connection())


def _give(drawn: random.Random, gifts: int, ids: list[int], change_id: int) -> None:
    for start in range(0, gifts, PART):
        with transaction() as session:
            if not is_sqlite(session):
                session.execute(text("SET LOCAL session_replication_role = replica"))  # ids that we know are right
            made = take_ids(session, Gift, min(PART, gifts - start))
            rows = [(one, *_draw(drawn, ids)) for one in made]
            columns = ("id", "constituent_id", "amount", "base_amount", "received_on", "currency", "recorded_at")
            values = ((gift, who, cents, cents, on, "USD", AT, change_id) for gift, who, cents, on, _ in rows)
            load(session, Gift, (*columns, "created_in"), values)
            columns = ("gift_id", "constituent_id", "kind", "amount", "base_amount", "given_on", "fiscal_year")
            credits = (
                (gift, who, kind, cents, cents, on, FISCAL.year_of(on), on, change_id)
                for gift, who, cents, on, kind in rows
            )
            load(session, Credit, (*columns, "counts_from", "created_in"), credits)


def vacuum(app: Flask) -> None:
    """Lets PostgreSQL know that index entries are visible to all; SQLite has no need of it."""
    engine = app.extensions["sqlalchemy"].engine
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE credit"))
            connection.execute(text("VACUUM ANALYZE constituent"))


def _draw(drawn: random.Random, ids: list[int]) -> tuple[int, int, date, str]:
    """Giver, cents, day and kind of one gift."""
    place = drawn.randrange(len(ids) // 10 or 1) if drawn.random() < 0.5 else drawn.randrange(len(ids))
    on = TODAY - timedelta(days=drawn.randrange(365 * YEARS))
    cents = int(drawn.lognormvariate(8.5, 1.5)) + 1
    return ids[place], cents, on, "soft" if drawn.random() < SOFT_SHARE else "hard"
