"""A transaction that met a lock is done again as a whole; any other error is left as it is."""

import sqlite3
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from donors.core import retry
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import transaction
from donors.core.retry import TRIES, is_busy, is_overtaken, retried
from tests.constituents.people import AT

ACT = Act(by=None, at=AT, through="cli")


class Deadlock(Exception):
    """What psycopg raises, as far as it matters."""

    sqlstate = "40P01"


def met(cause: BaseException) -> DBAPIError:
    """The error of a statement."""
    return OperationalError("SELECT 1", None, cause)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)


def count(app: Flask) -> int:
    """How many change sets there are."""
    with app.app_context(), transaction() as session:
        return session.query(ChangeSet).count()


def test_all_of_it_is_done_again_and_kept_once(app: Flask) -> None:
    tries: list[int] = []

    def work(session: Session) -> int:
        open_change(session, "test", act=ACT)
        tries.append(1)
        if len(tries) < TRIES:
            raise met(Deadlock())
        return 7

    with app.app_context():
        assert retried(work) == 7
    assert (len(tries), count(app)) == (TRIES, 1)


def test_it_gives_up_after_five_times_and_at_once_on_other_errors(app: Flask) -> None:
    tries: list[int] = []

    def fail(error: Exception) -> Any:
        def work(session: Session) -> None:
            tries.append(1)
            raise error

        return work

    for error, times in ((met(Deadlock()), TRIES), (met(ValueError()), 1), (KeyError("x"), 1)):
        tries.clear()
        with app.app_context(), pytest.raises(type(error)):
            retried(fail(error))
        assert len(tries) == times
    assert count(app) == 0


def test_sqlite_says_so_when_somebody_else_writes(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("PostgreSQL has many writers")
        path = session.get_bind().engine.url.database
        session.execute(text("SELECT 1"))
        other = sqlite3.connect(path or "", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError) as caught:
            other.execute("BEGIN IMMEDIATE")
        other.close()
    assert is_busy(met(caught.value))
    assert not is_busy(caught.value)
    assert is_overtaken(IntegrityError("INSERT", None, ValueError()))


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (met(Deadlock()), 503, "writing for too long"),
        (IntegrityError("INSERT", None, ValueError()), 409, "at the same moment"),
        (met(ValueError()), 500, "<html"),
    ],
)
def test_a_page_says_it_in_words(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: DBAPIError, status: int, words: str
) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setitem(app.view_functions, "accounts.sign_in", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/accounts/sign-in")
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
