"""Transactions that met another one: what such an error looks like on either database, and doing all of it again."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import sleep
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from donors.core.db import transaction

TRIES = 5
REPEATS = 3
FIRST_PAUSE = 0.05
"""Seconds; each pause is up to twice as long as the one before."""

SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"

Result = TypeVar("Result")


def is_busy(error: BaseException | None) -> bool:
    """Whether a lock of somebody else, or a lost connection, stopped a transaction that may well succeed next time."""
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    known = {SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT}
    return error.connection_invalidated or getattr(cause, "sqlstate", None) in known


def is_collision(error: DBAPIError) -> bool:
    """Whether two transactions stood in each other's way, or the connection was lost: at once, without a long wait."""
    collided = getattr(error.orig, "sqlstate", None) in {SERIALIZATION_FAILURE, DEADLOCK}
    return collided or error.connection_invalidated


def is_overtaken(error: BaseException | None) -> bool:
    """Whether somebody else wrote first what this transaction was about to: the same key, or the same row."""
    return isinstance(error, IntegrityError | StaleDataError)


def repeated(work: Callable[[], Result], *, undo: Callable[[], None]) -> Result:
    """Does `work` anew after a collision, three times at most in all; `undo` takes back what it did until then."""
    for attempt in range(1, REPEATS):
        try:
            return work()
        except DBAPIError as error:
            if not is_collision(error):
                raise
        undo()
        _pause(attempt)
    return work()


def retried(
    work: Callable[[Session], Result], *, within: Callable[[], AbstractContextManager[Session]] = transaction
) -> Result:
    """Carries out `work` in a transaction of its own, and all of it again, five times at most, when it was busy.

    `work` must do nothing outside its session that cannot be done twice. `within` opens the transaction.
    """
    for attempt in range(1, TRIES):
        try:
            with within() as session:
                return work(session)
        except DBAPIError as error:
            if not is_busy(error):
                raise
        _pause(attempt)
    with within() as session:
        return work(session)


def _pause(attempt: int) -> None:
    sleep(FIRST_PAUSE * 2**attempt * random.random())  # noqa: S311 - spreads retries
