"""Fixtures for all tests: each database twice (SQLite and PostgreSQL), the application, a browser, a mail server."""

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from donors.core.db import current_session
from tests.cast import Person, enroll
from tests.harness.application import application, configuration, let_go, migrate
from tests.harness.browser import DESKTOP, chromium, watched
from tests.harness.folders import swift_folder
from tests.harness.mail import Mailbox, mail_server
from tests.harness.postgresql import Server, server
from tests.harness.processes import Live, web

# The same cases on every run; `make soak` looks further, with seeds of its own.
settings.register_profile("fast", derandomize=True, deadline=None, max_examples=15)
settings.register_profile(
    "soak", deadline=None, max_examples=1000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fast")

BOTH = (
    pytest.param("sqlite", marks=pytest.mark.sqlite),
    pytest.param("postgresql", marks=pytest.mark.postgres),
)


gc.set_threshold(50_000, 20, 50)  # a test leaves little behind; looking for it often costs a seventh of the time


def pytest_collection_finish() -> None:
    """What is imported stays, and need not be looked through again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sqlite_folder() -> Iterator[Path]:
    """The folder of all SQLite files, one for each test process."""
    folder = swift_folder("perennial-lite-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(sqlite_folder: Path) -> Path:
    """An SQLite file at the newest migration, to be copied."""
    migrate(f"sqlite:///{sqlite_folder / 'template.db'}", sqlite_folder)
    return sqlite_folder / "template.db"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL cluster, one for each test process; its databases start empty."""
    with server(swift_folder("perennial-pg-")) as running:
        yield running


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database at the newest migration, to be copied."""
    name = postgresql_server.create("migrated")
    migrate(postgresql_server.url(name), tmp_path_factory.mktemp("template"))
    return name


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database of the test's own; every test that asks for it runs on both systems.

    For one system only: `@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
    All databases of a test process have the same URL, one after the other, so that the application can be shared.
    """
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        if "live_server" in request.fixturenames:
            path = template.with_name("served.db")
            _refill(path, template)
            yield f"sqlite:///{path}"
            return
        path = template.with_name("test.db")
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}"
        _unlink(path)
        return
    migrated: str = request.getfixturevalue("postgresql_template")
    running: Server = request.getfixturevalue("postgresql_server")
    running.create("test", template=migrated)
    yield running.url("test")
    running.drop("test")


def _refill(path: Path, template: Path) -> None:
    # In its place, and waiting for who writes: the server that all tests share has it open.
    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target, sleep=0.05)


def _unlink(path: Path) -> None:
    # Not emptied but removed: a process that was forgotten keeps the file it has.
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without tables, for tests of migrations, backup and restore."""
    if request.param == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_folder")
        yield f"sqlite:///{folder / 'empty.db'}"
        _unlink(folder / "empty.db")
        return
    running: Server = request.getfixturevalue("postgresql_server")
    name = running.create()
    yield running.url(name)
    running.drop(name)


@pytest.fixture(scope="session")
def applications() -> dict[str, Flask]:
    """URL → the application on it. To make one anew costs more than most tests: routes, templates, statements."""
    return {}


@pytest.fixture
def app(database: str, tmp_path: Path, applications: dict[str, Flask]) -> Iterator[Flask]:
    """The application on that database; tests share it, but for its configuration, of which each has its own."""
    made = applications.get(database) or application(configuration(database, tmp_path))
    applications[database] = made
    kept = dict(made.config)
    made.config["HOUSE"] = configuration(database, tmp_path)
    yield made
    made.config.clear()
    made.config.update(kept)
    let_go(made)


@pytest.fixture
def own_app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that no other test has: for tests that give it routes."""
    made = application(configuration(database, tmp_path))
    yield made
    let_go(made)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session, with an application context around the test.

    Commit before a client, a command or a second session looks: on SQLite an open transaction keeps writers out.
    """
    with app.app_context():
        session = current_session()
        yield session
        session.rollback()


@pytest.fixture
def cast(session: Session) -> dict[Person, int]:
    """The ids of the cast of tests/cast.py, who are users of the database from now on; committed."""
    ids = enroll(session)
    session.commit()
    return ids


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a window: nobody is signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], Live]]:
    """Starts the web server of a URL, or finds it running; all end with the tests."""
    with ExitStack() as running:

        @cache
        def serve(url: str) -> Live:
            folder = swift_folder("perennial-web-")
            running.callback(shutil.rmtree, folder, ignore_errors=True)
            return running.enter_context(web(url, folder))

        yield serve


@pytest.fixture
def live_server(database: str, servers: Callable[[str], Live]) -> Live:
    """The real web server on that database; tests share it, as their databases share their URL."""
    return servers(database)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for each test process."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty window of desktop size with cookies of its own; script errors and CSP breaches in it fail the test."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    with watched(context.new_page()) as page:
        yield page
    context.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server; what it was given is in `messages`, its address in `url`."""
    with mail_server() as running:
        yield running
